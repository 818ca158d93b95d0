"""Means, sums and largest numbers along axes: over lengths, over channels, or over parts of the channels."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.cutting import parts_of
from resnet_dsl.importing.torch.standing import plain, repeated
from resnet_dsl.importing.torch.values import Held
from resnet_dsl.importing.torch.views import Atom, Axes, cut, whole


def _mean(at: TracedCall) -> Held:
    return reduced(at, at.first, "mean", _axes(at), bool(at.arguments.get("keepdim")))


def _sum(at: TracedCall) -> Held:
    return reduced(at, at.first, "sum", _axes(at), bool(at.arguments.get("keepdim")))


def _largest(at: TracedCall) -> Held:
    return reduced(at, at.first, "max", _axes(at), bool(at.arguments.get("keepdim")))


def _largest_and_place(at: TracedCall) -> list[Held]:
    """The operator returns places, too; a rule that reads them does not find them."""
    return [reduced(at, at.first, "max", [at.axis()], at["keepdim"])]


def _axes(at: TracedCall) -> list[int]:
    rank, given = len(at.first.lengths), at.arguments.get("dim")
    dims = range(rank) if given is None or given == [] else given if isinstance(given, list) else [given]
    return [one % rank for one in dims]


def reduced(at: TracedCall, held: Held, by: str, dims: Sequence[int], kept: bool) -> Held:
    """The mean, sum or largest number (``max``) over axes of a tensor, which are ``kept`` with length 1, or are not."""
    held = repeated(at, plain(at, held))
    rank = len(at.shape(held.node))
    atoms = cut([held.axes[axis] for axis in dims])
    if any(atom.axis == 0 for atom in atoms) or 0 in dims:
        raise at.refuse(f"takes the {by} over samples")
    places, channels = [one for one in atoms if one.axis < rank], [one for one in atoms if one.axis == rank]
    node = _over_places(at, held.node, by, places) if places else held.node
    node, inner = _over_channels(at, node, by, channels, held.axes) if channels else (node, held.axes)
    whole_axes = [((), 1) if index in dims else (one, held.lengths[index]) for index, one in enumerate(inner)]
    left = [one for index, one in enumerate(whole_axes) if kept or index not in dims]
    return Held(node, tuple(axes for axes, _ in left), tuple(length for _, length in left))


def _over_places(at: TracedCall, node: int, by: str, places: Sequence[Atom]) -> int:
    """Over whole lengths: all of them, or windows as long as those."""
    shape, axes = at.shape(node), {atom.axis for atom in places}
    if sorted(places) != sorted(atom for axis in axes for atom in whole(axis, shape[axis - 1])):
        raise at.refuse(f"takes the {by} over parts of a length")
    op = "maxpool" if by == "max" else "avgpool"
    if all(one == 1 or axis in axes for axis, one in enumerate(shape[:-1], 1)):
        made = at.node(op, [node], kernel="global", keepdims=True)
    else:
        kernel = tuple(one if axis in axes else 1 for axis, one in enumerate(shape[:-1], 1))
        made = at.node(op, [node], kernel=kernel, pad="valid")
    return _summed(at, made, by, prod(atom.length for atom in places))


def _summed(at: TracedCall, node: int, by: str, count: int) -> int:
    """A sum is so many times the mean."""
    return at.node("scale", [node], value=float(count)) if by == "sum" else node


def _over_channels(at: TracedCall, node: int, by: str, channels: Sequence[Atom], axes: Axes) -> tuple[int, Axes]:
    count, rank = at.shape(node)[-1], len(at.shape(node))
    if list(channels) == list(whole(rank, count)):
        made = at.node("channel_pool", [node], by="max" if by == "max" else "mean")
        return _summed(at, made, by, count), axes
    if len(channels) != 1 or channels[0].step * channels[0].length != count or by == "max":
        raise at.refuse(f"takes the {by} over parts of the channels that do not lie side by side")
    made = at.node("add", parts_of(at, node, channels[0].length))
    return (made if by == "sum" else at.node("scale", [made], value=1 / channels[0].length)), axes


RULES: Rules = {
    "mean": _mean,
    "sum": _sum,
    "amax": _largest,
    "max": _largest_and_place,
}
