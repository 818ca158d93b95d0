"""Reads a figure as people read it: by where boxes, words and arrows stand and what they look like.

Nothing but shapes, places, words, dashes and arrowheads is used: no key, class or tooltip, and nothing of the outline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path

TOUCH = 0.6
"""Points between a line's end and what it touches."""
APART = 3.5
"""Points between rows from which on they belong to different blocks."""


@dataclass(frozen=True)
class Arc:
    """From before row ``start`` to behind row ``end``, in ``times`` of the blocks, from ``since`` on; all from 0."""

    start: int
    end: int
    dashed: bool
    times: int
    since: int


@dataclass(frozen=True)
class Blocks:
    """Equal blocks of a card: rows with what the first one has more, and arcs."""

    rows: tuple[tuple[str, str], ...]
    repeat: int
    arcs: tuple[Arc, ...]

    def all_rows(self) -> Iterator[str]:
        for words, more in self.rows:
            yield f"{words}, {more}" if more else words
            yield from [words] * (self.repeat - 1)

    def ways(self, arriving: int) -> int:
        for number in range(self.repeat):
            behind = [arriving]
            for row in range(len(self.rows)):
                arcs = [arc for arc in self.arcs if arc.end == row and arc.since <= number < arc.since + arc.times]
                behind.append(behind[-1] + sum(behind[arc.start] for arc in arcs))
            arriving = behind[-1]
        return arriving


@dataclass(frozen=True)
class Thing:
    """One box, sign or name: its words, and the blocks in it if it is a card."""

    box: Box
    words: tuple[str, ...]
    blocks: tuple[Blocks, ...] = ()

    @property
    def first_words(self) -> str:
        return self.blocks[0].rows[0][0] if self.blocks else self.words[0] if self.words else ""


class Picture:
    """The first network of a figure. things: what it consists of. lines: source, target, dashed. legend: the words."""

    def __init__(self, geometry: Geometry) -> None:
        frames = [box for box in geometry.boxes if box.shape == "frame"]
        frame_of = {id(box): _holder(box.bounds, frames) for box in geometry.boxes if box.shape != "frame"}
        boxes = [box for box in geometry.boxes if frame_of.get(id(box)) is None]
        arcs: dict[int, list[Path]] = {}
        outside = []
        for path in geometry.paths:
            frame = _holder(_bounds(path), frames)
            arcs.setdefault(id(frame), []).append(path) if frame else outside.append(path)
        held = {id(f): [b for b in geometry.boxes if frame_of.get(id(b)) is f] for f in frames}
        everything = [Thing(box, _said(box), _blocks(held.get(id(box), []), arcs.get(id(box), []))) for box in boxes]
        straight = next((path.points for path in outside if path.arrow and len(path.points) == 2), ((0, 0), (0, 1)))
        self.down = straight[0][0] == straight[1][0]
        lines = [line for path in outside if (line := self._line(path, everything))]
        mine = _joined(lines, min(range(len(everything)), key=lambda one: self._across(everything[one])))
        order = sorted(mine, key=lambda one: self._along(everything[one]))
        place = {one: number for number, one in enumerate(order)}
        self.things = [everything[one] for one in order]
        self.lines = [(place[one], place[other], dashed) for one, other, dashed in lines if one in place]
        attached = [path for path in outside if path.arrow and self._line(path, everything)]
        self.legend = {path.dashed: _behind(path, geometry) for path in outside if path.arrow and path not in attached}

    def _across(self, thing: Thing) -> float:
        return thing.box.bounds[0 if self.down else 1]

    def _along(self, thing: Thing) -> float:
        return thing.box.bounds[1 if self.down else 0]

    def _line(self, path: Path, things: list[Thing]) -> tuple[int, int, bool] | None:
        """Where a line comes from and goes to; None for brackets and the legend, which touch nothing."""
        target = next((n for n, thing in enumerate(things) if _touches(path.points[-1], thing.box)), None)
        source = next(
            (n for n, thing in enumerate(things) if n != target and _touches(path.points[0], thing.box)), None
        )
        if target is None or (source is None and not path.arrow):
            return None
        return self._forked(path, things) if source is None else source, target, path.dashed

    def _forked(self, path: Path, things: list[Thing]) -> int:
        """A line that begins on another one comes from the thing behind which it begins."""
        along, across = path.points[0][::-1] if self.down else path.points[0]
        middles = [(thing.box.y, thing.box.x) if self.down else (thing.box.x, thing.box.y) for thing in things]
        above = [n for n, middle in enumerate(middles) if abs(middle[1] - across) < TOUCH and middle[0] < along]
        return max(above, key=lambda n: middles[n][0])

    def rows(self) -> Iterator[str]:
        """The words of every operation and named box, as often as the network has it."""
        for thing in self.things:
            yield from (row for blocks in thing.blocks for row in blocks.all_rows())
            if thing.box.shape == "round":
                yield thing.words[0]

    def skips(self, boxes: set[str]) -> Counter:
        """Lines into merges beside the main one, solid and dashed; a line into a named box is no skip connection."""
        found: Counter = Counter()
        for arc in (arc for thing in self.things for blocks in thing.blocks for arc in blocks.arcs):
            found[arc.dashed] += arc.times
        for row in self.rows():
            for number, way in re.findall(r"(\d+) (identity|adapted) skip", row) if row.startswith("…") else ():
                found[way == "adapted"] += int(number)
        entering: dict[int, Counter] = {}
        for _, target, dashed in self.lines:
            entering.setdefault(target, Counter())[dashed] += 1
        for target, kinds in entering.items():
            if kinds.total() > 1 and name_of(self.things[target].first_words) not in boxes:
                found[True] += kinds[True]
                found[False] += kinds.total() - kinds[True] - 1
        return +found

    def ends(self) -> list[int]:
        """Where nothing goes on."""
        going = {source for source, *_ in self.lines}
        return [number for number in range(len(self.things)) if number not in going]

    def begins(self) -> list[int]:
        """Where nothing comes in."""
        reached = {target for _, target, _ in self.lines}
        return [number for number in range(len(self.things)) if number not in reached]

    def ways(self) -> int:
        """How many ways lead from where nothing comes in to the ends."""
        entering: dict[int, list[int]] = {}
        for source, target, _ in self.lines:
            entering.setdefault(target, []).append(source)
        ways: dict[int, int] = {}
        waiting = list(range(len(self.things)))
        while waiting:
            number = waiting.pop(0)
            if any(source not in ways for source in entering.get(number, ())):
                waiting.append(number)
                continue
            arriving = sum(ways[source] for source in entering[number]) if number in entering else 1
            for blocks in self.things[number].blocks:
                arriving = blocks.ways(arriving)
            ways[number] = arriving
        return sum(ways[end] for end in self.ends())


