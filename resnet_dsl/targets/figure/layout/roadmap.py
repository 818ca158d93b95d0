"""A row a step: the network's name and what it changes, then a bar for each of its numbers, from nought on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from textwrap import wrap

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.outline.roadmap import Bar, Roadmap, RoadmapStep

_LETTERS = 46
"""Of a line of changes."""
_LONGEST_BAR, SHORTEST_BAR = 150.0, 30.0
_GAP, _BESIDE, _APART = 10.0, 5.0, 18.0
"""Between rows; between a bar and its number; between columns."""
_BAR = 0.66
"""The height of a bar over that of a row."""
_THINNEST = 0.6
"""Of a bar of something that is nearly nothing."""


def lay_out_roadmap(roadmap: Roadmap, m: Measures, room: float | None = None) -> Geometry:
    """``room``: how wide it may be; bars are then as long as that lets them, at least SHORTEST_BAR."""
    changes = [wrap(step.changes, _LETTERS) for step in roadmap.steps]
    names = max(_wide(step, lines, m) for step, lines in zip(roadmap.steps, changes, strict=True))
    said = [_said(roadmap, at, m) for at in range(len(roadmap.quantities))]
    bar = _bar_length(names, said, m, room)
    lefts = list(accumulate([m.margin + names + _APART, *(bar + _BESIDE + wide + _APART for wide in said)]))
    heights = [m.box + m.line * len(lines) + _GAP for lines in changes]
    tops = list(accumulate(heights, initial=m.margin + m.title + _GAP))
    rows = _Rows(roadmap, changes, tops, lefts, bar, m)
    title = f"{roadmap.steps[0].name} to {roadmap.steps[-1].name}"
    wide, tall = ceil(lefts[-1] - _APART + m.margin), ceil(tops[-1])
    texts, paths = (*rows.headings(), *rows.words()), (*rows.axes(), *rows.arrows())
    return Geometry(wide, tall, tuple(rows.bars()), texts, paths, title, " ".join(_told(roadmap)))


@dataclass(frozen=True)
class _Rows:
    """Draws the rows. tops: of each, and the end of the last; lefts: where the bars of each quantity begin."""

    roadmap: Roadmap
    changes: list[list[str]]
    tops: list[float]
    lefts: list[float]
    bar: float
    m: Measures

    def headings(self) -> Iterator[TextLine]:
        y = self.m.margin + self.m.title / 2
        for words, left in zip(self.roadmap.quantities, self.lefts, strict=False):
            yield TextLine(words, left, y, self.m.label, "bold", "start")

    def words(self) -> Iterator[TextLine]:
        """Names with what they change, and the numbers behind the bars."""
        m, left = self.m, self.m.margin + _BESIDE * 2
        for number, (step, lines, top) in enumerate(zip(self.roadmap.steps, self.changes, self.tops, strict=False)):
            of = self._keys(number)
            y = top + m.box / 2
            yield TextLine(step.name, left, y, m.text, "bold", "start", of=of)
            for at, line in enumerate(lines):
                below = top + m.box + m.line * (at + 0.3)
                yield TextLine(line, left, below, m.small, anchor="start", ink="faint", of=of)
            for key, one, start in zip(of, step.bars, self.lefts, strict=False):
                end = start + self.bar * (one.share or 0.0) + _BESIDE
                yield TextLine(one.words, end, y, m.label, anchor="start", of=(key,))

    def bars(self) -> Iterator[Box]:
        """None where a number is unknown."""
        for number, (step, top) in enumerate(zip(self.roadmap.steps, self.tops, strict=False)):
            for key, one, left in zip(self._keys(number), step.bars, self.lefts, strict=False):
                if one.share is not None:
                    yield self._bar(step, key, one, left, top)

    def _keys(self, number: int) -> tuple[str, ...]:
        """Those of the bars of a row."""
        return tuple(f"{number} {self.roadmap.steps[number].name}/{what}" for what in self.roadmap.quantities)

    def _bar(self, step: RoadmapStep, key: str, bar: Bar, left: float, top: float) -> Box:
        wide, tall = max(self.bar * bar.share, _THINNEST) if bar.share else _THINNEST, self.m.box * _BAR
        return Box(
            key,
            "round",
            left + wide / 2,
            top + self.m.box / 2,
            wide,
            tall,
            0 if step.changes else None,
            tip=f"{step.tip} {step.changes}".strip(),
            classes=("bar",),
            within=(("network", step.name),),
            rounding=0.0,
        )

    def axes(self) -> Iterator[Path]:
        low, high = self.tops[0] - _GAP / 2, self.tops[-1] - _GAP / 2
        for x in self.lefts[:-1]:
            yield Path(((x, low), (x, high)), "faint", arrow=False, thickness=0.6, classes=("bracket",))

    def arrows(self) -> Iterator[Path]:
        """From the name of each network down to that of the next."""
        x, half = self.m.margin + _BESIDE / 2, self.m.box / 2
        for number, (top, below) in enumerate(pairwise(self.tops[:-1]), 1):
            points = ((x, top + half), (x, below + half), (x + _BESIDE * 1.2, below + half))
            yield Path(points, "faint", thickness=0.8, classes=("way",), radius=3, head=4.0, of=self._keys(number))


def _wide(step: RoadmapStep, lines: list[str], m: Measures) -> float:
    return max([width(step.name, m.text, "bold"), *(width(line, m.small) for line in lines)]) + _BESIDE * 2


def _said(roadmap: Roadmap, column: int, m: Measures) -> float:
    return max(width(step.bars[column].words, m.label) for step in roadmap.steps)


def _bar_length(names: float, said: list[float], m: Measures, room: float | None) -> float:
    if room is None:
        return _LONGEST_BAR
    rest = room - 2 * m.margin - names - sum(said) - len(said) * (_APART + _BESIDE)
    return max(SHORTEST_BAR, min(_LONGEST_BAR, rest / len(said) - 1))


def _told(roadmap: Roadmap) -> Iterator[str]:
    for step in roadmap.steps:
        numbers = ", ".join(f"{bar.words} {what}" for bar, what in zip(step.bars, roadmap.quantities, strict=True))
        yield f"{step.name}{f', {step.changes}' if step.changes else ''}: {numbers}."
