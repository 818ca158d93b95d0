"""Steps: arrows, counts, skips, and arithmetic where steps stand."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import GROUP, ROUND
from resnet_dsl.syntax.slips.groups import BRACKETS, OF_SKIP, SETTINGS, STARTS, STATEMENTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, shown
from resnet_dsl.syntax.words import END, STRANGE

_ARROW = "->"
_MERGES = {"+": "add", "*": "mul"}
_ARROW_PARTS = ("=", "-", "|", "->", ">")


def arrow(stop: Stop) -> Slip | None:
    """An arrow with nothing in front of it or behind, doubled, in front of a statement, or misspelt."""
    if stop.text == _ARROW and stop.text_at(-1) == _ARROW:
        span, edits = stop.span_at(-1, 0), stop.instead("")
        diagnostic = stop.says("E0110", "one arrow is enough", "write `->` once", span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.text == _ARROW and stop.at(-1) in ("LBRACE", "EQUAL"):
        message, remedy = "nothing stands in front of this arrow", "begin with a step, or leave the arrow out"
        return Slip(stop.says("E0110", message, remedy, edits=stop.instead("")), Repair(stop.index, 1))
    if stop.text_at(-1) == _ARROW:
        return _behind_arrow(stop)
    return _misspelt(stop)


def _behind_arrow(stop: Stop) -> Slip | None:
    if stop.kind in (*STATEMENTS, *SETTINGS, "ELSE") and not stop.is_first_on_line:
        message = f"`{stop.text}` is a statement of its own, not a step"
        remedy, edits = "leave the arrow in front of it out", stop.instead("", stop.span_at(-1))
        return Slip(stop.says("E0110", message, remedy, span=stop.span_at(-1, 0), edits=edits, sure=True))
    if stop.kind in ("RBRACE", "RPAR", END, *STARTS):
        message, remedy = "nothing stands behind this arrow", "add the step that is to follow, or leave the arrow out"
        span, edits = stop.span_at(-1), stop.instead("", stop.span_at(-1))
        return Slip(stop.says("E0110", message, remedy, span=span, edits=edits))
    return None


def _misspelt(stop: Stop) -> Slip | None:
    """``=>``, ``-->``, ``- >``, ``>`` and ``|>`` between steps."""
    if stop.text_at(-1) == "-" and stop.text in (">", _ARROW):
        span = stop.span_at(-1, 0)
        message, edits = f"the language has no `{span.text}`", stop.instead(_ARROW, span)
        return Slip(stop.says("E0110", message, "write `->`", span=span, edits=edits, sure=True))
    if stop.inside != "LBRACE" or not stop.accepts("ARROW"):
        return None
    count = 0
    while stop.text_at(count) in _ARROW_PARTS:
        count += 1
    sign = stop.source.text[stop.span.start : stop.span_at(max(count - 1, 0)).end]
    if not count or not sign.endswith(">"):
        return None
    message, span = f"the language has no `{sign}`", stop.span_at(0, count - 1)
    edits = stop.instead(_ARROW, span)
    diagnostic = stop.says("E0110", message, "write `->`", span=span, edits=edits, sure=True)
    return Slip(diagnostic, stop.replaced("ARROW", count))


def named_in_chain(stop: Stop) -> Slip | None:
    """``conv(64, 3) -> y = norm``."""
    if stop.kind != "EQUAL" or stop.at(-1) != "NAME" or stop.text_at(-2) != _ARROW:
        return None
    name = stop.text_at(-1)
    remedy = f"write `{name} = ` in front of the chain whose result it names"
    return Slip(
        stop.says("E0110", "a value is named in front of a chain, not within", remedy, span=stop.span_at(-1, 0))
    )


def repeated(stop: Stop) -> Slip | None:
    """``3 bottleneck(64)``, ``3xbottleneck``, ``bottleneck(64) x 3``, ``3 x { … }``."""
    if stop.at(-1) == "X":
        return _behind_x(stop)
    if stop.count is None or stop.kind != "NAME" or stop.is_first_on_line:
        return None
    count, name = _text(stop, stop.count), stop.text
    span = stop.words.span(stop.count).to(stop.span)
    if name == "X" and stop.at(1) == "NAME":
        message, remedy = "a step is repeated with `x`", f"write `{count} x {stop.text_at(1)}`"
        diagnostic = stop.says("E0109", message, remedy, span=span, edits=stop.instead("x"), sure=True)
        return Slip(diagnostic, stop.replaced("X"))
    message, remedy = "an `x` is missing between a count and the step to repeat", f"write `{count} x {name}`"
    edits, sure = stop.put_behind(-1, " x" if not stop.touches(-1) else " x "), stop.at(-1) == "NUMBER"
    if stop.touches(-1) and name.startswith("x") and len(name) > 1:
        message, remedy = (
            "the `x` between a count and a step stands apart",
            f"write `{count} x {name[1:]}`, with spaces",
        )
        edits = stop.instead(f" x {name[1:]}")
    diagnostic = stop.says("E0109", message, remedy, span=span, edits=edits, sure=sure)
    return Slip(diagnostic, Repair(stop.index, 0, ("X",)))


def _text(stop: Stop, first: int) -> str:
    """The words from one on to where the parser stopped, on one line."""
    return " ".join(stop.words.span(first).to(stop.span_at(-1)).text.split())


def _behind_x(stop: Stop) -> Slip | None:
    start = stop.machine.starts[-2]
    before = Span(stop.source, start, stop.words.ends[stop.index - 2])
    if stop.kind == "LBRACE":
        message = "`x` repeats one step, `repeat` what stands in braces"
        return Slip(stop.says("E0109", message, f"write `repeat {before.text} {{ … }}`", span=before.to(stop.span)))
    if stop.kind in ("NUMBER", *ROUND):
        message = "the count stands in front of the step that is repeated"
        count = stop.text if stop.kind == "NUMBER" else "(…)"
        return Slip(stop.says("E0109", message, f"write `{count} x {before.text}`", span=stop.span_at(-1, 0)))
    return None


def counted_alone(stop: Stop) -> Slip | None:
    """What reads as a count and has no step: ``64``, ``near + far``, ``3 * basic(16)``, ``half = width // 2``."""
    if stop.count is None:
        return None
    first = stop.count
    operators = _operators(stop, first)
    if not operators and stop.words.kinds[first] not in ("NUMBER", GROUP) and stop.at(-2) != "DOT":
        return None  # a step by itself
    step = operators[-1] + 1 if operators else first
    if operators and _multiplies_step(stop, operators[-1]):
        diagnostic = _multiplied(stop, first, operators[-1])
    elif operators and stop.words.kinds[first - 1] == "EQUAL" and not _adds_values(stop, operators):
        diagnostic = _unnamed_number(stop, stop.words.text(first - 2), stop.words.span(first - 2))
    elif operators:
        diagnostic = _between_steps(stop, operators[0])
    elif stop.kind == "ARROW" and stop.words.kinds[step] == GROUP:
        diagnostic = _in_brackets(stop, stop.words.span(first).to(stop.span_at(-1)))
    else:
        count, span = _text(stop, first), stop.words.span(first).to(stop.span_at(-1))
        message = f"no step stands behind the count `{count}`"
        diagnostic = stop.says("E0109", message, f"write `{count} x STEP`, or a step alone", span=span)
    return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))


