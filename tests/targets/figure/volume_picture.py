"""Reads a figure of volumes as people read it: edges, words, lines and brackets; no key, class or tooltip.

A solid's planes come in threes, its top, its side and its front; what stands below and beside it are its words.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import log2, sqrt

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path

TOUCH = 0.6
_DEPTH = 0.42 * sqrt(0.5)
"""The cabinet projection of the documentation: 45 degrees, 0.42 of the length."""
_LAWS = {"to scale": float, "by square root": sqrt, "by logarithm": lambda number: log2(1 + number)}
_SAID = re.compile(r"height and width (.*?), thickness \(channels\) (.*)|height, width and thickness \(channels\) (.*)")


@dataclass(frozen=True)
class Slice:
    """One map: how high its front is, how far it recedes, how wide each of its parts is."""

    front: float
    depth: float
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Thing:
    """A solid, a sign or a name. channels, size: in words; below: the other words; skips: around it, by dashes."""

    box: Box
    slices: tuple[Slice, ...] = ()
    channels: str = ""
    size: str = ""
    below: tuple[str, ...] = ()
    skips: tuple[tuple[bool, int], ...] = ()

    @property
    def repeat(self) -> int:
        return int(self.below[0][1:]) if self.below and re.fullmatch(r"×\d+", self.below[0]) else 1


class VolumePicture:
    """things: from left to right. lines: source, target, dashed."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.things = [_thing(box, geometry) for box in geometry.boxes]
        self.lines = [line for path in geometry.paths if (line := self._line(path))]
        remarks = " ".join(text.words for text in geometry.texts)
        said = _SAID.search(remarks)
        names = [name for name in _LAWS if said and (said[1] or said[3]).startswith(name)]
        thick = [name for name in _LAWS if said and (said[2] or said[3]).startswith(name)]
        self.side, self.thickness = _LAWS[names[0]], _LAWS[thick[0]]

    def _line(self, path: Path) -> tuple[int, int, bool] | None:
        target = next((n for n, one in enumerate(self.things) if _touches(path.points[-1], one)), None)
        if target is None or _around(path, self.things[target]):
            return None
        source = next((n for n, one in enumerate(self.things) if n != target and _touches(path.points[0], one)), None)
        if source is None and not path.arrow:
            return None
        return self._forked(path) if source is None else source, target, path.dashed

    def _forked(self, path: Path) -> int:
        """A line that begins on another one comes from the thing behind which it begins."""
        x, y = path.points[0]
        before = [n for n, one in enumerate(self.things) if abs(one.box.y - y) < TOUCH and one.box.x < x]
        return max(before, key=lambda n: self.things[n].box.x)

    @cached_property
    def sources(self) -> dict[int, list[int]]:
        """What each thing reads, by solid lines where there are any: what a dashed one carries is made to fit."""
        found: dict[int, list[int]] = {}
        for source, target, dashed in sorted(self.lines, key=lambda line: line[2]):
            if not dashed or target not in found:
                found.setdefault(target, []).append(source)
        return found

    @cached_property
    def sizes(self) -> list[str]:
        """Of each thing: what is said beside it, or what all that it reads has."""
        known: dict[int, str] = {}

        def size(number: int) -> str:
            if number not in known:
                thing = self.things[number]
                vector = thing.channels.endswith("-d") or ", " in thing.channels
                known[number] = thing.size if thing.size or vector else ""
                read = [size(source) for source in self.sources.get(number, ())] if not known[number] else []
                known[number] = known[number] or ("" if vector or not read else max(read, key=len))
            return known[number]

        return [size(number) for number in range(len(self.things))]

    def skips(self) -> Counter:
        """Lines into merges beside the main one, and brackets around blocks."""
        found: Counter = Counter()
        for thing in self.things:
            for dashed, count in thing.skips:
                found[dashed] += count
            for count, way in re.findall(r"(\d+) (identity|adapted) skip", " ".join(thing.below)):
                found[way == "adapted"] += int(count)
        entering: dict[int, Counter] = {}
        for _, target, dashed in self.lines:
            entering.setdefault(target, Counter())[dashed] += 1
        for target, kinds in entering.items():
            if kinds.total() > 1 and (not self.things[target].slices or self.things[target].below[:1] == ("concat",)):
                found[True] += kinds[True]
                found[False] += kinds.total() - kinds[True] - 1
        return +found

    def begins(self) -> int:
        return sum(bool(one.slices) and n not in self.sources for n, one in enumerate(self.things))

    def ends(self) -> int:
        going = {source for source, *_ in self.lines}
        return sum(n not in going for n in range(len(self.things)))

    def edge_faults(self) -> list[str]:
        """Edges that are not as long as the words and the law that is stated say: one scale for the whole figure."""
        heights, thick = [], []
        solids = [pair for pair in zip(self.things, self.sizes, strict=True) if pair[0].slices]
        for thing, size in solids:
            for one, (height, width, parts) in zip(thing.slices, _stated(thing, size), strict=False):
                heights += [(one.front, self.side(height)), (one.depth, _DEPTH * self.side(width))] if height else []
                thick += [(wide, self.thickness(part)) for wide, part in zip(one.widths, parts, strict=True)]
        return [*_unequal("side", heights), *_unequal("thickness", thick)]


