"""A figure in steps, for talks: from when on each thing in it is seen, by stages, by blocks, or along the data.

Nothing is seen before what it reads. Networks side by side go on together; close-ups come one by one behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Within

By: TypeAlias = Literal["stage", "block", "data"]
STEPS: tuple[By, ...] = ("stage", "block", "data")
"""What one step adds: a stage, a block, or one thing that is drawn."""

_DEPTH: dict[By, int] = {"stage": 2, "block": 3, "data": 0}
"""How many parts of where a box lies tell its step."""


@dataclass(frozen=True)
class Steps:
    """count: how many steps there are. boxes, texts, paths: of each of the geometry's the first step, from 1."""

    count: int
    boxes: tuple[int, ...]
    texts: tuple[int, ...]
    paths: tuple[int, ...]

    def of(self, geometry: Geometry) -> dict[int, int]:
        """The step of each thing of the geometry by its ``id``: things that look alike are several."""
        pairs = ((geometry.boxes, self.boxes), (geometry.texts, self.texts), (geometry.paths, self.paths))
        return {id(thing): step for things, steps in pairs for thing, step in zip(things, steps, strict=True)}

    def until(self, geometry: Geometry, last: int) -> Geometry:
        """What is seen at a step, in the places and the size of the whole figure."""
        return replace(
            geometry,
            boxes=tuple(box for box, step in zip(geometry.boxes, self.boxes, strict=True) if step <= last),
            texts=tuple(text for text, step in zip(geometry.texts, self.texts, strict=True) if step <= last),
            paths=tuple(path for path, step in zip(geometry.paths, self.paths, strict=True) if step <= last),
        )


def steps_of(geometry: Geometry, by: By) -> Steps:
    """The steps of a figure."""
    boxes = _steps_of_boxes(geometry, by)
    return Steps(
        max(boxes.values(), default=1),
        tuple(boxes[box.key] for box in geometry.boxes),
        tuple(_first(text.of, boxes) for text in geometry.texts),
        tuple(_step_of_path(path, boxes) for path in geometry.paths),
    )


def _step_of_path(path: Path, steps: dict[str, int]) -> int:
    """Of a line that joins boxes that of the later one."""
    return max(steps[path.source], steps[path.target]) if path.source else _first(path.of, steps)


def _first(of: tuple[str, ...], steps: dict[str, int]) -> int:
    """What is about boxes is seen with the first of them; what is about none, from the beginning."""
    return min((steps[key] for key in of if key in steps), default=1)


def _steps_of_boxes(geometry: Geometry, by: By) -> dict[str, int]:
    """By the boxes' keys. What lies in a card comes with it."""
    whole = _holders(geometry)
    sources: dict[str, list[str]] = defaultdict(list)
    for path in geometry.paths:
        if path.source:
            sources[whole[path.target]].append(whole[path.source])
    order = dict.fromkeys(whole[box.key] for box in geometry.boxes if box.shape != "frame" or whole[box.key] != box.key)
    panels = _panels(geometry, order)
    box_of = {box.key: box for box in geometry.boxes}
    columns = _columns([*(box_of[key] for key in order), *panels])
    alone = _networks(geometry) if by == "data" else {}
    steps: dict[str, int] = {}
    ranks: dict[tuple[int, Within], dict[Within | str, int]] = defaultdict(dict)
    waiting: list[str] = []
    for key in order:
        group = _group(box_of[key], by)
        before = max((steps[source] for source in sources[key] if source in steps), default=0)
        if group is None and not before:
            waiting.append(key)
            continue
        known = ranks[columns[key], alone.get(key, ())]
        steps[key] = before if group is None else max(before, known.setdefault(group, len(known) + 1))
    readers = _turned(sources)
    for key in waiting:
        steps[key] = min((steps[reader] for reader in readers[key] if reader in steps), default=1)
    for panel in panels:
        inside = (steps[key] for key in order if box_of[key].within[: len(panel.within)] == panel.within)
        steps[panel.key] = min(inside, default=1)
    found = _without_gaps(_behind(steps, columns))
    return {box.key: found[whole[box.key]] for box in geometry.boxes}


def _holders(geometry: Geometry) -> dict[str, str]:
    """Of each box the card whose row it is, or itself."""
    cards = {box.key for box in geometry.boxes if box.shape == "frame"}

    def holder(key: str) -> str:
        parts = key.split("/")
        around = ("/".join(parts[:end]) for end in range(2, len(parts)))
        return next((card for card in around if card in cards), key)

    return {box.key: holder(box.key) for box in geometry.boxes}


def _panels(geometry: Geometry, held: Container[str]) -> list[Box]:
    """Frames without rows of their own: they lie round boxes, and come with the first of these."""
    return [box for box in geometry.boxes if box.shape == "frame" and box.key not in held]


def _columns(boxes: list[Box]) -> dict[str, int]:
    """Of each box what it goes on with: all networks together (0), each close-up by itself."""
    insets: dict[tuple[str, str], int] = {}
    found = {}
    for box in boxes:
        outer = next((place for place in box.within if place[0] == "inset"), None)
        found[box.key] = insets.setdefault(outer, len(insets) + 1) if outer else 0
    return found


def _networks(geometry: Geometry) -> dict[str, Within]:
    """Of each box its panel and network; a page goes on with the first one, which alone is cut into pages."""
    first: dict[Within, Within] = {}
    found: dict[str, Within] = {}
    for box in geometry.boxes:
        panel = tuple(place for place in box.within if place[0] == "panel")
        network = tuple(place for place in box.within if place[0] == "network")
        own = (*panel, *network)
        found[box.key] = own if network else first.get(panel, panel)
        if network:
            first.setdefault(panel, own)
    return found


def _group(box: Box, by: By) -> Within | str | None:
    """What comes in one step; None for what stands in no stage: it comes with what it reads, or what reads it."""
    if by == "data":
        return None if box.shape == "bare" else box.key
    inside = tuple(place for place in box.within if place[0] != "panel")[: _DEPTH[by]]
    return (_ANY, *inside[1:]) if len(inside) > 1 else None


_ANY = ("network", "")
"""Stages of one name come together in all networks."""


def _turned(sources: dict[str, list[str]]) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = defaultdict(list)
    for target, found in sources.items():
        for source in found:
            readers[source].append(target)
    return readers


def _behind(steps: dict[str, int], columns: dict[str, int]) -> dict[str, int]:
    """Close-ups behind all that is in networks, each in one step."""
    last = max((step for key, step in steps.items() if not columns[key]), default=0)
    return {key: last + columns[key] if columns[key] else step for key, step in steps.items()}


def _without_gaps(steps: dict[str, int]) -> dict[str, int]:
    number = {step: place for place, step in enumerate(sorted({*steps.values()}), 1)}
    return {key: number[step] for key, step in steps.items()}
