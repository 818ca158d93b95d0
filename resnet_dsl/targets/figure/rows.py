"""A network as a column of rows: block level (every convolution) and layer level (every operation)."""

from __future__ import annotations

from collections.abc import Mapping

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import Length
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.description import Column, Section
from resnet_dsl.targets.figure.folding import Folding, fold_to_layers, fold_to_rows
from resnet_dsl.targets.figure.items import Wishes, gather_item
from resnet_dsl.targets.figure.links import gather_links
from resnet_dsl.targets.figure.scopes import Scopes, read_scopes
from resnet_dsl.targets.figure.words import clean, count, size, whole

Tones = Mapping[tuple[Length, ...], int]
"""The palette's colour of each feature-map size."""


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
    links = gather_links(graph, scopes, folding, graph.output)
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
