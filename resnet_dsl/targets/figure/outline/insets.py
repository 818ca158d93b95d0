"""What a figure of whole networks leaves out: said in words, and drawn beside them as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import first
from resnet_dsl.targets.figure.outline.closeup import gather_block
from resnet_dsl.targets.figure.outline.folding import Folding, shared_layers
from resnet_dsl.targets.figure.outline.groups import BoxedParts
from resnet_dsl.targets.figure.outline.items import Wishes
from resnet_dsl.targets.figure.outline.kinds import Kinds
from resnet_dsl.targets.figure.outline.outline import Column
from resnet_dsl.targets.figure.outline.scopes import place_of, read_scopes, title_of
from resnet_dsl.targets.figure.outline.sections import Tones
from resnet_dsl.targets.figure.outline.words import clean

_MOST_INSETS = 3
_MOST_ITEMS = 40
"""Of one inset; a block that has more is named in words alone."""
_MOST_NAMES = 8


def gather_insets(subject: Facts, column: Column, tones: Tones, kinds: Kinds) -> tuple[list[Column], list[str]]:
    """The named boxes of a column, each kind once, in close-up; and the names of those that are not drawn."""
    drawn: list[Column] = []
    left_out: list[str] = []
    for scope in BoxedParts(subject.graph, read_scopes(subject.graph)).kinds(column.items):
        inset = _inset(subject, scope, tones, kinds) if len(drawn) < _MOST_INSETS else None
        if inset is None:
            left_out.append(place_of(subject.graph, scope))
        else:
            drawn.append(inset)
    return drawn, left_out


def _inset(subject: Facts, scope: int, tones: Tones, kinds: Kinds) -> Column | None:
    """Every operation, or, where these are too many, the blocks that it calls; None where even they are."""
    tone = tones.get(subject.shapes[subject.graph.scopes[scope].exit][:-1], 0)
    for boxed in (False, True):
        column = gather_block(subject, scope, tone, Wishes("block", kinds=kinds), formula=False, boxed=boxed)
        if len(column.items) <= _MOST_ITEMS:
            place = place_of(subject.graph, scope)
            links = tuple(replace(link, words=()) for link in column.links)  # the legend says them
            return replace(column, key=f"inset {place}", title=title_of(subject.graph, scope), links=links, inset=True)
    return None


def remarks_of(graph: Graph, folding: Folding, left_out: Sequence[str]) -> Iterator[str]:
    """What the rows of a network do not show, in the language's words."""
    folded = [graph.nodes[index] for nodes in folding.folded.values() for index in nodes]
    hidden = dict.fromkeys(node.op for node in folded if OPERATIONS[node.op].role != "scale")
    if hidden:
        yield f"not drawn: {_listed(list(hidden))}"
    named = [graph.scopes[scope] for scope in folding.attachments.values()]
    boxes = dict.fromkeys([*left_out, *(one.block or one.name for one in named)])
    if boxes:
        yield f"boxes by name, which --block draws: {_listed(list(boxes))}"


def shared_remark(graphs: Iterable[Graph]) -> list[str]:
    """What the numbers behind layers mean, where a network shares any."""
    return (
        ["one number (#1): one layer with its weights, called several times"] if any(map(shared_layers, graphs)) else []
    )


def _listed(names: Sequence[str]) -> str:
    return first([clean(name, 24) for name in names], _MOST_NAMES)
