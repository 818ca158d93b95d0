"""What torch's operators are here: one rule an operator, by its name in ATen."""

from __future__ import annotations

from resnet_dsl.importing.torch.reading import Rules
from resnet_dsl.importing.torch.rules import (
    convolution,
    elementwise,
    formulas,
    merging,
    normalisation,
    pooling,
    reducing,
    resizing,
    shaping,
)

RULES: Rules = {
    **shaping.RULES,
    **convolution.RULES,
    **normalisation.RULES,
    **elementwise.RULES,
    **merging.RULES,
    **pooling.RULES,
    **reducing.RULES,
    **resizing.RULES,
    **formulas.OF_VALUES,
}
