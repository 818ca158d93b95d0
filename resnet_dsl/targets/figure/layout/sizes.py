"""How large each item is, and the boxes and texts that it consists of, around its middle."""

from __future__ import annotations

from resnet_dsl.targets.figure.layout.geometry import Box, Ink, Path, Shape, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import Face, width
from resnet_dsl.targets.figure.layout.plates import place_join, place_plate, size_of_join, size_of_plate
from resnet_dsl.targets.figure.outline.outline import Arc, Group, Item

FORMULA = 1.25
"""Size of a formula's letters over that of the text around them."""
MERGE = 9.0
_SIGNS = {"+", "×"}
_POINT = 1.0
"""Of a value without a word: where a line only ends or goes on."""
_HEADING = 16.0
_APART = 4.0
"""Between the words of a row and what only the first block has there."""


def size_of(item: Item, m: Measures) -> tuple[float, float]:
    """Width and height that an item needs."""
    by_kind = {"card": _card_size, "plate": size_of_plate, "join": size_of_join}
    if item.kind in by_kind:
        return by_kind[item.kind](item, m)
    if item.kind == "merge":
        wide = MERGE if item.lines[0] in _SIGNS else width(item.lines[0], m.small) + 9
        tall = MERGE if item.lines[0] in _SIGNS else MERGE + 1.5
        return wide * item.scale, tall * item.scale
    wide = max(width(*faced(line, _font(item, at, m))) for at, line in enumerate(item.lines))
    if item.kind == "text" and not any(item.lines):
        return _POINT, _POINT
    if item.kind == "text":
        return wide + 4, len(item.lines) * m.line + 2
    tall = (m.thin if item.kind == "thin" else m.box) + m.line * (len(item.lines) - 1)
    return wide + 2 * m.side, tall


def _font(item: Item, at: int, m: Measures) -> float:
    return m.small if at > 0 else m.label if item.kind in {"thin", "text"} else m.text


def place_item(
    item: Item, key: str, middle: tuple[float, float], size: tuple[float, float], m: Measures
) -> tuple[list[Box], list[Path]]:
    """The boxes of an item (the first one carries its key) and the lines inside it."""
    if item.kind == "card":
        return _place_card(item, key, middle, size, m)
    if item.kind == "plate":
        return [place_plate(item, key, middle, size, m)], []
    if item.kind == "join":
        return place_join(item, key, middle, size, m), []
    x, y = middle
    if item.kind == "merge":
        return [_merge(item, key, middle, size, m)], []
    top = y - m.line * (len(item.lines) - 1) / 2
    texts = tuple(_line(item, at, x, top + m.line * at, m) for at in range(len(item.lines)) if item.lines[at])
    shape: Shape = "bare" if item.kind == "text" else "round"
    tone, filled = item.tone, item.kind == "box"
    return [Box(key, shape, x, y, *size, tone, texts, item.tip, (item.kind,), filled)], []


def _line(item: Item, at: int, x: float, y: float, m: Measures) -> TextLine:
    said, size, face = faced(item.lines[at], _font(item, at, m))
    return TextLine(said, x, y, size, face, ink="faint" if at or (item.kind == "text" and face == "plain") else "text")


def faced(words: str, size: float) -> tuple[str, float, Face]:
    """Words, size and face: what stands between asterisks is a formula's."""
    formula = len(words) > 2 and words[0] == words[-1] == "*"
    return (words[1:-1], size * FORMULA, "italic") if formula else (words, size, "plain")


def _merge(item: Item, key: str, middle: tuple[float, float], size: tuple[float, float], m: Measures) -> Box:
    sign = item.lines[0]
    text = TextLine(sign, *middle, (m.label if sign in _SIGNS else m.small) * item.scale)
    shape: Shape = "circle" if sign in _SIGNS else "pill"
    return Box(key, shape, *middle, *size, None, (text,), item.tip, ("merge",), False)


def _group_size(group: Group, m: Measures) -> tuple[float, float]:
    rows = max(_row_width(*row, m) for row in _rows(group)) + 2 * m.side
    more = _arc_room(group, m) + (width(f"×{group.repeat}", m.repeat) + 6 if group.repeat > 1 else 0)
    return rows + more, m.box * len(group.rows) + (len(group.rows) - 1) * 2


def _rows(group: Group) -> list[tuple[str, str, str]]:
    """The words of each row, what the first block alone has there, and the word for that."""
    return [(row, first, group.first_word) for row, first in zip(group.rows, group.firsts, strict=True)]


def _row_width(row: str, first: str, word: str, m: Measures) -> float:
    return width(row, m.text) + (_APART + width(first, m.text) + _APART + width(word, m.small) if first else 0)


def _arc_room(group: Group, m: Measures) -> float:
    """What the arcs take beside the rows: those of all blocks, then those of the first one, each kind with its word."""
    first = m.arc + width(group.first_word, m.small) + 2 if group.first_arcs else 0
    return (m.arc if group.arcs else 0) + _others_room(group, m) + first


def _others_room(group: Group, m: Measures) -> float:
    """What the count beside the arcs of the blocks behind the first one takes."""
    return width(_others(group), m.small) + 2 if _others(group) else 0


