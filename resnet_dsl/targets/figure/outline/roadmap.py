"""A chain of networks, each made of the one before it: what each step changes, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from resnet_dsl.analyses.difference import marks
from resnet_dsl.analyses.network import Facts
from resnet_dsl.sentences import first
from resnet_dsl.targets.figure.outline.items import summarise
from resnet_dsl.targets.figure.outline.speaking import Say
from resnet_dsl.targets.figure.outline.words import clean, count

_MOST_MARKS = 6
_LONGEST = 40
_SMALL = 0.0005
"""A change that one place of a percentage does not show."""


class Bar(NamedTuple):
    """A number of one network. share: of the largest in the figure; None where it is unknown. words: as it is said."""

    share: float | None
    words: str


class RoadmapStep(NamedTuple):
    """One network: its name, what tells it from the one before (the first has nothing), its numbers."""

    name: str
    changes: str
    bars: tuple[Bar, ...]
    tip: str


class Roadmap(NamedTuple):
    """quantities: what the bars are of, one a column."""

    quantities: tuple[str, ...]
    steps: tuple[RoadmapStep, ...]


def gather_roadmap(subjects: Sequence[Facts], titles: Sequence[str], say: Say = str) -> Roadmap:
    """say: in whose words; names stay. Raises Failure where two neighbours are too large to be compared."""
    changes = ["", *(say(_changes(one, other)) for one, other in pairwise(subjects))]
    columns = [_bars([one.count.params for one in subjects], say), _bars([one.count.macs for one in subjects], say)]
    steps = (
        RoadmapStep(clean(title, _LONGEST), told, bars, say(summarise(one)))
        for title, told, bars, one in zip(titles, changes, zip(*columns, strict=True), subjects, strict=True)
    )
    return Roadmap((say("parameters"), say("MACs")), tuple(steps))


def _changes(before: Facts, network: Facts) -> str:
    found = marks(before, network)
    return first([clean(mark) for mark in found], _MOST_MARKS) if found else "nothing that is told apart"


def _bars(numbers: Sequence[int | None], say: Say) -> list[Bar]:
    most = max((number for number in numbers if number is not None), default=0)
    before = [None, *numbers]
    return [
        Bar(None if number is None else number / most if most else 0.0, say(_said(number, other)))
        for number, other in zip(numbers, before, strict=False)
    ]


def _said(number: int | None, before: int | None) -> str:
    """``28.1M (+9.9%)``: the number, and how it changes with the step."""
    if number is None or not before:
        return "unknown" if number is None else count(number)
    return f"{count(number)} ({_change(number, before)})"


def _change(number: int, before: int) -> str:
    """In percent; two places where one would say that nothing changed."""
    change = (number - before) / before
    said = f"{change:+.1%}" if abs(change) >= _SMALL else f"{change:+.2%}"
    return "=" if number == before else said.replace("-", "−")
