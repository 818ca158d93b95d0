"""A network as a column of cards: stage level. A card holds one block's rows for each run of equal blocks.

Only what is a chain with shortcuts is drawn row by row (chains.py); another block is a named box, and so is a stage
whose blocks do not follow each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

from resnet_dsl.analyses.network import Facts
from resnet_dsl.sentences import counted, plural
from resnet_dsl.targets.figure.outline.chains import RowChain, Unit, Wiring
from resnet_dsl.targets.figure.outline.ends import gather_ends, gather_flow, with_ends
from resnet_dsl.targets.figure.outline.folding import Folding, fold_to_rows
from resnet_dsl.targets.figure.outline.groups import BoxedParts, GroupMaker
from resnet_dsl.targets.figure.outline.items import Wishes, facts_of, gather_item, summarise, told_params
from resnet_dsl.targets.figure.outline.outline import Column, Group, Item, Link
from resnet_dsl.targets.figure.outline.scopes import Scopes, place_of, read_scopes, title_of
from resnet_dsl.targets.figure.outline.sections import Tones, gather_sections, section_tone
from resnet_dsl.targets.figure.outline.words import clean, short, whole

_MOST_ROWS = 14
_MOST_OF_A_BLOCK = 8
_LONGEST_TOLD = 2_000  # letters: each row of a card has the tip of the whole card
"""A block of more rows is named instead of spelled out."""

_Drawn: TypeAlias = tuple[Item, list[int], bool]
"""An item, the rows that it stands for, and whether the first of them is a named box."""


def gather_cards(subject: Facts, tones: Tones, wishes: Wishes, title: str, wide: bool) -> Column:
    """Stages become cards, the operations of stem and head stay rows. In a wide figure cards carry name and size."""
    return _Cards(subject, tones, wishes, wide).column(title)


class _Cards:
    def __init__(self, subject: Facts, tones: Tones, wishes: Wishes, wide: bool) -> None:
        self.subject = subject
        self.graph = subject.graph
        self.tones, self.wishes, self.wide = tones, wishes, wide
        self.scopes: Scopes = read_scopes(self.graph)
        self.folding: Folding = fold_to_rows(self.graph, self.scopes, wishes.kinds)
        self.links = gather_flow(subject, self.scopes, self.folding)
        self.wiring = Wiring(self.graph, self.folding, self.links)
        self.boxes = BoxedParts(self.graph, self.scopes)
        self.listing = GroupMaker(subject, self.scopes, self.folding, self.boxes, wishes.replaced)

    def column(self, title: str) -> Column:
        sections, section_of = gather_sections(self.subject, self.scopes, self.folding, self.links)
        items: list[Item] = []
        item_of: list[int] = []
        first: set[int] = set()
        for part, members in groupby(range(len(self.folding.rows)), key=self._stage_of):
            rows = list(members)
            drawn = self._rows(rows, section_of) if part is None else self._cards(part, rows, section_of)
            for item, covered, boxed in drawn:
                item_of += [len(items)] * len(covered)
                first |= set() if boxed else {covered[0]}
                items.append(item)
        ends = gather_ends(self.subject, len(sections))
        item_of += range(len(items), len(items) + len(ends))
        sections = with_ends(sections, self.graph)
        shown = tuple(replace(section, words=()) for section in sections) if self.wide else sections
        links = _between(self.links, item_of, first)
        defined = tuple(f"{title_of(self.graph, box)}: {self._definition(box)}" for box in self.boxes.kinds(items))
        return Column(
            self.graph.name, title, shown, (*items, *ends), links, summarise(self.subject), definitions=defined
        )

    def _definition(self, box: int) -> str:
        """The rows of a block that is a chain; of another one, what it costs and how to see it."""
        nodes = self.boxes.nodes(box)
        rows = dict.fromkeys(self.folding.row_of[node] for node in nodes)
        own = set(nodes)
        units = [Unit((row,)) for row in rows if self.folding.rows[row][0] in own]
        chains = self.wiring.chains(units)
        if chains is None or len(chains) > 1:
            params = told_params(self.subject, nodes)
            name = clean(self.graph.scopes[box].block or place_of(self.graph, box), 60)
            return f"{len(nodes)} operations in branches, {params} (`draw --block {name}` shows them)"
        lines = [line for group in self.listing.groups(chains[0]) for line in _lines(group)]
        more = len(lines) - _MOST_ROWS
        return "; ".join([*lines[:_MOST_ROWS], *([f"… {more} more"] if more > 0 else [])])

    def _stage_of(self, row: int) -> int | None:
        """The stage that a row lies in; None in stem and head."""
        part = self.scopes.part[self.graph.nodes[self.folding.rows[row][0]].scope]
        return part if part is not None and self.graph.scopes[part].kind == "stage" else None

    def _rows(self, rows: list[int], section_of: list[int]) -> Iterator[_Drawn]:
        for row in rows:
            tone = section_tone(self.subject, self.scopes, self.folding.rows[row][0], self.tones)
            item = gather_item(self.subject, self.folding, row, self.wishes, tone, section_of[row])
            yield self._shortened(item), [row], row in self.folding.attachments

    def _shortened(self, item: Item) -> Item:
        if self.wide and item.kind == "text":
            return replace(item, lines=tuple(item.lines[0].split(" ", 1)))
        boxed = self.wide and item.kind in {"box", "thin"}
        reached = (whole(self.subject.shapes[item.nodes[-1]]),) if boxed else ()
        return replace(item, lines=(short(item.lines[0], self.wishes.replaced), *item.lines[1:], *reached))

    def _cards(self, part: int, rows: list[int], section_of: list[int]) -> Iterator[_Drawn]:
        """A card for each chain of a stage: one, unless values come in or go out in its middle."""
        for number, chain in enumerate(self._chains(part, rows)):
            covered = [row for unit in chain.units for row in unit.rows]
            boxed = chain.units[0].scope is not None or covered[0] in self.folding.attachments
            yield self._card(part, chain, covered, section_of[rows[0]], number), covered, boxed

    def _chains(self, part: int, rows: list[int]) -> list[RowChain]:
        units = [Unit((row,)) for row in rows]
        blocks = groupby(units, key=self.listing.scope_of)
        drawn = [unit for scope, own in blocks for unit in self._as_drawn(list(own), scope)]
        return self.wiring.chains(drawn) or [RowChain((Unit(tuple(rows), part),), ())]

    def _as_drawn(self, units: list[Unit], scope: int | None) -> list[Unit]:
        """The rows of a block where they are a chain that is short enough to be spelled out; else the block as one."""
        if scope is None or (len(units) <= _MOST_OF_A_BLOCK and self.wiring.chains(units)):
            return units
        return [Unit(tuple(row for unit in units for row in unit.rows), scope)]

    def _card(self, part: int, chain: RowChain, rows: list[int], section: int, number: int) -> Item:
        scope = self.graph.scopes[part]
        nodes = tuple(sorted(node for row in rows for node in (*self.folding.rows[row], *self.folding.adapters[row])))
        groups = tuple(_summary(self.listing.groups(chain)))
        name, reached = clean(scope.name, 20), whole(self.subject.shapes[self.folding.rows[rows[-1]][-1]])
        facts = facts_of(self.subject, nodes, tuple(fact for fact in self.wishes.show if fact != "shape"))
        shown = reached if self.wide or "shape" in self.wishes.show else ""
        lines = (name if self.wide else "", *(line for line in (shown, facts) if line))
        params = told_params(self.subject, nodes)
        said = (f"{group.repeat} x ({'; '.join(_lines(group))})" for group in groups)
        held = clean(", then ".join(said), _LONGEST_TOLD)
        tip = f"{name}: {held}, output {reached}, {params}"
        key = f"{scope.name} {number + 1}" if number else scope.name
        tone = self.tones.get(self.subject.shapes[nodes[-1]][:-1])
        return Item(key, "card", lines, tone, section, nodes, tip, self._values(rows), groups)

    def _values(self, rows: list[int]) -> tuple[str, ...]:
        """Said beside the one arrow to the next card, where it stands for several values."""
        inside = set(rows)
        leaving = {
            link.source for row in rows for link in self.wiring.leaving.get(row, ()) if link.target not in inside
        }
        return (f"{len(leaving)} values",) if len(leaving) > 1 else ()


def _lines(group: Group) -> list[str]:
    skips = [f"{arc.way} skip" for arc in group.arcs]
    first = [f"{arc.way} skip in the first" for arc in group.first_arcs]
    return [*group.lines, *skips, *first]


def _summary(groups: list[Group]) -> Iterator[Group]:
    """A card is a summary: of a stage with very many different rows it shows the first ones and counts the rest."""
    if sum(len(group.rows) for group in groups) <= _MOST_ROWS:
        yield from groups
        return
    shown = 0
    for number, group in enumerate(groups):
        shown += len(group.rows)
        if shown > _MOST_ROWS - 1 and number:
            nodes = tuple(node for other in groups[number:] for block in other.blocks for node in block)
            yield Group((_rest(groups[number:]),), blocks=(nodes,), held=(nodes,))
            return
        yield group


def _rest(groups: Sequence[Group]) -> str:
    """How much is left out: ``… 4 more rows, 1 identity skip``."""
    rows = sum(len(group.rows) * group.repeat for group in groups)
    skips = Counter(arc.way for group in groups for arc in group.all_arcs)
    told = [counted(number, f"{way} skip") for way, number in skips.items()]
    return ", ".join([f"… {rows} more {plural('row', rows)}", *told])


def _between(links: tuple[Link, ...], item_of: list[int], first: set[int]) -> tuple[Link, ...]:
    """The links between cards, each once; a skip connection inside a card is drawn in it.

    ``first``: the rows that are an item, or begin one: there a skip connection is still told from the main path.
    """
    found: dict[tuple[int, int, str], Link] = {}
    through = {item_of[end] for link in links if link.way == "main" for end in (link.source, link.target)}
    for link in links:
        source, target = item_of[link.source], item_of[link.target]
        if source == target:
            continue
        way = link.way if link.way in {"identity", "adapted"} and link.target in first else "branch"
        found.setdefault((source, target, way), replace(link, source=source, target=target, way=way))
    main = _main_path(list(found.values()), through)
    return tuple(replace(link, way="main") if key in main else link for key, link in found.items())


def _main_path(links: list[Link], through: set[int]) -> set[tuple[int, int, str]]:
    """Back from the last card, each time to the nearest one on the rows' main path, by a skip only where it must."""
    before: dict[int, Link] = {}
    for link in links:
        other = before.get(link.target)
        if other is None or _rank(link, through) > _rank(other, through):
            before[link.target] = link
    path = set()
    last = max(through, default=0)
    while last in before:
        link = before[last]
        path.add((link.source, last, str(link.way)))
        last = link.source
    return path


def _rank(link: Link, through: set[int]) -> tuple[bool, bool, int]:
    return link.source in through, link.way == "branch", link.source
