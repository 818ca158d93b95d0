"""Models from files: weights by the names of the layers, and the whole model of a file that carries its graph.

From its graph ``load`` rebuilds what plain ``keras.saving.load_model`` cannot: networks deeper than Python's recursion
limit. No file is given to Keras: all are read by resnet_dsl.weights.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from resnet_dsl.analyses.counts import count_nodes, total
from resnet_dsl.analyses.foreign import prepare, read_json
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.memory import uncollected
from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.freezing import with_frozen
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.model import build_either_way
from resnet_dsl.targets.keras.scaling import scaled_first, scaling_of
from resnet_dsl.weights import SavedModel, Scaling, fit, read_graph_json, read_weights
from resnet_dsl.weights.about import group_of
from resnet_dsl.weights.matching import Fitted, WantedLayer
from resnet_dsl.weights.scaling import expect_channels


class NoGraphError(Failure):
    """A ``.keras`` file that was not written by resnet-dsl, or is no such file: it carries no graph."""


def read_graph(path: str | os.PathLike[str]) -> Graph:
    """The graph that a ``.keras`` file carries. Raises OSError, NoGraphError, or Failure where the file is damaged."""
    return graph_and_shapes(path)[0]


@uncollected()
def load(path: str | os.PathLike[str]) -> Any:
    """The model of a ``.keras`` file written by ``save``, rebuilt from its graph, with its weights; of any depth.

    Layers that do not train there do not train here.
    Raises OSError, NoGraphError, or Failure where the file is damaged or does not hold the weights of its graph.
    """
    graph, shapes, saved = read_model(path)
    calls, scaling = lower(graph, shapes), saved.about.scaling
    kind = import_keras().config.dtype_policy().variable_dtype
    fitted = fit_layers(saved, layers_of(calls), {call.name for call in calls.calls}, calls, (), graph.name, kind)
    for remark in (*fitted.remarks, *said_of_scaling(scaling, saved)):
        warnings.warn(f"{path}: {remark}", stacklevel=2)
    expect_channels(scaling, graph, shapes)
    still = with_frozen(scaled_first(calls, scaling), fitted.values.keys() & {*saved.about.frozen})
    return build_either_way(still, values=fitted.values)


@uncollected()
def read_model(path: str | os.PathLike[str]) -> tuple[Graph, tuple[Shape, ...], SavedModel]:
    """The graph of a ``.keras`` file written here, the shapes of its values, and the file's weights.

    Raises as ``load`` does.
    """
    with ThreadPoolExecutor(2) as pool:
        text, weights = pool.submit(read_graph_json, path), pool.submit(read_weights, path)  # each has a process
        prepare()
        graph, shapes = _checked(text.result(), path)
        saved = weights.result()
    check_room(saved, graph, shapes)
    return graph, shapes, saved


def graph_and_shapes(path: str | os.PathLike[str]) -> tuple[Graph, tuple[Shape, ...]]:
    """As ``read_graph``, with the shapes of its values."""
    return _checked(read_graph_json(path), path)


def _checked(text: str | None, path: str | os.PathLike[str]) -> tuple[Graph, tuple[Shape, ...]]:
    """The graph in its JSON, and the shapes of its values. Raises NoGraphError, and Failure where it is damaged."""
    if text is None:
        message = f"`{os.fspath(path)}` carries no graph, as the `.keras` files that are written here do"
        others = "`resnet-dsl import FILE --weights model.keras` makes one of others, and of files in ONNX"
        raise NoGraphError(message, f"name one that `resnet-dsl compile` or `to_keras` made; {others}")
    return read_json(text)


def check_room(saved: SavedModel, graph: Graph, shapes: tuple[Shape, ...]) -> None:
    """Raises Failure where a graph asks for more numbers than the file has, before room is made for them."""
    wanted = total(count_nodes(graph, shapes)).total_params
    held = sum(array.values.size for layer in saved.layers for array in layer.arrays)
    if wanted > held:
        raise Failure(f"`{saved.path}` does not hold the weights of {graph.name}: {held:,} numbers of {wanted:,}")


def load_weights(
    model: Any,
    path: str | os.PathLike[str],
    calls: Calls | None = None,
    excepted: Collection[str] = (),
    layout: str | None = None,
) -> tuple[str, ...]:
    """Gives a model the weights of a file, by the names of the layers or in a layout of another library.

    calls: of the network, for the names of its parts; the model may be a part of it (resnet_dsl.passes.backbone).
    excepted: parts or layers that keep the weights that they have. layout: as of ``read_weights``.
    Returns remarks on what was loaded. Raises OSError where the file cannot be read, and Failure where it is damaged or
    a layer does not fit (resnet_dsl.weights.matching); the model is then as it was.
    """
    return put_weights(model, read_weights(path, layout), calls, excepted)


def put_weights(
    model: Any, saved: SavedModel, calls: Calls | None = None, excepted: Collection[str] = ()
) -> tuple[str, ...]:
    """As ``load_weights``, from a file that was read before."""
    layers = {layer.name: layer for layer in model.layers if layer.weights}
    described = {name: LayerWithWeights(type(layer).__name__, _variables(layer)) for name, layer in layers.items()}
    network = model.name if calls is None else calls.graph.name
    names = {layer.name for layer in model.layers}
    fitted = fit_layers(saved, described, names, calls, excepted, network, model.variable_dtype)
    unscaled = said_of_scaling(scaling_of(model), saved)
    for name, values in fitted.values.items():
        for variable, array in zip(layers[name].weights, values, strict=True):
            variable.assign(array)
    return (*fitted.remarks, *unscaled)


def _variables(layer: Any) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((one.name, tuple(one.shape)) for one in layer.weights)


class LayerWithWeights(NamedTuple):
    """kind: Keras' class. variables: name and shape of each, in Keras' order."""

    kind: str
    variables: tuple[tuple[str, tuple[int, ...]], ...]


def layers_of(calls: Calls) -> dict[str, LayerWithWeights]:
    """The layers with weights of the model that calls make, by name. Raises LeftToKerasError."""
    from resnet_dsl.targets.keras.initial import slots  # brings NumPy, which who writes a graph does not need

    kinds = {call.name: call.kind.removeprefix("own.") for call in calls.calls}
    found: dict[str, LayerWithWeights] = {}
    for layer, variable in slots(calls):
        before = found.get(layer, LayerWithWeights(kinds[layer], ()))
        found[layer] = before._replace(variables=(*before.variables, (variable.name, variable.shape)))
    return found


def fit_layers(
    saved: SavedModel,
    layers: Mapping[str, LayerWithWeights],
    names: Collection[str],
    calls: Calls | None,
    excepted: Collection[str],
    network: str,
    kind: str = "float32",
) -> Fitted:
    """The arrays of a file for these layers, by their names.

    names: of all layers of the model. calls: of the whole network, for the names of its parts. network, kind: its name
    and the type of its numbers, for remarks. Raises Failure where a layer does not fit.
    """
    parts = {} if calls is None else calls.parts
    if calls is not None:
        from resnet_dsl.targets.keras.foreign import by_layers  # brings NumPy, as above

        needed = {name for name in layers if not {name, *parts.get(name, ())} & {*excepted}}
        saved = by_layers(saved, calls, needed, excepted)
    wanted = [
        WantedLayer(name, group_of(layer.kind), parts.get(name, (name,)), layer.variables)
        for name, layer in layers.items()
    ]
    return fit(saved, wanted, network, excepted, kind, parts.keys() - {*names})


def keeps_classes(weighted: Collection[str], calls: Calls, excepted: Collection[str]) -> bool:
    """Whether the names of a file's classes hold for a model with its weights but for what is ``excepted``.

    weighted: the names of its layers with weights. They hold where the part that tells the classes apart, the last one
    with weights, is loaded whole. Of several outputs nothing says which one tells them.
    """
    if len(calls.outputs) > 1:
        return False
    named = [(name, *parts) for name, parts in calls.parts.items() if name in weighted]
    return not any({*excepted} & {*names} for names in named if names[1] == named[-1][1])


def said_of_scaling(mine: Scaling | None, saved: SavedModel) -> tuple[str, ...]:
    """What to say where the weights belong to images that the file's model normalises, and the model does not so.

    mine: what the model does to its images first.
    """
    if saved.about.unsaid and mine is None:
        return (f"the model of `{saved.path}` normalises images first, by numbers that this file does not hold",)
    if saved.about.scaling is None or mine == saved.about.scaling:
        return ()
    return (
        f"the model of `{saved.path}` normalises images first, and this one does not so: load that model whole, or "
        "normalise the images yourself",
    )
