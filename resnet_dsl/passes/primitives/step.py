"""What composite operations are taken apart into: steps, each a primitive that every framework has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, get_args

from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import Arguments, OperationName, always
from resnet_dsl.ir.operations import MissingRuleError

Primitive: TypeAlias = Literal[
    "slice", "reshape", "permute", "repeat", "border", "mirror", "extend",
    "add", "subtract", "multiply", "divide", "maximum", "plus", "times", "at_least",
    "square", "rsqrt", "sigmoid", "softmax", "is_zero", "ones_like", "dropout",
    "mean", "maxpool", "avgpool",
    "matmul", "project", "weigh", "weight",
]  # fmt: skip
"""Axes are counted without the batch's. A value of length 1 along an axis is repeated there.

slice: part of each axis; ``key`` has (start, stop) for each, None for all of it.
reshape: to ``size``; None, once, is what is left, or a length that is not known.
permute: axes in the ``order`` given.
repeat: each number along the last axis, ``times`` times.
border: zeros around a map; ``widths`` has (before, behind) for each axis but the last.
mirror: as border, of the map's own numbers; the outermost are not repeated.
extend: ``by`` zeros behind, along the last axis.
add, subtract, multiply, divide, maximum: of two values.
plus, times, at_least: the same of a value and a ``number``.
square, rsqrt, sigmoid: of each number.
softmax: along ``axis``.
is_zero: 1 where a number is 0, else 0. ones_like: 1 everywhere.
dropout: with this ``rate`` while training, else nothing.
mean: over ``axes``, whose lengths become 1.
maxpool, avgpool: of a map without a border; ``kernel`` and ``stride`` have a number for each axis but the last.
matmul: of the last two axes.
project: the last axis times a learned matrix.
weigh: each channel times a learned number, plus another where there is one.
weight: a learned number for each channel, as a value of one position; it reads nothing.

Learned are a ``kernel`` and a ``bias``: ``init`` is what a kernel starts from, as in resnet_dsl.ir.operation.Weight.
"""

ALL = (None, None)
"""Of a slice: the whole axis."""

NO_WEIGHTS: Mapping[str, str] = MappingProxyType({})


class PrimitiveStep(NamedTuple):
    """One primitive.

    inputs: numbers of values: first those that enter the operation, then those of the steps, in order.
    shape: of its value, without the batch axis. name: what tells it from the operation's other steps; one has none.
    weights: the operation's weights that it owns: the primitive's name for each -> the operation's.
    """

    kind: Primitive
    inputs: tuple[int, ...]
    args: Mapping[str, Any]
    shape: Shape
    name: str
    weights: Mapping[str, str]


class Whole:
    """An operation while it is taken apart: what enters it, and the steps so far."""

    def __init__(self, node: Node, shapes: tuple[Shape, ...], shape: Shape) -> None:
        self.args = node.args
        self.shapes = shapes
        self.shape = shape
        self.steps: list[PrimitiveStep] = []

    @property
    def rank(self) -> int:
        """The number of spatial axes of the (first) input."""
        return len(self.shapes[0]) - 1

    @property
    def entering(self) -> int:
        """The channels of the (first) input."""
        return channels(self.shapes[0])

    def step(
        self,
        kind: Primitive,
        *inputs: int,
        shape: Shape | None = None,
        name: str = "",
        weights: Mapping[str, str] = NO_WEIGHTS,
        **args: Any,
    ) -> int:
        """Adds a step, with the operation's shape unless another is given; the number of its value."""
        self.steps.append(PrimitiveStep(kind, inputs, args, self.shape if shape is None else shape, name, weights))
        return len(self.shapes) + len(self.steps) - 1


class Composite(NamedTuple):
    """How an operation is taken apart. add_steps: the last one's value is the operation's. when: under which arguments
    it is composite; else it is a primitive of its own."""

    add_steps: Callable[[Whole], object]
    when: Callable[[Arguments], bool] = always


Composites: TypeAlias = dict[OperationName, Composite]

_Rule = TypeVar("_Rule")


def each_primitive(where: str, rules: Mapping[Primitive, _Rule]) -> Mapping[Primitive, _Rule]:
    """A table with a rule for each primitive. Raises MissingRuleError where one is missing.

    where: the file of the table, for whoever has to add a rule.
    """
    missing = [f"`{name}`" for name in get_args(Primitive) if name not in rules]
    if missing:
        raise MissingRuleError(f"{where} has no rule for the primitive {', '.join(missing)}")
    return rules
