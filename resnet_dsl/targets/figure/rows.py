"""A network as a column of rows: block level (every convolution) and layer level (every operation)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.lengths import Length
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.description import Column, Item, Kind, Link, Section, Way
from resnet_dsl.targets.figure.folding import Folding, fold_to_layers, fold_to_rows, is_light
from resnet_dsl.targets.figure.scopes import Scopes, read_scopes
from resnet_dsl.targets.figure.words import call, clean, count, label, size, whole

Tones = Mapping[tuple[Length, ...], int]
"""The palette's colour of each feature-map size."""


@dataclass(frozen=True)
class Wishes:
    """What is to be seen: the level, and facts (``params``, ``macs``, ``shape``) as the second line of a row."""

    level: str
    show: tuple[str, ...] = ()


def gather_rows(subject: Facts, tones: Tones, wishes: Wishes, title: str) -> Column:
    """The column of a whole network."""
    graph = subject.graph
    scopes = read_scopes(graph)
    layers = wishes.level == "layer"
    folding = fold_to_layers(graph) if layers else fold_to_rows(graph, scopes)
    sections, section_of = gather_sections(subject, scopes, folding)
    items = []
    for row, nodes in enumerate(folding.rows):
        tone = section_tone(subject, scopes, nodes[0], tones)
        items.append(gather_item(subject, folding, row, wishes, tone, section_of[row]))
    links = gather_links(graph, scopes, folding)
    return Column(graph.name, title, sections, tuple(items), links, summarise(subject))


def summarise(subject: Facts) -> str:
    """One sentence on a network, for a screen reader."""
    graph = subject.graph
    stages = [clean(scope.name) for scope in graph.scopes if scope.kind == "stage"]
    skips = [node.skip for node in graph.nodes if node.skip]
    ways = f"{skips.count('identity')} identity and {skips.count('adapted')} adapted skip connections"
    parts = f"{len(stages)} stages ({', '.join(stages)})" if stages else "no stages"
    params = count(sum(subject.params))
    ends = f"from {whole(subject.shapes[0])} to {whole(subject.shapes[graph.output])}"
    return f"{clean(graph.name)}: {ends}, {parts}, {ways if skips else 'no skip connection'}, {params} parameters."


def section_tone(subject: Facts, scopes: Scopes, index: int, tones: Tones) -> int | None:
    """The colour of a node's stage; outside stages only weights on maps have one, the first."""
    node = subject.graph.nodes[index]
    part = scopes.part[node.scope]
    if part is None or OPERATIONS[node.op].role not in {"weighted", "merge"} or len(subject.shapes[index]) < 2:
        return None
    scope = subject.graph.scopes[part]
    if scope.kind == "stage":
        return tones.get(subject.shapes[scope.exit][:-1])
    return tones.get(subject.shapes[index][:-1], 0) if scope.kind == "stem" else None


def gather_sections(subject: Facts, scopes: Scopes, folding: Folding) -> tuple[tuple[Section, ...], list[int]]:
    """The brackets: one a stage, one a size in stem and head; and the section of each row."""
    found: dict[tuple[int | None, str], int] = {}
    sections: list[Section] = []
    section_of = []
    for nodes in folding.rows:
        part = scopes.part[subject.graph.nodes[nodes[0]].scope]
        staged = part is None or subject.graph.scopes[part].kind == "stage"
        place = (part, "" if staged else size(subject.shapes[nodes[0]]))
        if place not in found:
            found[place] = len(sections)
            before = sum(other == part for other, _ in found) - 1
            sections.append(_section(subject, part, place[1], before))
        section_of.append(found[place])
    return tuple(sections), section_of


def _section(subject: Facts, part: int | None, reached: str, before: int) -> Section:
    """``before``: how many sections of the same part there are already."""
    if part is None:
        return Section("", ())
    scope = subject.graph.scopes[part]
    if scope.kind == "stage":
        return Section(f"stage {scope.name}", (clean(scope.name, 20), size(subject.shapes[scope.exit])))
    return Section(f"{scope.kind} {before}", (reached,) if before else (scope.kind, reached))


