"""Close-ups that are asked for beside a network: of which block, at which place (``bottleneck@conv3``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.figure.outline.closeup import gather_block
from resnet_dsl.targets.figure.outline.colouring import coloured
from resnet_dsl.targets.figure.outline.items import Wishes
from resnet_dsl.targets.figure.outline.networks import UnknownBlockError
from resnet_dsl.targets.figure.outline.outline import Column, Outline, Zoom
from resnet_dsl.targets.figure.outline.scopes import (
    blocks_of,
    find_block,
    item_of,
    scopes_inside,
    title_of,
    with_scopes,
)
from resnet_dsl.targets.figure.outline.sections import Tones, tones_of
from resnet_dsl.targets.figure.theme.theme import Theme


def with_zooms(
    outline: Outline, subjects: Sequence[Facts], asked: Sequence[str], theme: Theme | None = None
) -> Outline:
    """The outline with a close-up for each of these; networks are its first columns.

    Raises UnknownBlockError.
    """
    tones = tones_of(subjects)
    wishes = Wishes.of("block", (), theme)
    found = [_zoom(subjects, one, tones, wishes) for one in dict.fromkeys(asked)]
    zooms = [_at_rows(column, outline, subjects) for column in found]
    keyed = [replace(zoom, key=f"{zoom.key} {number}") for number, zoom in enumerate(zooms)]
    shown = coloured(keyed, outline.columns, subjects, theme) if theme else keyed
    return replace(outline, columns=(*outline.columns, *shown), paged=False)


def _at_rows(column: Column, outline: Outline, subjects: Sequence[Facts]) -> Column:
    """The close-up with the nodes of the rows where its block is drawn: of an adapter those of its merge."""
    assert column.zoom is not None
    number, nodes = column.zoom
    network = outline.columns[number]
    if any(nodes & set(item.nodes) for item in network.items):
        return column
    at = item_of(network, subjects[number].graph)
    rows = {at[node] for node in nodes if node in at}
    shown = frozenset(node for row in rows for node in network.items[row].nodes)
    return replace(column, zoom=Zoom(number, shown))


def _zoom(subjects: Sequence[Facts], asked: str, tones: Tones, wishes: Wishes) -> Column:
    """From the first network that has such a block there."""
    for number, subject in enumerate(subjects):
        scope = _find(subject.graph, asked)
        if scope is not None:
            return _close_up(subject, scope, number, tones, wishes)
    raise _unknown([subject.graph for subject in subjects], asked)


def _find(graph: Graph, asked: str) -> int | None:
    name, at, place = asked.partition("@")
    if not at:
        return find_block(graph, name)
    inside = find_block(graph, place)
    return None if inside is None else find_block(graph, name, inside)


def _unknown(graphs: Sequence[Graph], asked: str) -> UnknownBlockError:
    """Where the place is there, the name is unknown in it."""
    name, _, place = asked.partition("@")
    known = [block for graph in graphs for block in blocks_of(graph)]
    if not place:
        return UnknownBlockError(name, tuple(dict.fromkeys(known)))
    for graph in graphs:
        inside = find_block(graph, place)
        if inside is not None:
            scopes = [graph.scopes[index] for index in scopes_inside(graph, inside)]
            names = [scope.block for scope in scopes if scope.block] + [scope.name for scope in scopes]
            return UnknownBlockError(name, tuple(dict.fromkeys(names)), f"in `{place}`")
    return UnknownBlockError(place, tuple(dict.fromkeys(known)))


def _close_up(subject: Facts, scope: int, number: int, tones: Tones, wishes: Wishes) -> Column:
    graph = subject.graph
    tone = tones.get(subject.shapes[graph.scopes[scope].exit][:-1], 0)
    column = gather_block(subject, scope, tone, wishes, formula=False)
    links = tuple(replace(link, words=()) for link in column.links)  # the legend says them
    inside = {scope, *scopes_inside(graph, scope)}
    nodes = frozenset(index for index, node in enumerate(graph.nodes) if node.scope in inside)
    title = title_of(graph, scope)
    shown = replace(column, key=f"zoom {title}", title=title, links=links, inset=True, zoom=Zoom(number, nodes))
    return replace(with_scopes(shown, graph), network=number)
