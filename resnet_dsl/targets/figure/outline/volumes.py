"""A figure's rows and cards as the feature maps that they make: what a figure of volumes shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Length, Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.compact import without_close_ups
from resnet_dsl.targets.figure.outline.groups import ADAPTED
from resnet_dsl.targets.figure.outline.kinds import is_light
from resnet_dsl.targets.figure.outline.outline import (
    MOST_SLICES,
    Arc,
    Column,
    Group,
    Item,
    Laws,
    Link,
    Map,
    Outline,
    Section,
    Shortcut,
    Volume,
    VolumeSkips,
    Way,
)
from resnet_dsl.targets.figure.outline.words import clean, size

LIKE = 224
"""Positions of an input whose length is open: as if it had so many."""
_MOST_PARTS = 4
"""Of a join: of more values the sum is drawn."""
_OUTSIDE = -1
_MOST_NAMED = 3
"""Rows of a run that are said below its volume."""
_LAW_WORDS = {"linear": "to scale", "sqrt": "by square root", "log": "by logarithm"}


def as_volumes(outline: Outline, subjects: Sequence[Facts], laws: Laws) -> Outline:
    """The same networks. subjects: of the outline's columns, in their order; close-ups beside them are named below."""
    outline = without_close_ups(outline)
    columns = tuple(_Maps(column, one).column() for column, one in zip(outline.columns, subjects, strict=True))
    ways = {link.way for column in columns for link in column.links}
    ways |= {skips.way for volume in _volumes(columns) for skips in volume.skips}
    legend = tuple((way, words) for way, words in outline.legend if way in ways)
    remarks = (*_remarks(columns, subjects, laws), *outline.remarks)
    return replace(outline, columns=columns, legend=legend, remarks=remarks, aligned=False, laws=laws)


def laws_in_words(laws: Laws) -> str:
    """``height and width by square root, thickness (channels) by logarithm``."""
    if laws.side == laws.thickness:
        return f"height, width and thickness (channels) {_LAW_WORDS[laws.side]}"
    return f"height and width {_LAW_WORDS[laws.side]}, thickness (channels) {_LAW_WORDS[laws.thickness]}"


def _volumes(columns: Sequence[Column]) -> list[Volume]:
    return [item.volume for column in columns for item in column.items if item.volume]


def _remarks(columns: Sequence[Column], subjects: Sequence[Facts], laws: Laws) -> Iterator[str]:
    """What the solids do not show as it is."""
    yield laws_in_words(laws)
    if any(volume.repeat > len(volume.maps) for volume in _volumes(columns)):
        yield f"of equal blocks (×{MOST_SLICES + 1} and more) {MOST_SLICES} are drawn"
    shapes = [subject.shapes[node] for subject in subjects for node in range(len(subject.shapes))]
    if any(not isinstance(length, int) for shape in shapes for length in shape):
        yield f"open lengths (?) are drawn as if the input had {LIKE} positions"
    if any(len(shape) > 3 for shape in shapes):
        yield "of three axes and more the last two are drawn"


