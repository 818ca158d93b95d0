"""What tells two networks apart: as data (``difference``), in sentences (``describe``), in few words (``marks``)."""

from __future__ import annotations

from resnet_dsl.analyses.difference.find import difference
from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Pair, Setting, Steps, as_data
from resnet_dsl.analyses.difference.marks import marks
from resnet_dsl.analyses.difference.words import describe

__all__ = ["Difference", "End", "MovedStride", "Pair", "Setting", "Steps", "as_data", "describe", "difference", "marks"]
