"""resnet-dsl: a small language for residual networks, and its compiler to Keras models and figures.

    import resnet_dsl
    network = resnet_dsl.load("resnet50").networks["resnet50"]
    print(network.summary())
    model = network.to_keras()

Names are imported when they are first used: what needs no Keras never imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_dsl.api import (
        Network,
        Spec,
        Summary,
        from_keras,
        from_onnx,
        from_torch,
        load,
        load_keras,
        runner,
    )
    from resnet_dsl.diagnostics.diagnostic import Diagnostic
    from resnet_dsl.diagnostics.refusal import Refusal
    from resnet_dsl.ir.graph import Graph

__version__ = "0.1.0"

_HOMES = {
    "from_keras": "resnet_dsl.api",
    "from_onnx": "resnet_dsl.api",
    "from_torch": "resnet_dsl.api",
    "load": "resnet_dsl.api",
    "load_keras": "resnet_dsl.api",
    "runner": "resnet_dsl.api",
    "Spec": "resnet_dsl.api",
    "Network": "resnet_dsl.api",
    "Summary": "resnet_dsl.api",
    "Graph": "resnet_dsl.ir.graph",
    "Diagnostic": "resnet_dsl.diagnostics.diagnostic",
    "Refusal": "resnet_dsl.diagnostics.refusal",
}

__all__ = [
    "Diagnostic",
    "Graph",
    "Network",
    "Refusal",
    "Spec",
    "Summary",
    "from_keras",
    "from_onnx",
    "from_torch",
    "load",
    "load_keras",
    "runner",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
