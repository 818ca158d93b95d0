"""The words of what can be wrong with expressions and with what flows. One function a mistake."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate.values import Constant, Value
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span


def no_entry(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0217",
        "`in` has no meaning here: nothing flows",
        Label(span),
        help="`in` is the value that entered a block, or the network's input, and can be used inside their braces",
    )


def no_progress(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0242",
        "`progress` has no meaning here: this is worked out once, for all blocks",
        Label(span),
        help="write it where the blocks are: `use drop = drop_path(0.2 * progress)`, in a block, or in a block's call",
    )


def progress_adrift(blocks: int, progress: float, span: Span) -> Diagnostic:
    """``blocks``: how many the network has."""
    if blocks:
        why = "it goes on from block to block: calls of what has a `skip`"
        remedy = "give what asks for it a `skip` of its own, or use a number in its stage: `use drop = drop_path(0.1)`"
    else:
        why = "it goes on from block to block, and this network has none"
        remedy = "put the steps into a block, and call it: `block NAME { … }`, `4 x NAME`"
    message = f"`progress` is asked for outside of a residual block, and is {progress:.3g} here"
    return Diagnostic("W0205", message, Label(span, why), help=remedy)


def bare_skip(span: Span, where: str) -> Diagnostic:
    return Diagnostic(
        "E0218",
        f"a skip connection in {where} must say where it comes from",
        Label(span),
        help="write `skip from NAME`, or put the steps and the skip into a block",
    )


def unknown_attribute(name: str, value: Constant, span: Span, known: Iterable[str]) -> Diagnostic:
    known = list(known)
    has = "it has `channels`, `rank` and `shape`, whose lengths are `shape[0]`, `shape[1]`, …"
    has = has if known else "only values that flow (`in`, a named result) have attributes"
    return Diagnostic("E0219", f"{sort_of(value)} has no `{name}`", Label(span), help=suggestion(name, known) or has)


def wrong_operands(operator: str, left: Constant, right: Constant, span: Span) -> Diagnostic:
    remedy = None
    if operator == "~=":
        remedy = "`~=` stands in `expect` lines only: compare with `==`, or with `<` and `>`"
    elif isinstance(left, tuple) or isinstance(right, tuple):
        remedy = "take one number of it: `NAME[0]`, `NAME[1]`, …"
    elif isinstance(left, bool) or isinstance(right, bool):
        remedy = "a truth value stands alone (`if fast`), or beside `and`, `or`, `not`, `==`"
    return Diagnostic(
        "E0220",
        f"`{operator}` cannot be used on {sort_of(left)} and {sort_of(right)}",
        Label(span, f"{_quoted(left)} and {_quoted(right)}"),
        help=remedy,
    )


def _quoted(value: Constant) -> str:
    return spell(value) if isinstance(value, Value) else f"`{spell(value)}`"


def not_a(wanted: str, value: Constant, span: Span, remedy: str | None = None) -> Diagnostic:
    return Diagnostic(
        "E0221", f"{wanted} is needed here", Label(span, f"this is {sort_of(value)}: {spell(value)}"), help=remedy
    )


def not_an_input(size: Constant, wrong: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0221",
        "an input is a size with its channels last",
        Label(span, f"{spell(size)}: {wrong}"),
        help="`5000x12` is a signal, `224x224x3` an image, `16x112x112x3` a volume; `?x?x3` leaves lengths open",
    )


def divided_by_zero(span: Span) -> Diagnostic:
    return Diagnostic("E0222", "division by zero", Label(span, "what stands behind this is 0"))


def too_large(span: Span) -> Diagnostic:
    return Diagnostic("E0223", "this number is too large: numbers end at 2^63, about 9.2e18", Label(span))


def lost(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0224",
        "the result of this step is lost: nothing uses it",
        Label(span, "what follows starts from another value"),
        help="name it (`a = …`) and use the name, or leave the step out",
    )


def mid_chain(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0226",
        f"`{name}` is a value, and a chain can only start from a value",
        Label(span, "what was computed before it would be lost"),
        help=f"merge the two: `add(…, {name})`, `concat(…, {name})`, or `skip from {name}`",
    )


def few_values(operation: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0227",
        f"`{operation}` merges two or more named values, and is given {'one' if count else 'none'}",
        Label(span),
        help=f"name them first: `a = …`, then `{operation}(a, b)`; `skip from a by {operation}` merges into what flows",
    )


def no_index(name: str, index: int, span: Span, known: list[int]) -> Diagnostic:
    has = f"there are {listed(f'{name}[{one}]' for one in known[:8])}" if known else None
    return Diagnostic("E0230", f"there is no `{name}[{index}]`", Label(span, "counted from 0"), help=has)


def bad_label(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0241",
        "this label cannot be the name of a layer",
        Label(span),
        help='use letters, digits, `_`, `-` and `.`: `as "1_conv"`',
    )
