"""A long column cut into several, as a newspaper's: what makes a network of a hundred rows fit a slide.

A cut goes through one value: behind an item over which no link runs. The next column starts with that value, so a skip
connection never leaves its column.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, sqrt

from resnet_dsl.targets.figure.layout.lanes import Lanes
from resnet_dsl.targets.figure.outline.outline import Column, Item

_SLIDE = 16 / 9
_SLACKS = (1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2.0)
"""How much longer than its share a part may be, tried in turn: cuts are possible between blocks only."""


def parts_on_a_slide(lengths: list[float], breadth: float) -> int:
    """How many parts of a column fill a slide; ``breadth``: of the column."""
    return max(1, ceil(sqrt(_SLIDE * sum(lengths) / breadth) - 0.5))


def split(column: Column, lanes: Lanes, lengths: list[float], pages: int) -> list[Column]:
    """``lengths``: of each rank with its gap. At most ``pages`` parts; the column alone where no cut is possible."""
    whole = sum(lengths)
    possible = _possible(column, lanes)
    tries = (_choose(possible, lengths, whole / pages * slack) for slack in _SLACKS)
    cuts = next((cuts for cuts in tries if len(cuts) < pages), [])
    parts: list[Column] = []
    start = -1
    for end in [*cuts, lanes.ranks - 1]:
        parts.append(_part(column, lanes, start, end))
        start = end
    return parts


def _possible(column: Column, lanes: Lanes) -> list[int]:
    """The ranks that hold one item and over which no link runs."""
    changes = [0] * (lanes.ranks + 1)
    for link in column.links:
        changes[lanes.rank[link.source] + 1] += 1
        changes[max(lanes.rank[link.target], lanes.rank[link.source] + 1)] -= 1
    held = [0] * lanes.ranks
    for rank in lanes.rank:
        held[rank] += 1
    possible, over = [], 0
    for rank in range(lanes.ranks - 1):
        over += changes[rank]
        if not over and held[rank] == 1 and rank > 0:
            possible.append(rank)
    return possible


def _choose(possible: list[int], lengths: list[float], most: float) -> list[int]:
    """Of the possible cuts those that keep each part below a length, as far as they do."""
    chosen: list[int] = []
    ends: list[float] = []
    total = 0.0
    for length in lengths:
        total += length
        ends.append(total)
    start = 0.0
    for number, rank in enumerate(possible):
        following = possible[number + 1] if number + 1 < len(possible) else len(lengths) - 1
        if ends[following] - start > most and ends[rank] > start:
            chosen.append(rank)
            start = ends[rank]
    return chosen


def _part(column: Column, lanes: Lanes, start: int, end: int) -> Column:
    """The items of the ranks behind ``start`` up to ``end``; before them the value that the part before ends with."""
    members = [number for number in range(len(column.items)) if start < lanes.rank[number] <= end]
    place = {number: at for at, number in enumerate(members, 1 if start >= 0 else 0)}
    items = [column.items[number] for number in members]
    if start >= 0:
        before = next(number for number, rank in enumerate(lanes.rank) if rank == start)
        place[before] = 0
        following = min(members, key=lambda number: (lanes.rank[number], lanes.lane[number]))
        items.insert(0, Item("again", "text", ("",), None, column.items[following].section))
    links = [
        replace(link, source=place[link.source], target=place[link.target])
        for link in column.links
        if link.target in place and link.source in place and lanes.rank[link.target] > start
    ]
    return Column(
        f"{column.key} {start + 1}" if start >= 0 else column.key,
        column.title if start < 0 else "",
        column.sections,
        tuple(items),
        tuple(links),
        column.summary if start < 0 else "",
        continues=start >= 0,
        frames=column.frames,
    )
