"""A geometry as nested groups, each thing in the part that it lies in, with ids: what an editor lists as layers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, TextLine, Within

Bounds: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Part: TypeAlias = "Box | TextLine | Path | DrawnGroup"

_SURROUNDING = {"bracket", "legend"}
"""Classes of lines that belong to the words around a network."""
_LINES, _WORDS = ("lines", "figure-lines"), ("words", "figure-words")
"""The groups of what lies in no part: lines from one to another, and the words around them."""
_LONGEST = 80
"""Letters of an id."""
TITLE, DESCRIPTION = "figure-title", "figure-description"
"""Ids that every document has."""


@dataclass
class DrawnGroup:
    """What lies in one network, stage or block, in the order in which it is drawn: boxes and groups before lines."""

    kind: str
    name: str
    parts: list[Part] = field(default_factory=list)
    inner: dict[tuple[str, str], DrawnGroup] = field(default_factory=dict)

    def within(self, way: Within) -> DrawnGroup:
        """The group that lies so in this one; it is made where it is not there."""
        group = self
        for place in way:
            if place not in group.inner:
                group.inner[place] = DrawnGroup(*place)
                group.parts.append(group.inner[place])
            group = group.inner[place]
        return group


class Grouped(NamedTuple):
    """A figure in groups. ids: of each group by the way to it; ends: of each box by its key, the ends of lines."""

    parts: list[Part]
    ids: dict[Within, str]
    ends: dict[str, str]


def grouped(geometry: Geometry) -> Grouped:
    """A network that is alone, and the pages that it is cut into, are no groups: its stages are."""
    alone = len({box.within[0] for box in geometry.boxes if box.within and box.within[0][0] == "network"}) <= 1
    ways = {box.key: _way(box.within, alone) for box in geometry.boxes}
    whole = DrawnGroup("figure", "")
    for box in geometry.boxes:
        whole.within(ways[box.key]).parts.append(box)
    around = [path for path in geometry.paths if _SURROUNDING & {*path.classes}]
    for path in (path for path in geometry.paths if not _SURROUNDING & {*path.classes}):
        way = _common(ways[path.source], ways[path.target]) if path.source else _way(path.within, alone)
        whole.within(way or (_LINES,)).parts.append(path)
    if geometry.texts or around:
        whole.within((_WORDS,)).parts += [*geometry.texts, *around]
    return Grouped(whole.parts, *_ids(geometry, ways))


def without(part: Part, hidden: Container[int]) -> Part | None:
    """What is left of it without the things that have these ``id``s; None where that is nothing."""
    if not isinstance(part, DrawnGroup):
        return None if id(part) in hidden else part
    left = [one for one in (without(inside, hidden) for inside in part.parts) if one is not None]
    return DrawnGroup(part.kind, part.name, left) if left else None


def extent(part: Part) -> Bounds:
    """Of all that is drawn of it: words of a box may stand beside the box."""
    if isinstance(part, DrawnGroup):
        return _around([extent(one) for one in part.parts])
    if isinstance(part, Path):
        return _around([(*point, *point) for point in part.points])
    words = part.texts if isinstance(part, Box) else ()
    return _around([part.bounds, *(text.bounds for text in words)])


def _around(all_bounds: list[Bounds]) -> Bounds:
    lefts, tops, rights, bottoms = zip(*all_bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _way(within: Within, alone: bool) -> Within:
    return within[1:] if alone and within and within[0][0] in ("network", "page") else within


def _common(one: Within, other: Within) -> Within:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return tuple(place for place, _ in pairs)


def _ids(geometry: Geometry, ways: dict[str, Within]) -> tuple[dict[Within, str], dict[str, str]]:
    """Of groups and boxes. The frame around a group is known by the group's id."""
    ids: dict[Within, str] = {(place,): place[1] for place in (_LINES, _WORDS)}
    new = Ids(list(ids.values()))
    ends: dict[str, str] = {}
    framed: set[Within] = set()
    for box in geometry.boxes:
        way = ways[box.key]
        network = f"{way[0][1]} " if way and way[0][0] == "network" else ""
        for depth in range(1, len(way) + 1):
            if way[:depth] not in ids:
                ids[way[:depth]] = new.of(way[depth - 1][1] if depth == 1 else f"{network}{way[depth - 1][1]}")
        is_group = box.shape == "frame" and way not in framed
        framed |= {way} if is_group else set()
        ends[box.key] = ids[way] if is_group else new.of(f"{network}{box.key.partition('/')[2]}")
    return ids, ends


class Ids:
    """Gives out ids, which stand once in a document and which XML and editors take: the names, or nearly."""

    def __init__(self, used: list[str]) -> None:
        self._used = {TITLE, DESCRIPTION, *used}
        self._equal: Counter[str] = Counter()

    def of(self, name: str) -> str:
        """A new one for the name."""
        plain = found = _plain(name)
        while found in self._used:
            self._equal[plain] += 1
            found = f"{plain}-{self._equal[plain] + 1}"
        self._used.add(found)
        return found


def _plain(name: str) -> str:
    """Letters, digits, ``_``, ``.`` and ``-``, a letter or ``_`` first."""
    line = re.sub(r"[^A-Za-z0-9_.-]+", "-", name[: 2 * _LONGEST]).strip("-.")[:_LONGEST]
    return line if re.match(r"[A-Za-z_]", line) else f"_{line}"
