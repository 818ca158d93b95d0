"""Where a tensor's axes must stand as ours do: what lay rearranged is brought there, in as few nodes as will do."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from resnet_dsl.importing.torch.reading import TracedCall
from resnet_dsl.importing.torch.values import Held
from resnet_dsl.importing.torch.views import Atom, Axes, cut, in_order, joined, length, natural, part, whole
from resnet_dsl.sentences import counted


def plain(at: TracedCall, held: Held) -> Held:
    """Without a border beside it: that becomes a step of its own."""
    if held.border is None:
        return held
    amounts, fill = held.border
    if fill == "lowest":
        raise at.refuse("pads with something else than zeros, and no pool of largest numbers follows")
    if fill == "zeros":
        node = at.node("zero_pad", [held.node], amounts=amounts)
    else:
        node = at.node("avgpool", [held.node], kernel=1, stride=1, pad=amounts, fill=fill)
    return Held(node, _grown(held.axes, at.shape(node)), held.lengths)


def _grown(axes: Axes, shape: Sequence[int]) -> Axes:
    """The same axes, whole ones, of a value with other lengths."""
    whole_axes = natural(shape)
    return tuple(whole_axes[axis[0].axis] if axis else axis for axis in axes)


def maps(at: TracedCall, held: Held) -> int:
    """A tensor (batch, channels, lengths) as a value of ours; (batch, numbers) as a vector."""
    rank = len(held.lengths)
    return standing(at, held, (*range(2, rank), 1))


def lines(at: TracedCall, held: Held) -> int:
    """A tensor (batch, lengths, channels) as a value of ours."""
    return standing(at, held, tuple(range(1, len(held.lengths))))


def standing(at: TracedCall, held: Held, order: Sequence[int]) -> int:
    """A value with these axes of the tensor, in this order; the batch's, which is in front, is not among them."""
    held = repeated(at, plain(at, held))
    if held.axes[0] != whole(0, held.lengths[0]):
        raise at.refuse("works on something else than one sample after the other")
    if len(held.lengths) == 1:
        why = "has one number a sample without an axis of its own, and a value has 1 to 4 axes, and the batch's"
        raise at.refuse(why, "leave the axis of length 1 where it is (no `squeeze`, `keepdim=True`)")
    axes = [held.axes[axis] for axis in order]
    shape = tuple(held.lengths[axis] for axis in order)
    if not 1 <= len(shape) <= 4:
        raise at.refuse(
            f"works on a tensor of {counted(len(shape) + 1, 'axis')}, and a value has 1 to 4, and the batch's"
        )
    if in_order(cut(axes)):
        return sized(at, held.node, shape)
    moved = _spread(at, held.node, axes)
    return sized(at, _moved(at, held.node, cut(axes)), shape) if moved is None else moved


def repeated(at: TracedCall, held: Held) -> Held:
    """With what is only said to be repeated really there: along lengths by copying the one position."""
    missing = [axis for axis, one in enumerate(held.axes) if held.lengths[axis] != length(one)]
    if not missing:
        return held
    return _copied(at, held, missing)


def single(held: Held) -> Held:
    """Without repetitions."""
    return held._replace(lengths=tuple(map(length, held.axes)))


def _copied(at: TracedCall, held: Held, missing: Sequence[int]) -> Held:
    """A map (batch, channels, 1, 1) on the lengths that it is repeated along."""
    if len(held.lengths) < 3 or 1 in missing or 0 in missing:
        raise at.refuse("repeats channels or samples, which the language does not do")
    node = at.node("resize", [maps(at, single(held))], size=held.lengths[2:], method="nearest")
    return at.maps(node)._replace(lengths=held.lengths)


def sized(at: TracedCall, node: int, shape: tuple[int, ...]) -> int:
    """The same numbers, row by row, in this shape."""
    if at.shape(node) == shape:
        return node
    pooled = _pooled(at, node, shape)
    if pooled is not None:
        return pooled
    if len(shape) == 1:
        return at.node("flatten", [node])
    row = _pooled(at, node, (prod(shape),))
    return at.node("reshape", [node if row is None else row], size=shape)


