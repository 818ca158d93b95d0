"""Where items stand relative to each other: a rank along the flow, a lane across it.

The main path is lane 0. Each side branch has a lane of its own from where it leaves to where it comes back, and so has
each link that jumps over rows (a track: a lane without boxes). Two occupants share a lane where their spans do not
meet; shorter spans lie further inside, and what jumps within a branch stays beside it. Of branches that part and meet
at the same places half lie on the other side of the main path, which is in their middle. No merge shares its rank with
anything. So no line can cross a box: along the flow each line keeps to a lane that is its own, and across the flow it
runs between ranks, or at a merge's rank.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from resnet_dsl.targets.figure.outline.outline import Column, Link

_HALF = 0.5
"""Of a rank: an end that branches off stands before what goes on from there."""


@dataclass(frozen=True)
class Occupant:
    """A lane from rank ``start`` to rank ``end``: a chain of items (lane of boxes) or none (a track)."""

    start: int
    end: int
    items: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lanes:
    """rank, lane: one entry an item. track: the lane of each side link, None for straight ones. count: how many lanes.

    left: how many of them, the last ones, lie on the other side of the main path, from the inside out.
    """

    rank: tuple[int, ...]
    lane: tuple[int, ...]
    track: tuple[int | None, ...]
    count: int
    left: int = 0

    @property
    def ranks(self) -> int:
        return max(self.rank) + 1


def assign_lanes(column: Column) -> Lanes:
    plan = _Plan(column)
    occupant_of = [plan.occupant(link) for link in column.links]
    lane_of, count, left = plan.lanes()
    lane = (0 if item in plan.main else lane_of[plan.chain_of[item]] for item in range(len(column.items)))
    track = (None if number is None else lane_of[number] for number in occupant_of)
    return Lanes(tuple(plan.rank), tuple(lane), tuple(track), count, left)


class _Plan:
    """Collects what needs a lane: chains first, then tracks. A track between items of one chain stays beside it."""

    def __init__(self, column: Column) -> None:
        self.main = {end for link in column.links if link.way == "main" for end in (link.source, link.target)} or {0}
        self.rank = _ranks(column)
        self.chains = _chains(column, self.main)
        self.chain_of = {item: number for number, chain in enumerate(self.chains) for item in chain}
        self.occupants = [_span_of_chain(column, self.rank, chain) for chain in self.chains]
        self.solid = {(link.source, link.target) for link in column.links if not link.is_adapted}
        self.solid_from = {source for source, _ in self.solid}
        self.solid_into = {target for _, target in self.solid}
        self.tracks: dict[tuple[int, str, int | None], int] = {}
        self.left = _on_the_left(column, self.chains, self.main)

    def occupant(self, link: Link) -> int | None:
        """What a link runs along: None where it is straight, a chain that it begins or ends, else a track.

        All links of one kind that leave one item share a track. A dashed one never runs along a solid one.
        """
        source, target = self.chain_of.get(link.source), self.chain_of.get(link.target)
        follows = (
            source is not None and source == target and (link.source, link.target) in pairwise(self.chains[source])
        )
        if link.way == "main" or (follows and not (link.is_adapted and (link.source, link.target) in self.solid)):
            return None
        begins = target is not None and self.chains[target][0] == link.target
        if begins and not (link.is_adapted and link.target in self.solid_into):
            return target
        ends = source is not None and self.chains[source][-1] == link.source
        if ends and not (link.is_adapted and link.source in self.solid_from):
            return source
        return self._track(link, source if source == target else None)

    def _track(self, link: Link, home: int | None) -> int:
        number = self.tracks.setdefault((link.source, link.way, home), len(self.occupants))
        start, end = self.rank[link.source], self.rank[link.target]
        if number == len(self.occupants):
            self.occupants.append(Occupant(start, end))
        self.occupants[number] = Occupant(start, max(end, self.occupants[number].end))
        return number

    def lanes(self) -> tuple[list[int], int, int]:
        """The lane of each occupant; how many there are, the main path's included; how many of them lie on the left."""
        homes: dict[int, list[int]] = {}
        for (_, _, home), number in self.tracks.items():
            if home is not None:
                homes.setdefault(home, []).append(number)
        local = {number for numbers in homes.values() for number in numbers}
        shared = [number for number in range(len(self.occupants)) if number not in {*local, *self.left}]
        first = _colour(self.occupants, shared)
        beside: dict[int, list[int]] = {}
        for home, numbers in homes.items():
            beside.setdefault(first[home], []).extend(numbers)
        lane_of = [0] * len(self.occupants)
        place, free = {}, 1
        for lane in range(1, max(first.values(), default=0) + 1):
            place[lane] = free
            inner = _colour(self.occupants, sorted(beside.get(lane, [])))
            for number, own in inner.items():
                lane_of[number] = free + own
            free += 1 + max(inner.values(), default=0)
        for number, lane in first.items():
            lane_of[number] = place[lane]
        left = _colour(self.occupants, self.left)
        for number, lane in left.items():
            lane_of[number] = free - 1 + lane
        count = max(left.values(), default=0)
        return lane_of, free + count, count


