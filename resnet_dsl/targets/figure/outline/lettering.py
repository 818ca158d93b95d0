"""A close-up in the symbols of the paper's Figure 2: weight layer, x, F(x), F(x) + x, identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.formula import Formula
from resnet_dsl.targets.figure.outline.outline import Column, Item, Link, Note

_SHORT, _MOST_BESIDE = 8, 12
"""Letters of a formula beside a link, and behind an item of a side path."""


def in_formulas(column: Column, graph: Graph, folding: Folding, written: Formula | None) -> Column:
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
