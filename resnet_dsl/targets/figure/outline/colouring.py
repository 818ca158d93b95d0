"""What a theme changes in an outline that is gathered: what its colours tell apart, its legend, its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.kinds import Kinds
from resnet_dsl.targets.figure.outline.outline import Column, Group, Item, Outline
from resnet_dsl.targets.figure.outline.scopes import read_scopes
from resnet_dsl.targets.figure.outline.words import label
from resnet_dsl.targets.figure.theme.theme import KIND_TONES, Theme

_FAMILIES = (
    ("conv", "conv_transpose"),
    ("pool",),
    ("dense",),
    ("norm",),
    ("activation",),
    ("attention",),
    ("reshape",),
    ("noise", "scale"),
)
"""Operations, and kinds of these, that have one colour, in the order of the colours."""
_TONES = {name: tone for tone, names in enumerate(_FAMILIES) for name in names}
_NAME = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]+)*")
_HEADS = {"weighted", "attention", "pool", "reshape", "merge"}
"""Roles of what is a row of its own: what holds several of these is a block, not an operation."""
COLOURS = "colours: "
"""What the remark begins with that says what they tell apart."""
_MEANS = {"operation": "kinds of operations", "stage": "stages", "branch": "branches"}


def in_theme(outline: Outline, subjects: Sequence[Facts], theme: Theme) -> Outline:
    """The outline as the theme has it; ``subjects``: its networks, in their order."""
    by, place = theme.colour.by, theme.legend.place
    means = (f"{COLOURS}{_MEANS[by]}",) if by in _MEANS else ()
    return replace(
        outline,
        columns=coloured(outline.columns, outline.columns, subjects, theme),
        remarks=(*outline.remarks, *means),
        legend=() if place == "none" else outline.legend,
        legend_place="below" if place == "none" else place,
        words=_words(theme, subjects),
    )


def coloured(
    columns: Sequence[Column], among: Sequence[Column], subjects: Sequence[Facts], theme: Theme
) -> tuple[Column, ...]:
    """Columns in the theme's colours; a stage has the same one in all that stand beside each other (``among``)."""
    if theme.colour.by == "size" and not any(look.fill for look in theme.kinds.values()):
        return tuple(columns)
    stages = _stages(among) if theme.colour.by == "stage" else {}
    graphs = [subject.graph for subject in subjects]
    return tuple(_Colours(theme, column, graphs[column.network], stages).column() for column in columns)


def _words(theme: Theme, subjects: Sequence[Facts]) -> dict[str, str]:
    """What is said in other words: a kind's name stands in that of each of its operations."""
    kinds = Kinds(theme.kinds)
    looks = ((node, kinds.look(node.op)) for subject in subjects for node in subject.graph.nodes)
    own = {name: look.words for node, look in looks if look and look.words for name in _names(node)}
    return own | dict(theme.words)


def _names(node: Node) -> Iterator[str]:
    """What figures call an operation, without its numbers; where there is little room the first word may be missing."""
    found = _NAME.search(label(node))
    if found:
        yield found[0]
        yield found[0].removeprefix("global ")


def _stages(columns: Iterable[Column]) -> dict[str, int]:
    """A number for each stage, by its name: those of several networks that have one name have one colour."""
    named = (name for column in columns for item in column.items for name in [_stage_of(column, item)] if name)
    return {name: number for number, name in enumerate(dict.fromkeys(named))}


def _stage_of(column: Column, item: Item) -> str:
    section = column.sections[item.section].key.removeprefix("stage ")
    inside = next((name for kind, name in item.within if kind == "stage"), "")
    return inside or (section if section != column.sections[item.section].key else "")


class _Colours:
    """Gives the items of one column their colours."""

    def __init__(self, theme: Theme, column: Column, graph: Graph, stages: Mapping[str, int]) -> None:
        self.by = theme.colour.by
        self.kinds = Kinds(theme.kinds)
        own = [name for name, look in theme.kinds.items() if look.fill]
        self.own = {name: KIND_TONES + number for number, name in enumerate(own)}
        self.before, self.graph, self.stages = column, graph, stages
        self.adapter = read_scopes(graph).adapter
        self.branches = _branches(column) if self.by == "branch" else []

    def column(self) -> Column:
        items = (self._item(number, item) for number, item in enumerate(self.before.items))
        return replace(self.before, items=tuple(items))

    def _item(self, number: int, item: Item) -> Item:
        if item.kind in ("text", "merge"):
            return item
        if item.kind != "card":
            return replace(item, tone=self._tone(number, item, self._op_of(item)))
        groups = tuple(replace(group, tones=self._rows(number, item, group)) for group in item.groups)
        return replace(item, tone=self._tone(number, item, None), groups=groups)

    def _rows(self, number: int, item: Item, group: Group) -> tuple[int | None, ...]:
        held = group.held or ((),) * len(group.rows)
        return tuple(self._tone(number, item, self._operation(nodes, group.repeat)) for nodes in held)

    def _tone(self, number: int, item: Item, op: str | None) -> int | None:
        own = self._own(op)
        if own is not None:
            return own
        if self.by == "stage":
            return self.stages.get(_stage_of(self.before, item))
        if self.by == "branch":
            return self.branches[number]
        if self.by == "operation":
            return None if op is None else _TONES.get(op, _TONES.get(OPERATIONS[op].role))
        return item.tone if self.by == "size" else None

    def _own(self, op: str | None) -> int | None:
        """The colour that a theme gives to an operation, or to its kind."""
        if op is None:
            return None
        return self.own.get(op, self.own.get(OPERATIONS[op].role))

    def _op_of(self, item: Item) -> str | None:
        """What an item does; of several steps in one box, what all of them do."""
        if item.kind == "join" or any(group.boxes for group in item.groups):
            return None
        found = {self._operation(nodes, 1) for group in item.groups for nodes in group.blocks}
        found = found or {self._operation(item.nodes, 1)}
        return found.pop() if len(found) == 1 else None

    def _operation(self, nodes: Sequence[int], times: int) -> str | None:
        """What a row does that stands for so many equal ones; None of one that is a block, or a value."""
        here = [self.graph.nodes[node] for node in nodes if self.adapter[self.graph.nodes[node].scope] is None]
        here = here or [self.graph.nodes[node] for node in nodes]
        heads = [node.op for node in here if OPERATIONS[node.op].role in _HEADS and not OPERATIONS[node.op].many]
        if len(heads) > times or not here:
            return None
        return heads[0] if heads else here[0].op


def _branches(column: Column) -> list[int]:
    """0 on the main path; what leaves one item of it is numbered from 1, and so is what begins beside it."""
    main = {end for link in column.links if link.way == "main" for end in (link.source, link.target)} or {0}
    source: dict[int, int] = {}
    for link in column.links:
        source[link.target] = min(link.source, source.get(link.target, link.source))
    found: list[int] = []
    begun: Counter[int | None] = Counter()
    for number in range(len(column.items)):
        before = source.get(number)
        begins = number not in main and (before is None or before in main)
        begun[before] += begins
        found.append(0 if number in main else begun[before] if before is None or begins else found[before])
    return found