def _operators(stop: Stop, first: int) -> list[int]:
    """The signs of a count that stand in no brackets."""
    found, depth = [], 0
    for index in range(first, stop.index):
        kind = stop.words.kinds[index]
        depth += (kind in BRACKETS) - (kind in ("RPAR", "RSQB"))
        if depth == 0 and kind in ("SIGN", "TIMES", "POWER"):
            found.append(index)
    return found


def _multiplies_step(stop: Stop, operator: int) -> bool:
    """``3 * basic(16)``, ``3 * norm``, ``n * f(3)``."""
    kinds = stop.words.kinds
    is_call = kinds[operator + 1 : operator + 3] == ["NAME", "LPAR"]
    return stop.words.text(operator) == "*" and (
        is_call or kinds[operator - 1 : operator + 2 : 2] == ["NUMBER", "NAME"]
    )


def _multiplied(stop: Stop, first: int, operator: int) -> Diagnostic:
    count, step = stop.words.text(operator - 1), stop.words.text(operator + 1)
    remedy = f"write `{count} x {step}`"
    if stop.words.kinds[operator - 1] == "NAME":
        remedy += f" to repeat, `mul({count}, {step})` to multiply values"
    span = stop.words.span(first).to(stop.words.span(operator))
    return stop.says("E0109", "a step is repeated with `x`", remedy, span=span)


def _adds_values(stop: Stop, operators: list[int]) -> bool:
    """Whether values that flow are probably meant: ``a + b``, ``conv(3) + conv(4)``."""
    signs = {stop.words.text(index) for index in operators}
    beside = {stop.words.kinds[index + offset] for index in operators for offset in (-1, 1)}
    return signs <= {*_MERGES} and "NUMBER" not in beside


