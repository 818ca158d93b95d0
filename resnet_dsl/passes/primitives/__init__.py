"""Composite operations in primitive ones: written once, so that a target needs rules for the primitives alone.

    if is_composite(node):
        steps = take_apart(node, the shapes that enter, the shape that leaves)

What is here may still be a single layer of some framework: a target that has one writes a rule of its own for it.
`tests/interpreter/` computes the steps beside the definition of the whole.
"""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import OperationName, always
from resnet_dsl.passes.primitives import attention, elementwise, shaping, windows
from resnet_dsl.passes.primitives.step import Composite, PrimitiveStep, Whole

_FAMILIES = (attention, elementwise, shaping, windows)

_BY_NAME: dict[str, Composite] = {name: one for family in _FAMILIES for name, one in family.COMPOSITES.items()}

COMPOSITES: frozenset[OperationName] = frozenset(
    name for family in _FAMILIES for name, one in family.COMPOSITES.items() if one.when is always
)
"""The operations that are taken apart whatever their arguments: a target needs no rules of its own for them."""


def is_composite(node: Node) -> bool:
    """Whether an operation, with its arguments, is taken apart."""
    found = _BY_NAME.get(node.op)
    return found is not None and found.when(node.args)


def take_apart(node: Node, shapes: tuple[Shape, ...], shape: Shape) -> tuple[PrimitiveStep, ...]:
    """The steps of a composite operation; the last one's value is the node's.

    shapes, shape: of what enters and what leaves, without the batch axis. `dropblock` needs known lengths.
    """
    assert is_composite(node), f"{node.op} is not composite"
    whole = Whole(node, shapes, shape)
    _BY_NAME[node.op].add_steps(whole)
    return tuple(whole.steps)
