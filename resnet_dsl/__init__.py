"""resnet-dsl: a small language for residual networks, and its compiler to Keras models and figures.

    import resnet_dsl
    network = resnet_dsl.load("resnet50").network()
    print(network.summary())
    model = network.to_keras()

Names are imported when they are first used: what needs no Keras never imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_dsl.api import (
        Diff,
        ImportedModel,
        Network,
        Spec,
        Summary,
        Table,
        diff,
        figure,
        from_keras,
        from_onnx,
        from_torch,
        load,
        load_keras,
        runner,
        table,
    )
    from resnet_dsl.diagnostics.diagnostic import Diagnostic
    from resnet_dsl.diagnostics.refusal import Refusal
    from resnet_dsl.extras import MissingPackageError
    from resnet_dsl.failure import Failure
    from resnet_dsl.ir.graph import Graph

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Diff",
    "Failure",
    "Graph",
    "ImportedModel",
    "MissingPackageError",
    "Network",
    "Refusal",
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
    **dict.fromkeys(__all__, "resnet_dsl.api"),
    "Graph": "resnet_dsl.ir.graph",
    "Diagnostic": "resnet_dsl.diagnostics.diagnostic",
    "Refusal": "resnet_dsl.diagnostics.refusal",
    "Failure": "resnet_dsl.failure",
    "MissingPackageError": "resnet_dsl.extras",
}
"""Where each name is imported from when it is first used."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext resnet_dsl`` in a notebook: cells that begin with ``%%resnet`` hold a text of the language."""
    from importlib import import_module

    import_module("resnet_dsl.notebook").register(shell)
