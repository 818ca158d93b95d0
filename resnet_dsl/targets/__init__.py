"""The targets: what a compiled network is written as.

A target gets the compiled network (its graph, the shapes and all facts), a path where it may write, and what was asked
for besides; it writes the file whole or not at all, and returns what is to be said of it. It is one row of TARGETS,
which `compile --to` reads, and is imported when it is used.

A target that computes has a rule for each operation, and resnet_dsl.ir.operations.complete says which is missing;
composite ones may be left to the rules of their primitives (resnet_dsl.passes.primitives).

Figures and tables show several networks together, with options of their own; their forms stand in `targets/forms.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.targets.request import DONE, Request, Written

if TYPE_CHECKING:
    from resnet_dsl.pipeline import Compiled


class Target(NamedTuple):
    """One row. write: (network, path, request) -> what is said.

    ending: of its files; None where it is a text for reading, written to the standard output where no path is named.
    words: what it is, for the help. takes: the options of ``compile`` that say how a model is made, as far as it heeds
    them. packages: those that it always needs and the light install does not bring (resnet_dsl.extras); where Keras is
    among them it is started. keeps_weights: whether they are in the file, so that one with trained weights is not
    replaced unasked.
    """

    ending: str | None
    write: Callable[[Compiled, str, Request], Written]
    words: str = ""
    takes: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    keeps_weights: bool = False


def _keras(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.keras.writing import write_model

    return write_model(compiled, path, request)


def _keras_json(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.keras.writing import write_json

    return write_json(compiled, path, request)


def _onnx(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.onnx.writing import write_model
    from resnet_dsl.targets.weighted import weighted

    return write_model(weighted(compiled, request), path, request.channels)


def _safetensors(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.safetensors import write_arrays
    from resnet_dsl.targets.weighted import weighted

    return write_arrays(weighted(compiled, request), path, request.layout)


def _ir(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.writing import write_whole

    write_whole(path, compiled.graph.model_dump_json(indent=1) + "\n")
    return DONE


def _dot(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.figure import figure
    from resnet_dsl.writing import write_whole

    write_whole(path, figure(compiled.facts).dot())
    return DONE


def _figure(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.figure import figure

    figure(compiled.facts).save(path)
    return DONE


def _stage(name: str, words: str) -> Target:
    def write(compiled: Compiled, path: str, request: Request) -> Written:
        from resnet_dsl.targets.text import TEXTS
        from resnet_dsl.writing import write_whole

        write_whole(path, TEXTS[name](compiled))
        return DONE

    return Target(None, write, words)


_MODEL = ("seed", "weights", "layout", "optimize")
_KERAS = (*_MODEL, "plain", "freeze")
_ONNX = (*_MODEL, "channels")

TARGETS = {
    "keras": Target(".keras", _keras, "a Keras model with its weights", (*_KERAS, "verify"), keeps_weights=True),
    "keras-json": Target(".json", _keras_json, "a Keras model's structure, for `model_from_json`", _KERAS),
    "onnx": Target(".onnx", _onnx, "a model for ONNX Runtime and others", _ONNX, ("onnx",), keeps_weights=True),
    "safetensors": Target(
        ".safetensors",
        _safetensors,
        "weights alone, for other libraries",
        ("seed", "weights", "layout"),
        keeps_weights=True,
    ),
    "ir": Target(".ir.json", _ir, "the graph, for other programs (`resnet-dsl schema`)"),
    "dot": Target(".dot", _dot, "a figure for Graphviz"),
    "svg": Target(".svg", _figure, "a figure (`resnet-dsl draw` has more forms)"),
    "tree": _stage("tree", "the text as it was read, for reading"),
    "graph": _stage("graph", "the graph, for reading"),
    "calls": _stage("calls", "Keras' layers and calls, for reading"),
}
"""Every output of ``compile``: a new one is a row, which the options, the help, the documentation and errors read."""