def _unequal(what: str, pairs: list[tuple[float, float]]) -> list[str]:
    longest = max(pairs, key=lambda pair: pair[1], default=(1.0, 1.0))
    scale = longest[0] / longest[1]
    return [
        f"a {what} of {long} is stated {stated * scale:.2f}"
        for long, stated in pairs
        if abs(long - stated * scale) > 0.06
    ]


def _stated(thing: Thing, size: str) -> list[tuple[float, float, tuple[int, ...]]]:
    """Height, width and channels of each slice in words; height 0 where none is known."""
    count = len(thing.slices)
    if ", " in thing.channels:
        sizes = " ".join(thing.below).replace(",", " ").split()[:count]
        return [(*_sides(one), (int(part),)) for one, part in zip(sizes, thing.channels.split(", "), strict=True)]
    channels = [tuple(int(p) for p in one.split("+")) for one in thing.channels.removesuffix("-d").split("–")]
    sides = [_sides(one) for one in size.split("–")]
    first, last = (sides[0], channels[0]), (sides[-1], channels[-1])
    if count == 3 and first != last:
        return [(*first[0], first[1])]
    return [(*first[0], first[1])] * (count - 1) + [(*last[0], last[1])]


def _sides(size: str) -> tuple[float, float]:
    if "?" in size:
        return 0.0, 0.0
    parts = [float(part) for part in size.split("×")] if size else [1.0, 1.0]
    return (parts[0], 1.0) if len(parts) == 1 else (parts[-2], parts[-1])


def _thing(box: Box, geometry: Geometry) -> Thing:
    if not box.planes:
        return Thing(box, below=tuple(text.words for text in box.texts))
    bottom, right = box.bounds[3], box.bounds[2]
    beside = [path for path in geometry.paths if _around(path, Thing(box))]
    under = sorted((text for text in box.texts if text.y > bottom and text.anchor == "middle"), key=lambda text: text.y)
    size = next((text.words for text in box.texts if text.anchor == "start" and text.y > box.y), "")
    said = {round(text.y): text.words for text in box.texts if text.anchor == "start" and text.y < box.bounds[1]}
    skips = tuple((path.dashed, _count(path, said)) for path in beside)
    assert all(text.x >= right for text in box.texts if text.y < box.bounds[1])
    words = tuple(text.words for text in under)
    return Thing(box, _slices(box), words[0], size, words[1:], skips)


def _count(path: Path, said: dict[int, str]) -> int:
    level = min(y for _, y in path.points)
    words = next((words for y, words in said.items() if abs(y - level) <= 2), "")
    found = re.search(r"×(\d+)", words)
    return int(found[1]) if found else 1


def _around(path: Path, thing: Thing) -> bool:
    """A bracket stands with both feet on the top of one solid, or beside it where that is narrow."""
    left, top, right, _ = thing.box.bounds
    feet = path.points[0], path.points[-1]
    near = all(left - 10 <= x <= right + 10 and abs(y - top) < 0.1 for x, y in feet)
    return len(path.points) == 4 and near and left < (feet[0][0] + feet[1][0]) / 2 < right


def _slices(box: Box) -> tuple[Slice, ...]:
    """Fronts that touch, and are equally high, are parts of one map."""
    found: list[Slice] = []
    end = None
    for _, side, front in zip(*[iter(box.planes)] * 3, strict=True):
        xs, ys = zip(*front.points, strict=True)
        depth = max(x for x, _ in side.points) - min(x for x, _ in side.points)
        height, width = max(ys) - min(ys), max(xs) - min(xs)
        if end is not None and abs(min(xs) - end) < 0.02:
            found[-1] = Slice(height, depth, (*found[-1].widths, width))
        else:
            found.append(Slice(height, depth, (width,)))
        end = max(xs)
    return tuple(found)


def _touches(point, thing: Thing) -> bool:
    """A sign or a name at its bounds; a solid at its sides, or on its top."""
    left, top, right, bottom = thing.box.bounds
    x, y = point
    return left - TOUCH <= x <= right + TOUCH and top - TOUCH <= y <= bottom + TOUCH
