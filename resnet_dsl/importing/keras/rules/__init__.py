"""How each layer and function of Keras becomes operations of the language: a rule for each, by its kind."""

from __future__ import annotations

from resnet_dsl.importing.keras.at import Rules
from resnet_dsl.importing.keras.rules import activations, convolution, elementwise, functions, pooling, shaping

RULES: Rules = {
    **activations.RULES,
    **convolution.RULES,
    **elementwise.RULES,
    **pooling.RULES,
    **shaping.RULES,
    **functions.RULES,
}
