"""Where ranks lie along the flow, in points: columns of one figure are aligned part by part and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from resnet_dsl.targets.figure.layout.frames import frame_rooms
from resnet_dsl.targets.figure.layout.lanes import Lanes
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.outline.outline import Column, Item
from resnet_dsl.targets.figure.outline.sections import merge_orders

TO_MERGE, FORK, LEVEL, SECTION, BESIDE = 8.0, 4.0, 4.0, 5.0, 8.0
"""Before a merge; from a row to where a side link leaves; to where that of the next item leaves; more between parts;
more for each line of words beside an arrow."""


Fork: TypeAlias = tuple[int, bool]
"""The side links of one item, the dashed ones apart: upon a solid line no dash would be seen."""


@dataclass(frozen=True)
class Rank:
    """One rank of a column: its part, its length along the flow, the gap before it."""

    section: int
    length: float
    gap: float
    merge: bool
    forks: tuple[Fork, ...] = ()
    """Where side links leave, each at a level of its own."""
    named: bool = True
    """Whether it belongs to the bracket of its part: not where only what stands beside has a rank there."""
    key: str = ""
    """What stands beside it in another column has the same one; empty where columns are aligned by parts."""
    closing: float = 0.0
    """Behind it, before anything leaves: for the frames that end there."""

    def fork(self, fork: Fork) -> float:
        """How far behind the rank side links leave."""
        return self.closing + FORK + LEVEL * self.forks.index(fork)


def ranks_of(column: Column, lanes: Lanes, lengths: list[float], wide: bool, air: float, m: Measures) -> list[Rank]:
    """``lengths``: of each item along the flow; ``air``: how much wider than usual the gaps are."""
    members: list[list[int]] = [[] for _ in range(lanes.ranks)]
    for item, rank in enumerate(lanes.rank):
        members[rank].append(item)
    forks = _forks(column, lanes)
    opening, closing = frame_rooms(column, lanes, wide, m)
    ranks: list[Rank] = []
    begun: set[int] = set()
    for rank, items in enumerate(members):
        lead = min(items, key=lambda item: lanes.lane[item])
        merge = column.items[lead].kind == "merge"
        gap = (min(TO_MERGE, m.gap) if merge else m.gap) * air + (m.wide if wide else 0)
        before = len(forks[rank - 1]) if rank else 0
        gap += FORK + LEVEL * (before - 1) if before else 0
        gap += max((_beside(column.items[item], wide, m) for item in members[rank - 1]), default=0.0) if rank else 0
        gap += opening[rank] + (closing[rank - 1] if rank else 0)
        section = column.items[lead].section
        named = not column.sections[section].beside
        section = section if not ranks or (named and section not in begun) else ranks[-1].section
        begun.add(section)  # a part is a run of ranks: what comes back to an earlier one stays where it is
        apart = SECTION if ranks and ranks[-1].section != section else 0
        length, key = max(lengths[item] for item in items), column.items[lead].beside_key
        ranks.append(Rank(section, length, gap + apart, merge, forks[rank], named, key, closing[rank]))
    return ranks


def _forks(column: Column, lanes: Lanes) -> list[tuple[Fork, ...]]:
    """The forks of each rank; of those of one item the one that reaches furthest comes first, so that none cross."""
    reach: list[dict[Fork, int]] = [{} for _ in range(lanes.ranks)]
    for link, track in zip(column.links, lanes.track, strict=True):
        if track is not None and lanes.lane[link.source] != track:
            found = reach[lanes.rank[link.source]]
            fork = (link.source, link.is_adapted)
            found[fork] = max(track, found.get(fork, 0))
    return [tuple(sorted(found, key=lambda fork: (fork[0], -found[fork]))) for found in reach]


def _beside(item: Item, wide: bool, m: Measures) -> float:
    """What the words beside an arrow need along the flow."""
    if not item.beside:
        return 0.0
    return width(in_one_line(item), m.label) if wide else BESIDE * len(item.beside)


def in_one_line(item: Item) -> str:
    """The words beside an arrow that runs to the right."""
    return ", ".join(item.beside)


def align(columns: list[Column], ranks: list[list[Rank]]) -> list[list[float]]:
    """The start of each rank of each column, along the flow from 0."""
    named = _named_parts(columns, ranks)
    order = merge_orders([list(names.values()) for names in named])
    starts: list[list[float]] = [[] for _ in columns]
    cursor = [0.0] * len(columns)
    for key in order:
        waiting = [_steps(*one, key) for one in zip(columns, ranks, named, strict=True)]
        for present in _side_by_side(waiting):
            start = max(cursor[number] + (step[0].gap if starts[number] else 0.0) for number, step in present.items())
            for number, step in present.items():
                cursor[number] = _put(step, start, starts[number])
        furthest = max(cursor)
        cursor = [furthest] * len(cursor) if len(columns) > 1 else cursor
    return starts


def _named_parts(columns: list[Column], ranks: list[list[Rank]]) -> list[dict[str, str]]:
    """The parts of each column, in its order, by what they are called in all: one name stands side by side.

    A part that another column has in another order has a name of its own there: it cannot stand beside it.
    """
    order: list[str] = []
    found: list[dict[str, str]] = []
    for number, (column, own) in enumerate(zip(columns, ranks, strict=True)):
        mine = list(dict.fromkeys(column.sections[rank.section].key for rank in own))
        blocks = SequenceMatcher(None, order, mine, autojunk=False).get_matching_blocks()
        beside = {key for block in blocks for key in mine[block.b : block.b + block.size]}
        names = {key: key if key in beside or key not in order else f"{number} {key}" for key in mine}
        order = merge_orders([order, list(names.values())])
        found.append(names)
    return found


def _side_by_side(waiting: list[list[list[Rank]]]) -> Iterator[dict[int, list[Rank]]]:
    """The steps of one part that begin together, by the numbers of their columns.

    In order, or, where ranks say what stands beside them, these; what stands in one column alone begins by itself.
    """
    if len(waiting) != 2 or not any(step[0].key for steps in waiting for step in steps):
        for at in range(max(map(len, waiting))):
            yield {number: steps[at] for number, steps in enumerate(waiting) if at < len(steps)}
        return
    left, right = waiting
    ours, theirs = ([step[0].key for step in steps] for steps in waiting)
    for kind, start, end, low, high in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ({0: one, 1: other} for one, other in zip(left[start:end], right[low:high], strict=True))
        else:
            yield from ({0: step} for step in left[start:end])
            yield from ({1: step} for step in right[low:high])


def _put(step: list[Rank], start: float, starts: list[float]) -> float:
    for number, rank in enumerate(step):
        start += rank.gap if number else 0.0
        starts.append(start)
        start += rank.length
    return start


def _steps(column: Column, ranks: list[Rank], names: dict[str, str], key: str) -> list[list[Rank]]:
    """The ranks of one part as steps: a row and the merges behind it."""
    steps: list[list[Rank]] = []
    for rank in ranks:
        if names[column.sections[rank.section].key] != key:
            continue
        if rank.merge and steps and not rank.key:
            steps[-1].append(rank)
        else:
            steps.append([rank])
    return steps
