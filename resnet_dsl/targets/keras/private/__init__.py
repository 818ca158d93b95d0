"""All that rests on Keras' private parts: a layer copied instead of made anew, a call recorded without being made, the
layers of a model sorted without recursion, variables without and then with a value.

Each function checks what it finds and raises UnexpectedKerasError where that is not what it knows; the model is then
built the plain way. Known to hold: see ``tests/targets/keras/test_fast.py`` and the documentation's page on speed.
"""

from resnet_dsl.targets.keras.private.copying import Template
from resnet_dsl.targets.keras.private.expecting import UnexpectedKerasError, expect
from resnet_dsl.targets.keras.private.sorting import (
    further_arguments,
    recorder,
    sort_graph,
    sorting_without_recursion,
)
from resnet_dsl.targets.keras.private.variables import Values, awaited, initialize, variables_without_values

__all__ = [
    "Template",
    "UnexpectedKerasError",
    "Values",
    "awaited",
    "expect",
    "further_arguments",
    "initialize",
    "recorder",
    "sort_graph",
    "sorting_without_recursion",
    "variables_without_values",
]
