"""What one row says of the nodes that it stands for; and a sentence on all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from resnet_dsl.analyses.counts import total
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import counted, first, plural
from resnet_dsl.targets.figure.outline.folding import Folding, is_scale
from resnet_dsl.targets.figure.outline.kinds import AS_ALWAYS, Kinds
from resnet_dsl.targets.figure.outline.outline import Item, Kind
from resnet_dsl.targets.figure.outline.words import call, clean, count, label, whole
from resnet_dsl.targets.figure.theme.theme import Theme

_MOST_ENDS = 12
"""Inputs or outputs that a sentence names."""


@dataclass(frozen=True)
class Wishes:
    """What is to be seen: the level; facts (``params``, ``macs``, ``shape``) as the second line of a row; how kinds of
    operations are shown; the words that a theme replaces."""

    level: str
    show: tuple[str, ...] = ()
    kinds: Kinds = AS_ALWAYS
    replaced: Container[str] = ()

    @classmethod
    def of(cls, level: str, show: tuple[str, ...], theme: Theme | None) -> Wishes:
        """Those of a user, and a theme's."""
        return cls(level, show, Kinds(theme.kinds), theme.words) if theme else cls(level, show)


def gather_item(subject: Facts, folding: Folding, row: int, wishes: Wishes, tone: int | None, section: int) -> Item:
    """The item of one row."""
    graph = subject.graph
    nodes = folding.rows[row]
    node = graph.nodes[nodes[0]]
    words = row_words(graph, folding, row)
    kind = kind_of(node, row in folding.attachments, wishes.kinds)
    if kind == "text":
        words = f"{'input' if graph.inputs == 1 else clean(node.name, 30)} {whole(subject.shapes[nodes[0]])}"
    facts = facts_of(subject, (*folding.adapters[row], *nodes), wishes.show) if kind in {"box", "thin", "card"} else ""
    lines = (words, facts) if facts else (words,)
    return Item(node.name, kind, lines, tone, section, nodes, tip(subject, nodes, folding.adapters[row], words))


def row_words(graph: Graph, folding: Folding, row: int) -> str:
    """What a row does, and the numbers that are folded in: ``3×3 conv, 64, × 0.2``."""
    attached, node = folding.attachments.get(row), graph.nodes[folding.rows[row][0]]
    words = call(graph.scopes[attached]) if attached is not None else _operation(node)
    details = (graph.nodes[index] for index in folding.folded.get(row, ()))
    return ", ".join([words, *(label(detail) for detail in details if is_scale(detail)), *mark_of(folding, row)])


def mark_of(folding: Folding, row: int) -> list[str]:
    """``#1``: the number of the layer that a row shares with others; of a block's row that of the first such layer."""
    nodes = folding.rows[row] if row in folding.attachments else folding.rows[row][:1]
    return [f"#{folding.shared[node]}" for node in nodes if node in folding.shared][:1]


def _operation(node: Node) -> str:
    """A merge that reads a value several times says so: one arrow leads there (a skip connection has its own)."""
    return with_times(node, node.reads if node.skip is None else node.reads[1:])


def with_times(node: Node, read: Sequence[int]) -> str:
    """``concat (one value 2 times)``, where no arrow of its own tells it. read: what arrows lead there from."""
    most = max(Counter(read).values(), default=1)
    return label(node) if most == 1 else f"{label(node)} (one value {most} times)"


def kind_of(node: Node, attached: bool, kinds: Kinds) -> Kind:
    if node.op == "input":
        return "text"
    if attached:
        return "box"
    if OPERATIONS[node.op].many:
        return "merge"
    return kinds.box(node)


def facts_of(subject: Facts, nodes: tuple[int, ...], show: tuple[str, ...]) -> str:
    written = {
        "params": lambda: f"{params_of(subject, nodes)} params",
        "macs": lambda: f"{macs_of(subject, nodes)} MACs",
        "shape": lambda: whole(subject.shapes[nodes[-1]]),
    }
    return " · ".join(written[fact]() for fact in show)


def params_of(subject: Facts, nodes: Iterable[int]) -> str:
    return count(sum(subject.params[node] for node in nodes))


def told_params(subject: Facts, nodes: Iterable[int]) -> str:
    """``25.6M parameters``, ``1 parameter``."""
    number = sum(subject.params[node] for node in nodes)
    return f"{count(number)} {plural('parameter', number)}"


def macs_of(subject: Facts, nodes: Iterable[int]) -> str:
    return count(total(subject.counts[node] for node in nodes).macs)


def tip(subject: Facts, nodes: tuple[int, ...], adapter: tuple[int, ...], words: str) -> str:
    """What a tooltip says: name, operation, what is folded in, the shape, the parameters."""
    graph = subject.graph
    rest = [label(graph.nodes[node]) for node in nodes[1:4]]
    rest += [f"skip through {label(graph.nodes[node])}" for node in adapter[:1]]
    folded = f" ({', '.join(rest)}{', …' if len(nodes) > 4 else ''})" if rest else ""
    name = clean(graph.nodes[nodes[0]].name, 80)
    params = told_params(subject, (*nodes, *adapter))
    return f"{name}: {words}{folded}, output {whole(subject.shapes[nodes[-1]])}, {params}"


def summarise(subject: Facts) -> str:
    """One sentence on a network, for a screen reader."""
    graph = subject.graph
    stages = [clean(scope.name) for scope in graph.scopes if scope.kind == "stage"]
    skips = [node.skip for node in graph.nodes if node.skip]
    ways = f"{skips.count('identity')} identity and {skips.count('adapted')} adapted skip connections"
    parts = f"{counted(len(stages), 'stage')} ({', '.join(stages)})" if stages else "no stages"
    params = told_params(subject, range(len(graph.nodes)))
    ends = f"from {_said(subject.input_shapes)} to {_said(subject.output_shapes)}"
    return f"{clean(graph.name)}: {ends}, {parts}, {ways if skips else 'no skip connection'}, {params}."


def _said(ends: Mapping[str, Shape]) -> str:
    """The inputs or outputs of a network; several by their names."""
    if len(ends) == 1:
        return whole(next(iter(ends.values())))
    return first([f"{clean(name, 24)} {whole(shape)}" for name, shape in ends.items()], _MOST_ENDS)
