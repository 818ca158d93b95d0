"""The values that flow between the rows of a column, and which of them make the main path."""

from __future__ import annotations

from dataclasses import replace

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.folding import HIDDEN, Folding
from resnet_dsl.targets.figure.outline.outline import Link, Way
from resnet_dsl.targets.figure.outline.scopes import Scopes
from resnet_dsl.targets.figure.outline.words import clean


def gather_links(graph: Graph, scopes: Scopes, folding: Folding, last: int) -> tuple[Link, ...]:
    """The values between rows, each once; those on the main path to the node ``last`` are marked.

    What flows into a box with a name is a value like others, whatever happens to it inside.
    """
    found: dict[tuple[int, int, Way], Link] = {}
    for index, node in enumerate(graph.nodes):
        for position, other in enumerate(node.reads):
            source, target = folding.row_of[other], folding.row_of[index]
            boxed = target in folding.attachments
            way = "branch" if boxed else _way(node, position, scopes.adapter[node.scope] is not None)
            if source not in (target, HIDDEN) and target >= folding.entries:
                found.setdefault((source, target, way), Link(source, target, way, _tip(graph, way, other, index)))
    main = _main_path(graph, folding, list(found.values()), last)
    return tuple(
        replace(link, way="main") if link.way == "branch" and (link.source, link.target) in main else link
        for link in found.values()
    )


_SAID = {"identity": "identity skip", "adapted": "adapted skip", "branch": "value"}


def _tip(graph: Graph, way: Way, source: int, target: int) -> str:
    """What a tooltip says of a link."""
    ends = (clean(graph.nodes[end].name, 60) for end in (source, target))
    return f"{_SAID[way]} from {' to '.join(ends)}"


def _way(node: Node, position: int, adapter: bool) -> Way:
    if node.skip is not None and position > 0:
        return node.skip
    return "adapted" if adapter else "branch"


def _main_path(graph: Graph, folding: Folding, links: list[Link], last: int) -> set[tuple[int, int]]:
    """The links of the path from the input to the output that a reader takes for the network itself."""
    depth = _depths(len(folding.rows), links)
    entering: dict[int, list[Link]] = {}
    for link in links:
        entering.setdefault(link.target, []).append(link)
    path = set()
    row = folding.row_of[last]
    while row in entering:
        plain = [link for link in entering[row] if link.way == "branch"] or entering[row]
        gated = OPERATIONS[graph.nodes[folding.rows[row][0]].op].merge == "product"
        taken = plain[0] if gated else _in_the_middle(plain, depth)
        path.add((taken.source, row))
        row = taken.source
    return path


def _in_the_middle(links: list[Link], depth: list[int]) -> Link:
    """The one that comes from deepest; of three or more such branches the middle one, between the others."""
    deepest = max((depth[link.source], link.source == 0) for link in links)
    found = [link for link in links if (depth[link.source], link.source == 0) == deepest]
    return found[(len(found) - 1) // 2]


def _depths(rows: int, links: list[Link]) -> list[int]:
    depth = [0] * rows
    for link in sorted(links, key=lambda link: link.target):
        depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    return depth