def _between_steps(stop: Stop, operator: int) -> Diagnostic:
    sign = stop.words.text(operator)
    remedy = "numbers are computed in arguments, in counts and in `let`; values that flow go through steps"
    if sign in _MERGES:
        remedy = f"name both values, and write `{_MERGES[sign]}(a, b)`"
    elif sign == "//":
        remedy = "a comment begins with `#`; numbers are computed in arguments, in counts and in `let`"
    return stop.says("E0124", f"`{sign}` does not stand between steps", remedy, span=stop.words.span(operator))


def in_brackets(stop: Stop) -> Slip | None:
    """``(conv(3) -> norm) -> act``: a chain in brackets."""
    if stop.kind != "ARROW" or stop.inside != GROUP:
        return None
    return Slip(_in_brackets(stop, stop.words.span(stop.open[-1])))


def _in_brackets(stop: Stop, span: Span) -> Diagnostic:
    return stop.says("E0124", "steps do not stand in brackets of their own", "leave the brackets out", span=span)


def compared(stop: Stop) -> Slip | None:
    """``a < b`` where steps stand."""
    if stop.kind != "COMPARE" or stop.inside != "LBRACE" or not stop.accepts("RBRACE"):
        return None
    if stop.head_kind in ("EXPECT", "INPUT"):
        return None
    remedy = "values are compared in `if` and `expect`: `if a < b { … }`"
    return Slip(stop.says("E0124", f"`{stop.text}` does not stand between steps", remedy))


def number_named(stop: Stop) -> Slip | None:
    """``y = 3`` among steps."""
    offset = -1 if stop.at(-1) == "NUMBER" else -2
    if stop.inside != "LBRACE" or stop.at(offset - 1) != "EQUAL" or stop.at(offset - 2) != "NAME":
        return None
    if stop.at(offset - 3) != "LBRACE" and stop.line(offset - 3) == stop.line(offset - 2):
        return None
    if stop.accepts("RBRACE") and stop.at(1) != "NUMBER":
        return None
    return Slip(_unnamed_number(stop, stop.text_at(offset - 2), stop.span_at(offset - 2)))


def _unnamed_number(stop: Stop, name: str, span: Span) -> Diagnostic:
    message = "a `let` is missing in front of a number's name"
    return stop.says("E0125", message, f"write `let {name} = …`", span=span)


def skip_off(stop: Stop) -> Slip | None:
    """``skip off``, in a block and in a network."""
    for at in (-1, 0):
        if (stop.at(at), stop.at(at + 1)) == ("SKIP", "OFF"):
            message = "`skip` merges a value at its place; `skips` says what holds for all"
            edits, place = (Edit(stop.span_at(at), "skips"),), stop.span_at(at, at + 1)
            diagnostic = stop.says("E0122", message, "write `skips off`", span=place, edits=edits, sure=True)
            return Slip(diagnostic, Repair(stop.index + at, 1, ("SKIPS",)))
    return None


def order_of_skip(stop: Stop) -> Slip | None:
    """``skip by mul from v``, ``skip(v)``."""
    if _calls_skip(stop):
        message = "`skip` is a statement, not an operation"
        return Slip(stop.says("E0122", message, "leave the brackets out: `skip from VALUE`"))
    if stop.head_kind != "SKIP" or stop.kind not in OF_SKIP or stop.at(-1) in OF_SKIP:
        return None
    message = f"`{stop.text}` comes too late in this `skip`"
    remedy = "the order is `skip always from VALUE via STEPS by add`, and each may be left out"
    if stop.text in [stop.words.text(index) for index in range(stop.head or 0, stop.index)]:
        message = f"`{stop.text}` stands twice in this `skip`"
    return Slip(stop.says("E0122", message, remedy))


def _calls_skip(stop: Stop) -> bool:
    """Whether a bracket stands behind the word `skip` on its line."""
    brackets = (stop.count, *stop.open[-1:])
    called = [one for one in brackets if one is not None and stop.words.kinds[one - 1 : one + 1] == ["SKIP", GROUP]]
    return any("\n" not in stop.words.span(one - 1).to(stop.words.span(one)).text for one in called)


def stray(stop: Stop) -> Slip | None:
    """A value where a step stands: ``64``, ``"text"``."""
    if stop.kind not in ("EXTENT", "STRING", "UNKNOWN", "TRUE", "FALSE") or stop.inside != "LBRACE":
        return None
    if not stop.accepts("RBRACE") or stop.kind == STRANGE:
        return None
    message = f"{shown(stop)} is a value, where a step or a line's first word belongs"
    return Slip(stop.says("E0100", message, "values stand in brackets behind a step's name: `conv(64, 3)`"))
