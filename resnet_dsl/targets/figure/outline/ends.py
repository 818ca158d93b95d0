"""The ends of a network of several inputs or outputs: which of them the main path joins, and what is returned, by name.

A network of one output has no such ends: it ends with its last row.
"""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Output
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.links import gather_links
from resnet_dsl.targets.figure.outline.outline import Item, Link, Section
from resnet_dsl.targets.figure.outline.scopes import Scopes
from resnet_dsl.targets.figure.outline.words import clean, whole

UNNAMED = "head"
"""What the head without a name is called."""


def main_output(subject: Facts) -> Output:
    """The output that a reader takes for the network's own: of the head without a name, else the deepest one."""
    outputs = subject.graph.outputs
    own = next((output for output in outputs if output.name == UNNAMED), None)
    return own or max(outputs, key=lambda output: (subject.depth_of(output.name), output.node))


def gather_flow(subject: Facts, scopes: Scopes, folding: Folding) -> tuple[Link, ...]:
    """The values between the rows, and from them to the ends, which stand behind the rows."""
    main = main_output(subject)
    links = gather_links(subject.graph, scopes, folding, main.node)
    return *links, *_to_ends(subject.graph, folding, main)


def _to_ends(graph: Graph, folding: Folding, main: Output) -> list[Link]:
    return [
        Link(folding.row_of[output.node], end, "main" if output == main else "branch", f"output {clean(output.name)}")
        for end, output in enumerate(returned(graph), len(folding.rows))
    ]


def returned(graph: Graph) -> tuple[Output, ...]:
    """The outputs that are ends of their own: all of them where there are several."""
    return graph.outputs if len(graph.outputs) > 1 else ()


def gather_ends(subject: Facts, section: int) -> list[Item]:
    """Each end with its name and its shape; ``section`` is theirs."""
    return [_end(output, whole(subject.shapes[output.node]), section) for output in returned(subject.graph)]


def _end(output: Output, shape: str, section: int) -> Item:
    name = clean(output.name, 30)
    return Item(f"output {output.name}", "text", (name, shape), None, section, tip=f"output {name}, {shape}")


def with_ends(sections: Sequence[Section], graph: Graph) -> tuple[Section, ...]:
    """The sections, and behind them that of the ends."""
    return (*sections, Section("outputs", (), beside=True)) if returned(graph) else tuple(sections)
