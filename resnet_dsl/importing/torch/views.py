"""How the axes of a torch tensor lie in a value of ours: reshapes and permutations vanish in it, as far as they go.

A value has its batch in front and its channels last. Each of its axes is cut into atoms, and each axis of the tensor is
made of some of them: a tensor (batch, 2, channels / 2, height * width) of a map has the axes batch, upper half of the
channels' number, lower half, and height with width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, prod
from typing import NamedTuple, TypeAlias

BATCH = 2
"""Samples in the example that a module is followed with: more than one, so that no axis of length 1 is the batch's."""


class Atom(NamedTuple):
    """A part of an axis of ours. axis: 0 is the batch's. step: positions of that from one of its own to the next."""

    axis: int
    step: int
    length: int


Axis: TypeAlias = tuple[Atom, ...]
"""What an axis of a tensor is made of, slowest first. Of none, it has length 1, or what it holds is repeated."""

Axes: TypeAlias = tuple[Axis, ...]


def whole(axis: int, length: int) -> Axis:
    """All of one of our axes."""
    return part(axis, 1, length)


def part(axis: int, step: int, length: int) -> Axis:
    """So many positions of one of our axes, so far apart."""
    return (Atom(axis, step, length),) if length > 1 else ()


def natural(shape: Sequence[int]) -> Axes:
    """The tensor that has our axes in our order."""
    return tuple(whole(axis, length) for axis, length in enumerate((BATCH, *shape)))


def channels_first(shape: Sequence[int]) -> Axes:
    """The tensor that has the channels behind the batch, as torch's layers do."""
    batch, *lengths, channels = natural(shape)
    return (batch, channels, *lengths)


def length(axis: Axis) -> int:
    return prod(atom.length for atom in axis)


def joined(atoms: Iterable[Atom]) -> Axis:
    """Atoms in a row as few: those that lie beside each other become one."""
    found: list[Atom] = []
    for atom in atoms:
        last = found[-1] if found else None
        if last and last.axis == atom.axis and last.step == atom.step * atom.length:
            found[-1] = Atom(atom.axis, atom.step, last.length * atom.length)
        else:
            found.append(atom)
    return tuple(found)


def reshaped(axes: Axes, lengths: Sequence[int]) -> Axes | None:
    """The same numbers, row by row, with other lengths; None where an atom would have to be cut unevenly."""
    left = [atom for axis in axes for atom in axis]
    found: list[Axis] = []
    for wanted in lengths:
        taken = _taken(left, wanted)
        if taken is None:
            return None
        found.append(joined(taken))
    return None if left else tuple(found)


def _taken(left: list[Atom], wanted: int) -> list[Atom] | None:
    """The atoms in front that are so long together, taken away from what is left; the last one may be cut."""
    taken: list[Atom] = []
    while wanted > 1:
        if not left:
            return None
        axis, step, held = left.pop(0)
        part = gcd(held, wanted)
        if part < held and part < wanted:
            return None
        taken.append(Atom(axis, step * (held // part), part))
        if part < held:
            left.insert(0, Atom(axis, step, held // part))
        wanted //= part
    return taken


def in_order(atoms: Sequence[Atom]) -> bool:
    """Whether they stand row by row as in the value."""
    return list(atoms) == sorted(atoms, key=lambda atom: (atom.axis, -atom.step))


def cut(axes: Sequence[Axis]) -> list[Atom]:
    """The atoms of these axes, one by one."""
    return [atom for axis in axes for atom in axis]
