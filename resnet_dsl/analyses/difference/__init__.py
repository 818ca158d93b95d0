"""What tells two networks apart, by stage and block: as data (``difference``) and in sentences (``describe``)."""

from __future__ import annotations

from resnet_dsl.analyses.difference.find import difference
from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Pair, Setting, Steps, as_data
from resnet_dsl.analyses.difference.words import describe

__all__ = ["Difference", "End", "MovedStride", "Pair", "Setting", "Steps", "as_data", "describe", "difference"]
