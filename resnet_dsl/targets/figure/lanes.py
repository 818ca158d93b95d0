"""Where items stand relative to each other: a rank along the flow, a lane across it.

The main path is lane 0. Each side branch has a lane of its own from where it leaves to where it comes back, and so has
each link that jumps over rows (a track: a lane without boxes). Two occupants share a lane where their spans do not
meet; shorter spans lie further inside. No merge shares its rank with anything. So no line can cross a box: along the
flow each line keeps to a lane that is its own, and across the flow it runs between ranks, or at a merge's rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from resnet_dsl.targets.figure.description import Column, Link


@dataclass(frozen=True)
class Occupant:
    """A lane from rank ``start`` to rank ``end``: a chain of items (lane of boxes) or none (a track)."""

    start: int
    end: int
    items: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lanes:
    """rank, lane: one entry an item. track: the lane of each side link, None for straight ones. lanes: how many."""

    rank: tuple[int, ...]
    lane: tuple[int, ...]
    track: tuple[int | None, ...]
    count: int

    @property
    def ranks(self) -> int:
        return max(self.rank) + 1


def assign_lanes(column: Column) -> Lanes:
    main = _main_items(column)
    rank = _ranks(column)
    chains = _chains(column, main)
    chain_of = {item: number for number, chain in enumerate(chains) for item in chain}
    occupants = [_span_of_chain(column, rank, chain) for chain in chains]
    tracks: dict[tuple[int, str], int] = {}
    occupant_of: list[int | None] = []
    for link in column.links:
        own = _own_occupant(link, main, rank, chains, chain_of)
        if own == "new":
            key = (link.source, link.way)
            if key not in tracks:
                tracks[key] = len(occupants)
                occupants.append(Occupant(rank[link.source], rank[link.target]))
            number = tracks[key]
            before = occupants[number]
            occupants[number] = Occupant(before.start, max(before.end, rank[link.target]))
            occupant_of.append(number)
        else:
            occupant_of.append(own)  # type: ignore[arg-type]
    lane_of = _colour(occupants)
    lane = tuple(0 if item in main else lane_of[chain_of[item]] for item in range(len(column.items)))
    track = tuple(None if number is None else lane_of[number] for number in occupant_of)
    return Lanes(tuple(rank), lane, track, max(lane_of, default=0) + 1)


def _main_items(column: Column) -> set[int]:
    ends = {end for link in column.links if link.way == "main" for end in (link.source, link.target)}
    return ends or {0}


def _ranks(column: Column) -> list[int]:
    """The longest path from the input, then merges moved to ranks of their own."""
    depth = [0] * len(column.items)
    for link in sorted(column.links, key=lambda link: link.target):
        depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    merges = [item.kind == "merge" for item in column.items]
    order = sorted(range(len(depth)), key=lambda item: (depth[item], merges[item], item))
    rank = [0] * len(depth)
    current = 0
    for before, item in pairwise(order):
        alone = merges[item] or depth[item] != depth[before]
        current += alone
        rank[item] = current
    return rank


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


def _own_occupant(
    link: Link, main: set[int], rank: list[int], chains: list[list[int]], chain_of: dict[int, int]
) -> int | str | None:
    """The occupant in whose lane a link runs: None where it is straight, "new" where it needs a track."""
    if link.way == "main":
        return None
    source, target = chain_of.get(link.source), chain_of.get(link.target)
    if source is not None and source == target and _follow(chains[source], link):
        return None
    if target is not None and chains[target][0] == link.target:
        return target
    if source is not None and chains[source][-1] == link.source:
        return source
    return "new"


def _follow(chain: list[int], link: Link) -> bool:
    return chain.index(link.source) + 1 == chain.index(link.target)


def _colour(occupants: list[Occupant]) -> list[int]:
    """A lane (1, 2, …) for each occupant; the shortest spans get the innermost lanes."""
    lanes: list[list[Occupant]] = []
    lane_of = [0] * len(occupants)
    for number in sorted(range(len(occupants)), key=lambda n: (occupants[n].end - occupants[n].start, n)):
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
