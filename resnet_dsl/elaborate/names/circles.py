"""Definitions that lead to themselves: blocks that call, `let`s that ask, networks that derive. From the text alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.merging import steps
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Circle: TypeAlias = list[tuple[str, Span]]
"""Each definition of a circle, and the place in it that leads on to the next one."""

_Leads: TypeAlias = Callable[[Definition], Iterator[tuple[Definition, Span]]]


def check_recursions(module: Module) -> Iterator[Diagnostic]:
    """Blocks and `let`s of a file that need themselves; each circle once."""
    yield from map(recursion, _circles(module, tree.Block, _calls))
    yield from map(let_circle, _circles(module, tree.Let, _asked))


def check_derivations(module: Module) -> Iterator[Diagnostic]:
    """Networks of a file that derive from each other in a circle, and chains of networks that are too long."""
    yield from map(_derivation_circle, _circles(module, tree.NetworkNode, _bases))
    depths: dict[tree.SyntaxNode, float] = {}
    for definition in module.networks().values():
        path: list[Definition] = []
        current: Definition | None = definition
        while current is not None and current.tree not in depths:
            depths[current.tree] = -math.inf  # where the path comes back here, no first network is ever reached
            path.append(current)
            current = next((base for base, _ in _bases(current)), None)
        depth = -1 if current is None else depths[current.tree]
        for one in reversed(path):
            depth += 1
            depths[one.tree] = depth
            if depth == DEEPEST_DERIVATION + 1:
                yield _too_often(one)


def _calls(definition: Definition) -> Iterator[tuple[Definition, Span]]:
    """The blocks that a block's steps call by name."""
    for step in steps(definition.tree, definition.module):
        if step.callee is not None:
            found = definition.module.find(step.callee.text)
            if found is not None and isinstance(found.tree, tree.Block):
                yield found, step.callee.span


def _asked(definition: Definition) -> Iterator[tuple[Definition, Span]]:
    """The `let`s of files that a `let` asks for."""
    for token in tree.names(definition.tree):
        found = definition.module.find_let(token.text)
        if found is not None:
            yield found, token.span


def _bases(definition: Definition) -> Iterator[tuple[Definition, Span]]:
    """The network that another one derives from; none where it stands alone, or the name is unknown."""
    base = definition.tree.base if isinstance(definition.tree, tree.NetworkNode) else None
    found = definition.module.base_of(definition.tree) if isinstance(definition.tree, tree.NetworkNode) else None
    if base is not None and found is not None and isinstance(found.tree, tree.NetworkNode):
        yield found, base.name.span


def _circles(module: Module, kind: type[tree.SyntaxNode], leads_to: _Leads) -> Iterator[Circle]:
    """Depth first from each definition of a kind, without recursion; each circle once."""
    done: set[tree.SyntaxNode] = set()
    for start in module.own.values():
        if not isinstance(start.tree, kind) or start.tree in done:
            continue
        path = [start]
        position_of: dict[tree.SyntaxNode, int] = {start.tree: 0}
        calls: list[Span] = []
        pending = [iter(list(leads_to(start)))]
        while pending:
            step = next(pending[-1], None)
            if step is None:
                ended = path.pop().tree
                done.add(ended)
                del position_of[ended]
                pending.pop()
                calls[len(path) - 1 :] = []
                continue
            callee, span = step
            position = position_of.get(callee.tree)
            if position is not None:
                names = [one.tree.name.text for one in path[position:]]
                yield list(zip(names, [*calls[position:], span], strict=True))
            elif callee.tree not in done:
                position_of[callee.tree] = len(path)
                path.append(callee)
                calls.append(span)
                pending.append(iter(list(leads_to(callee))))


def recursion(circle: Circle) -> Diagnostic:
    first, path, last = _told_from_the_first(circle, "->")
    return Diagnostic(
        "E0211",
        f"block `{first}` calls itself: {path}",
        Label(last, "this call closes the circle"),
        help="a block may call others, but never itself; use `repeat` for steps that recur",
    )


def let_circle(circle: Circle) -> Diagnostic:
    first, path, last = _told_from_the_first(circle, "->")
    return Diagnostic(
        "E0243",
        f"`let {first}` needs its own value: {path}",
        Label(last, "this closes the circle"),
        help="write a number for one of them, or ask for something else here",
    )


def _derivation_circle(circle: Circle) -> Diagnostic:
    _, path, last = _told_from_the_first(circle, "from")
    return Diagnostic(
        "E0216",
        f"networks derive from each other in a circle: {path}",
        Label(last, "this closes the circle"),
        help="one of them must stand alone: write out its members, without `from`",
    )


def _told_from_the_first(circle: Circle, leads: str) -> tuple[str, str, Span]:
    """The definition whose place stands first, the way around from there, and the place that closes it."""
    first = min(range(len(circle)), key=lambda index: circle[index][1].start)
    ordered = [*circle[first:], *circle[:first]]
    names = [f"`{name}`" for name, _ in [*ordered, ordered[0]]]
    shown = names if len(names) < 10 else [*names[:4], "…", *names[-4:]]
    return ordered[0][0], f" {leads} ".join(shown), ordered[-1][1]


def _too_often(definition: Definition) -> Diagnostic:
    network = definition.tree
    assert isinstance(network, tree.NetworkNode)
    assert network.base is not None
    return Diagnostic(
        "E0506",
        f"network `{network.name.text}` derives from others through more than {DEEPEST_DERIVATION} networks",
        Label(network.base.name.span),
        help="derive from a network that is nearer to the first one, and use parameters for what varies",
    )
