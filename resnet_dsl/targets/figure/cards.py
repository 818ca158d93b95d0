"""A network as a column of cards: stage level. A card holds one block's rows for each run of equal blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Literal, TypeAlias

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.figure.description import Column, Group, Item, Link
from resnet_dsl.targets.figure.folding import Folding, fold_to_rows
from resnet_dsl.targets.figure.items import Wishes, facts_of, gather_item
from resnet_dsl.targets.figure.links import gather_links
from resnet_dsl.targets.figure.rows import Tones, gather_sections, section_tone, summarise
from resnet_dsl.targets.figure.scopes import Scopes, read_scopes
from resnet_dsl.targets.figure.words import call, clean, count, label, short, whole

_MOST_ROWS = 14
Skip: TypeAlias = Literal["identity", "adapted"] | None


def gather_cards(subject: Facts, tones: Tones, wishes: Wishes, title: str, wide: bool) -> Column:
    """Stages become cards, the operations of stem and head stay rows. In a wide figure cards carry name and size."""
    graph = subject.graph
    scopes = read_scopes(graph)
    folding = fold_to_rows(graph, scopes)
    sections, section_of = gather_sections(subject, scopes, folding)
    links = gather_links(graph, scopes, folding, graph.output)
    items: list[Item] = []
    item_of: list[int] = []
    cards: dict[int, int] = {}
    for row, nodes in enumerate(folding.rows):
        part = scopes.part[graph.nodes[nodes[0]].scope]
        staged = part is not None and graph.scopes[part].kind == "stage"
        if staged and part in cards:
            item_of.append(cards[part])
            continue
        item_of.append(len(items))
        tone = section_tone(subject, scopes, nodes[0], tones)
        if staged and part is not None:
            cards[part] = len(items)
            tone = tones.get(subject.shapes[graph.scopes[part].exit][:-1])
            items.append(_card(subject, scopes, folding, part, section_of[row], tone, wishes, wide))
        else:
            items.append(_row(subject, folding, row, wishes, tone, section_of[row], wide))
    shown = tuple(replace(section, words=()) for section in sections) if wide else sections
    return Column(graph.name, title, shown, tuple(items), _between(links, item_of), summarise(subject))


def _row(
    subject: Facts, folding: Folding, row: int, wishes: Wishes, tone: int | None, section: int, wide: bool
) -> Item:
    item = gather_item(subject, folding, row, wishes, tone, section)
    if wide and item.kind == "text":
        return replace(item, lines=tuple(item.lines[0].split(" ", 1)))
    words = short(item.lines[0])
    reached = (whole(subject.shapes[item.nodes[-1]]),) if wide and item.kind == "box" else ()
    return replace(item, lines=(words, *item.lines[1:], *reached))


def _card(
    subject: Facts,
    scopes: Scopes,
    folding: Folding,
    part: int,
    section: int,
    tone: int | None,
    wishes: Wishes,
    wide: bool,
) -> Item:
    graph = subject.graph
    scope = graph.scopes[part]
    nodes = tuple(n for n, node in enumerate(graph.nodes) if scopes.part[node.scope] == part)
    groups = tuple(_shortened(list(_groups(graph, scopes, folding, nodes))))
    name, reached = clean(scope.name, 20), whole(subject.shapes[scope.exit])
    facts = facts_of(subject, nodes, tuple(fact for fact in wishes.show if fact != "shape"))
    shown = reached if wide or "shape" in wishes.show else ""
    lines = (name if wide else "", *(line for line in (shown, facts) if line))
    params = count(sum(subject.params[node] for node in nodes))
    blocks = ", then ".join(f"{group.repeat} x ({'; '.join(group.rows)})" for group in groups)
    return Item(
        scope.name,
        "card",
        lines,
        tone,
        section,
        nodes,
        f"{name}: {blocks}, output {reached}, {params} parameters",
        (),
        groups,
    )


def _groups(graph: Graph, scopes: Scopes, folding: Folding, nodes: tuple[int, ...]) -> Iterator[Group]:
    """The blocks of a stage, equal neighbours as one; what stands outside blocks is a group of its own."""
    single = [
        Group(*_content(graph, folding, tuple(members)))
        for _, members in groupby(nodes, key=lambda node: scopes.block[graph.nodes[node].scope])
    ]
    single = [group for group in single if group.rows]
    for _, equal in groupby(single, key=lambda group: tuple(map(_without_stride, group.rows))):
        run = list(equal)
        skips = [group.skip for group in run]
        yield Group(run[-1].rows, len(run), "identity" if "identity" in skips else skips[0])


def _shortened(groups: list[Group]) -> Iterator[Group]:
    """A card is a summary: of a stage with very many different rows it shows the first ones and counts the rest."""
    if sum(len(group.rows) for group in groups) <= _MOST_ROWS:
        yield from groups
        return
    shown = 0
    for number, group in enumerate(groups):
        shown += len(group.rows)
        if shown > _MOST_ROWS - 1 and number:
            rest = sum(len(other.rows) * other.repeat for other in groups[number:])
            yield Group((f"… {rest} more rows",))
            return
        yield group


def _without_stride(row: str) -> str:
    return ", ".join(part for part in row.split(", ") if not part.startswith("/"))


def _content(graph: Graph, folding: Folding, nodes: tuple[int, ...]) -> tuple[tuple[str, ...], int, Skip]:
    """The rows of one block, that it stands there once, and its skip connection."""
    skips = [node for node in nodes if graph.nodes[node].skip and _is_local(graph, nodes, node)]
    inside = set(nodes)
    rows = []
    for row in dict.fromkeys(folding.row_of[node] for node in nodes):
        first = folding.rows[row][0]
        node, attached = graph.nodes[first], folding.attachments.get(row)
        if first in inside and not (first in skips and node.op == "add"):
            rows.append(call(graph.scopes[attached]) if attached is not None else short(label(node)))
    return tuple(rows), 1, graph.nodes[skips[0]].skip if skips else None


def _is_local(graph: Graph, nodes: tuple[int, ...], merge: int) -> bool:
    """Whether a skip connection starts where its block starts, or inside it, and not in a stage before."""
    entries = {other for node in nodes[:1] for other in graph.nodes[node].inputs}
    inside = set(nodes)
    skipped = graph.nodes[merge].inputs[1]
    return skipped in inside or skipped in entries


def _between(links: tuple[Link, ...], item_of: list[int]) -> tuple[Link, ...]:
    """The links between cards, each once; a skip connection inside a card is drawn in it."""
    found: dict[tuple[int, int, str], Link] = {}
    for link in links:
        source, target = item_of[link.source], item_of[link.target]
        if source == target:
            continue
        way = "main" if target == source + 1 else "branch" if link.way == "main" else link.way
        found.setdefault((source, target, way), replace(link, source=source, target=target, way=way))
    return tuple(found.values())
