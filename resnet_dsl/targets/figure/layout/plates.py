"""Plates of figures by lanes: steps one behind the other, how often each, and values that are joined."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.targets.figure.layout.geometry import Box, Ink, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import Face, width
from resnet_dsl.targets.figure.outline.outline import Item

_LEADING = 1.2
"""From one line to the next, over the size of its letters."""
_APART = 4.0
"""Between steps that differ."""
_ABOVE = 3.0
"""Between a plate's border and its first line."""
_LEAF, _TALL = 9.0, 34.0
"""One of the plates that are joined: its width and height."""

_Line = tuple[str, float, Face, Ink]


def size_of_plate(item: Item, m: Measures) -> tuple[float, float]:
    """Width and height of a ``plate``: what it says, line below line."""
    lines = list(_lines(item, m))
    tall = sum(_height(line) for _, line in lines) + _APART * (len(item.groups) - 1)
    return max(width(*line[:3]) for _, line in lines) + 2 * m.side, tall + 2 * _ABOVE


def place_plate(item: Item, key: str, middle: tuple[float, float], whole: tuple[float, float], m: Measures) -> Box:
    x, y = middle
    y -= whole[1] / 2 - _ABOVE
    texts = []
    before = None
    for group, line in _lines(item, m):
        y += _APART if before is not None and group not in (before, None) else 0
        words, size, face, ink = line
        texts.append(TextLine(words, x, y + _height(line) / 2, size, face, ink=ink))
        y += _height(line)
        before = group
    return Box(key, "round", *middle, *whole, item.tone, tuple(texts), item.tip, ("plate",))


def _height(line: _Line) -> float:
    return line[1] * _LEADING


def _lines(item: Item, m: Measures) -> Iterator[tuple[int | None, _Line]]:
    """The name of the stage that begins there; of each step whether only the first of equal modules has it, what it is,
    its numbers, how often it comes, and how many skip connections in it are adapted; facts."""
    heading, *facts = item.lines
    if heading:
        yield None, (heading, m.label, "bold", "text")
    for number, group in enumerate(item.groups):
        name, _, rest = group.rows[0].partition(", ")
        if group.only_first:
            yield number, (group.first_word, m.small, "plain", "projection")
        yield number, (name, m.text, "plain", "text")
        if rest:
            yield number, (rest, m.small, "plain", "faint")
        if group.repeat > 1:
            yield number, (f"×{group.repeat}", m.repeat, "plain", "text")
        if adapted := sum(arc.way == "adapted" for arc in group.all_arcs):
            yield number, (f"{adapted} {group.firsts[0] or 'adapted'}", m.small, "plain", "projection")
    yield from ((None, (line, m.small, "plain", "faint")) for line in facts)


def size_of_join(item: Item, m: Measures) -> tuple[float, float]:
    """Width and height of a ``join``: a plate each value, below them how many channels there are then."""
    said = [width(line, m.small) for line in item.lines]
    return max(_LEAF * len(item.copied), *said) + 2, _TALL + m.small * _LEADING * len(item.lines) + 2


def place_join(item: Item, key: str, middle: tuple[float, float], size: tuple[float, float], m: Measures) -> list[Box]:
    """The whole without an outline, in it the plates, white where a value is copied."""
    x, y = middle
    top = y - size[1] / 2 + _TALL + 2
    leading = m.small * _LEADING
    said = enumerate(item.lines)
    texts = tuple(TextLine(line, x, top + leading * (at + 0.5), m.small, ink="faint") for at, line in said)
    boxes = [Box(key, "bare", x, y, *size, None, texts, item.tip, ("merge",))]
    left = x - _LEAF * len(item.copied) / 2
    for number, copied in enumerate(item.copied):
        place = left + _LEAF * (number + 0.5), y - size[1] / 2 + 1 + _TALL / 2
        boxes.append(Box(f"{key}/{number}", "round", *place, _LEAF, _TALL, item.tone, (), "", ("leaf",), not copied))
    return boxes