def _pooled(at: TracedCall, node: int, shape: tuple[int, ...]) -> int | None:
    """A pool over the whole map can give a vector, or a map of one position, from the start."""
    made, kept = at.reader.assembler.nodes[node], len(shape) > 1
    if made.args.get("kernel") != "global" or made.args["keepdims"] == kept:
        return None
    again = at.reader.assembler.shapes[made.inputs[0]]
    if kept and shape != (*(1,) * (len(again) - 1), again[-1]):
        return None
    return at.node(made.op, made.inputs, kernel="global", keepdims=kept)


def row(at: TracedCall, held: Held) -> Held:
    """A tensor (batch, numbers) as a vector, whose numbers may stand in another order than the tensor's."""
    held = plain(at, held)
    if len(held.lengths) != 2 or held.axes[0] != whole(0, held.lengths[0]) or length(held.axes[1]) != held.lengths[1]:
        raise at.refuse("needs one row of numbers for each sample")
    shape = at.shape(held.node)
    numbers = joined(Atom(1, atom.step * prod(shape[atom.axis :]), atom.length) for atom in held.axes[1])
    return Held(sized(at, held.node, (prod(shape),)), (held.axes[0], numbers), held.lengths)


def places(held: Held) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Where in a vector each of the tensor's numbers stands."""
    found = np.zeros(1, np.int64)
    for atom in held.axes[1]:
        found = np.add.outer(found, np.arange(atom.length) * atom.step).ravel()
    return found


def _spread(at: TracedCall, node: int, axes: Sequence[tuple[Atom, ...]]) -> int | None:
    """Channels as places, or places as channels, where that is all that there is to it."""
    shape = at.shape(node)
    if len(axes) != len(shape) or len(shape) < 2:
        return None
    for op, order in (
        (op, order) for op in ("depth_to_space", "space_to_depth") for order in ("tensorflow", "pytorch")
    ):
        factor = _factor(op, axes, shape)
        if factor and _rearranged(op, order, factor, shape) == [joined(axis) for axis in axes]:
            return at.node(op, [node], factor=factor, order=order)
    return None


def _factor(op: str, axes: Sequence[tuple[Atom, ...]], shape: Sequence[int]) -> tuple[int, ...] | None:
    """How many times as long, or as short, the lengths are."""
    there = [length(axis) for axis in axes[:-1]]
    pairs = list(zip(there, shape, strict=False) if op == "depth_to_space" else zip(shape, there, strict=False))
    divided = all(longer % shorter == 0 for longer, shorter in pairs)
    return tuple(longer // shorter for longer, shorter in pairs) if divided else None


def _rearranged(op: str, order: str, factor: tuple[int, ...], shape: Sequence[int]) -> list[tuple[Atom, ...]]:
    """What the axes of the operation's result are made of."""
    rank, channels = len(factor), shape[-1]
    if op == "space_to_depth":
        kept = [joined(part(axis + 1, one, shape[axis] // one)) for axis, one in enumerate(factor)]
        inner = [atom for axis, one in enumerate(factor) for atom in part(axis + 1, 1, one)]
        own = part(rank + 1, 1, channels)
        return [*kept, joined([*inner, *own] if order == "tensorflow" else [*own, *inner])]
    places = prod(factor)
    steps = channels // places if order == "tensorflow" else 1
    cuts = [part(rank + 1, steps * prod(factor[axis + 1 :]), one) for axis, one in enumerate(factor)]
    rest = part(rank + 1, 1 if order == "tensorflow" else places, channels // places)
    lengths = [joined([*part(axis + 1, 1, shape[axis]), *cuts[axis]]) for axis in range(rank)]
    return [*lengths, joined(rest)]


def _moved(at: TracedCall, node: int, wanted: Sequence[Atom]) -> int:
    """The numbers in another order of atoms: one after the other is brought to the front of those that are left.

    What stands before it and behind it changes places, which is what places as channels are in PyTorch's order.
    """
    held = sorted(wanted, key=lambda atom: (atom.axis, -atom.step))
    for done, atom in enumerate(wanted):
        place = held.index(atom)
        if place > done:
            outer, front = prod(one.length for one in held[:done]), prod(one.length for one in held[done:place])
            behind = prod(one.length for one in held[place:])
            row = sized(at, node, (outer, front, behind))
            node = at.node("space_to_depth", [row], factor=(1, front), order="pytorch")
            held = [*held[:done], *held[place:], *held[done:place]]
    return node
