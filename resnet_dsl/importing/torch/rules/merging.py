"""Sums, differences, products and joins: of values with each other, and of values with tensors of the module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.convolution import product
from resnet_dsl.importing.torch.rules.factors import offset, scaled
from resnet_dsl.importing.torch.rules.formulas import centred
from resnet_dsl.importing.torch.rules.reducing import reduced
from resnet_dsl.importing.torch.standing import maps, plain, single, standing
from resnet_dsl.importing.torch.values import Constant, Held, WrittenOut
from resnet_dsl.importing.torch.views import channels_first, cut, in_order, natural, part

_Pair: TypeAlias = tuple[Held, Held]


def _add(at: TracedCall) -> Held:
    first, second = at["self"], _times(at, at["other"], at.arguments.get("alpha", 1))
    if not isinstance(first, Held):
        return offset(at, second, first)
    if not isinstance(second, Held):
        return offset(at, first, second)
    return scaled(at, first, 2.0) if first == second else merged(at, "add", first, second, len(at.lengths))


def _sub(at: TracedCall) -> Held | WrittenOut:
    return _difference(at, at["self"], _times(at, at["other"], at.arguments.get("alpha", 1)))


def _rsub(at: TracedCall) -> Held | WrittenOut:
    return _difference(at, at["other"], _times(at, at["self"], at.arguments.get("alpha", 1)))


def _difference(at: TracedCall, first: Any, second: Any) -> Held | WrittenOut:
    if not isinstance(second, Held):
        return offset(at, first, second, minus=True)
    if not isinstance(first, Held):
        return offset(at, scaled(at, second, -1.0), first)
    return centred(at, first, second) or merged(at, "sub", first, second, len(at.lengths))


def _times(at: TracedCall, operand: Any, alpha: float) -> Any:
    if alpha == 1:
        return operand
    if not isinstance(operand, Held):
        raise at.refuse("adds a multiple of one of its own tensors")
    return scaled(at, operand, float(alpha))


def _mul(at: TracedCall) -> Held:
    first, second = at["self"], at["other"]
    if not isinstance(first, Held):
        return scaled(at, second, first)
    if not isinstance(second, Held):
        return scaled(at, first, second)
    return merged(at, "mul", first, second, len(at.lengths))


def _div(at: TracedCall) -> Held:
    if isinstance(at["other"], Held) or at.arguments.get("rounding_mode"):
        raise at.refuse("divides by what flows in, or rounds what it divides")
    return scaled(at, at["self"], at["other"], over=True)


def _square(at: TracedCall) -> Held:
    if at.name == "pow" and (at["exponent"] != 2 or not isinstance(at["self"], Held)):
        raise at.refuse("raises to another power than 2, or a number to what flows in")
    return merged(at, "mul", at["self"], at["self"], len(at.lengths))


def merged(at: TracedCall, op: str, first: Held, second: Held, rank: int) -> Held:
    """The sum, difference or product of two tensors, either of which torch repeats along axes of length 1.

    rank: how many axes the result has.
    """
    first, second = _aligned(at, plain(at, first), plain(at, second), rank)
    axes = tuple(one or other for one, other in zip(first.axes, second.axes, strict=True))
    lengths = tuple(max(one, other) for one, other in zip(first.lengths, second.lengths, strict=True))
    if op != "mul":
        first, second = _grown(at, first, second), _grown(at, second, first)
    return Held(at.node(op, [first.node, second.node]), axes, lengths)


def _aligned(at: TracedCall, first: Held, second: Held, rank: int) -> _Pair:
    """Both with their axes in one place each, those of length 1 aside."""
    first, second = _with_axes(first, rank), _with_axes(second, rank)
    if _meet(at, first, second):
        return first, second
    order = _order(at, first, second, rank)
    return _ordered(at, first, order), _ordered(at, second, order)


def _with_axes(held: Held, rank: int) -> Held:
    """With axes of length 1 in front, as torch adds them. A batch in the place of another axis is refused later."""
    missing = rank - len(held.lengths)
    return held._replace(axes=((),) * missing + held.axes, lengths=(1,) * missing + held.lengths)


def _meet(at: TracedCall, first: Held, second: Held) -> bool:
    if len(at.shape(first.node)) != len(at.shape(second.node)):
        return False
    return all(
        not one or not other or one == other for one, other in zip(first.axes, second.axes, strict=True)
    ) and all(
        one == other or 1 in (one, other)
        for one, other in zip(at.shape(first.node), at.shape(second.node), strict=True)
    )


def _order(at: TracedCall, first: Held, second: Held, rank: int) -> tuple[int, ...]:
    """Channels behind the batch, unless one of the two has them last."""
    last = any(one.axes == natural(at.shape(one.node)) and rank > 2 for one in (first, second))
    return tuple(range(1, rank)) if last else (*range(2, rank), 1)


def _ordered(at: TracedCall, held: Held, order: Sequence[int]) -> Held:
    """A value that has the tensor's axes in this order, what is repeated left single."""
    return at.placed(standing(at, single(held), order), order)._replace(lengths=held.lengths)


