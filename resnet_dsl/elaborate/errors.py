"""The words of mistakes that are found in several places. One function a mistake."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import respelt
from resnet_dsl.elaborate import notation
from resnet_dsl.elaborate.values import POISON, Constant, PoisonedError
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import listed, there_are
from resnet_dsl.source import Span

STATEMENTS = ("use", "default", "skip", "skips", "repeat", "let", "if")
"""Words that begin a statement: mistyped, they read like a step."""

_NUMBER = re.compile(r"\d[\d_]*(\.\d+)?[KMGT]?")

MERGES = tuple(name for name, operation in OPERATIONS.items() if operation.many)


def unknown_step(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    from resnet_dsl.vocabulary import hints  # read where a mistake needs it, here and below

    if hint := hints.of_statement(span):
        return hint.diagnostic
    known = list(known)
    if hint := hints.of_step(span, (one for one in known if one not in OPERATIONS)):
        return hint.diagnostic
    if mistyped := _mistyped(span, known):
        return mistyped
    if misread := notation.prose(span) or notation.foreign_loop(span) or notation.count_behind(span):
        return misread
    found = Diagnostic(
        "E0201",
        f"there is no operation, block or slot called `{name}`",
        Label(span),
        help=f"define it (`block {name}(…) {{ … }}`), or import the file that does",
    )
    return respelt(found, name, [*known, *STATEMENTS])


def _mistyped(span: Span, known: list[str]) -> Diagnostic | None:
    from resnet_dsl.syntax.slips import keyboard

    return keyboard.of_name(span, known)


def unknown_argument(callee: str, name: str, span: Span, known: list[str]) -> Diagnostic:
    from resnet_dsl.vocabulary import hints

    if hint := hints.of_argument(callee, name, span, known):
        return hint.diagnostic
    takes = listed(known) or "no arguments"
    words = f"`{callee}` takes {takes}{_takers(callee, name)}"
    if callee.startswith("stage "):
        words += f": give `{name}` to its steps, or write `default STEP({name} = …)` in its braces"
    found = Diagnostic("E0202", f"`{callee}` has no argument `{name}`", Label(span), help=words)
    return respelt(found, name, known, in_words=True)


def _takers(callee: str, name: str) -> str:
    """Operations of the same kind that have the argument: one of them may be meant."""
    role = OPERATIONS[callee].role if callee in OPERATIONS else None
    found = [one.name for one in OPERATIONS.values() if one.role == role and one.parameter(name)]
    return f"; {listed(found)} {'takes' if len(found) == 1 else 'take'} `{name}`" if found else ""


def is_foreign_step(span: Span) -> bool:
    """Whether a call of nothing that is known is another tool's: its arguments are theirs as well."""
    from resnet_dsl.vocabulary import hints

    return hints.of_step(span) is not None


def is_foreign(name: str) -> bool:
    """Whether an argument that is not known is other tools': its value is theirs as well, and is not looked at."""
    from resnet_dsl.vocabulary import hints

    return hints.is_argument(name)


def meant_by(name: str, known: list[str], given: Container[str]) -> list[str]:
    """The argument that another tool's word means, as far as it is known and not given yet."""
    from resnet_dsl.vocabulary import hints

    return [one for one in hints.arguments_meant(name, known)[:1] if one not in given]


def too_many(callee: str, span: Span, known: list[str]) -> Diagnostic:
    from resnet_dsl.vocabulary import hints

    if hint := hints.of_value(callee, span):
        return hint.diagnostic
    takes = f"it takes {len(known)}: {', '.join(known)}" if known else "it takes none"
    message = f"`{callee}` is given too many arguments"
    return notation.comma_in_number(span, is_sure=True) or Diagnostic(
        "E0203", message, Label(span, takes), help="leave this one out"
    )


def missing(callee: str, names: list[str], span: Span, some_given: bool) -> Diagnostic:
    lacking = " and ".join(f"`{name}`" for name in names)
    written = ", ".join(f"{name} = …" for name in names)
    before = "…, " if some_given else ""
    pools = names == ["kernel"] and callee in OPERATIONS and "global" in OPERATIONS[callee].parameters[0].kind.words
    whole_map = (
        f"write `{callee}(global)` for the whole map, or the length of a window: `{callee}(2)`" if pools else None
    )
    return Diagnostic(
        "E0204",
        f"`{callee}` needs {lacking}",
        Label(span, "not given here"),
        help=whole_map
        or f"write `{callee}({before}{written})`, or `default {callee}({written})` for all calls in these braces",
    )


def given_twice(callee: str, name: str, span: Span, first: Span) -> Diagnostic:
    found = Diagnostic(
        "E0205",
        f"`{name}` of `{callee}` is given twice",
        Label(span, "again"),
        (Label(first, "the first time"),),
        help="leave one of the two out",
    )
    return notation.channels_in_front(found, callee, name, first)


def unknown_word(callee: str, name: str, wants: str, word: str, span: Span, words: Sequence[str]) -> Diagnostic:
    from resnet_dsl.vocabulary import hints

    if hint := hints.of_word(name, word, span) or hints.of_activation(span):
        return hint.diagnostic
    found = Diagnostic(
        "E0206",
        f"`{name}` of `{callee}` takes {wants}",
        Label(span, f"`{word}` is none of these"),
        help=f"write one of these, such as `{words[0]}`",
    )
    return respelt(found, word, words)


