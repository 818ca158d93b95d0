"""Figures of networks: ``figure(network).save("net.svg")``; ``write_page([network])`` is the interactive one.

gather (describe, rows, cards, closeup: what) -> geometry (lanes, positions, layout: where) -> drawing (one file each).
"""

from __future__ import annotations

from resnet_dsl.targets.figure.describe import UnknownBlockError
from resnet_dsl.targets.figure.engine import ENGINES, MissingEngineError
from resnet_dsl.targets.figure.figure import FACTS, LEVELS, THEMES, Figure, FigureError, block_figure, figure, format_of
from resnet_dsl.targets.figure.page import write_page

__all__ = [
    "ENGINES",
    "FACTS",
    "LEVELS",
    "THEMES",
    "Figure",
    "FigureError",
    "MissingEngineError",
    "UnknownBlockError",
    "block_figure",
    "figure",
    "format_of",
    "write_page",
]
