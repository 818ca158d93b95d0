"""Lowering: from the graph and its weights to the operators of ONNX that compute it. One rule an operation.

Composite operations are taken apart (resnet_dsl.passes.primitives) where ONNX has no operator for them, and their
steps have a rule each.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.ir.operations import complete
from resnet_dsl.passes.primitives import COMPOSITES
from resnet_dsl.passes.rewriting import Weights
from resnet_dsl.targets.onnx.calls import Layout, OnnxCalls
from resnet_dsl.targets.onnx.lower import convolution, elementwise, pooling, resizing, shaping
from resnet_dsl.targets.onnx.lower.place import LAYOUTS, OnnxLowering, OnnxLoweringContext, OnnxValue, Rules
from resnet_dsl.targets.onnx.lower.primitives import in_steps
from resnet_dsl.weights import InputScaling

_TABLES = (shaping.RULES, convolution.RULES, elementwise.RULES, pooling.RULES, resizing.RULES)
_INPUT: tuple[OperationName, ...] = ("input",)
_REST: Rules = {name: in_steps for name in COMPOSITES if not any(name in table for table in _TABLES)}

RULES = complete("resnet_dsl/targets/onnx/lower/", *_TABLES, _REST, but=_INPUT)


def lower(
    graph: Graph, shapes: tuple[Shape, ...], weights: Weights, layout: Layout, scalings: Mapping[int, InputScaling]
) -> OnnxCalls:
    """The operators of a graph, whose inputs and outputs have this layout.

    shapes, weights: of the graph's nodes. scalings: what happens to images first, by the inputs' indices.
    """
    lowering = OnnxLowering(graph, shapes, weights)
    for index in range(graph.inputs):
        lowering.values.append(_input(lowering, index, layout, scalings.get(index)))
    for index, node in enumerate(graph.nodes[graph.inputs :], graph.inputs):
        lowering.values.append(RULES[node.op](OnnxLoweringContext(lowering, index)))
    return lowering.done(layout)


def _input(lowering: OnnxLowering, index: int, layout: Layout, scaling: InputScaling | None) -> OnnxValue:
    """An input, and what happens to it first: Keras' ``Normalization``."""
    at = OnnxLoweringContext(lowering, index)
    layouts = (layout,) if len(at.shape) > 1 else LAYOUTS
    taken = OnnxValue(at.shape, index, dict.fromkeys(layouts, at.node.name))
    if scaling is None:
        return taken
    return elementwise.normalized(at.part("normalization", (taken,), at.shape), scaling.mean, np.sqrt(scaling.variance))
