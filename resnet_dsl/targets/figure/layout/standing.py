"""Where the volumes of a column stand: a rank from left to right, a lane above the main path for each side branch.

What runs above others does so as low as these let it: skip connections around small maps are near them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from resnet_dsl.targets.figure.layout.geometry import Point
from resnet_dsl.targets.figure.layout.lanes import Lanes
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.pieces import DrawnPiece
from resnet_dsl.targets.figure.layout.positions import Rank, ranks_of
from resnet_dsl.targets.figure.outline.outline import Column, Link

_TRACK = 9.0
"""From what lies below to a line above it."""
_BRANCH = 10.0
"""From what lies below to what stands above it."""
_ENTRY, _APART = 2.0, 4.0
"""From the left end of a solid to where a line from above enters it; from there to where another kind does."""


@dataclass
class Standing:
    """A column with places. starts: of ranks; middle: the y of each item; track: that of each link that runs above."""

    column: Column
    lanes: Lanes
    pieces: Sequence[DrawnPiece]
    ranks: list[Rank]
    starts: list[float]
    left: list[float]
    """How far words reach to the left of the solids of each rank."""
    middle: list[float]
    track: list[float]
    above: float = 0.0
    below: float = 0.0

    def begin(self, item: int) -> float:
        """The left end of a solid."""
        rank = self.lanes.rank[item]
        return self.starts[rank] + self.left[rank]

    def end(self, item: int) -> float:
        return self.begin(item) + self.pieces[item].width

    def top(self, item: int) -> float:
        return self.middle[item] - self.pieces[item].height / 2

    def fork(self, link: Link) -> float:
        """Where a link that runs above leaves the gap behind its source."""
        rank = self.lanes.rank[link.source]
        return self.starts[rank] + self.ranks[rank].length + self.ranks[rank].fork((link.source, link.is_adapted))

    def entry(self, item: int, number: int, kinds: int) -> Point:
        """Where a line from above enters an item, the ``number``-th of so many kinds of lines."""
        piece = self.pieces[item]
        if piece.recedes is None:
            across = piece.width / 2 + (number - (kinds - 1) / 2) * _APART
            return self.begin(item) + across, self.top(item)
        over, up = piece.recedes
        across = min(_ENTRY + number * _APART, piece.width)
        return self.begin(item) + across, self.top(item) + (up * (1 - across / over) if across < over else 0.0)

    def from_below(self, item: int, height: float) -> list[Point]:
        """How a line that runs below an item comes to it: to a solid, which has words there, from its left."""
        middle, piece = self.middle[item], self.pieces[item]
        if piece.recedes is None:
            x = self.begin(item) + piece.width / 2
            return [(x, height), (x, middle + piece.height / 2)]
        x = self.begin(item) - piece.left - _ENTRY
        return [(x, height), (x, middle), (self.begin(item), middle)]

    @property
    def width(self) -> float:
        return self.starts[-1] + self.ranks[-1].length


def stand(column: Column, lanes: Lanes, pieces: Sequence[DrawnPiece], m: Measures) -> Standing:
    left, lengths = [0.0] * lanes.ranks, [0.0] * lanes.ranks
    for rank, piece in zip(lanes.rank, pieces, strict=True):
        left[rank] = max(left[rank], piece.left)
    for rank, piece in zip(lanes.rank, pieces, strict=True):
        lengths[rank] = max(lengths[rank], left[rank] + piece.width + piece.right)
    ranks = ranks_of(column, lanes, [lengths[rank] for rank in lanes.rank], True, 1.0, m)
    starts = [0.0]
    for before, after in pairwise(ranks):
        starts.append(starts[-1] + before.length + after.gap)
    one = Standing(column, lanes, pieces, ranks, starts, left, [0.0] * len(pieces), [0.0] * len(column.links))
    _raise(one)
    main = [piece for piece, lane in zip(pieces, lanes.lane, strict=True) if lane == 0]
    one.below = max(piece.below for piece in main)
    return one


@dataclass
class _Group:
    """What shares a height: the items of a side branch with the links along them, or links that run together."""

    items: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)

    def join(self, other: _Group) -> None:
        self.items += other.items
        self.links += other.links


def _raise(one: Standing) -> None:
    """Each lane above what it spans. Places are counted twice: ranks are even, the gaps behind them odd."""
    tops = [0.0] * (2 * one.lanes.ranks)
    for item, lane in enumerate(one.lanes.lane):
        if lane == 0:
            place = 2 * one.lanes.rank[item]
            tops[place] = max(tops[place], one.pieces[item].above)
    for lane in range(1, one.lanes.count):
        for group in _groups(one, lane):
            _raise_group(one, group, tops)
    one.above = max(tops)


def _raise_group(one: Standing, group: _Group, tops: list[float]) -> None:
    rank = one.lanes.rank
    places = [2 * rank[item] for item in group.items]
    for number in group.links:
        link = one.column.links[number]
        places += [2 * rank[link.source] + 1, 2 * rank[link.target]]
    low, high = min(places), max(places)
    base = max(tops[low : high + 1])
    pieces = [one.pieces[item] for item in group.items]
    height = base + (_BRANCH + max(piece.below for piece in pieces) if pieces else _TRACK)
    for item in group.items:
        one.middle[item] = -height
    for number in group.links:
        one.track[number] = -height
    tops[low : high + 1] = [height + max((piece.above for piece in pieces), default=0.0)] * (high + 1 - low)


def _groups(one: Standing, lane: int) -> list[_Group]:
    """Those of one lane: links are grouped with the items of the lane that they join, else by their sources."""
    of_item: dict[int, _Group] = {item: _Group([item]) for item, own in enumerate(one.lanes.lane) if own == lane}
    of_source: dict[tuple[int, bool], _Group] = {}
    for number, link in enumerate(one.column.links):
        ends = [of_item[end] for end in (link.source, link.target) if end in of_item]
        if one.lanes.track[number] == lane and not ends:
            ends = [of_source.setdefault((link.source, link.is_adapted), _Group())]
        elif one.lanes.track[number] not in (lane, None):
            continue
        for group in ends[1:]:
            if group is not ends[0]:
                ends[0].join(group)
                of_item.update(dict.fromkeys(group.items, ends[0]))
        if ends:
            ends[0].links.append(number)
    found = {id(group): group for group in (*of_item.values(), *of_source.values())}
    return list(found.values())