def _others(group: Group) -> str:
    """How many blocks have the arcs that the first one has not: ``×2``; said where the first one has its own."""
    return f"×{group.repeat - 1}" if group.arcs and group.first_arcs else ""


def _card_size(item: Item, m: Measures) -> tuple[float, float]:
    sizes = [_group_size(group, m) for group in item.groups]
    heading, *captions = item.lines
    widths = [width(heading, m.text, "bold"), *(width(line, m.caption) for line in captions)]
    wide = max([*(size[0] for size in sizes), *widths])
    tall = sum(size[1] for size in sizes) + 5 * (len(sizes) - 1) + _HEADING * bool(heading) + m.line * len(captions)
    return wide + 2 * m.card, tall + 2 * m.card


def _place_card(
    item: Item, key: str, middle: tuple[float, float], size: tuple[float, float], m: Measures
) -> tuple[list[Box], list[Path]]:
    x, y = middle
    left, top = x - size[0] / 2 + m.card, y - size[1] / 2 + m.card
    heading, *captions = item.lines
    bottom = y + size[1] / 2 - m.card - m.line * (len(captions) - 0.5) + 2
    texts = [TextLine(line, x, bottom + m.line * at, m.caption, ink="faint") for at, line in enumerate(captions)]
    if heading:
        texts.append(TextLine(heading, x, top + 5, m.text, "bold"))
        top += _HEADING
    boxes = [Box(key, "frame", x, y, *size, item.tone, tuple(texts), item.tip, ("stage",), False)]
    paths: list[Path] = []
    whole = size[0] - 2 * m.card
    for number, group in enumerate(item.groups):
        needed, tall = _group_size(group, m)
        _place_group(item, group, f"{key}/{number}", (left + (whole - needed) / 2, top), boxes, paths, m)
        top += tall + 5
    return boxes, paths


def _place_group(
    item: Item, group: Group, key: str, corner: tuple[float, float], boxes: list[Box], paths: list[Path], m: Measures
) -> None:
    left, top = corner
    needed, tall = _group_size(group, m)
    more = f"×{group.repeat}" if group.repeat > 1 else ""
    rows = needed - _arc_room(group, m) - (width(more, m.repeat) + 6 if more else 0)
    for at, row in enumerate(_rows(group)):
        y = top + m.box / 2 + at * (m.box + 2)
        texts = _row_texts(*row, left + rows / 2, y, m)
        tone = group.tones[at] if group.tones else item.tone
        boxes.append(Box(f"{key}/{at}", "round", left + rows / 2, y, rows, m.box, tone, texts, item.tip, ("row",)))
    right = left + rows
    paths += [_arc(arc, right, top, m) for arc in group.arcs]
    right += m.arc if group.arcs else 0
    boxes += _said(f"{key}/others", _others(group), right, top + tall / 2, "text", m)
    right += _others_room(group, m)
    paths += [_arc(arc, left + rows, top, m, right) for arc in group.first_arcs]
    boxes += _said(
        f"{key}/first", group.first_word if group.first_arcs else "", right + m.arc, top + tall / 2, "projection", m
    )
    if more:
        right = left + rows + _arc_room(group, m)
        repeat = TextLine(more, right + 4 + width(more, m.repeat) / 2, top + tall / 2, m.repeat)
        boxes.append(Box(f"{key}/repeat", "bare", repeat.x, repeat.y, width(more, m.repeat), 14, None, (repeat,)))


def _row_texts(row: str, first: str, word: str, x: float, y: float, m: Measures) -> tuple[TextLine, ...]:
    """The words of a row; behind them, in the colour of projections, what the first block alone has there."""
    if not first:
        return (TextLine(row, x, y, m.text),)
    start = x - _row_width(row, first, word, m) / 2
    more = start + width(row, m.text) + _APART
    behind = more + width(first, m.text) + _APART
    return (
        TextLine(row, start, y, m.text, anchor="start"),
        TextLine(first, more, y, m.text, anchor="start", ink="projection"),
        TextLine(word, behind, y, m.small, anchor="start", ink="projection"),
    )


def _said(key: str, words: str, left: float, y: float, ink: Ink, m: Measures) -> list[Box]:
    """The word beside an arc; none where there is nothing to say."""
    middle = left + width(words, m.small) / 2
    text = TextLine(words, middle, y, m.small, ink=ink)
    return [Box(key, "bare", middle, y, width(words, m.small), m.line, None, (text,))] if words else []


def _arc(arc: Arc, right: float, top: float, m: Measures, beyond: float | None = None) -> Path:
    """From the upper part of the first row that it passes by to the lower part of the last one."""
    inset = m.box * (0.36 if beyond is None else 0.1)
    high, low = top + arc.start * (m.box + 2) + inset, top + arc.end * (m.box + 2) - 2 - inset
    across = (right if beyond is None else beyond) + m.arc - 4
    dashed = arc.way == "adapted"
    points = ((right, high), (across, high), (across, low), (right, low))
    return Path(points, "projection" if dashed else "line", dashed, classes=(arc.way,), radius=4)
