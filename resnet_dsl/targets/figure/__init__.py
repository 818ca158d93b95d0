"""Figures of networks: ``figure(network).save("net.svg")``.

gather (describe, rows, cards: what) -> geometry (lanes, positions, layout: where) -> drawing (one file a format).
"""

from __future__ import annotations

from resnet_dsl.targets.figure.describe import UnknownBlockError
from resnet_dsl.targets.figure.engine import MissingEngineError
from resnet_dsl.targets.figure.figure import Figure, FigureError, block_figure, figure

__all__ = ["Figure", "FigureError", "MissingEngineError", "UnknownBlockError", "block_figure", "figure"]
