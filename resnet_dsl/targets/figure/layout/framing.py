"""Where the frames of a column lie, and how they are drawn.

A frame that would hold a row of another block is left out: what lies in a box belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from resnet_dsl.targets.figure.layout.frames import PAD, HeldFrame, heading, held_by
from resnet_dsl.targets.figure.layout.geometry import Path, TextLine, Within
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.placed import Placed, PlacedFrame
from resnet_dsl.targets.figure.layout.sheet import Sheet

_BESIDE = 5.0
"""From the line that enters a frame to the words at its sides."""


def with_frames(one: Placed) -> Placed:
    """The column with its frames, and with the room that they take across the flow."""
    frames: list[PlacedFrame] = []
    for held in held_by(one.column):
        frame = _around(one, held, [inner for inner in frames if inner.held.way[: len(held.way)] == held.way])
        if not _foreign(one, frame):
            frames.append(frame)
    aligned = tuple(_aligned(one, frames))
    low = min([one.low, *(frame.low for frame in aligned)])
    return replace(one, frames=aligned, low=low, high=max([one.high, *(frame.high for frame in aligned)]))


def left_out(placed: Iterable[Placed]) -> list[str]:
    """The names of what has no frame, since rows of others stand between its own."""
    return [
        held.way[-1][1]
        for one in placed
        for held in held_by(one.column)
        if held not in [frame.held for frame in one.frames]
    ]


def _around(one: Placed, held: HeldFrame, inner: list[PlacedFrame]) -> PlacedFrame:
    begin = min([one.begin(item) for item in held.items] + [frame.begin for frame in inner])
    end = max([one.end(item) for item in held.items] + [frame.end for frame in inner])
    low = min([one.middle(item) - one.breadth(item) / 2 for item in held.items] + [frame.low for frame in inner])
    high = max([one.middle(item) + one.breadth(item) / 2 for item in held.items] + [frame.high for frame in inner])
    high = max([high, *_tracks(one, held)])
    if one.wide:
        return PlacedFrame(held, begin - PAD, low - PAD - heading(one.measures), end + PAD, high + PAD)
    said, placed = (width(words, one.measures.small) for words in held.framed[:2])
    middle = one.middle(_lead(one, held))
    low = min(low, middle - _BESIDE - said)
    high = max(high, middle + _BESIDE + placed)
    return PlacedFrame(held, begin - PAD - heading(one.measures), low - PAD, end + PAD, high + PAD)


def _tracks(one: Placed, held: HeldFrame) -> list[float]:
    """The lanes of the lines round the rows: from one to another, or of a skip connection that ends in them."""
    inside = set(held.items)
    return [
        one.across[track]
        for link, track in zip(one.column.links, one.lanes.track, strict=True)
        if track is not None
        and link.target in inside
        and (link.source in inside or link.way in ("identity", "adapted"))
    ]


def _foreign(one: Placed, frame: PlacedFrame) -> bool:
    """Whether a row that does not belong to it lies in a frame, or at its border."""
    own = set(frame.held.items)
    return any(
        item not in own
        and one.begin(item) < frame.end
        and one.end(item) > frame.begin
        and one.middle(item) - one.breadth(item) / 2 < frame.high
        and one.middle(item) + one.breadth(item) / 2 > frame.low
        for item in range(len(one.column.items))
    )


def _aligned(one: Placed, frames: list[PlacedFrame]) -> Iterator[PlacedFrame]:
    """Outer frames on the main path are equally wide across the flow, where they may."""
    alike = [frame for frame in frames if frame.held.framed.depth == 1 and _lead(one, frame.held) in _main(one)]
    for frame in frames:
        if frame not in alike:
            yield frame
            continue
        whole = frame._replace(low=min(other.low for other in alike), high=max(other.high for other in alike))
        yield frame if _foreign(one, whole) else whole


def _main(one: Placed) -> set[int]:
    return {item for item, lane in enumerate(one.lanes.lane) if lane == 0}


def _lead(one: Placed, held: HeldFrame) -> int:
    """The item by which a frame is entered: of its first rank the one that is nearest to the main path."""
    return min(held.items, key=lambda item: (one.lanes.rank[item], one.lanes.lane[item]))


def draw_frames(sheet: Sheet, one: Placed, within: Within) -> None:
    """``within``: the network's own place."""
    for frame in one.frames:
        middle = (frame.begin + frame.end) / 2
        around = (
            (frame.begin, frame.low),
            (frame.begin, frame.high),
            (frame.end, frame.high),
            (frame.end, frame.low),
        )
        points = ((middle, frame.low), *around, (middle, frame.low))
        where = (*within, *frame.held.way)
        line = tuple(sheet.at(*point) for point in points)
        sheet.paths.append(
            Path(line, "faint", True, False, 0.8, classes=("frame",), within=where, of=_held(one, frame))
        )
        _draw_words(sheet, one, frame)


def _held(one: Placed, frame: PlacedFrame) -> tuple[str, ...]:
    return tuple(map(one.column.key_of, frame.held.items))


def _draw_words(sheet: Sheet, one: Placed, frame: PlacedFrame) -> None:
    """Above the rows: in a tall figure at both sides of the line that enters them."""
    kind, place, _ = frame.held.framed
    size, of = sheet.measures.small, _held(one, frame)
    if sheet.wide:
        words = _fitting(f"{kind} {place}".strip(), frame.end - frame.begin - 2 * PAD, size)
        at = sheet.at(frame.begin + PAD, frame.low + PAD / 2 + size / 2)
        sheet.texts.append(TextLine(words, *at, size, anchor="start", ink="faint", of=of))
        return
    along, across = frame.begin + PAD / 2 + size / 2, one.middle(_lead(one, frame.held))
    sheet.texts.append(TextLine(kind, *sheet.at(along, across - _BESIDE), size, anchor="end", ink="faint", of=of))
    if place:
        sheet.texts.append(
            TextLine(place, *sheet.at(along, across + _BESIDE), size, anchor="start", ink="faint", of=of)
        )


def _fitting(words: str, room: float, size: float) -> str:
    """As many letters as there is room for; the whole name is that of the group."""
    if width(words, size) <= room:
        return words
    while words and width(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words}…"
