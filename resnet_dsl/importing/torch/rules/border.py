"""The borders of windows: a padding that stands before a window becomes the window's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from resnet_dsl.importing.torch.reading import TracedCall
from resnet_dsl.importing.torch.standing import maps, plain
from resnet_dsl.importing.torch.values import Fill, Held, TorchBorder
from resnet_dsl.importing.torch.views import channels_first

Pads: TypeAlias = tuple[tuple[int, int], ...]


def entering(at: TracedCall, pads: Pads, own: Fill = "zeros", nothing: bool = False) -> tuple[int, Pads, Fill]:
    """What flows into a window, the border around it, and what stands there.

    pads: the window's own padding; ``own`` is what it holds. nothing: the window can have none.
    """
    held: Held = at.first
    if nothing or held.border is None or not _joins(held.border, pads, own):
        return maps(at, plain(at, held)), pads, own
    node = maps(at, held._replace(border=None, lengths=_inner(at, held)))
    both = zip(held.border.amounts, pads, strict=True)
    return node, tuple((a + c, b + d) for (a, b), (c, d) in both), held.border.fill


def _inner(at: TracedCall, held: Held) -> tuple[int, ...]:
    """The lengths without the border."""
    shape = at.shape(held.node)
    return (held.lengths[0], shape[-1], *shape[:-1])


def _joins(border: TorchBorder, pads: Pads, own: Fill) -> bool:
    """Whether a border and one around it hold the same, or the outer one is none."""
    return border.fill == own or not any(map(any, pads))


def surrounded(at: TracedCall, held: Held, amounts: Pads, fill: Fill) -> Held:
    """A map with a border that waits for a window; one that is there already becomes a step."""
    if held.border is not None and held.border.fill != fill:
        held = plain(at, held)
    before = held.border.amounts if held.border else ((0, 0),) * len(amounts)
    both = tuple((a + c, b + d) for (a, b), (c, d) in zip(before, amounts, strict=True))
    if held.border is None and held.axes != channels_first(at.shape(held.node)):
        held = at.maps(maps(at, held))
    return Held(held.node, held.axes, at.lengths, TorchBorder(both, fill))


def pairs(given: Sequence[int]) -> list[tuple[int, int]]:
    """torch's paddings, which begin with the last axis, as one pair an axis from that on."""
    return [(given[index], given[index + 1]) for index in range(0, len(given), 2)]
