"""Every stage as text, a line a node: the tree of a spec, the graph, the calls of Keras. For people, and for tests.

What a name or a string holds is spelt out where it could steer a terminal or end its line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ParamSpec

from resnet_dsl.analyses.parts import slashed_paths
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.nodes import Scope
from resnet_dsl.pipeline import Compiled
from resnet_dsl.showing import line
from resnet_dsl.syntax import tree
from resnet_dsl.targets.keras.calls import Calls, Initializer, LayerCall
from resnet_dsl.targets.keras.lower import lower

_Given = ParamSpec("_Given")


def _text(lines: Callable[_Given, Iterator[str]]) -> Callable[_Given, str]:
    """The lines that a function yields as one text."""
    return lambda *given, **named: "".join(f"{line(one)}\n" for one in lines(*given, **named))


@_text
def tree_text(file: tree.File) -> Iterator[str]:
    """``then: Body 5:8``: each node's class and place, and its words; below it, further in, what it holds."""
    pending: list[tuple[int, str, tree.SyntaxNode | tree.Token]] = [(0, "", file)]
    while pending:
        depth, field, node = pending.pop()
        margin = "  " * depth + field
        if isinstance(node, tree.Token):
            yield f"{margin}{node.kind} {node.text}"
            continue
        words, below = _parts(node)
        row, column = node.span.source.position(node.span.start)
        yield " ".join([f"{margin}{node.kind}", f"{row}:{column}", *words])
        pending += [(depth + 1, name, child) for name, child in reversed(below)]


def _parts(node: tree.SyntaxNode) -> tuple[list[str], list[tuple[str, tree.SyntaxNode | tree.Token]]]:
    """The words of a node, and what stands below it: by the name of its field, or one of a row."""
    words: list[str] = []
    below: list[tuple[str, tree.SyntaxNode | tree.Token]] = []
    row = len(node.fields) - 2 if node.has_row else None
    for place, child in node.children():
        name = node.fields[place + 1]
        if place == row:
            below.append(("", child))
        elif isinstance(child, tree.Token):
            words.append(f"{name}={child.text}")
        else:
            below.append((f"{name}: ", child))
    return words, below


@_text
def graph_text(graph: Graph, shapes: tuple[Shape, ...]) -> Iterator[str]:
    """``a_conv = conv(input, channels=8, …): 8x8x8 in a``: a line a node, below a line for each scope."""
    names, paths = [node.name for node in graph.nodes], slashed_paths(graph)
    yield f"graph {graph.name}"
    for scope, path in zip(graph.scopes, paths, strict=True):
        yield f"scope {path}: {_scope(scope)} from {names[scope.entry]} to {names[scope.exit]}"
    for node, shape in zip(graph.nodes, shapes, strict=True):
        called = _call(node.op, (names[one] for one in node.inputs), node.args)
        mark = f", {node.skip} skip" if node.skip else ""
        mark += f", shares {names[node.shares]}" if node.shares is not None else ""
        yield f"{node.name} = {called}: {show(shape)} in {paths[node.scope]}{mark}"
    yield from _returned({output.name: names[output.node] for output in graph.outputs})


def _returned(outputs: Mapping[str, str]) -> Iterator[str]:
    """``return head_dense``; of several outputs a line each, with the name: ``return aux: aux_softmax``."""
    named = len(outputs) > 1
    for name, made in outputs.items():
        yield f"return {name}: {made}" if named else f"return {made}"


def _numbered(names: Iterable[str]) -> list[str]:
    """Names with a number from the second time on that one stands there: ``tower_conv#2`` calls that layer again."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def _scope(scope: Scope) -> str:
    """``residual block bottleneck(64)``."""
    block = "" if scope.block is None else f" {_call(scope.block, (), scope.args)}"
    return f"{'residual ' if scope.counts else ''}{scope.kind}{block}"


@_text
def calls_text(calls: Calls) -> Iterator[str]:
    """``a_conv = Conv2D(input, filters=8, …): 8x8x8``: a line a call, with its node where that has another name."""
    names = _numbered(call.name for call in calls.calls)
    yield f"model {calls.name}"
    for name, call in zip(names, calls.calls, strict=True):
        called = _call(call.kind, (names[one] for one in call.inputs), call.args)
        yield f"{name} = {called}: {show(call.shape)}{_origin(call, calls.graph.nodes[call.node].name)}"
    yield from _returned({name: names[call] for name, call in calls.outputs.items()})


def _origin(call: LayerCall, node: str) -> str:
    kept = "".join(f", its {theirs} is {ours}" for ours, theirs in call.keeps.items())
    return f" for {node}{kept}" if kept or call.name != node else ""


def _call(name: str, inputs: Iterable[str], args: Mapping[str, Any]) -> str:
    return f"{name}({', '.join([*inputs, *(f'{key}={_value(value)}' for key, value in args.items())])})"


def _value(value: Any) -> str:
    """As in the JSON of the graph, but for what only Keras has."""
    if isinstance(value, Initializer):
        return _call(value.kind, ("random",) if value.random else (), dict(value.args))
    return json.dumps(value, ensure_ascii=False)


TEXTS: dict[str, Callable[[Compiled], str]] = {
    "tree": lambda network: tree_text(network.asked.spec.module.file),
    "graph": lambda network: graph_text(network.graph, network.shapes),
    "calls": lambda network: calls_text(lower(network.graph, network.shapes)),
}
"""The text of each stage of a network, by the name that ``compile --to`` gives it."""
