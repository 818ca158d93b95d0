"""What a figure shows, before anything has a place: networks as columns, their parts, rows and links. Only data.

Words between asterisks are a formula's: ``*F(x) + x*``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["text", "box", "thin", "merge", "card", "note", "plate", "join"]
"""``box``: an operation with weights or a pool; ``thin``: norm, activation and what else is light; ``merge``: + × or
concat; ``card``: a stage or several blocks in one; ``text``: a value's name without a box. By lanes only: ``plate``:
steps one behind the other; ``join``: a concat as plates that touch each other."""
Way: TypeAlias = Literal["main", "branch", "identity", "adapted", "copy", "down", "learned-down", "up", "learned-up"]
"""The last five by lanes only: a value that is joined as it is, and the ways to a coarser lane or a finer one."""
Law: TypeAlias = Literal["linear", "sqrt", "log"]
LAWS: tuple[Law, ...] = ("linear", "sqrt", "log")
"""How the length of an edge follows from a number of positions or channels; ``log``: from one more than it."""
Shortcut: TypeAlias = Literal["identity", "adapted"]
"""``identity`` and ``adapted`` are the two kinds of skip connections: the value as it is, or through an adapter."""

MOST_SLICES = 3
"""Of equal volumes so many are drawn, and their number is said."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A shortcut from behind row ``start`` (0: from what enters the first row) to behind row ``end``, from 1."""

    start: int
    end: int
    way: Shortcut


@dataclass(frozen=True, slots=True)
class Group:
    """Equal blocks of a stage: what one of them does, row by row.

    arcs: the shortcuts around rows. first_arcs: those of the first block, where they are others.
    first_rows: what the rows of the first one are, where it has strides that the others have not.
    boxes: the scopes of the last block whose names stand there as rows, instead of what they do.
    blocks: the nodes of each block. held: of all blocks the nodes that each row stands for, those of its arc with it.
    tones: the colour of each row, where it is not the card's. first_word: said of what the first block alone has.
    only_first: of equal modules that are drawn once only the first one has it.
    """

    rows: tuple[str, ...]
    arcs: tuple[Arc, ...] = ()
    first_rows: tuple[str, ...] = ()
    first_arcs: tuple[Arc, ...] = ()
    boxes: tuple[int, ...] = ()
    blocks: tuple[tuple[int, ...], ...] = ((),)
    held: tuple[tuple[int, ...], ...] = ()
    tones: tuple[int | None, ...] = ()
    first_word: str = "first"
    only_first: bool = False

    @property
    def repeat(self) -> int:
        """How many blocks there are."""
        return len(self.blocks)

    @property
    def all_arcs(self) -> tuple[Arc, ...]:
        """The shortcuts of all blocks, one behind the other."""
        return (*(self.first_arcs or self.arcs), *self.arcs * (self.repeat - 1))

    @property
    def firsts(self) -> tuple[str, ...]:
        """What the first block alone has, row by row: ``/2``; empty where it has nothing more."""
        pairs = zip(self.rows, self.first_rows or self.rows, strict=True)
        more = ([part for part in first.split(", ") if part not in row.split(", ")] for row, first in pairs)
        return tuple(map(", ".join, more))

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows with what the first block alone has: ``3×3, 128 (first /2)``."""
        pairs = zip(self.rows, self.firsts, strict=True)
        return tuple(f"{row} (first {more})" if more else row for row, more in pairs)


@dataclass(frozen=True, slots=True)
class Laws:
    """Of the sides and the thickness of volumes; how sides recede: angle in degrees, depth over their length."""

    side: Law = "sqrt"
    thickness: Law = "log"
    angle: float = 45.0
    depth: float = 0.42


@dataclass(frozen=True, slots=True)
class VolumeSkips:
    """The skip connections of one kind around the blocks of a volume: how many, and whether only the first has one."""

    way: Shortcut
    count: int
    first: bool = False
    first_word: str = "first"


@dataclass(frozen=True, slots=True)
class Map:
    """A feature map as a solid. height, width: in positions. parts: the channels of each value that is joined in it."""

    height: float
    width: float
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Volume:
    """What an item makes: one map; those of several equal blocks; or, ``apart``, the values of one that makes several.

    maps: those that are drawn, MOST_SLICES at most of equal blocks. said: the channels in words.
    size: height and width in words; empty where they are those of what it reads.
    repeat: how many equal blocks there are. skips: the skip connections around them.
    """

    maps: tuple[Map, ...]
    said: str
    size: str = ""
    repeat: int = 1
    skips: tuple[VolumeSkips, ...] = ()
    apart: bool = False


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
    copied: of each plate of a ``join`` whether it is a value as it was, which is drawn white.
    within: the stages and blocks that it lies in, outermost first, each by its kind and its whole name.
    beside_key: what stands beside it in another column has the same one; empty where columns are aligned by parts.
    volume: what it makes, where that is drawn instead of what it does.
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
    within: tuple[tuple[str, str], ...] = ()
    beside_key: str = ""
    copied: tuple[bool, ...] = ()
    volume: Volume | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A value that flows from one item of the column to a later one; ``words`` stand beside it.

    via: what brings it into another lane, which the legend says.
    """

    source: int
    target: int
    way: Way
    tip: str = ""
    words: tuple[str, ...] = ()
    via: str = ""

    @property
    def is_adapted(self) -> bool:
        """Whether it is a dashed line."""
        return self.way == "adapted"


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside the items ``first`` to ``last``."""

    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a column that a bracket names: ``words`` are its lines (name, output size), ``key`` aligns columns.

    beside: it has no bracket and stands where what it reads, or is read by, lets it: a second head, the ends.
    """

    key: str
    words: tuple[str, ...]
    beside: bool = False


