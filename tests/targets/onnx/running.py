"""ONNX models held to the format's checker and run by ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Output
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.targets.onnx import to_onnx
from tests.interpreter.expected import Expected, some_weights


def run(model: Any, *batches: Any) -> dict[str, Any]:
    """What a model returns, by name, for its inputs in order; the checker is asked first."""
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    found = session.run(None, dict(zip(names, batches, strict=True)))
    return dict(zip((one.name for one in session.get_outputs()), found, strict=True))


def channels_first(array: Any) -> Any:
    return np.ascontiguousarray(np.moveaxis(array, -1, 1))


def channels_last(array: Any) -> Any:
    return np.moveaxis(array, 1, -1)


def with_ends(graph: Graph, ends: list[int]) -> Graph:
    """The graph, returning the values of these nodes by their names."""
    outputs = tuple(Output(name=graph.nodes[one].name, node=one) for one in dict.fromkeys(ends))
    return replace(graph, outputs=outputs)


def compare(
    graph: Graph, shapes: tuple[Shape, ...], batch: Any, random: np.random.Generator, channels: Any = "last"
) -> Any:
    """Every output of the model, and of the optimised one, beside the interpreter. Returns the model."""
    weights = some_weights(graph, shapes, random)
    model = to_onnx(graph, shapes, weights, channels=channels)
    folded, _ = optimize(WeightedGraph(graph, shapes, weights))
    optimised = to_onnx(folded.graph, folded.shapes, folded.weights or {}, channels=channels)
    expected = Expected(graph, weights, batch)
    for one in (model, optimised):
        found = run(one, batch if channels == "last" else channels_first(batch))
        for output in graph.outputs:
            got = found[output.name]
            expected.check_output(output.node, got if channels == "last" else channels_last(got))
    return model
