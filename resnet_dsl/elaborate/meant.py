"""What was probably meant by an argument that is none, from the text alone: a step in a step, `==` for `=`, a word."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.merging import chain_of
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.ir.parameters import FLAG, Parameter
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def step_as_argument(callee: tree.Token, arguments: tree.Arguments | None, module: Module) -> Diagnostic | None:
    """A step or a chain in front of a step's own arguments, as layers are called elsewhere: `relu(conv(16, 3))`.

    Nothing where the step merges, or is none; and nothing behind the first argument.
    """
    items = tree.items(arguments)
    if arguments is None or not items or not is_steps(items[0], module):
        return None
    operation = module.operation(callee.text)
    if (operation is not None and operation.many) or not module.is_step(callee.text):
        return None
    told = Diagnostic(
        "E0248",
        f"`{callee.text}` takes no step as an argument; {listed(errors.MERGES)} do",
        Label(items[0].span, f"what flows into `{callee.text}` stands in front of it"),
    )
    if operation is not None and len(items) <= sum(one.required for one in operation.parameters):
        return told._replace(help=f"write `{_in_flow(callee.text, items, module, missing='…')}`")
    written = _in_flow(callee.text, items, module)
    place = Span(callee.span.source, callee.span.start, arguments.span.end)
    edits = () if isinstance(items[0], tree.Chain) else (Edit(place, written),)  # a value has no place behind an arrow
    return told._replace(help=f"write `{written}`", edits=edits)


def repeated(diagnostic: Diagnostic, times: tree.Times) -> Diagnostic:
    """The same of a step with a count: what is repeated is all of it."""
    written = (diagnostic.help or "").removeprefix("write `").removesuffix("`")
    braces = f"repeat {spelled(times.count.span)} {{ {written} }}"
    return diagnostic._replace(help=f"write `{braces}`", edits=(Edit(times.span, braces),) if diagnostic.edits else ())


def is_steps(item: tree.Node, module: Module) -> bool:
    """Whether an argument is a chain, or the call of a step."""
    chain = chain_of(item)
    return chain is not None and (chain is item or module.is_step(item.name.text))  # type: ignore[attr-defined]


def _in_flow(callee: str, items: tuple[tree.Node, ...], module: Module, missing: str = "") -> str:
    """Calls in one another as a chain: the innermost is the first. ``missing``: what stands for an argument to give."""
    inner, *rest = items
    given = ", ".join(filter(None, [missing, *(spelled(one.span) for one in rest)]))
    own = f"{callee}({given})" if given else callee
    nested = isinstance(inner, tree.Call) and inner.arguments.items and is_steps(inner.arguments.items[0], module)
    before = _in_flow(inner.name.text, inner.arguments.items, module) if nested else spelled(inner.span)  # type: ignore[attr-defined]
    return f"{before} -> {own}"


def spelled(span: Span) -> str:
    """A piece of the text on one line."""
    return " ".join(span.text.split())


def too_many(callee: str, item: tree.Node, known: list[str]) -> Diagnostic:
    """An argument behind the last one that a step has. `in` and the like name what flows, which is no argument."""
    told = errors.too_many(callee, item.span, known)
    if not isinstance(item, tree.Entry):
        return told
    return told._replace(help=value_in_front(spelled(item.span), callee))


def value_in_front(value: str, step: str) -> str:
    return f"what flows in stands in front: `{value} -> {step}`, or leave it out to go on with what flows"


def compared_parameter(item: tree.Node, known: Iterable[str]) -> tree.Token | None:
    """The parameter that an argument compares, as in `conv(16, 3, stride == 2)`."""
    if not isinstance(item, tree.Comparison) or item.operator.text != "==" or not isinstance(item.left, tree.Name):
        return None
    return item.left.token if item.left.token.text in known else None


def compared_for_given(item: tree.Comparison) -> Diagnostic:
    name = spelled(item.left.span)
    return Diagnostic(
        "E0106",
        "a name is given with `=`; `==` compares",
        Label(item.span, f"`{name}` is an argument"),
        help=f"write `{name} = {spelled(item.right.span)}`",
        edits=(Edit(item.operator.span, "="),),
        sure=True,
    )


def no_word(callee: str, parameter: Parameter | None, name: str, span: Span, known: Iterable[str]) -> Diagnostic | None:
    """An unknown name for a parameter that takes words: none of these, unless a name that is known is nearer."""
    if parameter is None or not (parameter.kind.words or parameter.kind is FLAG):
        return None
    words = parameter.kind.words or ("true", "false")
    if nearest(name, words) is None and nearest(name, known) is not None:
        return None
    return errors.unknown_word(callee, parameter.name, parameter.kind.wants, name, span, words)