def _grown(at: TracedCall, held: Held, other: Held) -> Held:
    """As long as the other: a sum repeats nothing by itself."""
    shape, wanted = at.shape(held.node), at.shape(other.node)
    longer = tuple(max(one, two) for one, two in zip(shape, wanted, strict=True))
    if longer == shape:
        return held
    if longer[-1] != shape[-1]:
        raise at.refuse("adds one number to all channels, at each position, which the language does not do")
    return held._replace(node=at.node("resize", [held.node], size=longer[:-1], method="nearest"))


def _weighted_sum(at: TracedCall) -> Held:
    """A product of matrices of which one is a row or a column: a product of numbers, and their sum."""
    first, second = (plain(at, at[name]) for name in ("self", at.second))
    rank = max(len(first.lengths), len(second.lengths))
    first, second = _with_axes(first, rank), _with_axes(second, rank)
    if 1 not in (first.lengths[-2], second.lengths[-1]):
        raise at.refuse("multiplies matrices that both follow from what flows in")
    column = second.lengths[-1] == 1
    turned = _turned(second) if column else _turned(first)
    made = merged(at, "mul", first if column else turned, turned if column else second, rank)
    summed = reduced(at, made, "sum", [rank - 1 if column else rank - 2], kept=True)
    return Held(summed.node, summed.axes, at.lengths)


def _turned(held: Held) -> Held:
    """With its last two axes in each other's place."""
    axes, lengths = held.axes, held.lengths
    return held._replace(axes=(*axes[:-2], axes[-1], axes[-2]), lengths=(*lengths[:-2], lengths[-1], lengths[-2]))


def _matmul(at: TracedCall) -> Held:
    """Of values, or of one and a tensor of the module."""
    return _weighted_sum(at) if isinstance(at.first, Held) and isinstance(at[at.second], Held) else product(at)


def _concat(at: TracedCall) -> Held:
    dim = at["dim"] % len(at.lengths)
    tensors = [one for one in at["tensors"] if not (isinstance(one, Constant) and not one.tensor.numel())]
    if dim == 0:
        raise at.refuse("puts samples behind each other")
    order = _joining(at, tensors, dim)
    if not all(isinstance(one, Held) for one in tensors):
        return at.placed(_beside_zeros(at, tensors, dim, order), order)
    nodes = [standing(at, one, order) for one in tensors]
    return at.placed(at.node("concat", nodes) if len(nodes) > 1 else nodes[0], order)


def _joining(at: TracedCall, tensors: Sequence[Any], dim: int) -> tuple[int, ...]:
    """The order of axes in which the one that is joined is the channels': as the tensors lie, where that is so."""
    rank = len(at.lengths)
    lines = all(isinstance(one, Held) and in_order(cut(one.axes)) for one in tensors)
    if lines and dim == rank - 1:
        return tuple(range(1, rank))
    return (*(axis for axis in range(2, rank) if axis != dim), *((1,) if dim != 1 else ()), dim)


def _beside_zeros(at: TracedCall, tensors: Sequence[Any], dim: int, order: Sequence[int]) -> int:
    """A value with channels of zeros beside it."""
    place = next(index for index, one in enumerate(tensors) if isinstance(one, Held))
    others = [one for index, one in enumerate(tensors) if index != place]
    if not all(isinstance(one, Constant) and not np.any(one.array) for one in others):
        raise at.refuse("joins what flows in with numbers of its own")
    before = sum(one.tensor.shape[dim] for one in tensors[:place])
    behind = sum(one.tensor.shape[dim] for one in tensors[place + 1 :])
    if before not in (0, behind):
        raise at.refuse(f"puts {before} channels of zeros in front and {behind} behind, and the two must be alike")
    node, side = standing(at, tensors[place], order), "both" if before else "end"
    return at.node("pad_channels", [node], channels=at.shape(node)[-1] + before + behind, side=side)


def _stack(at: TracedCall) -> Held:
    """Joined along the channels, of which the number of the tensor is the slow half."""
    tensors, dim = at["tensors"], at["dim"] % len(at.lengths)
    if not all(isinstance(one, Held) for one in tensors) or dim == 0:
        raise at.refuse("stacks samples, or numbers of its own with what flows in")
    node = at.node("concat", [maps(at, one) for one in tensors])
    shape = at.shape(node)
    each = shape[-1] // len(tensors)
    axes = list(channels_first((*shape[:-1], each)))
    axes.insert(dim, part(len(shape), each, len(tensors)))
    return Held(node, tuple(axes), at.lengths)


RULES: Rules = {
    "add": _add,
    "sub": _sub,
    "rsub": _rsub,
    **dict.fromkeys(("mul", "multiply"), _mul),
    **dict.fromkeys(("div", "divide", "true_divide"), _div),
    **dict.fromkeys(("square", "pow"), _square),
    "neg": lambda at: scaled(at, at.first, -1.0),
    **dict.fromkeys(("cat", "concat"), _concat),
    "stack": _stack,
    **dict.fromkeys(("matmul", "bmm", "mm"), _matmul),
}
