"""A network as a column of rows: block level (every convolution) and layer level (every operation)."""

from __future__ import annotations

from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure.outline.folding import fold_to_layers, fold_to_rows
from resnet_dsl.targets.figure.outline.items import Wishes, gather_item
from resnet_dsl.targets.figure.outline.links import gather_links
from resnet_dsl.targets.figure.outline.outline import Column
from resnet_dsl.targets.figure.outline.scopes import read_scopes
from resnet_dsl.targets.figure.outline.sections import Tones, gather_sections, section_tone
from resnet_dsl.targets.figure.outline.words import clean, count, whole


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
