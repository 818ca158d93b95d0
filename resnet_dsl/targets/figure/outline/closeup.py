"""One block in close-up: every path, operation and merge, what flows in and out (the paper's Figures 2 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import counted
from resnet_dsl.targets.figure.outline.folding import HIDDEN, Folding, is_scale, shared_layers
from resnet_dsl.targets.figure.outline.formula import Formula, formula_of
from resnet_dsl.targets.figure.outline.items import Wishes, gather_item, told_params
from resnet_dsl.targets.figure.outline.kinds import AS_ALWAYS, Kinds, left_out
from resnet_dsl.targets.figure.outline.links import gather_links
from resnet_dsl.targets.figure.outline.outline import Column, Item, Link, Note, Section
from resnet_dsl.targets.figure.outline.scopes import read_scopes
from resnet_dsl.targets.figure.outline.words import clean, label, whole

_MERGE = 1.5
"""How much larger a merge is than in a whole network."""
_SHORT, _MOST_BESIDE = 8, 12
"""Letters of a formula beside a link, and behind an item of a side path."""


@dataclass(frozen=True)
class _View:
    """What a close-up shows of a graph."""

    inside: frozenset[int]
    entries: tuple[int, ...]
    exit: int
    exits: tuple[int, ...]
    """All nodes inside that are read outside or returned, the exit first."""


def gather_block(
    subject: Facts,
    scope: int,
    tone: int | None,
    wishes: Wishes,
    formula: bool,
    titled: bool = True,
    boxed: bool = False,
) -> Column:
    """``formula``: in the words of the paper's Figure 2 (weight layer, x, F(x), F(x) + x).

    ``boxed``: the blocks that it calls are named boxes.
    """
    graph = subject.graph
    scopes = read_scopes(graph)
    view = _view(graph, scope)
    inner = _inner_blocks(graph, scope) if boxed else {}
    kinds = AS_ALWAYS if formula else wishes.kinds
    folding = _fold(graph, view, _folds(graph, kinds, formula, wishes.level), kinds, inner)
    items = [_item(subject, folding, row, wishes, tone, view) for row in range(len(folding.rows))]
    links = list(gather_links(graph, scopes, folding, view.exit))
    for number, end in enumerate(view.exits):
        words = "" if formula else whole(subject.shapes[end])
        links.append(Link(folding.row_of[end], len(items), "main" if end == view.exit else "branch"))
        items.append(Item(f"out {number}" if number else "out", "text", (words,), None, 0))
    said = tuple(replace(link, words=("identity",) if link.way == "identity" else ()) for link in links)
    block = graph.scopes[scope]
    title = "" if formula or not titled else clean(block.block or block.name, 40)
    summary = _summary(subject, view, title)
    hidden = tuple(left_out([graph], [folding.hidden]))
    column = Column(title or block.name, title, (Section("", ()),), tuple(items), said, summary, definitions=hidden)
    if not formula:
        return column
    return _in_formulas(column, graph, folding, formula_of(graph, scopes, view.entries, view.inside))


def _view(graph: Graph, scope: int) -> _View:
    within = [False] * len(graph.scopes)
    for index, one in enumerate(graph.scopes):
        within[index] = index == scope or (one.parent is not None and within[one.parent])
    inside = [index for index, node in enumerate(graph.nodes) if within[node.scope]]
    members = frozenset(inside)
    entry = graph.scopes[scope].entry
    read = [other for index in inside for other in graph.nodes[index].reads if other not in members]
    entries = dict.fromkeys([entry, *read] if entry in read else read or [entry])
    read_outside = {other for n, node in enumerate(graph.nodes) if n not in members for other in node.reads}
    leaving = (read_outside | {output.node for output in graph.outputs}) & members
    exit = graph.scopes[scope].exit
    return _View(members, tuple(entries), exit, (exit, *sorted(leaving - {exit})))


def _inner_blocks(graph: Graph, scope: int) -> dict[int, int]:
    """For the scopes in a scope the outermost block inside it that they lie in."""
    found: dict[int, int] = {}
    for index, one in enumerate(graph.scopes[scope + 1 :], scope + 1):
        if one.parent in found:
            found[index] = found[one.parent]
        elif one.parent == scope and one.kind == "block":
            found[index] = index
    return found


def _fold(graph: Graph, view: _View, folds: Callable[[int], bool], kinds: Kinds, inner: Mapping[int, int]) -> Folding:
    """``folds``: what is part of the row before. ``inner``: blocks that are boxes."""
    rows: list[list[int]] = [[entry] for entry in view.entries]
    row_of = [HIDDEN] * len(graph.nodes)
    for row, entry in enumerate(view.entries):
        row_of[entry] = row
    folded: dict[int, list[int]] = {}
    hidden: list[int] = []
    row_of_block: dict[int, int] = {}
    readers = [0] * len(graph.nodes)
    for node in graph.nodes:
        for other in node.reads:
            readers[other] += 1
    for index in sorted(view.inside):
        before, block = graph.nodes[index].reads[0], inner.get(graph.nodes[index].scope)
        if block in row_of_block:
            row_of[index] = row_of_block[block]
            rows[row_of[index]].append(index)
            continue
        if block is not None:
            row_of_block[block] = len(rows)
        elif folds(index) and before in view.inside and readers[before] == 1:
            row_of[index] = row_of[before]
            rows[row_of[index]].append(index)
            (hidden if kinds.hides(graph.nodes[index]) else folded.setdefault(row_of[index], [])).append(index)
            continue
        row_of[index] = len(rows)
        rows.append([index])
    return Folding(
        tuple(map(tuple, rows)),
        tuple(row_of),
        ((),) * len(rows),
        {row: block for block, row in row_of_block.items()},
        folded,
        len(view.entries),
        tuple(hidden),
        shared_layers(graph),
    )


def _folds(graph: Graph, kinds: Kinds, formula: bool, level: str) -> Callable[[int], bool]:
    """Which operations are part of the row before; numbers that scale belong to a formula, so there they are not."""

    def folds(index: int) -> bool:
        node = graph.nodes[index]
        if level == "layer" and not formula:
            return kinds.folds_by_itself(node)
        if is_scale(node) and kinds.show(node) is None:
            return not formula and not OPERATIONS[graph.nodes[node.reads[0]].op].many
        return kinds.folds(node)

    return folds


def _item(subject: Facts, folding: Folding, row: int, wishes: Wishes, tone: int | None, view: _View) -> Item:
    graph = subject.graph
    nodes = folding.rows[row]
    node = graph.nodes[nodes[0]]
    if row < len(view.entries):
        shape = whole(subject.shapes[nodes[0]])
        lines = (shape,) if row == 0 else (clean(node.name, 30), shape)
        return Item(f"in {row}", "text", lines, None, 0, nodes, f"input {shape}")
    weighted = OPERATIONS[node.op].role == "weighted"
    item = gather_item(subject, folding, row, wishes, tone if weighted else None, 0)
    details = folding.folded.get(row, ())
    beside = [label(graph.nodes[n]) for n in details if OPERATIONS[graph.nodes[n].op].role == "activation"]
    return replace(item, beside=tuple(beside), scale=_MERGE if item.kind == "merge" else 1.0)


def _summary(subject: Facts, view: _View, title: str) -> str:
    graph = subject.graph
    operations = sum(index in view.inside for index in range(len(graph.nodes)))
    params = told_params(subject, view.inside)
    entering = " and ".join(whole(subject.shapes[entry]) for entry in view.entries)
    leaving = " and ".join(whole(subject.shapes[end]) for end in view.exits)
    what = f"The block {title}" if title else "A residual block"
    return f"{what}: from {entering} to {leaving}, {counted(operations, 'operation')}, {params}."


def _in_formulas(column: Column, graph: Graph, folding: Folding, written: Formula | None) -> Column:
    """``written``: None where the block has too many parts for a formula; the column then says so."""
    items = [_as_formula(graph, item, written) for item in column.items]
    if written is None:
        return replace(column, items=tuple(items), definitions=("too many parts for a formula",))
    links = tuple(replace(link, words=_carried(link, folding, written)) for link in column.links)
    items, notes, defined = _with_letters(items, links, folding, written)
    return replace(column, items=tuple(items), links=links, notes=notes, definitions=defined)


def _carried(link: Link, folding: Folding, written: Formula) -> tuple[str, ...]:
    """Beside an identity skip the value that it carries, too."""
    carried = written.values.get(folding.rows[link.source][-1], "") if link.words else ""
    return (f"*{carried}*", *link.words) if 0 < len(carried) <= _SHORT else link.words


def _as_formula(graph: Graph, item: Item, written: Formula | None) -> Item:
    if item.key.startswith("in ") and written:
        return replace(item, lines=(f"*{written.values[item.nodes[0]]}*",))
    node = graph.nodes[item.nodes[0]] if item.nodes else None
    if node is not None and OPERATIONS[node.op].role == "weighted":
        return replace(item, lines=("weight layer",), tone=0)
    return item


def _with_letters(
    items: list[Item], links: Sequence[Link], folding: Folding, written: Formula
) -> tuple[list[Item], tuple[Note, ...], tuple[str, ...]]:
    """What functions and merges make: at the side of the main path, and behind the items of other paths."""
    main = {link.target for link in links if link.way == "main"}
    rows = {letter: {folding.row_of[node] for node in nodes} for letter, nodes in written.functions.items()}
    spans = [(min(own), max(own), written.applied[letter]) for letter, own in rows.items()]
    spans += [(folding.row_of[merge], folding.row_of[merge], text) for merge, text in written.merges.items()]
    notes = [Note(first, last, f"*{text}*") for first, last, text in spans if {first, last} <= main]
    behind = {last: text for first, last, text in spans if not {first, last} <= main and not text.startswith("W")}
    for row, text in behind.items():
        items[row] = replace(items[row], beside=(*items[row].beside, f"*{_symbol(text)}*"))
    defined = tuple(text for text in behind.values() if _symbol(text) != text)
    return items, tuple(sorted(notes, key=lambda note: note.first)), defined


def _symbol(text: str) -> str:
    """What has room beside an arrow: the formula, or its name, or its letter; the whole is then said below."""
    return text if len(text) <= _MOST_BESIDE else text.split(" = ", maxsplit=1)[0] if " = " in text else text[0]