def gather_item(subject: Facts, folding: Folding, row: int, wishes: Wishes, tone: int | None, section: int) -> Item:
    """The item of one row."""
    graph = subject.graph
    nodes = folding.rows[row]
    node = graph.nodes[nodes[0]]
    attached = folding.attachments.get(row)
    words = call(graph.scopes[attached]) if attached is not None else label(node)
    kind = kind_of(node, attached is not None, wishes.level)
    if kind == "text":
        words = f"input {whole(subject.shapes[nodes[0]])}"
    facts = facts_of(subject, (*folding.adapters[row], *nodes), wishes.show) if kind in {"box", "thin", "card"} else ""
    lines = (words, facts) if facts else (words,)
    return Item(node.name, kind, lines, tone, section, nodes, tip(subject, nodes, folding.adapters[row], words))


def kind_of(node: Node, attached: bool, level: str) -> Kind:
    if node.op == "input":
        return "text"
    if attached:
        return "box"
    if OPERATIONS[node.op].many:
        return "merge"
    return "thin" if level == "layer" and is_light(node) else "box"


def facts_of(subject: Facts, nodes: tuple[int, ...], show: tuple[str, ...]) -> str:
    written = {
        "params": lambda: f"{count(sum(subject.params[node] for node in nodes))} params",
        "macs": lambda: _macs(subject, nodes),
        "shape": lambda: whole(subject.shapes[nodes[-1]]),
    }
    return " · ".join(written[fact]() for fact in show)


def _macs(subject: Facts, nodes: tuple[int, ...]) -> str:
    counts = [subject.macs[node] for node in nodes]
    return "? MACs" if None in counts else f"{count(sum(filter(None, counts)))} MACs"


def tip(subject: Facts, nodes: tuple[int, ...], adapter: tuple[int, ...], words: str) -> str:
    """What a tooltip says: name, operation, what is folded in, the shape, the parameters."""
    graph = subject.graph
    rest = [label(graph.nodes[node]) for node in nodes[1:4]]
    rest += [f"skip through {label(graph.nodes[node])}" for node in adapter[:1]]
    folded = f" ({', '.join(rest)}{', …' if len(nodes) > 4 else ''})" if rest else ""
    params = sum(subject.params[node] for node in (*nodes, *adapter))
    name = clean(graph.nodes[nodes[0]].name, 80)
    return f"{name}: {words}{folded}, output {whole(subject.shapes[nodes[-1]])}, {count(params)} parameters"


def gather_links(graph: Graph, scopes: Scopes, folding: Folding) -> tuple[Link, ...]:
    """The values between rows, each once; those on the main path are marked."""
    found: dict[tuple[int, int, Way], Link] = {}
    for index, node in enumerate(graph.nodes):
        for position, other in enumerate(node.inputs):
            source, target = folding.row_of[other], folding.row_of[index]
            way = _way(node, position, scopes.adapter[node.scope] is not None)
            if source != target:
                found.setdefault((source, target, way), Link(source, target, way))
    main = _main_path(graph, folding, list(found.values()))
    return tuple(
        replace(link, way="main") if link.way == "branch" and (link.source, link.target) in main else link
        for link in found.values()
    )


def _way(node: Node, position: int, adapter: bool) -> Way:
    if node.skip is not None and position > 0:
        return node.skip
    return "adapted" if adapter else "branch"


def _main_path(graph: Graph, folding: Folding, links: list[Link]) -> set[tuple[int, int]]:
    """The links of the path from the input to the output that a reader takes for the network itself."""
    depth = _depths(len(folding.rows), links)
    entering: dict[int, list[Link]] = {}
    for link in links:
        entering.setdefault(link.target, []).append(link)
    path = set()
    row = folding.row_of[graph.output]
    while row in entering:
        plain = [link for link in entering[row] if link.way == "branch"] or entering[row]
        gate = graph.nodes[folding.rows[row][0]].op == "mul"
        before = plain[0].source if gate else max(plain, key=lambda link: depth[link.source]).source
        path.add((before, row))
        row = before
    return path


def _depths(rows: int, links: list[Link]) -> list[int]:
    depth = [0] * rows
    for link in sorted(links, key=lambda link: link.target):
        depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    return depth
