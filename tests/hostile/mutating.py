"""Texts made of others: spliced, a part many times, words exchanged, wrapped in themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from resnet_dsl import resources

_LARGEST = 900_000
_ROOT = Path(__file__).parents[2]
_EXAMPLE = re.compile(r"```resnet\n(.*?)```", re.DOTALL)
_WORD = re.compile(r"\w+|[^\w\s]+")


@cache
def seeds() -> tuple[str, ...]:
    """The specs that ship, the wrong ones of the tests, and the examples of the documentation."""
    specs = [*Path(resources.specs_folder()).rglob("*.resnet"), *(_ROOT / "tests" / "errors").glob("*.resnet")]
    pages = [*(_ROOT / "docs").glob("*.md"), *(_ROOT / "resnet_dsl" / "diagnostics" / "codes").glob("*.md")]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in specs]
    return (*texts, *(match for page in pages for match in _EXAMPLE.findall(page.read_text(encoding="utf-8"))))


def mutated(chance: Random) -> str:
    """One of the seeds, changed one to four times."""
    text = chance.choice(seeds())
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_CHANGES)(text or " ", chance)[:_LARGEST]
    return text


def _part(text: str, chance: Random) -> tuple[int, int]:
    """A part of a text that begins and ends between words."""
    places = [match.start() for match in _WORD.finditer(text)] or [0]
    start = chance.choice(places)
    end = start + int(2 ** chance.uniform(0, 10))
    return start, next((place for place in places if place >= end), len(text))


def _spliced(text: str, chance: Random) -> str:
    other = chance.choice(seeds())
    return text[: _part(text, chance)[0]] + other[_part(other, chance)[0] :]


def _repeated(text: str, chance: Random) -> str:
    start, end = _part(text, chance)
    times = min(int(10 ** chance.uniform(0, 5)), 1 + _LARGEST // max(end - start, 1))
    return text[:start] + text[start:end] * times + text[end:]


def _enlarged(text: str, chance: Random) -> str:
    """A number becomes another, which may be huge."""
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    match = chance.choice(numbers)
    return f"{text[: match.start()]}{int(10 ** chance.uniform(0, 9))}{text[match.end() :]}"


def _exchanged(text: str, chance: Random) -> str:
    words = list(_WORD.finditer(text))
    if len(words) < 2:
        return text
    one, other = sorted(chance.sample(words, 2), key=lambda match: match.start())
    between = text[one.end() : other.start()]
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def _wrapped(text: str, chance: Random) -> str:
    """A part inside as many brackets as are allowed, or more."""
    start, end = _part(text, chance)
    opening, closing = chance.choice((("{", "}"), ("(", ")"), ("[", "]"), ("repeat 3 {", "}"), ("if true {", "}")))
    depth = chance.choice((2, 15, 90, 1_000))
    return text[:start] + opening * depth + text[start:end] + closing * depth + text[end:]


_CHANGES: tuple[Callable[[str, Random], str], ...] = (
    _spliced, _repeated, _repeated, _enlarged, _enlarged, _exchanged, _wrapped,
)  # fmt: skip
