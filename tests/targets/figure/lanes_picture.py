"""Reads a figure by lanes as people read it: names at the left, boxes beside them, arrows between these.

Nothing but shapes, places, words, dashes, thickness and arrowheads is used, and nothing of the outline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path
from tests.targets.figure.picture import _joined, _touches

LEVEL = 1.0
"""Points by which a box may stand above the name of its lane."""


@dataclass(frozen=True)
class Step:
    """What a plate says of one step: ``3×3``, ``64, /2``, and how often. first: in the first of equal modules alone."""

    name: str
    numbers: str
    times: int
    adapted: int = 0
    first: bool = False

    @property
    def words(self) -> str:
        return f"{self.name}, {self.numbers}" if self.numbers else self.name


@dataclass(frozen=True)
class Thing:
    """A box with what it says. leaves: filled ones and white ones, of plates that are joined."""

    box: Box
    lane: str
    steps: tuple[Step, ...]
    words: tuple[str, ...]
    leaves: tuple[bool, ...] = ()

    @property
    def sign(self) -> str:
        """Of a merge what it does."""
        if self.leaves:
            return "concat"
        return self.words[0] if self.box.shape in ("circle", "pill") else ""


@dataclass(frozen=True)
class Arrow:
    source: int
    target: int
    dashed: bool
    thick: bool


class LanesPicture:
    """The first network of a figure, equal modules as often as is said.

    lanes: the sizes that stand below each name, the names from top to bottom. modules: how often each one comes.
    """

    def __init__(self, geometry: Geometry) -> None:
        boxes = [box for box in geometry.boxes if box.shape != "frame"]
        wholes = [box for box in boxes if box.shape == "bare" and any(_inside(other, box) for other in boxes)]
        leaves = [[box for box in boxes if _inside(box, whole)] for whole in wholes]
        gone = {id(leaf) for own in leaves for leaf in own}
        alone = [box for box in boxes if id(box) not in gone]
        arrows = [arrow for path in geometry.paths if path.arrow and (arrow := _arrow(path, alone))]
        first = min(range(len(alone)), key=lambda one: (alone[one].bounds[0], alone[one].y))
        mine = _joined([(arrow.source, arrow.target, arrow.dashed) for arrow in arrows], first)
        left = min(alone[one].bounds[0] for one in mine)
        named = sorted((text for text in geometry.texts if text.bounds[2] < left), key=lambda text: text.y)
        tops = [text for text in named if text.face == "bold"]
        middles = {text.words: _middle([other for other in named if _name(other, tops) is text]) for text in tops}
        self.lanes = {text.words: [o.words for o in named if _name(o, tops) is text][1:] for text in tops}
        order = sorted(mine, key=lambda one: alone[one].x)
        place = {one: number for number, one in enumerate(order)}
        held = {id(whole): own for whole, own in zip(wholes, leaves, strict=True)}
        self.things = [_thing(alone[one], _lane(alone[one], middles), held.get(id(alone[one]), [])) for one in order]
        self.arrows = [
            Arrow(place[one.source], place[one.target], one.dashed, one.thick) for one in arrows if one.source in place
        ]
        frames = [box for box in geometry.boxes if box.shape == "frame"]
        said = {id(box): text.words for box in frames for text in box.texts if re.fullmatch(r"×\d+", text.words)}
        repeated = [box for box in frames if id(box) in said]
        self.modules = [int(said[id(box)][1:]) for box in repeated]
        for box, times in zip(repeated, self.modules, strict=True):
            self._unroll([number for number, thing in enumerate(self.things) if _inside(thing.box, box)], times)
        free = [path for path in geometry.paths if path.arrow and _arrow(path, alone) is None]
        said = {(_slope(path), path.thickness > 1, path.dashed): _behind(path, geometry) for path in free}
        self.legend = {kind: words for kind, words in said.items() if words}

    def _unroll(self, module: list[int], times: int) -> None:
        """The things of a module again and again: what leaves it in a lane goes on where something enters the lane."""
        inner = [arrow for arrow in self.arrows if arrow.source in module and arrow.target in module]
        enters = [arrow.target for arrow in self.arrows if arrow.source not in module and arrow.target in module]
        leaving = [arrow for arrow in self.arrows if arrow.source in module and arrow.target not in module]
        leaves = {self.things[arrow.source].lane: arrow.source for arrow in leaving}
        self.arrows = [arrow for arrow in self.arrows if arrow not in leaving]
        before = {number: number for number in module}
        for _ in range(times - 1):
            copy = {number: len(self.things) + at for at, number in enumerate(module)}
            self.things += [_again(self.things[number]) for number in module]
            self.arrows += [replace(one, source=copy[one.source], target=copy[one.target]) for one in inner]
            entered = [(before[leaves[self.things[target].lane]], copy[target]) for target in enters]
            self.arrows += [Arrow(source, target, False, False) for source, target in entered]
            before = copy
        self.arrows += [replace(one, source=before[one.source]) for one in leaving]

    def steps(self) -> Counter:
        """What plates say, lane by lane, as often as the network has it."""
        found: Counter = Counter()
        for thing in self.things:
            for step in thing.steps:
                found[step.words, thing.lane] += step.times
        return found

    def into(self, number: int) -> list[Arrow]:
        return [arrow for arrow in self.arrows if arrow.target == number]

    def begins(self) -> list[Thing]:
        return [thing for number, thing in enumerate(self.things) if not self.into(number)]

    def ends(self) -> list[Thing]:
        going = {arrow.source for arrow in self.arrows}
        return [thing for number, thing in enumerate(self.things) if number not in going]

    def ways(self) -> int:
        """How many ways lead from where nothing comes in to the ends."""
        ways: dict[int, int] = {}
        for number in self._forward():
            arriving = [ways[arrow.source] for arrow in self.into(number)]
            ways[number] = sum(arriving) if arriving else 1
        going = {arrow.source for arrow in self.arrows}
        return sum(way for number, way in ways.items() if number not in going)

    def _forward(self) -> Iterable[int]:
        """Things behind all that leads to them."""
        before = {number: {arrow.source for arrow in self.into(number)} for number in range(len(self.things))}
        return TopologicalSorter(before).static_order()


def _again(thing: Thing) -> Thing:
    """What a thing is in each module but the first."""
    return replace(thing, steps=tuple(step for step in thing.steps if not step.first))


def _inside(box: Box, whole: Box) -> bool:
    one, other = box.bounds, whole.bounds
    return box is not whole and one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def _arrow(path: Path, boxes: list[Box]) -> Arrow | None:
    target = next((n for n, box in enumerate(boxes) if _touches(path.points[-1], box)), None)
    source = next((n for n, box in enumerate(boxes) if n != target and _touches(path.points[0], box)), None)
    return None if source is None or target is None else Arrow(source, target, path.dashed, path.thickness > 1)


def _name(text, tops: list):
    """The name that stands at a line of words or above it."""
    return max((top for top in tops if top.y <= text.y), key=lambda top: top.y)


def _middle(lines: list) -> float:
    return (lines[0].y + lines[-1].y) / 2


def _lane(box: Box, middles: dict[str, float]) -> str:
    """The last lane that does not begin below a box."""
    return [name for name, middle in middles.items() if middle <= box.y + LEVEL][-1]


def _thing(box: Box, lane: str, leaves: list[Box]) -> Thing:
    texts = sorted(box.texts, key=lambda text: text.y)
    words = tuple(text.words for text in texts if text.face != "bold")
    plates = tuple(leaf.filled for leaf in sorted(leaves, key=lambda leaf: leaf.x))
    return Thing(box, lane, tuple(_steps(texts)) if box.shape == "round" else (), words, plates)


def _steps(texts: list) -> list[Step]:
    """Lines of larger letters begin a step; a line ``×4`` says how often."""
    plain = [text for text in texts if text.face != "bold"]
    smallest = min(text.size for text in plain)
    found: list[Step] = []
    first = False
    for text in plain:
        if text.words == "first" and text.ink == "projection":
            first = True
        elif re.fullmatch(r"×\d+", text.words):
            found[-1] = replace(found[-1], times=int(text.words[1:]))
        elif adapted := re.fullmatch(r"(\d+) (projection|proj\.|padded|adapted)", text.words):
            found[-1] = replace(found[-1], adapted=int(adapted[1]))
        elif text.size == smallest and found and not found[-1].numbers and text is not plain[0]:
            found[-1] = replace(found[-1], numbers=text.words)
        else:
            found.append(Step(text.words, "", 1, first=first))
            first = False
    return found


def _behind(path: Path, geometry: Geometry) -> str:
    """The words right behind the end of a line of the legend."""
    x, y = path.points[-1]
    near = [text for text in geometry.texts if abs(text.y - y) < 7 and 0 < text.bounds[0] - x < 10]
    return near[0].words if near else ""


def _slope(path: Path) -> int:
    """1: up, -1: down."""
    (_, start), (_, end) = path.points[0], path.points[-1]
    return (start > end) - (start < end)
