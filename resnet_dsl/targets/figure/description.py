"""What a figure shows, before anything has a place: networks as columns, their parts, rows and links. Only data.

Words between asterisks are a formula's: ``*F(x) + x*``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "box", "thin", "merge", "card", "note"]
"""``box``: an operation with weights or a pool; ``thin``: norm, activation and what else is light; ``merge``: + × or
concat; ``card``: a stage or several blocks in one; ``text``: a value's name without a box."""
Way: TypeAlias = Literal["main", "branch", "identity", "adapted"]
"""``identity`` and ``adapted`` are the two kinds of skip connections: the value as it is, or through an adapter."""


@dataclass(frozen=True, slots=True)
class Group:
    """Equal blocks of a stage: what one of them does, how many there are, and the kind of their skip connection."""

    rows: tuple[str, ...]
    repeat: int = 1
    skip: Literal["identity", "adapted"] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to draw.

    key: unique in its column: a node's or a scope's name.
    lines: what it says, the first line first; further lines are smaller.
    tone: which colour of the palette (one a feature-map size); None is grey.
    section: index into the column's sections.
    nodes: the graph's nodes that it stands for.
    tip: what a tooltip and a screen reader say of it.
    beside: words beside the arrow that leaves it (``relu``).
    groups: the content of a card.
    scale: how much larger than usual a merge is drawn.
    """

    key: str
    kind: Kind
    lines: tuple[str, ...]
    tone: int | None
    section: int
    nodes: tuple[int, ...] = ()
    tip: str = ""
    beside: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A value that flows from one item of the column to a later one; ``words`` stand beside it."""

    source: int
    target: int
    way: Way
    tip: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside the items ``first`` to ``last``."""

    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a column that a bracket names: ``words`` are its lines (name, output size), ``key`` aligns columns."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One network (or one block of it). Items are in the order of execution; links go forward.

    continues: the column goes on where the one before it ends.
    """

    key: str
    title: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    summary: str = ""
    notes: tuple[Note, ...] = ()
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Description:
    """A whole figure: its columns, and the words of its legend by the way of a link that they explain.

    aligned: whether equal parts of the columns stand side by side. air: how much wider than usual the gaps are.
    paged: whether a wide figure may cut a long column into several.
    """

    columns: tuple[Column, ...]
    legend: tuple[tuple[Way, str], ...] = ()
    aligned: bool = True
    air: float = 1.0
    paged: bool = False