class Zoom(NamedTuple):
    """A place in a network: the number of its column, and the nodes of the graph that stand there."""

    column: int
    nodes: frozenset[int]


class Framed(NamedTuple):
    """What stands at a frame: its kind (a block's definition, a stage's name) and its place; how deep it is nested."""

    kind: str
    place: str
    depth: int


class FigureModule(NamedTuple):
    """Items that are drawn once and follow each other so often, what leaves a lane entering it again."""

    items: tuple[int, ...]
    repeat: int


@dataclass(frozen=True, slots=True)
class Column:
    """One network (or one block of it). Items are in the order of execution; links go forward.

    continues: the column goes on where the one before it ends.
    definitions: what is named in the column, in words: the boxes of cards, the long parts of a formula.
    inset: it shows, beside the networks, a block that is a named box in one of them.
    zoom: where in which network the block stands that the column shows in close-up, and is joined to by lines.
    frames: the stages or blocks round whose rows a box is drawn, by the way to them, as in ``Item.within``.
    network: the number of the network that it shows, or shows a part of.
    modules: of several lanes, drawn once.
    """

    key: str
    title: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    summary: str = ""
    notes: tuple[Note, ...] = ()
    continues: bool = False
    definitions: tuple[str, ...] = ()
    inset: bool = False
    zoom: Zoom | None = None
    frames: Mapping[tuple[tuple[str, str], ...], Framed] = field(default_factory=dict)
    network: int = 0
    modules: tuple[FigureModule, ...] = ()

    def key_of(self, item: int) -> str:
        """The key of the box that an item is drawn as."""
        return f"{self.key}/{self.items[item].key}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of all items."""
        return tuple(map(self.key_of, range(len(self.items))))


@dataclass(frozen=True, slots=True)
class Sums:
    """A small table below a figure: names at the left, numbers at the right. told: a list below it, marks and words."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole figure: its columns, and the words of its legend by the way of a link that they explain.

    aligned: whether equal parts of the columns stand side by side. air: how much wider than usual the gaps are.
    paged: whether a wide figure may cut a long column into several.
    remarks: what the figure leaves out, line by line.
    sums: a table below the columns.
    tiered: whether the networks stand in lanes by resolution, which are then their sections.
    dense: whether columns of such lanes may reach over each other where they hold nothing in the same lane.
    laws: of volumes, where it draws such.
    legend_place: where the legend stands.
    words: what is said in other words, before anything has a place (speaking.py).
    """

    columns: tuple[Column, ...]
    legend: tuple[tuple[Way, str], ...] = ()
    aligned: bool = True
    air: float = 1.0
    paged: bool = False
    remarks: tuple[str, ...] = ()
    sums: Sums | None = None
    tiered: bool = False
    dense: bool = False
    laws: Laws | None = None
    legend_place: Literal["below", "right"] = "below"
    words: Mapping[str, str] = field(default_factory=dict)
