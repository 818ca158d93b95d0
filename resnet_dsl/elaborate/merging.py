"""Arguments that are steps: those of a merge, each a value or a chain: `add(in -> conv(width, 1), norm())`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.syntax import tree


def chain_of(item: tree.SyntaxNode) -> tree.Chain | None:
    """The chain that a merge's argument is; a call is one of a single step, unless it is that of a function."""
    if isinstance(item, tree.Call) and item.name.text not in FUNCTIONS:
        return tree.Chain(item.span, (tree.Step(item.span, item, None),))
    return item if isinstance(item, tree.Chain) else None


def merged(step: tree.Step, module: Module) -> tuple[tree.SyntaxNode, ...]:
    """The arguments of a step that merges in this file; of another one none."""
    call = step.subject
    if not isinstance(call, tree.Call):
        return ()
    operation = module.operation(call.name.text)
    return call.arguments.items if operation is not None and operation.many else ()


def steps(node: tree.SyntaxNode, module: Module) -> Iterator[tree.Step]:
    """The steps below a node, and the calls among a merge's arguments, which are steps as well."""
    for below in tree.walk(node):
        if isinstance(below, tree.Step):
            yield below
            yield from called(below, module)


def called(step: tree.Step, module: Module) -> Iterator[tree.Step]:
    """The steps that calls among a merge's arguments are, and those among theirs."""
    pending = [step]
    for one in pending:
        calls = [
            item for item in merged(one, module) if isinstance(item, tree.Call) and item.name.text not in FUNCTIONS
        ]
        pending += [tree.Step(call.span, call, None) for call in calls]
    yield from pending[1:]


def is_steps(item: tree.SyntaxNode, module: Module) -> bool:
    """Whether an argument is a chain, or the call of a step."""
    chain = chain_of(item)
    return chain is not None and (chain is item or module.is_step(item.name.text))  # type: ignore[attr-defined]


def has_step_in_front(callee: tree.Token, arguments: tree.Arguments | None, module: Module) -> bool:
    """Whether the first argument of a step that does not merge is a step, or a chain: `relu(conv(16, 3))`."""
    first = arguments.items[0] if arguments is not None and arguments.items else None
    if not isinstance(first, tree.Call | tree.Chain) or not is_steps(first, module):
        return False
    operation = module.operation(callee.text)
    return module.is_step(callee.text) and not (operation is not None and operation.many)


def compared_parameter(item: tree.Comparison, known: Iterable[str]) -> tree.Token | None:
    """The parameter that an argument compares, as in `conv(16, 3, stride == 2)`."""
    if item.operator.text != "==" or not isinstance(item.left, tree.Name):
        return None
    return item.left.token if item.left.token.text in known else None
