"""From a description to a geometry: coordinates for lanes and ranks, ways for links, brackets, titles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from resnet_dsl.targets.figure.description import Column, Description, Link
from resnet_dsl.targets.figure.geometry import Box, Geometry, Path, Point, Text
from resnet_dsl.targets.figure.lanes import Lanes, assign_lanes
from resnet_dsl.targets.figure.metrics import width
from resnet_dsl.targets.figure.paging import split
from resnet_dsl.targets.figure.positions import FORK, Rank, align, ranks_of
from resnet_dsl.targets.figure.sizes import BOX, FORMULA, LABEL, MERGE, TITLE, faced, place_item, size_of

MARGIN = 8.0
BETWEEN = 40.0
"""Between two columns."""
_TRACK, _FIRST_TRACK, _BRANCH = 9.0, 17.0, 14.0
_BRACKET, _LEADING = 9.0, 11.0


@dataclass
class Placed:
    """One column while it gets its places; coordinates are (along, across), across 0 in the middle of the main path."""

    column: Column
    lanes: Lanes
    sizes: list[tuple[float, float]]
    ranks: list[Rank]
    starts: list[float]
    across: list[float]
    """The middle of each lane."""
    low: float
    high: float
    """How far the column reaches across."""
    wide: bool

    def along(self, item: int) -> float:
        """The middle of an item along the flow."""
        rank = self.lanes.rank[item]
        return self.starts[rank] + self.ranks[rank].length / 2

    def length(self, item: int) -> float:
        return self.sizes[item][0 if self.wide else 1]

    def breadth(self, item: int) -> float:
        return self.sizes[item][1 if self.wide else 0]

    def begin(self, item: int) -> float:
        return self.along(item) - self.length(item) / 2

    def end(self, item: int) -> float:
        return self.along(item) + self.length(item) / 2

    def middle(self, item: int) -> float:
        return self.across[self.lanes.lane[item]]


def lay_out(description: Description, wide: bool) -> Geometry:
    """Tall figures flow down; wide ones to the right, or, where that helps, down in several columns."""
    if wide and description.paged:
        columns = _pages(description.columns[0], description.air)
        if len(columns) > 1:
            return lay_out(replace(description, columns=tuple(columns), aligned=False, paged=False), wide=False)
    columns = list(description.columns)
    lanes = [assign_lanes(column) for column in columns]
    sizes = [_sizes(column, own, wide) for column, own in zip(columns, lanes, strict=True)]
    main = 0 if wide else 1
    ranks = [
        ranks_of(column, own, [size[main] for size in size_list], wide, description.air)
        for column, own, size_list in zip(columns, lanes, sizes, strict=True)
    ]
    if description.aligned:
        starts = align(columns, ranks)
    else:
        starts = [align([column], [own])[0] for column, own in zip(columns, ranks, strict=True)]
    placed = [_place(*parts, wide) for parts in zip(columns, lanes, sizes, ranks, starts, strict=True)]
    return _assemble(description, placed, wide)


def _pages(column: Column, air: float) -> list[Column]:
    lanes = assign_lanes(column)
    sizes = _sizes(column, lanes, wide=False)
    ranks = ranks_of(column, lanes, [size[1] for size in sizes], False, air)
    one = _place(column, lanes, sizes, ranks, [0.0] * len(ranks), wide=False)
    breadth = one.high - one.low + _label_room(one) + BETWEEN
    return split(column, lanes, [rank.length + rank.gap for rank in ranks], breadth)


def _sizes(column: Column, lanes: Lanes, wide: bool) -> list[tuple[float, float]]:
    """Sizes of the items; in a tall figure all boxes of the main path are equally wide."""
    sizes = [size_of(item) for item in column.items]
    if wide:
        return sizes
    boxes = {"box", "thin", "card"}
    rows = [n for n, item in enumerate(column.items) if lanes.lane[n] == 0 and item.kind in boxes]
    widest = max((sizes[row][0] for row in rows), default=0.0)
    return [(widest, size[1]) if n in set(rows) else size for n, size in enumerate(sizes)] if rows else sizes


def _place(
    column: Column, lanes: Lanes, sizes: list[tuple[float, float]], ranks: list[Rank], starts: list[float], wide: bool
) -> Placed:
    breadths = [0.0] * lanes.count
    for item, size in enumerate(sizes):
        lane = lanes.lane[item]
        breadths[lane] = max(breadths[lane], size[1 if wide else 0])
    said = _room_for_words(column, lanes, wide)
    across = [0.0]
    edge = breadths[0] / 2
    for lane in range(1, lanes.count):
        if breadths[lane]:
            across.append(edge + _BRANCH + breadths[lane] / 2)
            edge += _BRANCH + breadths[lane]
        else:
            edge += _FIRST_TRACK if breadths[lane - 1] else _TRACK
            across.append(edge)
            edge += said[lane]
    return Placed(column, lanes, sizes, ranks, starts, across, -breadths[0] / 2, edge, wide)


def _room_for_words(column: Column, lanes: Lanes, wide: bool) -> list[float]:
    """What the words beside links need, lane by lane."""
    room = [0.0] * lanes.count
    for link, track in zip(column.links, lanes.track, strict=True):
        if track is not None and link.words:
            needed = _LEADING * len(link.words) if wide else max(width(*faced(word, LABEL)) for word in link.words)
            room[track] = max(room[track], needed + 5)
    return room


def _assemble(description: Description, placed: list[Placed], wide: bool) -> Geometry:
    pen = _Pen(wide)
    shared = _same_sections(placed)
    offset = 0.0
    for number, one in enumerate(placed):
        room = _label_room(one if not shared else placed[0]) if number == 0 or not shared else 0.0
        room = max(room, _note_room(one))
        title = width(one.column.title, TITLE, "bold")
        low = min(one.low - room, 0.0 if wide else -title / 2)
        high = max(one.high, 0.0 if wide else title / 2)
        offset += (BETWEEN if number else 0.0) + (TITLE + 8 if wide and one.column.title else 0.0) - low
        before, pen.offset = pen.offset, offset
        _draw_column(pen, one)
        if one.column.continues:
            _draw_continuation(pen, placed[number - 1], one, before, low)
        _draw_title(pen, one, low)
        if number == 0 or not shared:
            _draw_brackets(pen, placed if shared else [one], one.low)
        offset += high
    return pen.finish(description)


class _Pen:
    """Collects what is drawn, in (along, across), and turns it to (x, y)."""

    def __init__(self, wide: bool) -> None:
        self.wide = wide
        self.offset = 0.0
        self.boxes: list[Box] = []
        self.texts: list[Text] = []
        self.paths: list[Path] = []

    def at(self, along: float, across: float) -> Point:
        return (along, across + self.offset) if self.wide else (across + self.offset, along)

    def finish(self, description: Description) -> Geometry:
        bounds = _bounds(self.boxes, self.texts, self.paths)
        legend_boxes, legend_paths = _legend(description, bounds)
        paths = [*self.paths, *legend_paths]
        texts = [*self.texts, *legend_boxes]
        left, top, right, bottom = _bounds(self.boxes, texts, paths)
        move = _Move(MARGIN - left, MARGIN - top)
        frames = sorted(self.boxes, key=lambda box: box.shape != "frame")
        title = " and ".join(column.title or column.key for column in description.columns)
        return Geometry(
            ceil(right - left + 2 * MARGIN),
            ceil(bottom - top + 2 * MARGIN),
            tuple(map(move.box, frames)),
            tuple(map(move.text, texts)),
            tuple(map(move.path, paths)),
            title,
            " ".join(column.summary for column in description.columns),
        )


@dataclass(frozen=True)
class _Move:
    right: float
    down: float

    def text(self, text: Text) -> Text:
        return replace(text, x=_round(text.x + self.right), y=_round(text.y + self.down))

    def box(self, box: Box) -> Box:
        texts = tuple(map(self.text, box.texts))
        return replace(box, x=_round(box.x + self.right), y=_round(box.y + self.down), texts=texts)

    def path(self, path: Path) -> Path:
        return replace(path, points=tuple((_round(x + self.right), _round(y + self.down)) for x, y in path.points))


def _round(value: float) -> float:
    return round(value, 2)


def _bounds(boxes: list[Box], texts: list[Text], paths: list[Path]) -> tuple[float, float, float, float]:
    corners = [box.bounds for box in boxes] + [text.bounds for text in texts]
    corners += [(x, y, x, y) for path in paths for x, y in path.points]
    if not corners:
        return 0.0, 0.0, 0.0, 0.0
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _draw_column(pen: _Pen, one: Placed) -> None:
    key = one.column.key
    for number, item in enumerate(one.column.items):
        middle = pen.at(one.along(number), one.middle(number))
        boxes, paths = place_item(item, f"{key}/{item.key}", middle, one.sizes[number])
        pen.boxes += boxes
        pen.paths += paths
    _draw_beside(pen, one)
    _draw_notes(pen, one)
    straight = {link.source for link, track in zip(one.column.links, one.lanes.track, strict=True) if track is None}
    ordered = sorted(zip(one.column.links, one.lanes.track, strict=True), key=lambda pair: pair[1] is None)
    for link, track in ordered:
        points = _straight(one, link) if track is None else _detour(one, link, track, link.source in straight)
        pen.paths.append(_path(pen, one, link, points))
        if track is not None and link.words:
            _draw_link_words(pen, one, link, points)


def _path(pen: _Pen, one: Placed, link: Link, points: list[tuple[float, float]]) -> Path:
    items = one.column.items
    ends = [f"{one.column.key}/{items[end].key}" for end in (link.source, link.target)]
    adapted = link.way == "adapted"
    turned = tuple(pen.at(*point) for point in points)
    return Path(
        turned, "projection" if adapted else "line", adapted, True, 1.0, ends[0], ends[1], link.tip, (link.way,)
    )


def _draw_link_words(pen: _Pen, one: Placed, link: Link, points: list[tuple[float, float]]) -> None:
    """Beside the middle of the longest piece."""
    pieces = list(pairwise(points))
    (start, across), (end, _) = max(pieces, key=lambda piece: abs(piece[1][0] - piece[0][0]))
    for at, words in enumerate(link.words):
        said, size, face = faced(words, LABEL)
        shift = (at - (len(link.words) - 1) / 2) * _LEADING
        if pen.wide:
            place = pen.at((start + end) / 2, across + _LEADING * (at + 0.7))
            pen.texts.append(Text(said, *place, size, face))
        else:
            room = max(width(*faced(other, LABEL)) for other in link.words)
            pen.texts.append(Text(said, *pen.at((start + end) / 2 + shift, across + 4 + room / 2), size, face))


def _draw_beside(pen: _Pen, one: Placed) -> None:
    """The words beside the arrow that leaves an item."""
    for number, item in enumerate(one.column.items):
        rank = one.lanes.rank[number]
        if not item.beside or rank + 1 >= len(one.ranks):
            continue
        start = one.starts[rank] + one.ranks[rank].length + (FORK if one.ranks[rank].forks else 0)
        middle = (start + one.starts[rank + 1] - 2) / 2
        for at, words in enumerate(item.beside):
            shift = (at - (len(item.beside) - 1) / 2) * _LEADING
            place = (middle, one.middle(number) - 7) if pen.wide else (middle + shift, one.middle(number) + 6)
            pen.texts.append(Text(words, *pen.at(*place), LABEL, anchor="middle" if pen.wide else "start"))


def _draw_notes(pen: _Pen, one: Placed) -> None:
    for note in one.column.notes:
        said, size, face = faced(note.words, LABEL)
        along = (one.begin(note.first) + one.end(note.last)) / 2
        if pen.wide:
            pen.texts.append(Text(said, *pen.at(along, one.low - size), size, face))
        else:
            pen.texts.append(Text(said, *pen.at(along, one.low - 8), size, face, "end"))


def _note_room(one: Placed) -> float:
    widths = [width(*faced(note.words, LABEL)) for note in one.column.notes]
    return (LABEL * FORMULA * 1.5 if one.wide else max(widths) + 8) if widths else 0.0


def _straight(one: Placed, link: Link) -> list[tuple[float, float]]:
    across = one.middle(link.source)
    return [(one.end(link.source), across), (one.begin(link.target), across)]


def _detour(one: Placed, link: Link, track: int, joins: bool) -> list[tuple[float, float]]:
    """Out of the source's gap, along the lane, into the target's side (or its beginning where it lies in the lane)."""
    across = one.across[track]
    points: list[tuple[float, float]] = []
    if one.lanes.lane[link.source] == track:
        points.append((one.end(link.source), across))
    else:
        rank = one.lanes.rank[link.source]
        fork = one.starts[rank] + one.ranks[rank].length + one.ranks[rank].fork(link.source)
        if not joins:
            points.append((one.end(link.source), one.middle(link.source)))
        points += [(fork, one.middle(link.source)), (fork, across)]
    if one.lanes.lane[link.target] == track:
        return [*points, (one.begin(link.target), across)]
    side = 1 if across > one.middle(link.target) else -1
    entry = one.along(link.target)
    if one.column.items[link.target].kind == "card":
        entry = one.begin(link.target) + min(12.0, one.length(link.target) / 2)
    return [*points, (entry, across), (entry, one.middle(link.target) + side * one.breadth(link.target) / 2)]


def _draw_continuation(pen: _Pen, last: Placed, one: Placed, before: float, low: float) -> None:
    """The way from the end of one column to the beginning of the next, between the two."""
    final = max(range(len(last.column.items)), key=lambda item: last.lanes.rank[item])
    shift = before - pen.offset
    gutter = (shift + last.high + low) / 2
    bottom, top = last.end(final), one.begin(0)
    points = (
        (bottom, shift),
        (bottom + 9, shift),
        (bottom + 9, gutter),
        (top - 3, gutter),
        (top - 3, 0.0),
        (one.end(0), 0.0),
    )
    pen.paths.append(Path(tuple(pen.at(*point) for point in points), arrow=False, classes=("main",)))


def _draw_title(pen: _Pen, one: Placed, low: float) -> None:
    if not one.column.title:
        return
    if pen.wide:
        pen.texts.append(Text(one.column.title, *pen.at(0.0, low - TITLE / 2 - 6), TITLE, "bold", "start"))
    else:
        pen.texts.append(Text(one.column.title, *pen.at(-TITLE - 6, 0.0), TITLE, "bold"))


def _same_sections(placed: list[Placed]) -> bool:
    """Whether one row of brackets tells the truth for all columns."""
    if any(one.column.continues for one in placed):
        return False
    words: dict[str, tuple[str, ...]] = {}
    return all(words.setdefault(s.key, s.words) == s.words for one in placed for s in one.column.sections)


def _label_room(one: Placed) -> float:
    """What the brackets and their words take beside a column."""
    sections = [one.column.sections[number] for number in sorted({rank.section for rank in one.ranks})]
    lines = [line for section in sections for line in section.words]
    if not lines:
        return 0.0
    most = max(len(section.words) for section in sections)
    return (most * _LEADING if one.wide else max(width(line, LABEL) for line in lines)) + 2 * _BRACKET


def _draw_brackets(pen: _Pen, placed: list[Placed], low: float) -> None:
    spans: dict[str, tuple[float, float, tuple[str, ...]]] = {}
    for one in placed:
        for rank, start in zip(one.ranks, one.starts, strict=True):
            section = one.column.sections[rank.section]
            if section.words:
                before = spans.get(section.key, (start, start, section.words))
                spans[section.key] = (min(before[0], start), max(before[1], start + rank.length), section.words)
    for start, end, words in spans.values():
        bar = low - _BRACKET
        pen.paths.append(Path((pen.at(start, bar), pen.at(end, bar)), "faint", False, False, 1.2, classes=("bracket",)))
        _draw_words(pen, (start + end) / 2, bar, words)


def _draw_words(pen: _Pen, along: float, bar: float, words: tuple[str, ...]) -> None:
    for at, line in enumerate(words):
        shift = (at - (len(words) - 1) / 2) * _LEADING
        if pen.wide:
            across = bar - _BRACKET / 2 - LABEL / 2 - (len(words) - 1 - at) * _LEADING
            pen.texts.append(Text(line, *pen.at(along, across), LABEL, ink="faint"))
        else:
            pen.texts.append(Text(line, *pen.at(along + shift, bar - 5), LABEL, anchor="end", ink="faint"))


def _legend(description: Description, bounds: tuple[float, float, float, float]) -> tuple[list[Text], list[Path]]:
    texts: list[Text] = []
    paths: list[Path] = []
    lengths = [34 + width(words, LABEL) for _, words in description.legend]
    left = (bounds[0] + bounds[2]) / 2 - (sum(lengths) + 20 * (len(lengths) - 1)) / 2
    y = bounds[3] + BOX + MERGE / 2
    for (way, words), length in zip(description.legend, lengths, strict=True):
        adapted = way == "adapted"
        points = ((left, y), (left + 28, y))
        paths.append(Path(points, "projection" if adapted else "line", adapted, classes=("legend",)))
        texts.append(Text(words, left + 34, y, LABEL, anchor="start"))
        left += length + 20
    return texts, paths
