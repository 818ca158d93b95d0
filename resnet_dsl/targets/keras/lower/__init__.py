"""Lowering: from the graph to the calls of Keras that compute it. One rule an operation.

Operations that Keras has no layer for are composite: they are taken apart (resnet_dsl.passes.primitives), and their
steps have a rule each.
"""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import complete
from resnet_dsl.passes.primitives import COMPOSITES
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.lower import convolution, elementwise, pooling, resizing, shaping
from resnet_dsl.targets.keras.lower.place import Lowering, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps

_TABLES = (shaping.RULES, convolution.RULES, elementwise.RULES, pooling.RULES, resizing.RULES)
_REST: Rules = {name: in_steps for name in COMPOSITES if not any(name in table for table in _TABLES)}

RULES = complete("resnet_dsl/targets/keras/lower/", *_TABLES, _REST)


def lower(graph: Graph, shapes: tuple[Shape, ...]) -> Calls:
    """The calls of a graph. ``shapes[i]`` is the shape of node ``i``, without the batch axis."""
    lowering = Lowering(graph, shapes)
    for index, node in enumerate(graph.nodes):
        lowering.result.append(RULES[node.op](lowering.enter(index)))
    return Calls(graph, tuple(lowering.calls), tuple(lowering.result))