class _Maps:
    """Turns one column: its items, the links between them, its sections."""

    def __init__(self, column: Column, subject: Facts) -> None:
        self.old = column
        self.subject = subject
        self.nodes = subject.graph.nodes
        self.readers = _readers(subject.graph)

    def column(self) -> Column:
        runs = [list(self._drawn(item)) for item in self.old.items]
        first, last, count = [], [], 0
        for run in runs:
            first.append(count)
            count += len(run)
            last.append(count - 1)
        links = [replace(link, source=last[link.source], target=first[link.target]) for link in self.old.links]
        main = {end for link in links if link.way == "main" for end in (link.source, link.target)}
        for one, end in zip(first, last, strict=True):
            way: Way = "main" if {one, end} & main else "branch"
            links += [Link(at, at + 1, way) for at in range(one, end)]
        sections, section_of = _parts(self.old.sections)
        items = [replace(item, section=section_of[item.section]) for run in runs for item in run]
        items = list(_told_once(items, links, list(map(self._sides, items))))
        return replace(self.old, items=tuple(items), links=tuple(links), sections=sections, definitions=())

    def _sides(self, item: Item) -> Shape | None:
        """Of the one map that an item makes; None where it makes none, or several."""
        one = item.nodes and not (item.volume and item.volume.apart)
        return self._shape(item.nodes[-1])[:-1] if one else None

    def _drawn(self, item: Item) -> Iterator[Item]:
        if item.kind == "card":
            yield from self._card(item)
        elif item.kind == "text":
            yield self._end(item)
        elif item.kind == "merge":
            yield self._merge(item)
        else:
            words = tuple(_below(item.lines[:1], str(self._shape(item.nodes[-1])[-1])))
            yield self._made(replace(item, lines=(*words, *item.lines[1:], *item.beside)))

    def _end(self, item: Item) -> Item:
        """What flows in is a map; what flows out is the one before it."""
        if not item.nodes:
            return item
        name = item.lines[0] if len(item.lines) > 1 else item.lines[0].rpartition(" ")[0]
        return replace(item, lines=(name,) if name else (), volume=self._volume(item.nodes[:1]))

    def _merge(self, item: Item) -> Item:
        joins = OPERATIONS[self.nodes[item.nodes[0]].op].merge == "join"
        return self._joined(item, item.nodes[0]) if joins else replace(item, lines=item.lines[:1])

    def _card(self, item: Item) -> Iterator[Item]:
        """A volume for each of its runs of equal blocks; what a run that begins with a join reads stands before it."""
        stage = self.old.sections[item.section].key.partition(" ")[2]
        for number, group in enumerate(item.groups):
            key = item.key if number == 0 else f"{item.key} run {number + 1}"
            facts = (*item.lines[1:], *item.beside) if number == len(item.groups) - 1 else ()
            first = group.blocks[0][0]
            one = replace(item, key=key, groups=(), nodes=group.blocks[-1], within=(("stage", stage),))
            joins = group.repeat == 1 and self._joins(group)
            if joins:
                yield self._joined(replace(one, key=f"{key} joined", nodes=(first,)), first)
            if not joins or len(group.rows) > 1:
                yield self._stack(one, group, facts)

    def _joins(self, group: Group) -> bool:
        """Whether its first row is a join, and no box or remark in which one lies."""
        held = [self.nodes[node] for node in group.held[0]] if group.held else []
        joins = [OPERATIONS[node.op].merge == "join" for node in held if not is_light(node)]
        return joins == [True]

    def _stack(self, item: Item, group: Group, facts: tuple[str, ...]) -> Item:
        if group.repeat == 1:
            made = self._made(replace(item, lines=(*self._named(group, item), *facts)))
            return replace(made, volume=replace(made.volume, skips=tuple(_skips(group)))) if made.volume else made
        ends = [nodes[-1] for nodes in group.blocks]
        volume = replace(self._volume(ends), repeat=group.repeat, skips=tuple(_skips(group)))
        return replace(item, lines=(f"×{group.repeat}", *self._named(group, item), *facts), volume=volume)

    def _named(self, group: Group, item: Item) -> list[str]:
        """What a run consists of: its block's definition, or its few rows."""
        scopes = self.subject.graph.scopes
        blocks = {scopes[self.nodes[nodes[-1]].scope].block for nodes in group.blocks}
        if group.repeat > 1 and len(blocks) == 1 and (name := blocks.pop()):
            return [clean(name, 20), *_marks(group)]
        rows = [line for line in _below(group.lines, str(self._shape(item.nodes[-1])[-1])) if line != "concat"]
        return rows if len(rows) <= _MOST_NAMED else []

    def _made(self, item: Item) -> Item:
        """With what it makes: one map, or the values of several shapes that are read behind it."""
        own = set(item.nodes)
        leaving = [node for node in item.nodes if not self.readers[node] <= own]
        values = list({self._shape(node): node for node in leaving}.values())
        if len(values) < 2:
            return replace(item, volume=self._volume(leaving[-1:] or item.nodes[-1:]))
        volume = self._volume(values, apart=True)
        return replace(item, lines=(volume.size, *item.lines), volume=replace(volume, size=""))

    def _joined(self, item: Item, node: int) -> Item:
        """The values side by side, in the order in which they are joined."""
        read = [self._shape(other) for other in self.nodes[node].reads]
        volume = self._volume([node])
        along = len({shape[:-1] for shape in read}) == 1 and 1 < len(read) <= _MOST_PARTS
        parts = tuple(_count(shape) for shape in read) if along else volume.maps[0].parts
        maps = (replace(volume.maps[0], parts=parts),)
        said = "+".join(map(str, parts)) if along else volume.said
        return replace(item, kind="merge", lines=("concat",), volume=replace(volume, maps=maps, said=said))

    def _shape(self, node: int) -> Shape:
        return self.subject.shapes[node]

    def _volume(self, nodes: Sequence[int], apart: bool = False) -> Volume:
        """Of the maps of some nodes; of many the first ones, and the last."""
        shapes = [self._shape(node) for node in nodes]
        drawn = shapes if apart else [*shapes[: MOST_SLICES - 1], *shapes[MOST_SLICES - 1 :][-1:]]
        sizes, channels = list(dict.fromkeys(map(_size, shapes))), list(dict.fromkeys(map(_channels, shapes)))
        if not apart:
            sizes, channels = [*sizes[:1], *sizes[1:][-1:]], [*channels[:1], *channels[1:][-1:]]
        between = ", " if apart else "–"
        return Volume(tuple(map(_map, drawn)), between.join(channels), between.join(sizes), apart=apart)