def name_of(words: str) -> str:
    """Of a named box: ``se(16)``, ``tree, 512, /2``."""
    return re.split("[(,]", words, maxsplit=1)[0]


def _said(box: Box) -> tuple[str, ...]:
    return tuple(text.words for text in sorted(box.texts, key=lambda text: text.y))


def _bounds(path: Path) -> tuple[float, float, float, float]:
    xs, ys = zip(*path.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _holder(bounds, frames: list[Box]) -> Box | None:
    return next((f for f in frames if _within(bounds[:2], f.bounds) and _within(bounds[2:], f.bounds)), None)


def _within(point, bounds, slack: float = -TOUCH) -> bool:
    left, top, right, bottom = bounds
    return left - slack <= point[0] <= right + slack and top - slack <= point[1] <= bottom + slack


def _touches(point, box: Box) -> bool:
    return _within(point, box.bounds, TOUCH)


def _joined(lines: list[tuple[int, int, bool]], start: int) -> set[int]:
    """What is joined to one thing by lines, in whichever direction."""
    found, waiting = {start}, [start]
    beside: dict[int, set[int]] = {}
    for one, other, _ in lines:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    while waiting:
        new = beside.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _behind(path: Path, geometry: Geometry) -> str:
    """The words to the right of a line of the legend."""
    x, y = path.points[-1]
    level = [text for text in geometry.texts if abs(text.y - y) < TOUCH and text.x >= x]
    return min(level, key=lambda text: text.x).words


def _blocks(held: list[Box], arcs: list[Path]) -> tuple[Blocks, ...]:
    """The groups of rows in a card: rows of one block lie closer to each other."""
    rows = sorted((box for box in held if box.shape == "round"), key=lambda box: box.y)
    cuts = [n for n, (one, other) in enumerate(pairwise(rows), 1) if other.bounds[1] - one.bounds[3] > APART]
    parts = [rows[start:end] for start, end in pairwise([0, *cuts, len(rows)])] if rows else []
    words = [box.texts[0] for box in held if box.shape == "bare"]
    return tuple(_group(part, words, arcs) for part in parts)


def _group(rows: list[Box], words: list, arcs: list[Path]) -> Blocks:
    top, bottom = rows[0].bounds[1], rows[-1].bounds[3]
    beside = sorted((word for word in words if top < word.y < bottom), key=lambda word: word.x)
    counts = [int(word.words[1:]) for word in beside if word.words.startswith("×")]
    repeat = counts[-1] if counts else 1
    own = [arc for arc in arcs if top <= arc.points[0][1] <= bottom]
    outer = max((max(x for x, _ in arc.points) for arc in own), default=0.0)
    leads = any(word.words == "first" for word in beside)
    read = []
    for arc in own:
        first = leads and max(x for x, _ in arc.points) == outer
        others = counts[0] if leads and len(counts) > 1 else repeat
        start, end = (next(n for n, row in enumerate(rows) if _touches(arc.points[at], row)) for at in (0, -1))
        times, since = (1, 0) if first else (others, repeat - others)
        read.append(Arc(start, end, arc.dashed, times, since))
    return Blocks(tuple(map(_row, rows)), repeat, tuple(read))


def _row(box: Box) -> tuple[str, str]:
    """The words of a row, and those after which ``first`` stands."""
    words = [text.words for text in sorted(box.texts, key=lambda text: text.x)]
    return words[0], words[1] if words[2:] == ["first"] else ""
