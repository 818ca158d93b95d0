"""What was probably meant by an argument that is none, from the text alone: a step in a step, `==` for `=`, a word."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.merging import is_steps
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.wording import in_place_of, spelled
from resnet_dsl.ir.parameters import FLAG, Parameter
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def step_as_argument(callee: tree.Token, arguments: tree.Arguments, module: Module) -> Diagnostic:
    """A step or a chain in front of a step's own arguments, as layers are called elsewhere: `relu(conv(16, 3))`."""
    items, operation = arguments.items, module.operation(callee.text)
    told = Diagnostic(
        "E0248",
        f"`{callee.text}` takes no step as an argument; {listed(errors.MERGES)} do",
        Label(items[0].span, f"what flows into `{callee.text}` stands in front of it"),
    )
    if operation is not None and len(items) <= sum(one.required for one in operation.parameters):
        return told._replace(help=f"write `{_in_flow(callee.text, items, module, missing='…')}`")
    written = _in_flow(callee.text, items, module)
    place = Span(callee.span.source, callee.span.start, arguments.span.end)
    edits = () if isinstance(items[0], tree.Chain) else in_place_of(place, written)  # values do not stand behind arrows
    return told._replace(help=f"write `{written}`", edits=edits)


def repeated(diagnostic: Diagnostic, times: tree.Times) -> Diagnostic:
    """The same of a step with a count: what is repeated is all of it."""
    written = (diagnostic.help or "").removeprefix("write `").removesuffix("`")
    braces = f"repeat {spelled(times.count.span)} {{ {written} }}"
    return diagnostic._replace(
        help=f"write `{braces}`", edits=in_place_of(times.span, braces) if diagnostic.edits else ()
    )


def _in_flow(callee: str, items: tuple[tree.SyntaxNode, ...], module: Module, missing: str = "") -> str:
    """Calls in one another as a chain: the innermost is the first. ``missing``: what stands for an argument to give."""
    inner, *rest = items
    given = ", ".join(filter(None, [missing, *(spelled(one.span) for one in rest)]))
    own = f"{callee}({given})" if given else callee
    nested = isinstance(inner, tree.Call) and inner.arguments.items and is_steps(inner.arguments.items[0], module)
    before = _in_flow(inner.name.text, inner.arguments.items, module) if nested else spelled(inner.span)  # type: ignore[attr-defined]
    return f"{before} -> {own}"


def too_many(callee: str, item: tree.SyntaxNode, known: list[str]) -> Diagnostic:
    """An argument behind the last one that a step has. `in` and the like name what flows, which is no argument."""
    told = errors.too_many(callee, item.span, known)
    if not isinstance(item, tree.Entry):
        return told
    return told._replace(help=value_in_front(spelled(item.span), callee))


def value_in_front(value: str, step: str) -> str:
    return f"what flows in stands in front: `{value} -> {step}`, or leave it out to go on with what flows"


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


def without_value(callee: str, item: tree.Name) -> Diagnostic:
    """``conv(16, 3, bias)``: an argument's name alone."""
    name = item.token.text
    message, remedy = f"`{name}` is an argument of `{callee}`, and is given no value", f"write `{name} = …`"
    return Diagnostic("E0119", message, Label(item.span), help=remedy)


def no_word(callee: str, parameter: Parameter | None, name: str, span: Span, known: Iterable[str]) -> Diagnostic | None:
    """An unknown name for a parameter that takes words: none of these, unless a name that is known is nearer."""
    if parameter is None or not (parameter.kind.words or parameter.kind is FLAG):
        return None
    words = parameter.kind.words or ("true", "false")
    if nearest(name, words) is None and nearest(name, known) is not None:
        return None
    return errors.unknown_word(callee, parameter.name, parameter.kind.wants, name, span, words)
