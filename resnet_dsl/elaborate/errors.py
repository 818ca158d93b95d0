"""The words of what can be wrong with names, arguments and settings: one function a mistake."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate.values import Caller, Constant, Items, Value
from resnet_dsl.ir.lengths import show
from resnet_dsl.source import Span


def chain_notes(caller: Caller | None) -> tuple[str, ...]:
    """The chain of calls in words, innermost first."""
    notes: list[str] = []
    while caller is not None:
        if caller.outer is None or len(notes) < 8:
            notes.append(f"in {caller.what} ({caller.span})")
        caller = caller.outer
    return tuple(notes)


def suggestion(name: str, known: Iterable[str]) -> str | None:
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else None


def spell(value: Constant) -> str:
    """A constant as the language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Items):
        return f"[{', '.join(map(spell, value))}]"
    if isinstance(value, Value):
        return f"a value of shape {show(value.shape)}"
    if isinstance(value, tuple):
        return "x".join("?" if one is None else str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def sort_of(value: Constant) -> str:
    """What kind of thing a constant is, for messages."""
    if isinstance(value, bool):
        return "a truth value"
    names = {int: "a whole number", float: "a fraction", str: "a word", Items: "a list", Value: "a value that flows"}
    return names.get(type(value), "an extent")


def unknown_step(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "E0201",
        f"there is no operation, block or slot called `{name}`",
        Label(span),
        help=suggestion(name, known) or "see `resnet-dsl explain E0201` for where names come from",
    )


def unknown_argument(callee: str, name: str, span: Span, known: list[str]) -> Diagnostic:
    takes = ", ".join(f"`{one}`" for one in known) or "no arguments"
    return Diagnostic(
        "E0202",
        f"`{callee}` has no argument `{name}`",
        Label(span),
        help=suggestion(name, known) or f"`{callee}` takes {takes}",
    )


def too_many(callee: str, span: Span, known: list[str]) -> Diagnostic:
    takes = f"it takes {len(known)}: {', '.join(known)}" if known else "it takes none"
    return Diagnostic("E0203", f"`{callee}` is given too many arguments", Label(span, takes))


def missing(callee: str, names: list[str], span: Span) -> Diagnostic:
    listed = " and ".join(f"`{name}`" for name in names)
    return Diagnostic(
        "E0204",
        f"`{callee}` needs {listed}",
        Label(span, "not given here"),
        help=f"write `{callee}({', '.join(f'{name} = …' for name in names)})`, or give a default with "
        f"`default {callee}(…)`",
    )


def given_twice(callee: str, name: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic("E0205", f"`{name}` of `{callee}` is given twice", Label(span), (Label(first, "the first time"),))


def wrong_type(callee: str, name: str, wants: str, value: Constant, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0206", f"`{name}` of `{callee}` takes {wants}", Label(span, f"this is {sort_of(value)}: {spell(value)}")
    )


def unknown_word(callee: str, name: str, wants: str, word: str, span: Span, words: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "E0206",
        f"`{name}` of `{callee}` takes {wants}",
        Label(span, f"`{word}` is none of these"),
        help=suggestion(word, words),
    )


def out_of_range(callee: str, name: str, wants: str, value: Constant, span: Span) -> Diagnostic:
    return Diagnostic("E0207", f"`{name}` of `{callee}` takes {wants}", Label(span, f"this is {spell(value)}"))


def unknown_name(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "E0208",
        f"there is no parameter, `let` or value called `{name}` here",
        Label(span),
        help=suggestion(name, known),
    )


def defined_twice(what: str, name: str, span: Span, first: Span | None) -> Diagnostic:
    others = (Label(first, "the first one"),) if first is not None else ()
    return Diagnostic("E0209", f"{what} `{name}` is defined twice", Label(span), others, help="give one another name")


def taken_name(name: str, what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0210",
        f"a value cannot be called `{name}`: that is {what}",
        Label(span),
        help=f"call it something else, `{name}_out` for one",
    )


def recursion(names: list[str], span: Span) -> Diagnostic:
    path = " -> ".join(f"`{name}`" for name in names)
    return Diagnostic(
        "E0211",
        f"block `{names[0]}` calls itself: {path}",
        Label(span, "this call closes the circle"),
        help="a block may call others, but never itself; use `repeat` for steps that recur",
    )


def unknown_slot(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "E0214",
        f"there is no slot called `{name}`",
        Label(span),
        help=suggestion(name, known) or f"declare it in the file: `slot {name} = identity`",
    )


def no_entry(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0217",
        "`in` has no meaning here: nothing flows",
        Label(span),
        help="`in` is the value that entered a block, or the network's input, and can be used inside their braces",
    )


def bare_skip(span: Span, where: str) -> Diagnostic:
    return Diagnostic(
        "E0218",
        f"a skip connection in {where} must say where it comes from",
        Label(span),
        help="write `skip from NAME`, or put the steps and the skip into a block",
    )


def unknown_attribute(name: str, value: Constant, span: Span, known: Iterable[str]) -> Diagnostic:
    known = list(known)
    has = f"it has {', '.join(f'`{one}`' for one in known)}" if known else "only values that flow have attributes"
    return Diagnostic("E0219", f"{sort_of(value)} has no `{name}`", Label(span), help=suggestion(name, known) or has)


def wrong_operands(operator: str, left: Constant, right: Constant, span: Span) -> Diagnostic:
    return Diagnostic("E0220", f"`{operator}` cannot be used on {sort_of(left)} and {sort_of(right)}", Label(span))


def not_a(wanted: str, value: Constant, span: Span, remedy: str | None = None) -> Diagnostic:
    return Diagnostic(
        "E0221", f"{wanted} is needed here", Label(span, f"this is {sort_of(value)}: {spell(value)}"), help=remedy
    )


def divided_by_zero(span: Span) -> Diagnostic:
    return Diagnostic("E0222", "division by zero", Label(span))


def too_large(span: Span) -> Diagnostic:
    return Diagnostic("E0223", "this number is too large: whole numbers end at 2^63", Label(span))


def lost(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0224",
        "the result of this step is lost: nothing uses it",
        Label(span),
        help="name it (`a = …`) and use the name, or leave the step out",
    )


def no_stride_taken(stage: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0225",
        f"no step of stage `{stage}` takes its stride",
        Label(span),
        help="call an operation or block with a parameter `stride` in this stage, or leave the stage's stride out",
    )


def mid_chain(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0226",
        f"`{name}` is a value, and a chain can only start from a value",
        Label(span, "what was computed before it would be lost"),
        help=f"merge the two: `add(…, {name})`, `concat(…, {name})`, or `skip from {name}`",
    )


def few_values(operation: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0227",
        f"`{operation}` merges two or more named values",
        Label(span),
        help=f"name them first: `a = …`, then `{operation}(a, b)`; `skip from a by {operation}` merges into what flows",
    )


def slot_circle(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0228",
        f"slot `{name}` is filled with itself",
        Label(span),
        help="fill it with operations or blocks; what it held before cannot be named",
    )


def unused_setting(what: str, span: Span, remedy: str) -> Diagnostic:
    return Diagnostic("E0229", f"this setting changes nothing: {what}", Label(span), help=remedy)


def no_index(name: str, index: int, span: Span, known: list[int]) -> Diagnostic:
    has = f"there are {', '.join(f'`{name}[{one}]`' for one in known[:8])}" if known else None
    return Diagnostic("E0230", f"there is no `{name}[{index}]`", Label(span), help=has)


def unnamed_default(callee: str, span: Span, known: list[str]) -> Diagnostic:
    example = known[0] if known else "…"
    return Diagnostic(
        "E0232",
        "a default says which argument it is for",
        Label(span),
        help=f"write the name: `default {callee}({example} = …)`",
    )