def unknown_size(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    """Of an input, where it is a name alone: perhaps that of the input, whose size is missing."""
    found = unknown_name(name, span, ())
    remedy = f"if that is the input's name, write its size behind it: `input {name} 224x224x3`"
    return respelt(found._replace(help=remedy), name, known)


def unknown_name(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    from resnet_dsl.vocabulary import hints

    if hint := hints.of_name(name, span):
        return hint.diagnostic
    remedy = f"define it before it is used: `let {name} = …`, a parameter `{name}`, or `{name} = …` for a step's result"
    if misread := notation.compared_argument(span) or notation.foreign_word(span):
        return misread
    found = Diagnostic("E0208", f"there is no parameter, `let` or value called `{name}` here", Label(span), help=remedy)
    told = respelt(found, name, known, in_words=True)
    if told is found and (comment := notation.comment_behind_number(span)):
        return comment
    hint = hints.of_needless(name, span) if told is found else None
    return told if hint is None else hint.diagnostic


def chain_as_argument(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0248",
        f"a chain is an argument of {listed(MERGES)} alone",
        Label(span),
        help="name its result first (`side = …`) to pass it to a block; what flows into a step stands in front of it",
    )


def unknown_part(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    known = list(known)
    has_none = name in ("stem", "head", "input")
    message = f"the network has no `{name}`" if has_none else f"there is no stage called `{name}`"
    there = there_are(known) if known else None
    found = respelt(Diagnostic("E0208", message, Label(span), help=there), name, known)
    return found._replace(sure=False)  # a derived network may have named its own one wrongly


def no_part(word: str, span: Span) -> Diagnostic:
    """``word``: `input`, `stem` or `head`."""
    return notation.comment_behind_number(span) or Diagnostic(
        "E0208",
        f"there is no `{word}` here",
        Label(span),
        help=f"`{word}` is a value in the braces of the network's parts behind it: pass it to a block as an argument",
    )


def no_such_part(word: str, span: Span, part: str) -> Diagnostic:
    """``word``: `stem` or `head`, asked for in a part of a network that has none, or none in front of this part.

    part: the part's kind.
    """
    written = f"{word} {{ … }}"
    told = Diagnostic("E0208", f"the network has no `{word}` in front of this", Label(span))
    if word == part:
        return told._replace(help=f"inside the {part} `in` is what entered it, and a name what a step gave: `a = …`")
    if word == "head":
        return told._replace(help="the head is the last part: start from a stage, by its name, or from `input`")
    return told._replace(help=f"write `{written}` behind the input, or start from `input`")


def defined_twice(what: str, name: str, span: Span, first: Span | None) -> Diagnostic:
    others = (Label(first, "the first one"),) if first is not None else ()
    return Diagnostic(
        "E0209", f"{what} `{name}` is defined twice", Label(span, "again"), others, help="give one of them another name"
    )


def said_twice(what: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "E0209",
        f"{what} is said twice in the same braces",
        Label(span, "again"),
        (Label(first, "the first time"),),
        help="leave one of the two out",
    )


def unknown_slot(name: str, span: Span, known: Iterable[str], is_operation: bool) -> Diagnostic:
    from resnet_dsl.vocabulary import hints

    slots = list(known)
    if hint := hints.of_slot(name, span, slots):
        return hint.diagnostic
    found = Diagnostic("E0214", f"there is no slot called `{name}`", Label(span))
    if is_operation:
        remedy = f"`{name}` is an operation: `default {name}(…)` sets its arguments, `use` fills slots: {listed(slots)}"
        return found._replace(help=remedy)
    remedy = f"the slots are {listed(slots)}; one of your own is declared in the file: `slot {name} = identity`"
    return respelt(found._replace(help=remedy), name, slots)


def no_entry(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0217",
        "`in` has no meaning here: nothing flows",
        Label(span),
        help="`in` is the value that entered a block, a stem, a stage or a head, and can be used inside their braces",
    )


def no_progress(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0242",
        "`progress` has no meaning here: this is worked out once, for all blocks",
        Label(span),
        help="write it where the blocks are: `use drop = drop_path(0.2 * progress)`, in a block, or in a block's call",
    )


def no_flow(value: Constant, span: Span) -> Diagnostic:
    """A parameter or a `let` where a step, or a value that flows, belongs."""
    if value is POISON:
        raise PoisonedError
    remedy = f"give `{span.text}` a value that flows: `a = …` names one"
    return not_a("a step, or a value that flows,", value, span, remedy)


def not_a(wanted: str, value: Constant, span: Span, remedy: str | None = None) -> Diagnostic:
    if remedy is None and isinstance(value, str) and _NUMBER.fullmatch(value):
        remedy = f"write `{value}`, without quotes"
    return Diagnostic(
        "E0221", f"{wanted} is needed here", Label(span, f"this is {sort_of(value)}: {spell(value)}"), help=remedy
    )
