"""Keras' layers that rearrange a value or bring it to another size."""

from __future__ import annotations

from math import prod
from typing import Any

from resnet_dsl.importing.keras.at import At, Rule, Rules
from resnet_dsl.importing.keras.entries import ELLIPSIS
from resnet_dsl.importing.keras.structure import PART
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.parameters import is_integer
from resnet_dsl.targets.keras.lower.place import WHOLE


def _identity(at: At) -> int:
    return at.node("identity", at.input)


def _reshape(at: At) -> int:
    """One length may be left open: what is left of the numbers."""
    target = at.settings.take("target_shape", at.settings.take("newshape"))
    if at.called.is_function and isinstance(target, list | tuple):
        target = [*target][1:]
    size = _size(target, at.shape())
    if size is None:
        raise at.cannot(f"makes a shape of {str(target)[:60]}, and `reshape` needs known lengths, four at most")
    return at.node("reshape", at.input, size=size if len(size) > 1 else size[0])


def _size(target: Any, entering: Shape) -> tuple[int, ...] | None:
    if not isinstance(target, list | tuple) or not all(isinstance(one, int | None) for one in target):
        return None
    known = [one for one in target if one not in (None, -1)]
    if not all(isinstance(one, int) for one in entering) or not 1 <= len(target) <= 4 or len(target) - len(known) > 1:
        return None
    left = prod(entering) // max(prod(known), 1)
    return tuple(left if one in (None, -1) else one for one in target)


def _upsampling(rank: int) -> Rule:
    def rule(at: At) -> int:
        factor = at.settings.lengths("size", rank, 2)
        method = at.settings.word("interpolation", "nearest", "bilinear")
        return at.node("upsample", at.input, factor=factor, method=method)

    return rule


def _resizing(at: At) -> int:
    """Only ``bilinear`` has the middles of cells in place in Keras, and blurs nothing first."""
    settings = at.settings
    size = settings.count("height"), settings.count("width")
    method = settings.word("interpolation", "bilinear")
    return at.node("resize", at.input, size=size, method=method)


def _own_resize(at: At) -> int:
    method = at.settings.word("method", "nearest", "bilinear")
    if not at.settings.says("size"):
        return at.node("resize", *at.inputs, like=True, method=method)
    return at.node("resize", at.input, size=at.settings.lengths("size", at.rank), method=method)


def _padding(rank: int) -> Rule:
    return lambda at: at.node("zero_pad", at.input, amounts=at.settings.widths("padding", rank))


def _cropping(rank: int) -> Rule:
    return lambda at: at.node("crop", at.input, amounts=at.settings.widths("cropping", rank))


def _blocks(op: Any) -> Rule:
    def rule(at: At) -> int:
        factor = at.settings.lengths("factor", at.rank)
        return at.node(op, at.input, factor=factor, order=at.settings.word("order", "tensorflow", "pytorch"))

    return rule


def _written_out(key: Any, axes: int) -> Any:
    """A slice with all axes in place of ``...``."""
    if not isinstance(key, tuple) or key.count(ELLIPSIS) != 1:
        return key
    place = key.index(ELLIPSIS)
    return (*key[:place], *[WHOLE] * (axes + 1 - len(key)), *key[place + 1 :])


def _slice(at: At) -> int:
    """A slice of the channels."""
    key = _written_out(at.settings.take("key"), at.rank + 2)
    if not isinstance(key, tuple) or not all(isinstance(one, tuple) and len(one) == 3 for one in key):
        raise at.cannot("takes a part of a value in a way that `channels` does not")
    axes = [*key, *[WHOLE] * (at.rank + 2 - len(key))]
    others, (start, stop, step) = axes[:-1], axes[-1]
    if len(others) != at.rank + 1 or any(one not in (WHOLE, (0, None, None), (None, None, 1)) for one in others):
        raise at.cannot("takes a part of the positions, which no operation does like this")
    if step not in (None, 1) or not all(one is None or isinstance(one, int) for one in (start, stop)):
        raise at.cannot("takes channels that do not lie side by side")
    first, end, _ = slice(start, stop).indices(at.entering)
    return at.node("channels", at.input, start=first, count=end - first)


def _split(at: At) -> int:
    """One of the parts that the channels are split into: so many of one width, or at these places."""
    settings, part = at.settings, at.settings.count(PART, 0)
    if settings.axes("axis", at.rank + 1, 0) != (at.rank + 1,):
        raise at.cannot("splits a value along another axis than its channels")
    where = settings.take("indices_or_sections")
    if is_integer(where) and where > 0 and at.entering % where == 0:
        where = [one * at.entering // where for one in range(1, min(where, part + 2))]
    if not isinstance(where, list | tuple) or not all(map(is_integer, where)):
        raise at.cannot("splits the channels in a way that `channels` does not")
    ends = [0, *where, at.entering]
    if part + 1 >= len(ends):
        raise at.cannot("has fewer parts than are read")
    return at.node("channels", at.input, start=ends[part], count=ends[part + 1] - ends[part])


def _pad(at: At) -> int:
    """Zeros behind or around the channels, or around the map."""
    settings, rank = at.settings, at.rank
    first, *pads, last = settings.widths("pad_width", rank + 2)
    value, mode = settings.take("constant_values", 0), settings.take("mode", "constant")
    if any(first) or value != 0 or mode != "constant" or (any(last) and any(map(any, pads))):
        raise at.cannot("pads in a way that neither `zero_pad` nor `pad_channels` does")
    if not any(last):
        return at.node("zero_pad", at.input, amounts=tuple(pads))
    side = "end" if last[0] == 0 else "both"
    if side == "both" and last[0] != sum(last) // 2:
        raise at.cannot("pads channels in front, and `pad_channels` at the end or on both sides")
    return at.node("pad_channels", at.input, channels=at.entering + sum(last), side=side)


RULES: Rules = {
    "Identity": _identity,
    "Flatten": lambda at: at.node("flatten", at.input),
    "Reshape": _reshape,
    "ops.reshape": _reshape,
    "ops.identity": _identity,
    "Resizing": _resizing,
    "own.Resize": _own_resize,
    "own.Crop": lambda at: at.node("crop", *at.inputs, like=True),
    "own.DepthToSpace": _blocks("depth_to_space"),
    "own.SpaceToDepth": _blocks("space_to_depth"),
    **{f"UpSampling{rank}D": _upsampling(rank) for rank in (1, 2, 3)},
    **{f"ZeroPadding{rank}D": _padding(rank) for rank in (1, 2, 3)},
    **{f"Cropping{rank}D": _cropping(rank) for rank in (1, 2, 3)},
    "slice": _slice,
    "ops.split": _split,
    "ops.pad": _pad,
}
