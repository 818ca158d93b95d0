"""Writes nodes: what a box looks like and by what it stands, frames and parts around what lies in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from resnet_dsl.targets.figure.formats.tikz.places import TikzNode
from resnet_dsl.targets.figure.formats.tikz.spots import Tie, TikzUnit, anchor, tied
from resnet_dsl.targets.figure.formats.tikz.styles import Styles, plain, usual
from resnet_dsl.targets.figure.formats.tikz.words import content, has_words_inside, rows, said
from resnet_dsl.targets.figure.layout.geometry import Anchor, Box, TextLine
from resnet_dsl.targets.figure.layout.nearby import EXACT, At, Axis, Spot

_ANCHORED: dict[Anchor, At] = {"start": -1, "middle": 0, "end": 1}
_WAYS: dict[tuple[Axis, At, At], str] = {
    **{(1, -1, 1): "below", (1, 1, -1): "above"},
    **{(0, -1, 1): "right", (0, 1, -1): "left"},
}
"""How TikZ says that a box stands behind or before another one: by the axis and the edges that face each other."""


class Distances:
    """The distances that have a name, and all others as they or in their terms."""

    def __init__(self, nodes: Sequence[TikzNode], unit: TikzUnit) -> None:
        self.unit = unit
        self.axis, self.gap = _usual_gap(nodes)
        self.pad = usual(node.pad for node in nodes if node.kind == "frame")

    def definitions(self) -> Iterator[str]:
        yield rf"\def\rdgap{{{self.unit.length(self.gap)}}}% from one box to the next"
        yield rf"\def\rdpad{{{self.unit.length(self.pad)}}}% inside a frame"

    def said(self, axis: Axis, value: float, inside: bool) -> str:
        """From box to box; the usual distance has a name, and longer ones grow with it, but not inside a frame."""
        more = value - self.gap
        if axis != self.axis or inside or more < -EXACT:
            return self.unit.length(value)
        if more <= EXACT:
            return r"\rdgap"
        return r"\rdgap+\rdpad" if abs(more - self.pad) <= EXACT else rf"\rdgap+{self.unit.length(more)}"


def _usual_gap(nodes: Sequence[TikzNode]) -> tuple[Axis, float]:
    """The distance that most boxes outside of frames keep from what is before them, and its axis."""
    found: Counter[tuple[Axis, float]] = Counter()
    for node in nodes:
        for axis, stand in zip((0, 1), node.stands or (), strict=False):
            if stand.own == -1 and stand.tie.at == 1 and not node.inside:
                found[1 if axis else 0, round(stand.tie.shift, 1)] += 1
    return found.most_common(1)[0][0] if found else (1, 0.0)


class Nodes:
    """Writes the nodes of a picture, a statement a line."""

    def __init__(self, nodes: Sequence[TikzNode], styles: Styles, unit: TikzUnit) -> None:
        self.styles = styles
        self.unit = unit
        self.distances = Distances(nodes, unit)

    def written(self, node: TikzNode, on: list[str]) -> Iterator[str]:
        """``on``: options that say from when on it is seen."""
        if node.box is None:
            yield rf"\node[rd {plain(node.kind)} part, fit={{{self._around(node)}}}] ({node.spot.name}) {{}};"
        elif node.kind == "frame":
            yield self._behind(node, self._frame(node, node.box, on))
            yield from (self.text(text, node.spot, on) for text in node.box.texts)
        else:
            yield from self._box(node, node.box, on)

    def _around(self, node: TikzNode) -> str:
        return "".join(f"({one})" if isinstance(one, str) else self.unit.place(*one) for one in node.around)

    def _frame(self, node: TikzNode, box: Box, on: list[str]) -> str:
        same = abs(node.pad - self.distances.pad) <= EXACT
        pad = [] if same else [f"inner sep={self.unit.length(node.pad)}"]
        looks = [one for one in self.styles.of_box(box) if not one.startswith("minimum")]
        options = [*looks, *pad, *on, f"fit={{{self._around(node)}}}"]
        return rf"\node[{', '.join(options)}] ({node.spot.name}) {{}};"

    def _behind(self, node: TikzNode, words: str) -> str:
        """Frames lie behind what they hold, the outer ones behind the inner ones."""
        return rf"\begin{{pgfonlayer}}{{{layer(node.depth)}}}{words}\end{{pgfonlayer}}" if node.depth else words

    def _box(self, node: TikzNode, box: Box, on: list[str]) -> Iterator[str]:
        inside = has_words_inside(box)
        several = ["rd texts"] if inside and len(rows(box.texts)) > 1 else []
        options = [*self.styles.of_box(box), *several, *self._stands(node), *on]
        words = content(box.texts, self.styles.frame(box).font, self.unit) if inside else ""
        yield rf"\node[{', '.join(options)}] ({node.spot.name}) {{{words}}};"
        yield from self._planes(box, node.spot, on)
        yield from () if inside else (self.text(text, node.spot, on) for text in box.texts)

    def _planes(self, box: Box, spot: Spot, on: list[str]) -> Iterator[str]:
        for plane in box.planes:
            paint = [f"rd tone {self.styles.tone(box)}", f"fill={self.styles.fill(box)}!{plane.shade}!black"]
            corners = " -- ".join(self.unit.point(point, spot) for point in plane.points)
            yield rf"\draw[{', '.join([*paint, 'line join=round', *on])}] {corners} -- cycle;"

    def _stands(self, node: TikzNode) -> list[str]:
        """Behind another box, as far from it as it is; else at a place that is said by one or two."""
        if node.stands is None:
            return []
        across, down = node.stands
        pairs: tuple[tuple[Axis, Tie, At, Tie, At], ...] = (
            (1, down.tie, down.own, across.tie, across.own),
            (0, across.tie, across.own, down.tie, down.own),
        )
        for axis, along, own, aside, level in pairs:
            word = _WAYS.get((axis, own, along.at))
            if word and level == 0:
                apart = self.distances.said(axis, abs(along.shift), node.inside)
                shift = self.unit.shifts(*((aside.shift, 0.0) if axis == 1 else (0.0, aside.shift)))
                return [f"{word}={apart} of {_of(axis, along, aside)}", *shift]
        return [f"anchor={anchor(across.own, down.own)}", f"at={{{self.unit.place(across.tie, down.tie)}}}"]

    def text(self, text: TextLine, spot: Spot, on: list[str], name: str = "") -> str:
        """Words by themselves, by what they stand beside."""
        own = _ANCHORED[text.anchor]
        place = self.unit.place(tied(text.x, spot, 0), tied(text.y, spot, 1))
        options = [self.styles.of_text(text), *([f"anchor={anchor(own, 0)}"] if own else []), *on]
        named = f" ({name})" if name else ""
        return rf"\node[{', '.join(options)}]{named} at {place} {{{said(text)}}};"


def layer(depth: int) -> str:
    return f"rd-frames{depth}"


def _of(axis: Axis, along: Tie, aside: Tie) -> str:
    """By what a box stands; by two boxes where it is in line with another one than it follows."""
    if along.spot.name == aside.spot.name:
        corner = anchor(aside.at, along.at) if axis == 1 else anchor(along.at, aside.at)
        return f"{along.spot.name}.{corner}" if aside.at else along.spot.name
    ends = (anchor(0, along.at), anchor(aside.at, 0)) if axis == 1 else (anchor(along.at, 0), anchor(0, aside.at))
    own = f".{ends[1]}" if aside.at else ""
    return f"{along.spot.name}.{ends[0]} {'-|' if axis == 1 else '|-'} {aside.spot.name}{own}"
