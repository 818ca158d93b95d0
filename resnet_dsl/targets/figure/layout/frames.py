"""Dashed boxes round the rows of a stage or block: which rows they hold, and the room that they take."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.targets.figure.layout.lanes import Lanes
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.outline.outline import Column, Framed

PAD, APART = 5.0, 3.0
"""From rows to a frame; from one frame to the next."""


def heading(m: Measures) -> float:
    """Above the rows, for the name of a frame."""
    return 1.1 * m.small


class HeldFrame(NamedTuple):
    """A frame with its rows: the way to the stage or block, what stands at it, the column's items in it."""

    way: tuple[tuple[str, str], ...]
    framed: Framed
    items: tuple[int, ...]


def held_by(column: Column) -> list[HeldFrame]:
    """The frames, those within others first."""
    found = []
    for way, framed in column.frames.items():
        items = (number for number, item in enumerate(column.items) if item.within[: len(way)] == way)
        found.append(HeldFrame(way, framed, tuple(items)))
    return sorted((held for held in found if held.items), key=lambda held: -held.framed.depth)


def frame_rooms(column: Column, lanes: Lanes, wide: bool, m: Measures) -> tuple[list[float], list[float]]:
    """Along the flow, before and behind each rank: what the frames need that begin and end there."""
    opening, closing = [0.0] * lanes.ranks, [0.0] * lanes.ranks
    for held in held_by(column):
        ranks = [lanes.rank[item] for item in held.items]
        opening[min(ranks)] += PAD if wide else PAD + heading(m)
        closing[max(ranks)] += PAD + (APART if held.framed.depth == 1 else 0)
    return opening, closing
