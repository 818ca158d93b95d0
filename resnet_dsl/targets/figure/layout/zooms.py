"""Close-ups beside a network: each near its place, in a dashed box that two lines join to that place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resnet_dsl.targets.figure.layout.geometry import Path, Point, Within
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.placed import Placed
from resnet_dsl.targets.figure.layout.sheet import Sheet

_PAD, _AROUND = 8.0, 3.0
"""Round a close-up; round the rows that it shows."""
_APART = 12.0
"""Between two close-ups."""


def in_order(placed: Sequence[Placed]) -> list[tuple[int, Placed]]:
    """The columns as they stand beside each other, with their numbers: close-ups behind their network."""
    return sorted(enumerate(placed), key=lambda pair: _order(*pair))


def _order(number: int, one: Placed) -> tuple[int, int]:
    zoom = one.column.zoom
    return (number, -1) if zoom is None else (zoom.column, number)


def beside_places(placed: list[Placed]) -> list[Placed]:
    """The close-ups as near to their places as their neighbours let them, those of one network equally broad."""
    found = list(placed)
    bands: dict[int, list[int]] = {}
    for number, one in enumerate(placed):
        if one.column.zoom is not None:
            bands.setdefault(one.column.zoom.column, []).append(number)
    for numbers in bands.values():
        low, high = min(placed[n].low for n in numbers), max(placed[n].high for n in numbers)
        half = max(width(placed[n].column.title, placed[n].measures.title, "bold") for n in numbers) / 2
        low, high = (low, high) if placed[numbers[0]].wide else (min(low, -half), max(high, half))
        free = 0.0
        for number in sorted(numbers, key=lambda n: _place(placed, placed[n])):
            one = replace(placed[number], low=low, high=high)
            begin, end = _spans(one)
            shift = max(_place(placed, one) - (end - begin) / 2, free) - begin
            found[number] = replace(one, starts=[start + shift for start in one.starts])
            free = end + shift + _APART
    return found


def _place(placed: list[Placed], one: Placed) -> float:
    """The middle of what a close-up shows, along the flow."""
    assert one.column.zoom is not None
    begin, _, end, _ = _shown(placed[one.column.zoom.column], one.column.zoom.nodes)
    return (begin + end) / 2


def _spans(one: Placed) -> tuple[float, float]:
    """From where to where its box reaches along the flow."""
    title = 0.0 if one.wide else 1.5 * one.measures.title + 3
    begin = one.starts[0] - title - _PAD
    end = one.starts[-1] + one.ranks[-1].length + _PAD
    said = width(one.column.title, one.measures.title, "bold") + 2 * _PAD if one.wide else 0.0
    return begin, max(end, begin + said)


def _shown(network: Placed, nodes: frozenset[int]) -> tuple[float, float, float, float]:
    """Where the rows or the card lie that hold the nodes: begin, low, end, high."""
    every = range(len(network.column.items))
    items = [number for number in every if nodes & set(network.column.items[number].nodes)] or list(every)
    around = 0.0 if all(network.column.items[item].kind == "card" for item in items) else _AROUND
    return (
        min(network.begin(item) for item in items) - around,
        min(network.middle(item) - network.breadth(item) / 2 for item in items) - around,
        max(network.end(item) for item in items) + around,
        max(network.middle(item) + network.breadth(item) / 2 for item in items) + around,
    )


def reach(one: Placed) -> tuple[float, float]:
    """From where to where the box of a close-up reaches across the flow."""
    above = one.measures.title + 11 if one.wide else 0.0
    return one.low - above - _PAD, one.high + _PAD


def draw_zoom(sheet: Sheet, one: Placed, network: Placed, before: float, within: Within) -> None:
    """The box, and the lines from what it shows. ``before``: the network's offset across the flow."""
    assert one.column.zoom is not None
    (begin, end), (low, high) = _spans(one), reach(one)
    shown = _shown(network, one.column.zoom.nodes)
    shift = before - sheet.offset
    of = one.column.keys
    sheet.paths.append(_box(sheet, (begin, low, end, high), "zoom", within, of))
    if any(item.kind != "card" for item in network.column.items if one.column.zoom.nodes & set(item.nodes)):
        around = (shown[0], shown[1] + shift, shown[2], shown[3] + shift)
        sheet.paths.append(_box(sheet, around, "place", (), of))
    for here, there in ((shown[0], begin), (shown[2], end)):
        points = (sheet.at(here, shown[3] + shift), sheet.at(there, low))
        sheet.paths.append(Path(points, "faint", False, False, 0.6, classes=("leader",), of=of))


def _box(
    sheet: Sheet, bounds: tuple[float, float, float, float], kind: str, within: Within, of: tuple[str, ...]
) -> Path:
    begin, low, end, high = bounds
    middle = (begin + end) / 2
    corners = ((middle, low), (begin, low), (begin, high), (end, high), (end, low), (middle, low))
    return Path(_at(sheet, corners), "faint", True, False, 0.8, classes=(kind,), within=within, of=of)


def _at(sheet: Sheet, points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sheet.at(*point) for point in points)