def _ranks(column: Column) -> list[int]:
    """The longest path from the input, each part below those before; what reads several values has its rank alone."""
    sources = _sources(column)
    depth = _depths(column, sources)
    merges = [item.kind == "merge" or len(sources[number]) > 1 for number, item in enumerate(column.items)]
    order = sorted(range(len(depth)), key=lambda item: (depth[item], merges[item], item))
    rank = [0] * len(depth)
    current = 0
    for before, item in pairwise(order):
        alone = merges[item] or depth[item] != depth[before]
        current += alone
        rank[item] = current
    return rank


def _depths(column: Column, sources: dict[int, list[int]]) -> list[float]:
    """How far down each item stands; what stands beside is as high as what it reads lets it, or as what reads it."""
    beside = [column.sections[item.section].beside for item in column.items]
    readers = Counter(link.source for link in column.links)
    depth: list[float] = []
    begin, section, deepest = 0.0, -1, -1.0
    for number, item in enumerate(column.items):
        if item.section > section and not beside[number]:
            section, begin = item.section, deepest + 1
        floor = begin if item.section == section else 0
        ends = beside[number] and not readers[number]
        steps = (depth[source] + (_HALF if ends and readers[source] > 1 else 1) for source in sources[number])
        depth.append(max([floor, *steps]))
        deepest = deepest if beside[number] else max(deepest, depth[-1])
    for link in sorted(column.links, key=lambda link: -depth[link.target]):
        if beside[link.source] and not sources[link.source]:
            depth[link.source] = depth[link.target] - 1
    return depth


def _chains(column: Column, main: set[int]) -> list[list[int]]:
    """The items off the main path as chains: each goes on with the first item that reads its last one."""
    chains: list[list[int]] = []
    tail: dict[int, int] = {}
    for item, sources in _sources(column).items():
        if item in main:
            continue
        before = next((source for source in sources if source in tail), None)
        if before is None:
            tail[item] = len(chains)
            chains.append([item])
        else:
            number = tail.pop(before)
            chains[number].append(item)
            tail[item] = number
    return chains


def _sources(column: Column) -> dict[int, list[int]]:
    sources: dict[int, list[int]] = {item: [] for item in range(len(column.items))}
    for link in column.links:
        sources[link.target].append(link.source)
    return sources


def _span_of_chain(column: Column, rank: list[int], chain: list[int]) -> Occupant:
    inside = set(chain)
    ranks = [rank[item] for item in chain]
    ranks += [rank[link.source] for link in column.links if link.target == chain[0]]
    ranks += [rank[link.target] for link in column.links if link.source == chain[-1] and link.target not in inside]
    return Occupant(min(ranks), max(ranks), tuple(chain))


def _on_the_left(column: Column, chains: list[list[int]], main: set[int]) -> list[int]:
    """Of the chains that leave the main path at one place, and come back at one, the first half, as far as they come
    before what the main path has there; the last one first.

    One that a dashed line enters adapts a skip connection: it stays where others have theirs.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for number, chain in enumerate(chains):
        inside = {*chain}
        links = [link for link in column.links if (link.source in inside) != (link.target in inside)]
        ends = {link.source for link in links} - inside, {link.target for link in links} - inside
        alone = len(links) == 2 and all(map(main.__and__, ends)) and not any(link.is_adapted for link in links)
        inner = sum(link.source in inside and link.target in inside for link in column.links)
        if alone and inner == len(chain) - 1:
            groups.setdefault((ends[0].pop(), ends[1].pop()), []).append(number)
    main_behind = {link.source: link.target for link in column.links if link.way == "main"}
    left = []
    for (start, _), group in groups.items():
        before = [number for number in group if chains[number][0] < main_behind[start]]
        left += before[: len(group) // 2][::-1]
    return left


def _colour(occupants: list[Occupant], numbers: list[int]) -> dict[int, int]:
    """A lane (1, 2, …) for each of the numbered occupants; the shortest spans get the innermost lanes."""
    lanes: list[list[Occupant]] = []
    lane_of: dict[int, int] = {}
    for number in sorted(numbers, key=lambda n: occupants[n].end - occupants[n].start):
        one = occupants[number]
        lane = next((at for at, taken in enumerate(lanes) if all(_apart(one, other) for other in taken)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(one)
        lane_of[number] = lane + 1
    return lane_of


def _apart(one: Occupant, other: Occupant) -> bool:
    """Whether two spans may share a lane: one ends at a rank before, or at, the one from which the other leaves."""
    return one.end <= other.start or other.end <= one.start
