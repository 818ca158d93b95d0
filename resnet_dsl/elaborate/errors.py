"""The words of what can be wrong with names, arguments and settings. One function a mistake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate.values import Constant
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.sentences import listed
from resnet_dsl.source import PRELUDE, Span

_STATEMENTS = ("use", "default", "skip", "skips", "repeat", "let", "if")
"""Words that begin a statement: mistyped, they read like a step."""


def unknown_step(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "E0201",
        f"there is no operation, block or slot called `{name}`",
        Label(span),
        help=suggestion(name, [*known, *_STATEMENTS])
        or f"define it (`block {name}(…) {{ … }}`), or import the file that does",
    )


def unknown_argument(callee: str, name: str, span: Span, known: list[str]) -> Diagnostic:
    takes = listed(known) or "no arguments"
    return Diagnostic(
        "E0202",
        f"`{callee}` has no argument `{name}`",
        Label(span),
        help=suggestion(name, known) or f"`{callee}` takes {takes}",
    )


def too_many(callee: str, span: Span, known: list[str]) -> Diagnostic:
    takes = f"it takes {len(known)}: {', '.join(known)}" if known else "it takes none"
    return Diagnostic("E0203", f"`{callee}` is given too many arguments", Label(span, takes), help="leave this one out")


def unnamed_for_slot(slot: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0203",
        f"`{slot}` is a slot: an argument for what fills it needs a name",
        Label(span, "which argument this is depends on what fills the slot"),
        help=f"write the name: `{slot}(NAME = …)`",
    )


def chain_in_slot(slot: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0203",
        f"slot `{slot}` is given arguments or a label, and several steps fill it",
        Label(span, "whose would they be?"),
        help="put the steps into a block with parameters, and fill the slot with the block",
    )


def missing(callee: str, names: list[str], span: Span, some_given: bool) -> Diagnostic:
    lacking = " and ".join(f"`{name}`" for name in names)
    written = ", ".join(f"{name} = …" for name in names)
    before = "…, " if some_given else ""
    return Diagnostic(
        "E0204",
        f"`{callee}` needs {lacking}",
        Label(span, "not given here"),
        help=f"write `{callee}({before}{written})`, or `default {callee}({written})` for all calls in these braces",
    )


def given_twice(callee: str, name: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "E0205",
        f"`{name}` of `{callee}` is given twice",
        Label(span, "again"),
        (Label(first, "the first time"),),
        help="leave one of the two out",
    )


def stride_given_twice(callee: str, span: Span, by_stage: Span) -> Diagnostic:
    return Diagnostic(
        "E0205",
        f"`stride` of `{callee}` is given twice: a stage gives its stride to the first step that takes one",
        Label(span, "given here"),
        (Label(by_stage, "and here, by the stage"),),
        help="leave one of the two out",
    )


def wrong_type(callee: str, name: str, wants: str, value: Constant, span: Span) -> Diagnostic:
    remedy = "round it (`round(…)`, `floor(…)`, `ceil(…)`), or divide with `//`" if isinstance(value, float) else None
    return Diagnostic(
        "E0206",
        f"`{name}` of `{callee}` takes {wants}",
        Label(span, f"this is {sort_of(value)}: {spell(value)}"),
        help=remedy,
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
    remedy = f"define it before it is used: `let {name} = …`, a parameter `{name}`, or `{name} = …` for a step's result"
    return Diagnostic(
        "E0208",
        f"there is no parameter, `let` or value called `{name}` here",
        Label(span),
        help=suggestion(name, known) or remedy,
    )


def unknown_function(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    known = list(known)
    return Diagnostic(
        "E0208",
        f"there is no function called `{name}`",
        Label(span),
        help=suggestion(name, known) or f"expressions have {listed(known)}; steps stand outside of expressions",
    )


def unknown_part(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    known = list(known)
    return Diagnostic(
        "E0208",
        f"there is no stage called `{name}`",
        Label(span),
        help=suggestion(name, known) or (f"there are {listed(known)}" if known else None),
    )


def defined_twice(what: str, name: str, span: Span, first: Span | None) -> Diagnostic:
    others = (Label(first, "the first one"),) if first is not None else ()
    return Diagnostic(
        "E0209", f"{what} `{name}` is defined twice", Label(span, "again"), others, help="give one of them another name"
    )


def hides_parameter(name: str, span: Span, parameter: Span) -> Diagnostic:
    return Diagnostic(
        "E0244",
        f"this takes the place of the parameter `{name}`: whoever sets it changes nothing",
        Label(span),
        (Label(parameter, "the parameter"),),
        help=f"give this another name, or leave the parameter out; another default is written `{name} = …` up there",
    )


def said_twice(what: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "E0209",
        f"{what} is said twice in the same braces",
        Label(span, "again"),
        (Label(first, "the first time"),),
        help="leave one of the two out",
    )


def slot_exists(name: str, span: Span, first: Span) -> Diagnostic:
    in_prelude = first.source.name == PRELUDE
    return Diagnostic(
        "E0209",
        f"the slot `{name}` is declared twice",
        Label(span, "the prelude has it already" if in_prelude else "again"),
        () if in_prelude else (Label(first, "the first one"),),
        help=f"to fill it, write `use {name} = …` in a network; a slot of your own needs another name",
    )


def like_operation(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0209",
        f"`{name}` is an operation of the language, and cannot be defined anew",
        Label(span),
        help="give the definition another name",
    )


def taken_name(name: str, what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0210",
        f"a value cannot be called `{name}`: that is {what}",
        Label(span),
        help=f"call it something else, `{name}_out` for one",
    )


Circle: TypeAlias = list[tuple[str, Span]]
"""Each definition of a circle, and the place in it that leads on to the next one."""


def recursion(circle: Circle) -> Diagnostic:
    first, path, last = _told_from_the_first(circle)
    return Diagnostic(
        "E0211",
        f"block `{first}` calls itself: {path}",
        Label(last, "this call closes the circle"),
        help="a block may call others, but never itself; use `repeat` for steps that recur",
    )


def let_circle(circle: Circle) -> Diagnostic:
    first, path, last = _told_from_the_first(circle)
    return Diagnostic(
        "E0243",
        f"`let {first}` needs its own value: {path}",
        Label(last, "this closes the circle"),
        help="write a number for one of them, or ask for something else here",
    )


def _told_from_the_first(circle: Circle) -> tuple[str, str, Span]:
    """The definition whose place stands first, the way around from there, and the place that closes it."""
    first = min(range(len(circle)), key=lambda index: circle[index][1].start)
    ordered = [*circle[first:], *circle[:first]]
    names = [f"`{name}`" for name, _ in [*ordered, ordered[0]]]
    return ordered[0][0], " -> ".join(names if len(names) < 10 else [*names[:4], "…", *names[-4:]]), ordered[-1][1]


def unknown_slot(name: str, span: Span, known: Iterable[str], is_operation: bool) -> Diagnostic:
    remedy = f"declare it in the file: `slot {name} = identity`, and call it in a block"
    if is_operation:
        remedy = f"`{name}` is an operation: `default {name}(…)` sets its arguments, `use` fills slots such as `norm`"
    return Diagnostic(
        "E0214",
        f"there is no slot called `{name}`",
        Label(span),
        help=remedy if is_operation else suggestion(name, known) or remedy,
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


def chosen_too_late(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0246",
        "what chooses a setting must be known before the steps of its braces run",
        Label(span, "this asks for what a step gives"),
        help="ask for parameters, `let`s and `in`; or put the setting and the steps that it is for into a block",
    )


def scope_that_ends(span: Span) -> Diagnostic:
    return Diagnostic(
        "W0206",
        "this setting holds for what stands beside it; from the next version on it holds for the braces around, too",
        Label(span, "the braces of an `if` or a `repeat` are no scope"),
        help="let it stand alone in these braces, and it holds for those around; or call a block of it and its steps",
    )


def unnamed_default(callee: str, span: Span, known: list[str]) -> Diagnostic:
    example = known[0] if known else "…"
    return Diagnostic(
        "E0232",
        "a default says which argument it is for",
        Label(span),
        help=f"write the name: `default {callee}({example} = …)`",
    )


def no_stride_taken(stage: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0225",
        f"no step of stage `{stage}` takes its stride",
        Label(span),
        help="call an operation or block with a parameter `stride` in this stage, or leave the stage's stride out",
    )
