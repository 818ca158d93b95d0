"""Equal modules of several lanes, one behind the other, drawn once: HRNet's, as its paper draws them.

What the first module alone has in front (the convolution that opens a lane) stays, and is marked so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice, pairwise, takewhile
from typing import TypeAlias

from resnet_dsl.targets.figure.outline.outline import Column, FigureModule, Group, Item, Link, Outline

_MEANT = "×N at a stage or a frame: equal modules, one behind the other"
_MEANT_FIRST = "first: in the first module alone"

_MOST_LOOKS = 8
"""So many sizes of modules are tried from each item on, the small ones first: of long stages not all."""

_Run: TypeAlias = tuple[tuple[int, ...], ...]
"""Modules one behind the other, each as its items in an order that is the same in all of them."""


def with_modules_once(outline: Outline) -> Outline:
    """Of equal modules that follow each other in a stage the first one, with their number; for lanes alone."""
    if not outline.tiered:
        return outline
    columns = tuple(column if column.inset else _folded(column) for column in outline.columns)
    if columns == outline.columns:
        return outline
    items = (item for column in columns for item in column.items)
    marked = any(group.only_first for item in items for group in item.groups)
    return replace(outline, columns=columns, remarks=(*outline.remarks, _MEANT, *(_MEANT_FIRST,) * marked))


def _folded(column: Column) -> Column:
    runs = list(_Modules(column).runs())
    if not runs:
        return column
    gone = {item for run in runs for module in run[1:] for item in module}
    place = {item: at for at, item in enumerate(one for one in range(len(column.items)) if one not in gone)}
    merged = {item: own for run in runs for item, own in _merged(column, run)}
    items = tuple(merged.get(number, column.items[number]) for number in place)
    modules = tuple(FigureModule(tuple(sorted(place[item] for item in run[0])), len(run)) for run in runs)
    return replace(column, items=items, links=tuple(_links(column, runs, place)), modules=modules)


def _merged(column: Column, run: _Run) -> Iterator[tuple[int, Item]]:
    """The items of the first module, each with the nodes of those that are equal to it."""
    for equal in zip(*run, strict=True):
        first, *others = (column.items[number] for number in equal)
        nodes = tuple(sorted(node for item in (first, *others) for node in item.nodes))
        more = len(first.groups) - len(others[0].groups)
        groups = tuple(replace(group, only_first=at < more) for at, group in enumerate(first.groups))
        ways = zip(*(item.within for item in (first, *others)), strict=False)
        within = tuple(way[0] for way in takewhile(lambda way: len(set(way)) == 1, ways))
        tip = f"first of {len(run)} equal ones: {first.tip}"
        yield equal[0], replace(first, nodes=nodes, groups=groups, within=within, tip=tip)


def _links(column: Column, runs: Sequence[_Run], place: dict[int, int]) -> Iterator[Link]:
    """Those between items that are drawn; what leaves the last module leaves the one that stands for it."""
    last = {item: first for run in runs for item, first in zip(run[-1], run[0], strict=True)}
    for link in column.links:
        source = last.get(link.source, link.source)
        if source in place and link.target in place:
            yield replace(link, source=place[source], target=place[link.target])


class _Modules:
    """Looks for modules among the items of each stage."""

    def __init__(self, column: Column) -> None:
        self.column = column
        numbers: dict[object, int] = {}
        self.said = [numbers.setdefault(_said(item), len(numbers)) for item in column.items]
        self.sums = list(accumulate(((said + 1) ** 2 for said in self.said), initial=0))
        sections = [item.section for item in column.items]
        self.changes = list(accumulate((one != other for one, other in pairwise(sections)), initial=0))
        self.into: dict[int, list[Link]] = {}
        self.out: dict[int, list[Link]] = {}
        for link in column.links:
            self.into.setdefault(link.target, []).append(link)
            self.out.setdefault(link.source, []).append(link)

    def runs(self) -> Iterator[_Run]:
        """From left to right, each of the smallest modules that there are."""
        start = 0
        while start < len(self.said):
            run = next(self._from(start), ())
            yield from (run,) if run else ()
            start += len(run) * len(run[0]) if run else 1

    def _from(self, start: int) -> Iterator[_Run]:
        sizes = (size for size in range(2, self._left(start) // 2 + 1) if self._may_repeat(start, size))
        runs = (self._run(start, size) for size in islice(sizes, _MOST_LOOKS))
        return (run for run in runs if len(run) > 1 and self._enters(run))

    def _left(self, start: int) -> int:
        """How many items of one stage follow each other from there on."""
        stage = stage_of(self.column.items[start])
        following = takewhile(lambda item: stage_of(item) == stage, self.column.items[start:])
        return sum(1 for _ in following) if stage else 0

    def _may_repeat(self, start: int, size: int) -> bool:
        """A quick look before the thorough one: the same is said again, in several lanes."""
        first, second, third = self.sums[start : start + 2 * size + 1 : size]
        return second - first == third - second and self.changes[start] < self.changes[start + size - 1]

    def _run(self, start: int, size: int) -> _Run:
        """As many modules as are equal."""
        run = [self._ordered(range(start, start + size))]
        for begin in range(start + size, start + self._left(start) - size + 1, size):
            module = self._ordered(range(begin, begin + size))
            if not (self._follows(run[-1], module) and (len(run) < 2 or self._alike(run[-2:], module))):
                break
            run.append(module)
        return tuple(run)

    def _ordered(self, items: range) -> tuple[int, ...]:
        """Along the flow, of each step the finest lane first."""
        depth: dict[int, int] = {}
        for item in items:
            before = (depth[link.source] + 1 for link in self.into.get(item, ()) if link.source in depth)
            depth[item] = max(before, default=0)
        return tuple(sorted(items, key=lambda item: (depth[item], self.column.items[item].section, item)))

    def _follows(self, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """Whether two modules are equal, and all that leaves the first one enters the second, each in its lane."""
        items = self.column.items
        leaving = self._outer(one, self.out)
        lanes = [items[link.source].section for link in leaving]
        stays = all(items[link.source].section == items[link.target].section for link in leaving)
        alone = len(set(lanes)) == len(lanes) > 1 and not any(link.is_adapted for link in leaving)
        entering = self._outer(other, self.into)
        same = [self.said[item] for item in one] == [self.said[item] for item in other]
        return same and stays and alone and _ends(leaving) == _ends(entering) and self._inner(one) == self._inner(other)

    def _alike(self, before: Sequence[tuple[int, ...]], module: tuple[int, ...]) -> bool:
        """Whether a third module is entered as the second one, and neither has anything in front."""
        whole = (tuple(map(_whole, (self.column.items[item] for item in one))) for one in (before[1], module))
        return len(set(whole)) == 1 and self._crossing(*before) == self._crossing(before[1], module)

    def _crossing(self, one: tuple[int, ...], other: tuple[int, ...]) -> Counter[object]:
        links = self._outer(one, self.out)
        return Counter((one.index(link.source), other.index(link.target), *_way(link)) for link in links)

    def _outer(self, module: tuple[int, ...], links: dict[int, list[Link]]) -> list[Link]:
        """What enters a module, or leaves it."""
        own = set(module)
        found = (link for item in module for link in links.get(item, ()))
        return [link for link in found if not own.issuperset((link.source, link.target))]

    def _inner(self, module: tuple[int, ...]) -> Counter[object]:
        place = {item: at for at, item in enumerate(module)}
        links = (link for item in module for link in self.out.get(item, ()) if link.target in place)
        return Counter((place[one.source], place[one.target], *_way(one)) for one in links)

    def _enters(self, run: _Run) -> bool:
        """Whether the first module is entered where the others are, and alone has more in front."""
        first, second = run[:2]
        entering = self._outer(first, self.into)
        if any(link.is_adapted for link in entering):
            return False
        entered = Counter(first.index(link.target) for link in entering)
        again = Counter(second.index(link.target) for link in self._outer(second, self.into))
        pairs = zip(first, second, strict=True)
        return entered == again and all(self._ends_as(*pair) for pair in pairs)

    def _ends_as(self, one: int, other: int) -> bool:
        groups, short = (self.column.items[item].groups for item in (one, other))
        own = groups[len(groups) - len(short) :]
        return len(groups) >= len(short) and tuple(map(_told, own)) == tuple(map(_told, short))


def _ends(links: Sequence[Link]) -> set[tuple[int, int]]:
    return {(link.source, link.target) for link in links}


def _way(link: Link) -> tuple[str, str]:
    """How a link is drawn: the main path has the same lines as others."""
    return "branch" if link.way == "main" else link.way, link.via


def stage_of(item: Item) -> str:
    """The stage in which it lies; empty outside of stages."""
    return next((name for kind, name in item.within[:1] if kind == "stage"), "")


def _said(item: Item) -> tuple[object, ...]:
    """What an item says, of a plate its last step: what is in front may be there in the first module alone."""
    return item.kind, item.lines, item.tone, item.section, item.copied, item.beside, *map(_told, item.groups[-1:])


def _whole(item: Item) -> tuple[object, ...]:
    return tuple(map(_told, item.groups))


def _told(group: Group) -> tuple[object, ...]:
    return group.rows, group.arcs, group.first_rows, group.first_arcs, group.repeat
