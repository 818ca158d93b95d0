"""What moves numbers, and takes some of them: views where none is lost, and slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.axes import order_of, reshaped
from resnet_dsl.importing.onnx.folding import NotFoldedError, axes_of, parts_of, row, slices
from resnet_dsl.importing.onnx.place import Place, Rule, Rules, Tensor
from resnet_dsl.importing.onnx.symbols import LengthSymbol
from resnet_dsl.ir.lengths import Length


def _same(at: Place) -> Any:
    value = at.bordered()
    return [value, *[np.zeros(0, np.float32)] * (len(at.operator.outputs) - 1)]


def _dropout(at: Place) -> Any:
    if len(at.inputs) > 2 and at.inputs[2] is not None and np.any(at.array(2, "mode")):
        raise at.refuse("drops numbers by chance at inference, too, as while training", "export it for inference")
    return _same(at)


def _cast(at: Place) -> Any:
    kind = at.attribute("to")
    if kind not in (1, 10, 11, 16):
        raise at.refuse("makes whole numbers, or truths, of what flows, and networks here compute with real numbers")
    return _same(at)


def _transpose(at: Place) -> Tensor:
    tensor = at.tensor()
    order = at.attribute("perm") or range(len(tensor.axes), -1, -1)
    if order[0] != 0:
        raise at.refuse("moves the batch's axis")
    return tensor._replace(axes=tuple(tensor.axes[place - 1] for place in order[1:]))


def _reshape(at: Place) -> Tensor:
    tensor = at.tensor()
    size = row(at.array(1, "shape"))
    lengths = [_length(at, place, one, tensor) for place, one in enumerate(size)]
    if lengths[0] is None and None in lengths[1:]:
        raise at.refuse("leaves more than one length open")
    return _viewed(at, tensor, lengths[1:])


def _length(at: Place, place: int, wanted: Any, tensor: Tensor) -> Length | None:
    """One of the lengths of a Reshape; None for what is left. The batch's is checked, and stands for nothing."""
    if place == 0:
        return _batch(at, wanted)
    if isinstance(wanted, LengthSymbol):
        if wanted.length is None:
            raise at.refuse("moves the batch's axis")
        return wanted.length
    if wanted == 0 and not at.attribute("allowzero", 0):
        if place > len(tensor.axes):
            raise at.refuse("keeps a length that there is not")
        return at.lengths(tensor)[place - 1]
    return None if wanted == -1 else int(wanted)


def _batch(at: Place, wanted: Any) -> int | None:
    """1 where it stays the batch's; None where it is what is left, which is the same."""
    if wanted == LengthSymbol(None) or (wanted == 0 and not at.attribute("allowzero", 0)):
        return 1
    if wanted == -1:
        return None
    if wanted != at.reader.batch:
        raise at.refuse(f"makes {wanted} the length of the batch's axis, and joins or cuts the batch")
    return 1


def _viewed(at: Place, tensor: Tensor, size: list[Length | None]) -> Tensor:
    axes = reshaped(tensor.axes, size)
    if axes is None:
        shown = "x".join("?" if one is None else str(one) for one in size)
        raise at.refuse(f"cuts a value into {shown}, across its axes")
    viewed = tensor._replace(axes=axes)
    return at.vector(viewed) if len(axes) == 1 else at.settled(viewed)


def _flatten(at: Place) -> Tensor:
    tensor = at.tensor()
    axis = at.attribute("axis", 1)
    if axis % (len(tensor.axes) + 1) != 1:
        raise at.refuse(f"flattens from axis {axis} on, and joins or cuts the batch")
    return _viewed(at, tensor, [None])


def _squeeze(at: Place) -> Tensor:
    tensor = at.tensor()
    axes = axes_of(at.operator, _fixed(at))
    if axes is None:
        raise at.refuse("takes away whatever axes are of length 1, and the batch's may be", "say which: `axes`")
    gone = {at.axis(one, tensor) for one in axes}
    if any(tensor.axes[one] for one in gone):
        raise at.refuse("takes away an axis that is longer than 1")
    left = tensor._replace(axes=tuple(one for place, one in enumerate(tensor.axes) if place not in gone))
    return at.vector(left) if len(left.axes) == 1 else left


def _unsqueeze(at: Place) -> Tensor:
    tensor = at.tensor()
    axes = axes_of(at.operator, _fixed(at)) or ()
    count = len(tensor.axes) + 1 + len(axes)
    new = {one % count for one in axes}
    if 0 in new:
        raise at.refuse("puts an axis in front of the batch's")
    left = iter(tensor.axes)
    return tensor._replace(axes=tuple(() if place in new else next(left) for place in range(1, count)))


def _fixed(at: Place) -> list[Any]:
    return [one if isinstance(one, np.ndarray) else None for one in at.inputs]


def _shape(at: Place) -> Any:
    return at.row(at.tensor())[at.attribute("start", 0) : at.attribute("end")]


def _expand(at: Place) -> Tensor:
    tensor = at.tensor()
    wanted, have = row(at.array(1, "shape")), at.lengths(tensor)
    if len(wanted) > len(have) + 1:
        raise at.refuse("puts axes in front of the batch's")
    wanted = [1] * (len(have) + 1 - len(wanted)) + wanted
    _batch(at, 0 if wanted[0] == 1 else wanted[0])
    lengths = [one.length if isinstance(one, LengthSymbol) else one for one in wanted[1:]]
    made = tuple(old if new in (1, -1) else new for old, new in zip(have, lengths, strict=True))
    return tensor if made == tuple(have) else tensor._replace(repeated=made)


def _slice(at: Place) -> Tensor:
    tensor = at.tensor()
    for place in range(1, len(at.inputs)):
        at.array(place, "range")
    cuts = slices(at.operator, _fixed(at), len(tensor.axes) + 1)
    return _cut(at, tensor, cuts)


