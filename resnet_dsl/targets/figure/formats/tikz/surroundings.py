"""What stands around the boxes: brackets along what they span, words beside what they are of, the legend below all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from resnet_dsl.targets.figure.formats.tikz.lines import LineRouter
from resnet_dsl.targets.figure.formats.tikz.nodes import Nodes
from resnet_dsl.targets.figure.formats.tikz.places import Places, TikzNode
from resnet_dsl.targets.figure.layout.geometry import Geometry, Path, TextLine
from resnet_dsl.targets.figure.layout.nearby import EXACT, Axis, Bounds, Nearby, Spot, joined

On = Callable[[Path | TextLine], list[str]]
"""Options that say from when on a thing is seen."""

_ROW = 1.0
"""Points between the middles of what stands in one row."""


class Surroundings:
    """Writes brackets, free words and the legend. Their names begin with no ``rd-``: a network's could be the same."""

    def __init__(self, geometry: Geometry, places: Places, nodes: Nodes, on: On) -> None:
        self.geometry = geometry
        self.places = places
        self.nodes = nodes
        self.lines = LineRouter(places, nodes.styles, nodes.unit)
        self.on = on
        self._foot = max((box.bounds[3] for box in geometry.boxes), default=0.0)
        self._near = Nearby(node.spot for node in places.nodes if node.box)
        self._node = {node.spot.name: node for node in places.nodes}

    def written(self) -> Iterator[str]:
        around = [path for path in self.geometry.paths if self.holds(path)]
        brackets = [path for path in around if "bracket" in path.classes and not self._is_below(path)]
        for number, path in enumerate(brackets, 1):
            yield from self._bracket(path, number)
        below = [text for text in self.geometry.texts if text.bounds[1] >= self._foot]
        for text in self.geometry.texts:
            spot = self._near.nearest(text.bounds)
            if text not in below and spot:
                yield self.nodes.text(text, spot, self.on(text))
        yield from self._below(below)

    def holds(self, path: Path) -> bool:
        """Whether a line stands around the boxes and joins none of them."""
        return "bracket" in path.classes or self._is_below(path)

    def _is_below(self, path: Path) -> bool:
        return not path.source and min(y for _, y in path.points) >= self._foot

    def _bracket(self, path: Path, number: int) -> Iterator[str]:
        """Along what it spans; its middle is a place for words."""
        start, end = path.points[0], path.points[-1]
        span = self._spanned(path)
        held = span[0] if span else Spot("current bounding box", content_of(self.geometry))
        if len(span) > 1:
            held = Spot(f"rdspan-{number}", joined(spot.bounds for spot in span))
            yield rf"\node[rd part, fit={{{''.join(f'({spot.name})' for spot in span)}}}] ({held.name}) {{}};"
        name, middle = f"rdside-{number}", ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self._near.add(Spot(name, (*middle, *middle)))
        ends = self.nodes.unit.point(start, held), self.nodes.unit.point(end, held)
        yield self.lines.drawn(path, f"{ends[0]} -- coordinate ({name}) {ends[1]}", self.on(path))

    def _spanned(self, path: Path) -> list[Spot]:
        """The boxes from its one end to the other: of the network that it stands beside, or of all."""
        along: Axis = 1 if abs(path.points[0][0] - path.points[-1][0]) <= EXACT else 0
        low, high = sorted(point[along] for point in (path.points[0], path.points[-1]))
        bar = path.points[0][1 - along]
        wide, tall = self.geometry.width, self.geometry.height
        strip: Bounds = (bar, low, wide, high) if along == 1 else (low, bar, high, tall)
        near = [self._node[spot.name] for spot in self.places.spots.touching(strip)]
        inside = [node for node in near if not node.framed and _lies(node.spot, along, low, high)]
        if not inside:
            return []
        first = min(inside, key=lambda node: node.spot.bounds[1 - along])
        own = [node.spot for node in inside if _column(node) == _column(first)]
        whole = Spot("", joined(spot.bounds for spot in own))
        exact = abs(whole.edge(along, -1) - low) <= EXACT and abs(whole.edge(along, 1) - high) <= EXACT
        return own if exact else [node.spot for node in inside]

    def _below(self, texts: list[TextLine]) -> Iterator[str]:
        """The legend, tables, remarks; of the legend what stands in a row stands by what is before it."""
        lines = [path for path in self.geometry.paths if self._is_below(path)]
        if not texts and not lines:
            return
        yield r"\node[rd part, fit={(current bounding box)}] (rdall) {};"
        whole = Spot("rdall", content_of(_without(self.geometry, texts, lines)))
        legend = [path for path in lines if "legend" in path.classes]
        for path in (path for path in lines if path not in legend):
            said = " -- ".join(self.nodes.unit.point(point, whole) for point in path.points)
            yield self.lines.drawn(path, said, self.on(path))
        before: Spot | None = None
        for number, path in enumerate(legend, 1):
            level, end = _level(path), path.points[-1][0]
            own = [text for text in texts if abs(text.y - level) <= _ROW and text.x >= end]
            text = min(own, key=lambda one: one.x, default=None)
            texts = [one for one in texts if one is not text]
            same = before is not None and abs(before.edge(1, 0) - level) <= _ROW
            yield from self._entry(number, path, text, before if same and before else whole)
            before = Spot(f"rdlegend-{number}-words", text.bounds) if text else None
        yield from (self.nodes.text(text, whole, self.on(text)) for text in texts)

    def _entry(self, number: int, path: Path, text: TextLine | None, by: Spot) -> Iterator[str]:
        start, end = path.points[0], path.points[-1]
        name = f"rdlegend-{number}"
        unit = self.nodes.unit
        steps = [f"++({unit.length(a - x)},{unit.length(y - b)})" for (x, y), (a, b) in pairwise(path.points)]
        words = f"{' -- '.join([unit.point(start, by), *steps])} coordinate ({name})"
        yield self.lines.drawn(path, words, self.on(path))
        if text:
            yield self.nodes.text(text, Spot(name, (*end, *end)), self.on(text), f"{name}-words")


def _without(geometry: Geometry, texts: list[TextLine], paths: list[Path]) -> Geometry:
    """The figure without some of its words and lines."""
    lost = {id(one) for one in (*texts, *paths)}
    kept = tuple(text for text in geometry.texts if id(text) not in lost)
    return replace(geometry, texts=kept, paths=tuple(path for path in geometry.paths if id(path) not in lost))


def content_of(geometry: Geometry) -> Bounds:
    """The rectangle around all that is drawn."""
    drawn = [box.bounds for box in geometry.boxes] + [text.bounds for text in geometry.texts]
    drawn += [(x, y, x, y) for path in geometry.paths for x, y in path.points]
    return joined(drawn or [(0.0, 0.0, 0.0, 0.0)])


def _level(path: Path) -> float:
    """The height of its middle: a line of the legend may slant."""
    return (path.points[0][1] + path.points[-1][1]) / 2


def _column(node: TikzNode) -> tuple[tuple[str, str], ...]:
    return node.box.within[:1] if node.box else ()


def _lies(spot: Spot, along: Axis, low: float, high: float) -> bool:
    return low - EXACT <= spot.edge(along, -1) and spot.edge(along, 1) <= high + EXACT
