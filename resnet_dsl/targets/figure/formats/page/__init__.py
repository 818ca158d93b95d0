"""An interactive page of networks: one HTML file that needs nothing else; drawn in the browser by d3."""

from __future__ import annotations

from resnet_dsl.targets.figure.formats.page.write import write_page

__all__ = ["write_page"]
