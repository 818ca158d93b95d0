"""Figures of networks: ``figure(network).save("net.svg")``; ``write_page([network])`` is the interactive one.

outline (what is shown) -> layout (where it stands) -> formats (how it is written: one file each).

A room reads the one before it; ``drawing.py``, ``outline/networks.py`` and ``layout/layout.py`` are where to begin.
"""

from __future__ import annotations

from resnet_dsl.targets.figure.drawing import FACTS, LAYOUTS, LEVELS, VIEWS, block_figure, figure
from resnet_dsl.targets.figure.figure import Figure, FigureError, format_of
from resnet_dsl.targets.figure.fitting import TooNarrowError
from resnet_dsl.targets.figure.formats.captions import ALT_ENDING, ALTS, CAPTIONS
from resnet_dsl.targets.figure.formats.engine import ENGINES, MissingEngineError
from resnet_dsl.targets.figure.formats.page.write import write_page
from resnet_dsl.targets.figure.formats.palette import THEMES
from resnet_dsl.targets.figure.formats.svg import WRITINGS
from resnet_dsl.targets.figure.layout.steps import STEPS
from resnet_dsl.targets.figure.outline.frames import FRAMES
from resnet_dsl.targets.figure.outline.networks import UnknownBlockError
from resnet_dsl.targets.figure.roadmaps import roadmap_figure

__all__ = [
    "ALTS",
    "ALT_ENDING",
    "CAPTIONS",
    "ENGINES",
    "FACTS",
    "FRAMES",
    "LAYOUTS",
    "LEVELS",
    "STEPS",
    "THEMES",
    "VIEWS",
    "WRITINGS",
    "Figure",
    "FigureError",
    "MissingEngineError",
    "TooNarrowError",
    "UnknownBlockError",
    "block_figure",
    "figure",
    "format_of",
    "roadmap_figure",
    "write_page",
]
