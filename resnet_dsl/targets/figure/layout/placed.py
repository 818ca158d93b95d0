"""A column with a place for each item; coordinates are (along, across), across 0 in the middle of the main path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from resnet_dsl.targets.figure.layout.frames import HeldFrame
from resnet_dsl.targets.figure.layout.lanes import Lanes
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.positions import Rank
from resnet_dsl.targets.figure.layout.sizes import faced, size_of
from resnet_dsl.targets.figure.outline.outline import Column

ASIDE = 6.0
"""From the middle of a lane to the words beside its arrows."""
_TRACK, _FIRST_TRACK, _BRANCH = 9.0, 17.0, 14.0
"""From a track to the next one; from boxes to the first track; between boxes side by side."""


class PlacedFrame(NamedTuple):
    """A frame round rows: along the flow from ``begin`` to ``end``, across it from ``low`` to ``high``."""

    held: HeldFrame
    begin: float
    low: float
    end: float
    high: float


@dataclass
class Placed:
    """One column while it gets its places; coordinates are (along, across), across 0 in the middle of the main path."""

    column: Column
    lanes: Lanes
    sizes: list[tuple[float, float]]
    ranks: list[Rank]
    starts: list[float]
    across: list[float]
    """The middle of each lane."""
    low: float
    high: float
    """How far the column reaches across."""
    wide: bool
    measures: Measures
    frames: tuple[PlacedFrame, ...] = ()

    def along(self, item: int) -> float:
        """The middle of an item along the flow."""
        rank = self.lanes.rank[item]
        return self.starts[rank] + self.ranks[rank].length / 2

    def length(self, item: int) -> float:
        return self.sizes[item][0 if self.wide else 1]

    def breadth(self, item: int) -> float:
        return self.sizes[item][1 if self.wide else 0]

    def begin(self, item: int) -> float:
        return self.along(item) - self.length(item) / 2

    def end(self, item: int) -> float:
        return self.along(item) + self.length(item) / 2

    def middle(self, item: int) -> float:
        return self.across[self.lanes.lane[item]]


def sizes_of(column: Column, lanes: Lanes, wide: bool, m: Measures) -> list[tuple[float, float]]:
    """Sizes of the items; in a tall figure all boxes of the main path are equally wide."""
    sizes = [size_of(item, m) for item in column.items]
    if wide:
        return sizes
    boxes = {"box", "thin", "card"}
    main = [lane == 0 and item.kind in boxes for lane, item in zip(lanes.lane, column.items, strict=True)]
    widest = max((size[0] for size, row in zip(sizes, main, strict=True) if row), default=0.0)
    return [(widest, size[1]) if row else size for size, row in zip(sizes, main, strict=True)]


def place(
    column: Column,
    lanes: Lanes,
    sizes: list[tuple[float, float]],
    ranks: list[Rank],
    starts: list[float],
    wide: bool,
    m: Measures,
) -> Placed:
    breadths = [0.0] * lanes.count
    for item, size in enumerate(sizes):
        lane = lanes.lane[item]
        breadths[lane] = max(breadths[lane], size[1 if wide else 0])
    said = _room_for_words(column, lanes, wide, m)
    beside = [0.0] * lanes.count if wide else _room_beside(column, lanes, m)
    across = [0.0]
    edge = max(breadths[0] / 2, beside[0])
    for lane in range(1, lanes.count - lanes.left):
        if breadths[lane]:
            across.append(edge + _BRANCH + breadths[lane] / 2)
            edge = across[lane] + max(breadths[lane] / 2, beside[lane])
        else:
            edge += _FIRST_TRACK if breadths[lane - 1] else _TRACK
            across.append(edge)
            edge += said[lane]
    low = -breadths[0] / 2
    for lane in range(lanes.count - lanes.left, lanes.count):
        across.append(low - _BRANCH - max(breadths[lane] / 2, beside[lane]))
        low = across[lane] - breadths[lane] / 2
    return Placed(column, lanes, sizes, ranks, starts, across, low, edge, wide, m)


def _room_beside(column: Column, lanes: Lanes, m: Measures) -> list[float]:
    """How far the words beside the arrows of each lane reach from its middle, in a tall figure."""
    room = [0.0] * lanes.count
    for item, lane in zip(column.items, lanes.lane, strict=True):
        reach = max((ASIDE + width(*faced(words, m.label)) for words in item.beside), default=0.0)
        room[lane] = max(room[lane], reach)
    return room


def _room_for_words(column: Column, lanes: Lanes, wide: bool, m: Measures) -> list[float]:
    """What the words beside links need, lane by lane."""
    room = [0.0] * lanes.count
    for link, track in zip(column.links, lanes.track, strict=True):
        if track is not None and link.words:
            needed = m.leading * len(link.words) if wide else max(width(*faced(word, m.label)) for word in link.words)
            room[track] = max(room[track], needed + 5)
    return room
