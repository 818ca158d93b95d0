"""What tells two networks apart: as data (``difference``), in sentences (``describe``), in few words (``marks``).

Of networks that are laid beside each other (``lay_beside``), each difference with its nodes, for figures: ``located``.
"""

from __future__ import annotations

from resnet_dsl.analyses.difference.alignment import Alignment, lay_beside
from resnet_dsl.analyses.difference.find import difference
from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Pair, Setting, UnmatchedSteps, as_data
from resnet_dsl.analyses.difference.located import Located, located
from resnet_dsl.analyses.difference.marks import marks
from resnet_dsl.analyses.difference.words import describe

__all__ = [
    "Alignment",
    "Difference",
    "End",
    "Located",
    "MovedStride",
    "Pair",
    "Setting",
    "UnmatchedSteps",
    "as_data",
    "describe",
    "difference",
    "lay_beside",
    "located",
    "marks",
]
