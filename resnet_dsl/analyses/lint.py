"""What compiles but is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resnet_dsl.analyses.doubts import DOUBTS, doubtful_input
from resnet_dsl.analyses.parts import stage_of_scopes
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.values import Origin
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.lengths import Shape, show


def lint(graph: Graph, shapes: Sequence[Shape], origins: Sequence[Origin]) -> tuple[Diagnostic, ...]:
    """What follows from the shapes; of strides the first of each kind, since what comes behind follows from it."""
    owners = stage_of_scopes(graph)
    found: list[Diagnostic] = list(_doubts(graph, shapes, origins))
    rounded = collapsed = False
    for index, node in enumerate(graph.nodes):
        if not node.inputs or len(shapes[node.inputs[0]]) < 2 or "stride" not in node.args:
            continue
        before, after = shapes[node.inputs[0]], shapes[index]
        if not collapsed and _collapses(node, before, after) and graph.scopes[owners[node.scope]].kind != "head":
            collapsed = True
            found.append(_collapsed(before, after, origins[index]))
        elif not rounded and _rounds(node, before):
            rounded = True
            found.append(_rounded(before, after, origins[index]))
    return tuple(found)


def _doubts(graph: Graph, shapes: Sequence[Shape], origins: Sequence[Origin]) -> Iterator[Diagnostic]:
    """Repeated blocks share their arguments: each kind of node is asked once at each place."""
    asked: set[tuple[int, int]] = set()
    doubt = doubtful_input(shapes[0], origins[0].span)
    if doubt is not None:
        yield doubt
    for index, node in enumerate(graph.nodes[1:], 1):
        key = id(node.args), id(origins[index].span)
        if key in asked:
            continue
        asked.add(key)
        for question in DOUBTS:
            doubt = question(node, shapes[node.inputs[0]], origins[index].span)
            if doubt is not None:
                yield located(doubt, origins[index].caller)


def _collapses(node: Node, before: Shape, after: Shape) -> bool:
    """Whether a window (not a global pool) leaves one position of several."""
    if node.args.get("kernel") == "global" or len(after) < 2:
        return False
    return all(length == 1 for length in after[:-1]) and any(length != 1 for length in before[:-1])


def _rounds(node: Node, before: Shape) -> bool:
    stride = node.args["stride"]
    if stride is None or all(length == 1 for length in before[:-1]):
        return False
    return any(isinstance(length, int) and length % step for length, step in zip(before, stride, strict=False))


def _collapsed(before: Shape, after: Shape, origin: Origin) -> Diagnostic:
    diagnostic = Diagnostic(
        "W0301",
        f"the map is down to one position ({show(before)} -> {show(after)}) before the head",
        Label(origin.span),
        help="use fewer strides, or a larger input",
    )
    return located(diagnostic, origin.caller)


def _rounded(before: Shape, after: Shape, origin: Origin) -> Diagnostic:
    diagnostic = Diagnostic(
        "W0302",
        f"the stride does not divide the map's size: {show(before)} -> {show(after)}",
        Label(origin.span),
        help="choose an input whose lengths the strides divide (224, 256), if the border matters",
    )
    return located(diagnostic, origin.caller)
