"""Counts in front of steps, and arithmetic where steps stand."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import GROUP, ROUND
from resnet_dsl.syntax.slips.groups import BRACKETS, MERGES
from resnet_dsl.syntax.slips.named_numbers import unnamed_number
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line

_ENTRIES = ("in", "input", "stem", "head")


def repeated(stop: Stop) -> Slip | None:
    """``3 bottleneck(64)``, ``3xbottleneck``, ``bottleneck(64) x 3``, ``3 x { … }``."""
    if stop.at(-1) == "X":
        return _behind_x(stop)
    if stop.count is None or stop.kind != "NAME" or stop.is_first_on_line:
        return None
    count, name = read_text(stop, stop.count), stop.text
    span = stop.words.span(stop.count).to(stop.span)
    if name == "X" and stop.at(1) == "NAME":
        message, remedy = "a step is repeated with `x`", f"write `{count} x {in_line(stop.called(stop.index + 1))}`"
        diagnostic = stop.says("E0109", message, remedy, span=span, edits=stop.instead("x"), sure=True)
        return Slip(diagnostic, stop.replaced("X"))
    step = in_line(stop.called(stop.index))
    message, remedy = "an `x` is missing between a count and the step to repeat", f"write `{count} x {step}`"
    edits, sure = stop.put_behind(-1, " x" if not stop.touches(-1) else " x "), stop.at(-1) == "NUMBER"
    repair: Repair | None = Repair(stop.index, 0, ("X",))
    if stop.touches(-1) and name.startswith("x") and len(name) > 1:
        message, remedy = (
            "the `x` between a count and a step stands apart",
            f"write `{count} x {step[1:]}`, with spaces",
        )
        edits, repair = stop.instead(f" x {name[1:]}"), None
    return Slip(stop.says("E0109", message, remedy, span=span, edits=edits, sure=sure), repair)


def read_text(stop: Stop, first: int) -> str:
    """The words from one on to where the parser stopped, on one line."""
    return " ".join(stop.words.span(first).to(stop.span_at(-1)).text.split())


def _behind_x(stop: Stop) -> Slip | None:
    start = stop.machine.starts[-2]
    before = Span(stop.source, start, stop.words.ends[stop.index - 2])
    if stop.kind == "X":
        diagnostic = stop.mended("E0109", "one `x` is enough", Edit(stop.span, ""), remedy="write `x` once")
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.kind == "LBRACE":
        message = "`x` repeats one step, `repeat` what stands in braces"
        return Slip(stop.says("E0109", message, f"write `repeat {before.text} {{ … }}`", span=before.to(stop.span)))
    return _count_behind_x(stop, before) if stop.kind in ("NUMBER", *ROUND) else None


def _count_behind_x(stop: Stop, step: Span) -> Slip:
    """``bottleneck(64) x 3``, ``bottleneck(64) x (n + 1)``."""
    closing = stop.index if stop.kind == "NUMBER" else stop.closing(stop.index)
    message = "the count stands in front of the step that is repeated"
    place = stop.span_at(-1, 0)
    if closing is None:
        return Slip(stop.says("E0109", message, f"write `(…) x {step.text}`", span=place))
    edit = Edit(step.to(stop.words.span(closing)), f"{stop.between(stop.index, closing + 1).text} x {step.text}")
    return Slip(stop.mended("E0109", message, edit, span=place))


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
    elif len(operators) == 1 and _multiplies_behind(stop, operators[0]):
        diagnostic = _multiplied_behind(stop, first, operators[0])
    elif operators and stop.words.kinds[first - 1] == "EQUAL" and not _adds_values(stop, operators):
        diagnostic = unnamed_number(stop, first - 2)
    elif len(operators) == 1 and stop.words.text(operators[0]) in MERGES and _adds_values(stop, operators):
        diagnostic = _merged(stop, first, operators[0])
    elif operators:
        diagnostic = _between_steps(stop, operators[0])
    elif stop.kind == "ARROW" and stop.words.kinds[step] == GROUP:
        diagnostic = _in_brackets(stop, stop.words.span(first).to(stop.span_at(-1)))
    else:
        count, span = read_text(stop, first), stop.words.span(first).to(stop.span_at(-1))
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


def _multiplies_behind(stop: Stop, operator: int) -> bool:
    """``basic(16) * 3``: a call, and a whole number behind it at which the count ends."""
    kinds = stop.words.kinds
    count = stop.words.text(operator + 1)
    is_step = kinds[operator - 1] == "RPAR" and operator + 2 == stop.index
    return stop.words.text(operator) == "*" and is_step and (count.isdigit() or count in stop.numbers)


def _multiplied(stop: Stop, first: int, operator: int) -> Diagnostic:
    sums = [index for index in _operators(stop, first) if stop.words.kinds[index] == "SIGN"]
    count = stop.words.span(sums[-1] + 1 if sums else first).to(stop.words.span(operator - 1)).text
    step = in_line(stop.called(operator + 1))
    remedy = f"write `{count} x {step}`"
    is_value = stop.words.kinds[operator - 1] == "NAME" and operator - 1 == first
    if is_value:
        remedy += f" to repeat, `mul({count}, {_as_argument(stop, step)})` to multiply values"
    span = stop.words.span(first).to(stop.words.span(operator))
    edit = Edit(stop.words.span(operator), "x")
    return stop.mended(
        "E0109", "a step is repeated with `x`", edit, remedy=remedy, span=span, sure=not is_value and not sums
    )


def _multiplied_behind(stop: Stop, first: int, operator: int) -> Diagnostic:
    """``basic(16) * 3``."""
    step, count = stop.words.span(first).to(stop.words.span(operator - 1)).text, stop.text_at(-1)
    edit = Edit(stop.words.span(first).to(stop.span_at(-1)), f"{count} x {step}")
    return stop.mended(
        "E0109", "the count stands in front of the step that is repeated", edit, span=stop.words.span(operator)
    )


def _adds_values(stop: Stop, operators: list[int]) -> bool:
    """Whether values that flow are probably meant: ``a + b``, ``conv(3) + conv(4)``."""
    signs = {stop.words.text(index) for index in operators}
    beside = [index + offset for index in operators for offset in (-1, 1)]
    are_numbers = all(stop.words.text(index) in stop.numbers for index in beside)
    return signs <= {*MERGES} and "NUMBER" not in {stop.words.kinds[index] for index in beside} and not are_numbers


def _merged(stop: Stop, first: int, operator: int) -> Diagnostic:
    """``y = in + conv(16, 1)``, ``y - in``."""
    sign, words = stop.words.text(operator), stop.words
    if sign == "-" and words.kinds[first - 1] == "ARROW":
        message, edit = "`-` does not stand between steps", Edit(words.span(operator), "->")
        return stop.mended("E0124", message, edit, sure=False)
    parts = [stop.between(first, operator), stop.between(operator + 1, stop.index)]
    left, right = (_as_argument(stop, " ".join(part.text.split())) for part in parts)
    edit = Edit(parts[0].to(parts[1]), f"{MERGES[sign]}({left}, {right})")
    remedy = f"write `{edit.text}`" + (", or `->` where an arrow is meant" if sign == "-" else "")
    message = f"`{sign}` does not stand between steps"
    return stop.mended("E0124", message, edit, remedy=remedy, span=words.span(operator), sure=sign != "-")


def _as_argument(stop: Stop, text: str) -> str:
    """A value or a step as an argument of a merge: a step without arguments needs brackets there."""
    is_value = not text.isidentifier() or text in (*_ENTRIES, *stop.numbers)
    named = range(stop.first, stop.index - 1)
    is_value = is_value or any(stop.words.text(i) == text and stop.words.kinds[i + 1] == "EQUAL" for i in named)
    return text if is_value else f"{text}()"


def _between_steps(stop: Stop, operator: int) -> Diagnostic:
    sign = stop.words.text(operator)
    remedy = "numbers are computed in arguments, in counts and in `let`; values that flow go through steps"
    if sign in MERGES:
        remedy = f"name both values, and write `{MERGES[sign]}(a, b)`"
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
