"""The Python interface, also for notebooks; docs/python.md shows all of it.

spec (a text, its networks) and imported (models of other tools) -> network -> views (what a notebook shows), several.
"""

from __future__ import annotations

from resnet_dsl.api.imported import ImportedModel, from_keras, from_onnx, from_torch
from resnet_dsl.api.network import Network, load_keras, runner
from resnet_dsl.api.several import diff, figure, table
from resnet_dsl.api.spec import Spec, load
from resnet_dsl.api.views import Diff, Summary, Table

__all__ = [
    "Diff",
    "ImportedModel",
    "Network",
    "Spec",
    "Summary",
    "Table",
    "diff",
    "figure",
    "from_keras",
    "from_onnx",
    "from_torch",
    "load",
    "load_keras",
    "runner",
    "table",
]
