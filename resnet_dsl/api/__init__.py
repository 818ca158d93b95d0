"""The Python interface, also for notebooks; docs/python.md shows all of it.

spec (a text, its networks) and imported (models of other tools) -> network -> views (what a notebook shows), several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_dsl.api.imported import ImportedModel, from_keras, from_onnx, from_torch
    from resnet_dsl.api.network import Network
    from resnet_dsl.api.saved import load_keras, runner
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

_HOMES = {
    **dict.fromkeys(("ImportedModel", "from_keras", "from_onnx", "from_torch"), "imported"),
    "Network": "network",
    **dict.fromkeys(("load_keras", "runner"), "saved"),
    **dict.fromkeys(("diff", "figure", "table"), "several"),
    **dict.fromkeys(("Spec", "load"), "spec"),
    **dict.fromkeys(("Diff", "Summary", "Table"), "views"),
}
"""The module that each name comes from when it is first used: what runs a saved model imports no compiler."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
