"""From a graph and its weights to an ONNX model. The package `onnx` is imported here, when the first one is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

from resnet_dsl.analyses.parts import slashed_paths
from resnet_dsl.extras import MissingPackageError
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import OpenLength, Shape
from resnet_dsl.ir.sizes import multiples, rule
from resnet_dsl.passes.rewriting import Weights
from resnet_dsl.targets.onnx.calls import Array, Layout, OnnxCalls, OperatorCall, in_layout, names_of_outputs
from resnet_dsl.targets.onnx.lower import lower
from resnet_dsl.weights import Scaling
from resnet_dsl.weights.scaling import by_input, expect_channels

OPSET, IR_VERSION = 18, 10
"""Of the operators and of the file: what ONNX Runtime takes from 1.18 on."""

BATCH = "batch"
"""The name of the axis that inputs and outputs have in front."""

SCOPE, NODE, OPERATION = "resnet_dsl.scope", "resnet_dsl.node", "resnet_dsl.operation"
"""What each operator says in its metadata: the part of the network that it lies in, the node of the graph that it
computes, and what operation that is."""

SCOPES, CLASSES = "resnet_dsl.scopes", "resnet_dsl.classes"
"""What the model says in its own, as JSON."""

Stored: TypeAlias = Callable[[str, Array], Any]
"""From an array, with its name, to the ``TensorProto`` that holds it in the model, or says where it stands."""


def import_onnx() -> ModuleType:
    """The package. Raises MissingPackageError where it is not installed."""
    try:
        import onnx
    except ModuleNotFoundError as missing:
        if missing.name != "onnx":
            raise
        raise MissingPackageError(
            ["onnx"], "models in ONNX are read and written by a package that is not installed: onnx"
        ) from None
    return onnx


def to_onnx(
    graph: Graph,
    shapes: tuple[Shape, ...],
    weights: Weights,
    *,
    channels: Layout = "last",
    scaling: Scaling | None = None,
    classes: Sequence[str] = (),
) -> Any:
    """The ``onnx.ModelProto`` of a graph with its weights, float32, for inference.

    graph, shapes, weights: the network, the shape of each of its nodes without the batch axis, and its arrays, by the
        names of nodes and weights (resnet_dsl.passes.rewriting.Weights).
    channels: where inputs and outputs have them: (batch, lengths, channels) as in Keras, or (batch, channels, lengths).
    scaling: what the model does to its images first. classes: their names, which the model holds.

    Raises MissingPackageError without the package `onnx`, and Failure where the scaling is of other inputs.
    """
    return assembled(calls_of(graph, shapes, weights, channels, scaling), classes, inline)


def calls_of(
    graph: Graph, shapes: tuple[Shape, ...], weights: Weights, channels: Layout, scaling: Scaling | None
) -> OnnxCalls:
    """What the model is made of. Raises Failure where the scaling is of other inputs."""
    expect_channels(scaling, graph, shapes)
    return lower(graph, shapes, weights, channels, by_input(scaling, graph))


def inline(name: str, array: Array) -> Any:
    """An array in the model itself."""
    return import_onnx().numpy_helper.from_array(array, name)


def assembled(calls: OnnxCalls, classes: Sequence[str], stored: Stored) -> Any:
    """The model of the calls."""
    onnx = import_onnx()
    graph, paths = calls.graph, slashed_paths(calls.graph)
    made = onnx.helper.make_graph(
        [_node(call, graph, paths) for call in calls.calls],
        graph.name,
        [_described(node.name, index, calls) for index, node in enumerate(graph.nodes[: graph.inputs])],
        [_described(name, one.node, calls) for name, one in zip(names_of_outputs(graph), graph.outputs, strict=True)],
        [stored(name, array) for name, array in calls.arrays.items()],
        graph.doc,
    )
    model = onnx.helper.make_model(
        made,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="resnet-dsl",
    )
    onnx.helper.set_model_props(model, _said(graph, paths, classes))
    return model


def _node(call: OperatorCall, graph: Graph, paths: tuple[str, ...]) -> Any:
    """An operator, and where it lies in the network."""
    onnx, of = import_onnx(), graph.nodes[call.node]
    node = onnx.helper.make_node(call.kind, call.inputs, (call.output,), call.name, **call.attributes)
    onnx.helper.set_metadata_props(node, {NODE: of.name, OPERATION: of.op, SCOPE: paths[of.scope]})
    return node


def _described(name: str, node: int, calls: OnnxCalls) -> Any:
    """An input or output: its type, and the shape that its node's value has. Open lengths have their formula's name."""
    onnx, shape = import_onnx(), calls.shapes[node]
    lengths = in_layout(shape, calls.layout)
    named = (length.formula if isinstance(length, OpenLength) else length for length in lengths)
    divisors = multiples(shape) if node < calls.graph.inputs else ()
    doc = rule(divisors) if max(divisors, default=1) > 1 else ""
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, (BATCH, *named), doc)


def _said(graph: Graph, paths: tuple[str, ...], classes: Sequence[str]) -> dict[str, str]:
    """What the model says of itself: its parts, and the names of its classes where they are known."""
    scopes = [
        {"path": path, "kind": one.kind, "block": one.block, "args": dict(one.args), "counts": one.counts}
        for path, one in zip(paths, graph.scopes, strict=True)
    ]
    return {SCOPES: json.dumps(scopes), **({CLASSES: json.dumps([*classes])} if classes else {})}