def _cut(at: Place, tensor: Tensor, cuts: dict[int, slice]) -> Tensor:
    """The parts of a value along its positions and channels."""
    order = order_of(tensor.axes, at.shape(tensor))
    if order is None:
        raise at.refuse("takes a part of a value whose axes are cut or joined")
    shape = at.shape(tensor)
    ranges = [_range(at, cuts.get(place + 1), shape[axis]) for axis, place in enumerate(order)]
    if 0 in cuts and _range(at, cuts[0], at.reader.batch or 2**31) != (0, 0, 1):
        raise at.refuse("takes a part of the batch")
    node, rank = tensor.node, len(shape) - 1
    front, behind, step = ranges[-1]
    if step != 1:
        raise at.refuse(f"takes every {step} of the channels, which no operation here does")
    if front or behind:
        node = at.node("channels", [node], start=front, count=shape[-1] - front - behind)  # type: ignore[operator]
    node = _of_positions(at, node, ranges[:rank])
    return at.like(node, order) if node != tensor.node else tensor


def _of_positions(at: Place, node: int, ranges: list[tuple[int, int, int]]) -> int:
    amounts = tuple((front, behind) for front, behind, _ in ranges)
    strides = tuple(step for _, _, step in ranges)
    if any(map(any, amounts)):
        node = at.node("crop", [node], amounts=amounts)
    return at.node("subsample", [node], stride=strides) if any(step > 1 for step in strides) else node


def _range(at: Place, cut: slice | None, length: Length) -> tuple[int, int, int]:
    """(positions left out in front, behind, the step)."""
    if cut is None:
        return 0, 0, 1
    if cut.step < 1:
        raise at.refuse("turns an axis around, or takes a step of 0")
    if isinstance(length, int):
        start, stop, step = cut.indices(length)
        last = len(range(start, stop, step)) == len(range(start, length, step))
        return start, 0 if last else length - stop, step
    if cut.start < 0 or 0 <= cut.stop < 2**31 - 1:
        raise at.refuse("takes a fixed count of positions out of a length that is open")
    return cut.start, -cut.stop if cut.stop < 0 else 0, cut.step


def _split(at: Place) -> list[Tensor]:
    tensor = at.tensor()
    axis = at.axis(at.attribute("axis", 0), tensor)
    count = at.lengths(tensor)[axis]
    if not isinstance(count, int):
        raise at.refuse("splits a length that is open")
    try:
        parts = parts_of(at.operator, _fixed(at), count)
    except NotFoldedError as wrong:
        raise at.refuse(str(wrong)) from None
    ends = np.cumsum(parts).tolist()
    return [_cut(at, tensor, {axis + 1: slice(end - one, end, 1)}) for one, end in zip(parts, ends, strict=True)]


def _gather(at: Place) -> Tensor:
    if not isinstance(at.given(0), Tensor):
        raise at.refuse("looks numbers up by what flows in (an embedding), which no operation here does")
    tensor, places = at.tensor(), at.array(1, "places")
    axis = at.axis(at.attribute("axis", 0), tensor)
    if places.dtype == object or places.ndim > 1 or not places.size:
        raise at.refuse("takes places that follow from the input, or in more than a row")
    count = at.lengths(tensor)[axis]
    flat = [int(one) for one in places.reshape(-1)]
    if not isinstance(count, int) or any(not -count <= one < count for one in flat):
        raise at.refuse("takes places that there are not, or of a length that is open")
    flat = [one % count for one in flat]
    found = _nearest(at, tensor, axis, flat) if places.ndim else None
    if found is not None:
        return found
    if flat != list(range(flat[0], flat[0] + len(flat))):
        raise at.refuse("takes places that do not follow one another")
    cut = _cut(at, tensor, {axis + 1: slice(flat[0], flat[-1] + 1, 1)})
    if places.ndim:
        return cut
    left = cut._replace(axes=cut.axes[:axis] + cut.axes[axis + 1 :])
    return at.vector(left) if len(left.axes) == 1 else left


def _nearest(at: Place, tensor: Tensor, axis: int, places: list[int]) -> Tensor | None:
    """The nearest cells of a longer or shorter axis; None where the places are others."""
    order, shape = order_of(tensor.axes, at.shape(tensor)), at.shape(tensor)
    if order is None or axis == order[-1]:
        return None
    own = order.index(axis)
    old, new = shape[own], len(places)
    if old == new or places != [(2 * one + 1) * old // (2 * new) for one in range(new)]:  # type: ignore[operator]
        return None
    node = at.of(tensor)
    if node.op == "resize" and tensor.sole and node.args["method"] == "nearest" and node.args["size"][own] == old:
        size = (*node.args["size"][:own], new, *node.args["size"][own + 1 :])
        return at.like(at.node("resize", node.inputs, size=size), order)
    size = (*shape[:own], new, *shape[own + 1 : -1])
    return at.like(at.node("resize", [tensor.node], size=size), order)


def _blocks(op: str) -> Rule:
    def rule(at: Place) -> Tensor:
        mode = {"DCR": "tensorflow", "CRD": "pytorch"}[at.attribute("mode", "DCR")]
        size = at.attribute("blocksize")
        return at.first(at.node(op, [at.map()], factor=(size, size), order=mode))

    return rule


RULES: Rules = {
    "Identity": _same,
    "Dropout": _dropout,
    "Cast": _cast,
    "Transpose": _transpose,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Shape": _shape,
    "Expand": _expand,
    "Slice": _slice,
    "Split": _split,
    "Gather": _gather,
    "DepthToSpace": _blocks("depth_to_space"),
    "SpaceToDepth": _blocks("space_to_depth"),
}
