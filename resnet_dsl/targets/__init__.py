"""The targets: what a compiled network is written as.

A target gets the compiled network (its graph, the shapes and all facts), a path where it may write, and what was asked
for besides; it writes the file whole or not at all, and returns what is to be said of it. It is one row of TARGETS,
which `compile --to` reads, and is imported when it is used.

A target that computes has a rule for each operation, and resnet_dsl.ir.operations.complete says which is missing;
composite ones may be left to the rules of their primitives (resnet_dsl.passes.primitives).

Figures and tables show several networks together, with options of their own: `draw` goes by the ENDINGS of
`targets/figure/`, `table` by the FORMATS of `targets/table/`.
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

    keras: whether it is made of a Keras model, which needs Keras and may have weights. keeps_weights: whether they are
    in the file, so that one with trained weights is not replaced unasked.
    """

    ending: str | None
    write: Callable[[Compiled, str, Request], Written]
    keras: bool = False
    keeps_weights: bool = False


def _keras(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.keras.writing import write_model

    return write_model(compiled, path, request)


def _keras_json(compiled: Compiled, path: str, request: Request) -> Written:
    from resnet_dsl.targets.keras.writing import write_json

    return write_json(compiled, path, request)


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


def _stage(name: str) -> Target:
    def write(compiled: Compiled, path: str, request: Request) -> Written:
        from resnet_dsl.targets.text import TEXTS
        from resnet_dsl.writing import write_whole

        write_whole(path, TEXTS[name](compiled))
        return DONE

    return Target(None, write)


TARGETS = {
    "keras": Target(".keras", _keras, keras=True, keeps_weights=True),
    "keras-json": Target(".json", _keras_json, keras=True),
    "ir": Target(".ir.json", _ir),
    "dot": Target(".dot", _dot),
    "svg": Target(".svg", _figure),
    "tree": _stage("tree"),
    "graph": _stage("graph"),
    "calls": _stage("calls"),
}