def _readers(graph: Graph) -> list[set[int]]:
    """What reads each node; what is returned is read by nobody that is known."""
    found: list[set[int]] = [set() for _ in graph.nodes]
    for number, node in enumerate(graph.nodes):
        for other in node.reads:
            found[other].add(number)
    for output in graph.outputs:
        found[output.node].add(_OUTSIDE)
    return found


def _map(shape: Shape) -> Map:
    """Of three axes and more the last two; a vector, and the second side of a line, have one position."""
    *_, height, width = (1.0, 1.0, *map(_positions, shape[:-1])) if len(shape) != 2 else (_positions(shape[0]), 1.0)
    return Map(height, width, (_count(shape),))


def _count(shape: Shape) -> int:
    return shape[-1] if isinstance(shape[-1], int) else 1


def _size(shape: Shape) -> str:
    return size(shape) if len(shape) > 1 else ""


def _channels(shape: Shape) -> str:
    """``64``; of a vector ``1000-d``."""
    return str(shape[-1]) if len(shape) > 1 else size(shape)


def _positions(length: Length) -> float:
    return float(length) if isinstance(length, int) else LIKE * length.rate / length.multiple


def _skips(group: Group) -> Iterator[VolumeSkips]:
    counts = Counter(arc.way for arc in group.all_arcs)
    for way, count in sorted(counts.items()):
        yield VolumeSkips(way, count, group.repeat > 1 and bool(group.first_arcs) and not _has(group.arcs, way))


def _marks(group: Group) -> list[str]:
    """What the name of a run's block does not say: which layers it shares, and that a named box adapts its skips."""
    marks = dict.fromkeys(part for row in group.rows for part in row.split(", ") if _is_mark(part))
    first = ADAPTED in ", ".join(group.firsts).split(", ")
    return [", ".join([*marks, *([f"{ADAPTED} {group.first_word}"] if first else [])])] if marks or first else []


def _is_mark(part: str) -> bool:
    return part == ADAPTED or part.startswith("#")


def _has(arcs: Sequence[Arc], way: Shortcut) -> bool:
    return any(arc.way == way for arc in arcs)


def _below(rows: Sequence[str], channels: str) -> Iterator[str]:
    """What rows say without the channels, which stand there already: ``7×7 conv, /2``."""
    number = channels.removesuffix("-d")
    for words in rows:
        yield ", ".join(part.removesuffix(f" {number}") for part in words.split(", ") if part != number)


def _told_once(items: Sequence[Item], links: Sequence[Link], sides: Sequence[Shape | None]) -> Iterator[Item]:
    """Each size only where it is another one than that of all that is read."""
    read: dict[int, set[Shape | None]] = {}
    for link in links:
        read.setdefault(link.target, set()).add(sides[link.source])
    for number, item in enumerate(items):
        told = item.volume is not None and read.get(number) == {sides[number]} != {None}
        yield replace(item, volume=replace(item.volume, size="")) if item.volume and told else item


def _parts(sections: Sequence[Section]) -> tuple[tuple[Section, ...], list[int]]:
    """One section for each stem, stage and head, by its name alone: sizes stand beside the volumes."""
    found: dict[tuple[str, str, bool], int] = {}
    for section in sections:
        found.setdefault(_part(section), len(found))
    named = tuple(
        Section(f"{kind} {name}".strip(), (clean(name, 20),) if name else (), aside) for kind, name, aside in found
    )
    return named, [found[_part(section)] for section in sections]


def _part(section: Section) -> tuple[str, str, bool]:
    kind, _, name = section.key.partition(" ")
    return kind, name if kind == "stage" else name.rpartition(" ")[0], section.beside
