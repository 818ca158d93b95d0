"""The ways of links: straight to the next item, or out of the source's gap, along a lane, into the target's side."""

from __future__ import annotations

from itertools import pairwise

from resnet_dsl.targets.figure.layout.geometry import Anchor, Ink, Path, TextLine
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.placed import ASIDE, Placed
from resnet_dsl.targets.figure.layout.positions import in_one_line
from resnet_dsl.targets.figure.layout.sheet import Sheet
from resnet_dsl.targets.figure.layout.sizes import faced
from resnet_dsl.targets.figure.outline.outline import Link

_APART = 4.0
"""Between solid and dashed lines that enter the side of one item."""


def draw_links(sheet: Sheet, one: Placed) -> None:
    """The side links first, so that the main path lies on top."""
    ways = list(zip(one.column.links, one.lanes.track, strict=True))
    straight = {link.source for link, track in ways if track in (None, one.lanes.lane[link.source])}
    ordered = sorted(ways, key=lambda pair: pair[1] is None)
    sides = _sides(one)
    for link, track in ordered:
        across = one.middle(link.source)
        points = [(one.end(link.source), across), (one.begin(link.target), across)]
        if track is not None:
            points = _detour(one, link, track, link.source in straight, sides)
        sheet.paths.append(_path(sheet, one, link, points))
        if track is not None and link.words:
            _draw_link_words(sheet, one, link, points)


def _sides(one: Placed) -> dict[int, list[bool]]:
    """How lines enter the side of each item, solid or dashed: the kind from the nearest lane first; none cross."""
    reach: dict[int, dict[bool, int]] = {}
    for link, track in zip(one.column.links, one.lanes.track, strict=True):
        lane = one.lanes.lane[link.target]
        if track is not None and track != lane:
            found = reach.setdefault(link.target, {})
            found[link.is_adapted] = max(abs(track - lane), found.get(link.is_adapted, 0))
    return {item: sorted(found, key=found.__getitem__) for item, found in reach.items()}


def _path(sheet: Sheet, one: Placed, link: Link, points: list[tuple[float, float]]) -> Path:
    source, target = map(one.column.key_of, (link.source, link.target))
    turned = tuple(sheet.at(*point) for point in points)
    ink: Ink = "projection" if link.is_adapted else "line"
    return Path(turned, ink, link.is_adapted, source=source, target=target, tip=link.tip, classes=(link.way,))


def _detour(
    one: Placed, link: Link, track: int, joins: bool, sides: dict[int, list[bool]]
) -> list[tuple[float, float]]:
    """Out of the source's gap, along the lane, into the target's side (or its beginning where it lies in the lane)."""
    across = one.across[track]
    points: list[tuple[float, float]] = []
    if one.lanes.lane[link.source] == track:
        points.append((one.end(link.source), across))
    else:
        rank = one.lanes.rank[link.source]
        fork = one.starts[rank] + one.ranks[rank].length + one.ranks[rank].fork((link.source, link.is_adapted))
        if not joins:
            points.append((one.end(link.source), one.middle(link.source)))
        points += [(fork, one.middle(link.source)), (fork, across)]
    if one.lanes.lane[link.target] == track:
        return [*points, (one.begin(link.target), across)]
    side = 1 if across > one.middle(link.target) else -1
    entry = one.along(link.target)
    if one.column.items[link.target].kind == "card":
        entry = one.begin(link.target) + min(12.0, one.length(link.target) / 2)
    kinds = sides[link.target]
    entry += (kinds.index(link.is_adapted) - (len(kinds) - 1) / 2) * _APART
    return [*points, (entry, across), (entry, one.middle(link.target) + side * one.breadth(link.target) / 2)]


def _draw_link_words(sheet: Sheet, one: Placed, link: Link, points: list[tuple[float, float]]) -> None:
    """Beside the middle of the longest piece."""
    pieces, of = list(pairwise(points)), (one.column.key_of(link.target),)
    (start, across), (end, _) = max(pieces, key=lambda piece: abs(piece[1][0] - piece[0][0]))
    for at, words in enumerate(link.words):
        said, size, face = faced(words, sheet.measures.label)
        shift = (at - (len(link.words) - 1) / 2) * sheet.measures.leading
        if sheet.wide:
            place = sheet.at((start + end) / 2, across + sheet.measures.leading * (at + 0.7))
            sheet.texts.append(TextLine(said, *place, size, face, of=of))
        else:
            room = max(width(*faced(other, sheet.measures.label)) for other in link.words)
            place = sheet.at((start + end) / 2 + shift, across + 4 + room / 2)
            sheet.texts.append(TextLine(said, *place, size, face, of=of))


def draw_beside(sheet: Sheet, one: Placed) -> None:
    """The words beside the arrow that leaves an item."""
    for number, item in enumerate(one.column.items):
        rank = one.lanes.rank[number]
        if not item.beside or rank + 1 >= len(one.ranks):
            continue
        forks = one.ranks[rank].forks
        start = one.starts[rank] + one.ranks[rank].length + (one.ranks[rank].fork(forks[-1]) if forks else 0)
        middle = (start + one.starts[rank + 1] - 2) / 2
        lines = (in_one_line(item),) if sheet.wide else item.beside
        for at, words in enumerate(lines):
            shift = (at - (len(lines) - 1) / 2) * sheet.measures.leading
            place = (middle, one.middle(number) - 7) if sheet.wide else (middle + shift, one.middle(number) + ASIDE)
            said, size, face = faced(words, sheet.measures.label)
            anchor: Anchor = "middle" if sheet.wide else "start"
            sheet.texts.append(TextLine(said, *sheet.at(*place), size, face, anchor, of=(one.column.key_of(number),)))


def draw_continuation(sheet: Sheet, last: Placed, one: Placed, before: float, low: float) -> None:
    """The way from the end of one column to the beginning of the next, between the two."""
    final = max(range(len(last.column.items)), key=lambda item: last.lanes.rank[item])
    shift = before - sheet.offset
    gutter = (shift + last.high + low) / 2
    bottom, top = last.end(final), one.begin(0)
    leaves, enters = shift + last.middle(final), one.middle(0)
    points = (
        (bottom, leaves),
        (bottom + 9, leaves),
        (bottom + 9, gutter),
        (top - 6, gutter),
        (top - 6, enters),
        (one.end(0), enters),
    )
    way, of = tuple(sheet.at(*point) for point in points), (one.column.key_of(0),)
    sheet.paths.append(Path(way, arrow=False, classes=("main",), of=of))
    if last.column.items[final].beside:
        said, size, face = faced(in_one_line(last.column.items[final]), sheet.measures.label)
        place = (bottom + 9 + ASIDE, leaves + ASIDE) if sheet.wide else (bottom + 9 + sheet.measures.leading, leaves)
        sheet.texts.append(TextLine(said, *sheet.at(*place), size, face, "start" if sheet.wide else "middle", of=of))
