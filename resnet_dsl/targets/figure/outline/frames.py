"""Which stages or blocks of a network have a frame round their rows, and what stands at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.figure.outline.outline import Column, Framed, Outline
from resnet_dsl.targets.figure.outline.scopes import paths_around
from resnet_dsl.targets.figure.outline.words import clean

Frames: TypeAlias = Literal["stage", "block"]
FRAMES: tuple[Frames, ...] = ("stage", "block")
_DEEPEST = 2
"""Of frames within frames: more of them hide what they hold."""
_LONGEST = 24


def framed(outline: Outline, graphs: Sequence[Graph], kind: Frames) -> Outline:
    """The outline whose networks have frames; they are its first columns."""
    networks = (with_frames(column, graph, kind) for column, graph in zip(outline.columns, graphs, strict=False))
    return replace(outline, columns=(*networks, *outline.columns[len(graphs) :]))


def with_frames(column: Column, graph: Graph, kind: Frames) -> Column:
    """A frame for each stage, or for each block and the blocks in it, of which the column has rows.

    A block in a block that is one row has none: the row is its box, with its name.
    """
    rows: dict[tuple[tuple[str, str], ...], int] = {}
    for item in column.items:
        for length in range(1, len(item.within) + 1):
            way = item.within[:length]
            rows[way] = rows.get(way, 0) + (item.kind != "card")
    frames: dict[tuple[tuple[str, str], ...], Framed] = {}
    for scope, way in zip(graph.scopes, paths_around(graph), strict=True):
        depth = sum(part == kind for part, _ in way)
        named = scope.kind == kind and depth <= _DEEPEST and rows.get(way, 0) >= depth
        if named:
            kind_of, place = scope.block or scope.name, scope.name if scope.block else ""
            frames[way] = Framed(clean(kind_of, _LONGEST), clean(place, _LONGEST) if place != kind_of else "", depth)
    return replace(column, frames=frames)
