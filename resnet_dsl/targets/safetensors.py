"""Weights alone, as a file of named arrays that other libraries load: ``.safetensors``, float32."""

from __future__ import annotations

from resnet_dsl.sentences import counted
from resnet_dsl.targets.request import Weighted, Written
from resnet_dsl.weights.layouts import OWN, foreign, places
from resnet_dsl.weights.safetensors import pieces
from resnet_dsl.writing import write_through

ENDING = ".safetensors"


def write_arrays(model: Weighted, path: str, layout: str | None) -> Written:
    """The weights under the names of a layout; None: our own. Raises Failure where the layout does not fit."""
    graph, shapes, weights = model.network
    assert weights is not None
    arrays = foreign(layout or OWN, graph.name, places(graph, shapes), weights)

    def put(temporary: str) -> None:
        with open(temporary, "wb") as file:
            file.writelines(pieces(arrays, model.fresh))

    write_through(path, put, ENDING)
    said = () if model.scaling is None else ("images are normalised first, by numbers that this file does not hold",)
    return Written((*model.said, *said, f"{counted(len(arrays), 'array')}, named as {layout or OWN} names them"))
