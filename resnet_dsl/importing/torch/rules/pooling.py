"""Pools over windows. Where torch counts a last window that is not whole, the border behind is that much wider."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.border import Pads, entering
from resnet_dsl.importing.torch.rules.convolution import per_axis
from resnet_dsl.importing.torch.standing import maps
from resnet_dsl.importing.torch.values import Held


def _maxpool(rank: int, at: TracedCall) -> Held:
    if set(per_axis(at["dilation"], rank)) != {1}:
        raise at.refuse("takes the largest of a window with gaps (a dilation), which the language does not have")
    kernel, stride, pads, more = _window(rank, at)
    node, border, fill = entering(at, _wider(pads, more), "lowest")
    return at.maps(at.node("maxpool", [node], kernel=kernel, stride=stride, pad=border, fill=fill))


def _maxpool_and_places(rank: int, at: TracedCall) -> list[Held]:
    """The operator returns places, too; a rule that reads them does not find them."""
    return [_maxpool(rank, at)]


def _avgpool(rank: int, at: TracedCall) -> Held:
    if at.arguments.get("divisor_override"):
        raise at.refuse("divides the sum of a window by a number of its own")
    kernel, stride, pads, more = _window(rank, at)
    counted = at["count_include_pad"] or not any(map(any, pads))
    if any(more) and counted and any(map(any, pads)):
        raise at.refuse("counts its padding in the mean, and not what lies behind it (`ceil_mode`)")
    node, border, fill = entering(at, _wider(pads, more), nothing=any(more) or not counted)
    counted = counted and not any(more)
    border = border if counted else _wider(pads, more)
    return at.maps(
        at.node("avgpool", [node], kernel=kernel, stride=stride, pad=border, count_border=counted, fill=fill)
    )


def _window(rank: int, at: TracedCall) -> tuple[tuple[int, ...], tuple[int, ...], Pads, tuple[int, ...]]:
    """Kernel, stride, padding, and how many positions the last window has behind it."""
    kernel = per_axis(at["kernel_size"], rank)
    stride = per_axis(at["stride"], rank) if at["stride"] else kernel
    padding = per_axis(at["padding"], rank)
    axes = zip(at.first.lengths[2:], at.lengths[2:], kernel, stride, padding, strict=True)
    more = tuple(max((made - 1) * step + taps - there - 2 * pad, 0) for there, made, taps, step, pad in axes)
    return kernel, stride, tuple((one, one) for one in padding), more


def _wider(pads: Pads, more: Sequence[int]) -> Pads:
    return tuple((front, behind + one) for (front, behind), one in zip(pads, more, strict=True))


def _adaptive(op: str, rank: int, at: TracedCall) -> Held:
    """Over the whole map, or in windows that are all alike."""
    wanted, node = at.lengths[2:], maps(at, at.first)
    lengths = at.shape(node)[:-1]
    if set(wanted) == {1}:
        return at.maps(at.node(op, [node], kernel="global", keepdims=True))
    if wanted == lengths:
        return at.maps(node)
    if all(one % other == 0 for one, other in zip(lengths, wanted, strict=True)):
        kernel = tuple(one // other for one, other in zip(lengths, wanted, strict=True))
        return at.maps(at.node(op, [node], kernel=kernel, pad="valid"))
    return at.maps(_repeated(at, node, lengths, wanted))


def _adaptive_and_places(rank: int, at: TracedCall) -> list[Held]:
    """The operator returns places, too; a rule that reads them does not find them."""
    return [_adaptive("maxpool", rank, at)]


def _repeated(at: TracedCall, node: int, lengths: Sequence[int], wanted: Sequence[int]) -> int:
    """Windows of one position each."""
    if any(other % one for one, other in zip(lengths, wanted, strict=True)):
        shown = f"{'x'.join(map(str, lengths))} positions to {'x'.join(map(str, wanted))}"
        raise at.refuse(
            f"pools {shown}, in windows of several lengths", "give an example of another size, which that divides"
        )
    factor = tuple(other // one for one, other in zip(lengths, wanted, strict=True))
    return at.node("upsample", [node], factor=factor)


RULES: Rules = {
    **{f"max_pool{rank}d": partial(_maxpool, rank) for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": partial(_avgpool, rank) for rank in (1, 2, 3)},
    **{f"adaptive_avg_pool{rank}d": partial(_adaptive, "avgpool", rank) for rank in (1, 2, 3)},
    **{f"adaptive_max_pool{rank}d": partial(_adaptive_and_places, rank) for rank in (1, 2, 3)},
    **{f"max_pool{rank}d_with_indices": partial(_maxpool_and_places, rank) for rank in (1, 2, 3)},
}
