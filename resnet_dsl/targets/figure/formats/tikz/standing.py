"""How one box stands by another: behind it, before it, in line with it; and what each of these costs."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.targets.figure.formats.tikz.spots import Tie, tied
from resnet_dsl.targets.figure.layout.nearby import AXES, EXACT, At, Axis, Bounds, Spot

_GAP, _BEFORE, _SHIFTED, TWO, _UNSTEADY, _LINKED = 5.0, 25.0, 60.0, 8.0, 12.0, 3.0
"""What it costs to stand behind a spot, before it, somewhere beside it; to be placed by two spots instead of one; by
the middle of a frame, which moves with what lies in it; and what it saves that a line leads from it."""


class Stand(NamedTuple):
    """One coordinate of a box: which of its edges lies where."""

    own: At
    tie: Tie


class Relation(NamedTuple):
    """How a box may stand by another one on one axis, and what that costs."""

    cost: float
    stand: Stand


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes are one thing, as a concatenation and its plates are."""
    across, down = (min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis]) for axis in AXES)
    return min(across, down) > EXACT


def relation(own: Spot, other: Spot, axis: Axis, linked: bool, inside: bool) -> Relation:
    """How one stands by another. linked: a line leads from that. inside: both lie in the same frame."""
    middle = own.edge(axis, 0) - other.edge(axis, 0)
    behind, before = own.edge(axis, -1) - other.edge(axis, 1), other.edge(axis, -1) - own.edge(axis, 1)
    beside = (_UNSTEADY if other.shape == "frame" else 0.0) - (_LINKED if linked else 0.0)
    if _overlap(own.bounds, other.bounds):
        return Relation(0.0, Stand(0, tied(own.edge(axis, 0), other, axis)))
    if abs(middle) <= EXACT:
        return Relation(beside, Stand(0, Tie(other, 0, 0.0)))
    if behind >= -EXACT:
        return Relation(_GAP + behind - (_LINKED if linked else 0.0), Stand(-1, Tie(other, 1, behind)))
    if before >= -EXACT:
        return Relation(_BEFORE + before, Stand(1, Tie(other, -1, -before)))
    tie = tied(own.edge(axis, 0), other, axis) if inside else Tie(other, 0, middle)
    return Relation(_SHIFTED + abs(middle) + beside, Stand(0, tie))
