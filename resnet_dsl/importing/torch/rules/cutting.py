"""Parts of values: slices of the channels, crops of lengths, every so many positions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.standing import plain, repeated, standing
from resnet_dsl.importing.torch.values import Held
from resnet_dsl.importing.torch.views import Axis, part, whole


def channels(at: TracedCall, node: int, start: int, count: int) -> int:
    """A slice of the channels; of values that were just joined, the one that stands there."""
    made = at.reader.assembler.nodes[node]
    if count == at.shape(node)[-1]:
        return node
    if made.op == "concat":
        ends = list(accumulate(at.shape(one)[-1] for one in made.inputs))
        for one, end in zip(made.inputs, ends, strict=True):
            if (end - at.shape(one)[-1], at.shape(one)[-1]) == (start, count):
                return one
    return at.node("channels", [node], start=start, count=count)


def parts_of(at: TracedCall, node: int, count: int) -> list[int]:
    """The channels in so many parts."""
    each = at.shape(node)[-1] // count
    return [channels(at, node, index * each, each) for index in range(count)]


def cut_along(at: TracedCall, held: Held, axis: int, start: int, count: int, step: int = 1) -> Held:
    """``count`` positions of one of the tensor's axes, ``step`` apart."""
    if (count, step) == (held.lengths[axis], 1):
        return held
    if axis == 0:
        raise at.refuse("takes some samples of the batch")
    held = repeated(at, plain(at, held)) if held.axes[axis] else plain(at, held)
    lengths = (*held.lengths[:axis], count, *held.lengths[axis + 1 :])
    if not held.axes[axis]:
        return held._replace(lengths=lengths)
    found = _of_channels(at, held, axis, start, count, step) or _of_places(at, held, axis, start, count, step)
    return found._replace(lengths=lengths)


def _of_channels(at: TracedCall, held: Held, axis: int, start: int, count: int, step: int) -> Held | None:
    """Of the channels, or of the parts in which they lie side by side."""
    (atom, *others), shape = held.axes[axis], at.shape(held.node)
    if others or atom.axis != len(shape) or atom.step * atom.length != shape[-1] or step != 1:
        return None
    node = channels(at, held.node, start * atom.step, count * atom.step)
    return held._replace(node=node, axes=_with(held, axis, part(atom.axis, atom.step, count)))


def _with(held: Held, axis: int, new: Axis) -> tuple[Axis, ...]:
    return (*held.axes[:axis], new, *held.axes[axis + 1 :])


def _of_places(at: TracedCall, held: Held, axis: int, start: int, count: int, step: int) -> Held:
    """Of a length; of what is none as it lies, of one that it is brought to."""
    shape = at.shape(held.node)
    ours = next((one for one in range(1, len(shape)) if held.axes[axis] == whole(one, shape[one - 1])), None)
    if ours is None:
        return _of_other(at, held, axis, start, count, step)
    left = shape[ours - 1] - start
    behind = 0 if -(-left // step) == count else left - (count - 1) * step - 1
    node = _cropped(at, held.node, ours, (start, behind))
    node = _sampled(at, node, ours, step) if step > 1 else node
    return held._replace(node=node, axes=_with(held, axis, whole(ours, count)))


def _cropped(at: TracedCall, node: int, axis: int, ends: tuple[int, int]) -> int:
    """Less positions in front and behind; of what was just cropped in one go."""
    if not any(ends):
        return node
    made, rank = at.reader.assembler.nodes[node], len(at.shape(node)) - 1
    before = made.args["amounts"] if made.op == "crop" else ((0, 0),) * rank
    more = [ends if one == axis else (0, 0) for one in range(1, rank + 1)]
    amounts = tuple((a + c, b + d) for (a, b), (c, d) in zip(before, more, strict=True))
    return at.node("crop", made.inputs if made.op == "crop" else [node], amounts=amounts)


def _sampled(at: TracedCall, node: int, axis: int, step: int) -> int:
    """Every so many positions; along two axes in one go."""
    made, rank = at.reader.assembler.nodes[node], len(at.shape(node)) - 1
    before = made.args["stride"] if made.op == "subsample" else (1,) * rank
    stride = tuple(one * step if index == axis else one for index, one in enumerate(before, 1))
    return at.node("subsample", made.inputs if made.op == "subsample" else [node], stride=stride)


def _of_other(at: TracedCall, held: Held, axis: int, start: int, count: int, step: int) -> Held:
    """Of an axis that lies across: brought to the channels."""
    if step != 1:
        raise at.refuse("takes every so many of something else than positions")
    order = (*(one for one in range(1, len(held.lengths)) if one != axis), axis)
    node = channels(at, standing(at, held, order), start, count)
    return at.placed(node, order)


def _slice(at: TracedCall) -> Held:
    held, axis = at.first, at.axis()
    start, _, step = slice(at["start"], at["end"], at["step"]).indices(held.lengths[axis])
    return cut_along(at, held, axis, start, at.lengths[axis], step)


def _narrow(at: TracedCall) -> Held:
    axis = at.axis()
    return cut_along(at, at.first, axis, at["start"] % at.first.lengths[axis], at["length"])


def _select(at: TracedCall) -> Held:
    axis = at.axis()
    made = cut_along(at, at.first, axis, at["index"] % at.first.lengths[axis], 1)
    return without(made, [axis])


def without(held: Held, axes: Sequence[int]) -> Held:
    """Without these axes, whose length is 1."""
    left = [index for index in range(len(held.lengths)) if index not in axes]
    return held._replace(
        axes=tuple(held.axes[index] for index in left), lengths=tuple(held.lengths[index] for index in left)
    )


def _split(at: TracedCall) -> list[Held]:
    axis, sizes = at.axis(), at.arguments.get("split_sizes", at.arguments.get("split_size"))
    return _sections(at, axis, _equal(at, axis, sizes) if isinstance(sizes, int) else list(sizes or ()))


def _chunk(at: TracedCall) -> list[Held]:
    axis = at.axis()
    return _sections(at, axis, _equal(at, axis, -(-at.first.lengths[axis] // at["chunks"])))


def _equal(at: TracedCall, axis: int, each: int) -> list[int]:
    """So many positions a part; the last has what is left."""
    total = at.first.lengths[axis]
    return [min(each, total - start) for start in range(0, total, each)]


def _unbind(at: TracedCall) -> list[Held]:
    axis = at.axis()
    return [without(one, [axis]) for one in _sections(at, axis, [1] * at.first.lengths[axis])]


def _sections(at: TracedCall, axis: int, sizes: Sequence[int]) -> list[Held]:
    starts = [0, *accumulate(sizes)]
    return [cut_along(at, at.first, axis, start, count) for start, count in zip(starts, sizes, strict=False)]


RULES: Rules = {
    "slice": _slice,
    "narrow": _narrow,
    "select": _select,
    **dict.fromkeys(("split", "split_with_sizes"), _split),
    "chunk": _chunk,
    "unbind": _unbind,
}
