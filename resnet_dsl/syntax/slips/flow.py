"""Steps: arrows, counts, skips, and arithmetic where steps stand."""

from __future__ import annotations

from bisect import bisect_left

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import GROUP, ROUND
from resnet_dsl.syntax.slips import types
from resnet_dsl.syntax.slips.groups import BRACKETS, MERGES, OF_SKIP, SETTINGS, STARTS, STATEMENTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line, shown
from resnet_dsl.syntax.words import END, STRANGE

_ARROW = "->"
_ARROW_PARTS = ("=", "-", "|", "->", ">")
_ENTRIES = ("in", "input", "stem", "head")
_APART = ("|", "–", "—")  # arrows only with a space behind
_ARROWS = ("-&gt;", "&gt;", "~>", "::", *_APART)
_TOLD = ("channels", "shape", "rank")  # what a value tells behind a point


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
    diagnostic = stop.mended("E0110", f"the language has no `{sign}`", Edit(stop.span_at(0, count - 1), "->"))
    return Slip(diagnostic, stop.replaced("ARROW", count))


def other_arrow(stop: Stop) -> Slip | None:
    """``conv(3) | norm``, ``conv(3) – norm``, ``conv(3) -&gt; norm``: signs that stand for an arrow between steps."""
    if stop.inside != "LBRACE" or not (stop.accepts("ARROW") or stop.text_at(-1) == "-"):
        return None
    text, begin = stop.source.text, stop.span.start - (stop.text_at(-1) == "-" and stop.touches(-1))
    sign = next((one for one in _ARROWS if text.startswith(one, begin)), None)
    if sign is None or stop.head_kind in ("IF", "EXPECT", "REPEAT", "LET", "INPUT"):
        return None
    behind = bisect_left(stop.words.starts, begin + len(sign), lo=stop.index)
    if stop.words.kinds[behind] not in ("NAME", "IN", "NUMBER") or (sign in _APART and stop.touches(0)):
        return None
    span = Span(stop.source, begin, begin + len(sign))
    diagnostic = stop.mended("E0110", f"the language has no `{sign}`", Edit(span, "->"))
    return Slip(diagnostic, stop.replaced("ARROW", behind - stop.index) if begin == stop.span.start else None)


def method(stop: Stop) -> Slip | None:
    """``conv(3).norm()``, ``y.relu()``, ``conv(3).norm -> act``: a step behind a point."""
    point = stop.index - 2
    if stop.count is None or stop.at(-2) != "DOT" or stop.at(-1) != "NAME" or stop.text_at(-1) in _TOLD:
        return None
    is_call = stop.kind in ROUND and stop.touches(-1)
    if stop.words.kinds[point - 1] == "NUMBER":
        return _count_with_point(stop, point)
    if not is_call and stop.words.kinds[point - 1] != "RPAR":
        return None
    if stop.words.text(point - 1) == "self":
        edit = Edit(stop.between(point - 1, point + 1), "")
        diagnostic = stop.mended("E0110", "the language has no `self`", edit, remedy=f"write `{stop.text_at(-1)}`")
        return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))
    edit = Edit(stop.words.span(point), " -> ")
    written = f"{_text(stop, stop.count).rpartition('.')[0].strip()} -> {stop.text_at(-1)}"
    diagnostic = stop.mended("E0110", "a step follows behind `->`, not behind a `.`", edit, remedy=f"write `{written}`")
    return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))


def _count_with_point(stop: Stop, point: int) -> Slip:
    """``3 . basic(16)``."""
    step = in_line(stop.called(point + 1))
    edit = Edit(stop.words.span(point), "x")
    remedy = f"write `{stop.words.text(point - 1)} x {step}`"
    diagnostic = stop.mended("E0109", "a step is repeated with `x`", edit, remedy=remedy)
    return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))


def braces_of_steps(stop: Stop) -> Slip | None:
    """``conv(3) -> { norm -> act }``, ``repeat 3 {{ … }}``: braces that belong to nothing."""
    if stop.kind != "LBRACE" or not stop.accepts("NAME") or stop.inside != "LBRACE" or stop.owner_kind == "NETWORK":
        return None
    if stop.at(-1) not in ("ARROW", "LBRACE", "RBRACE") and not stop.is_first_on_line:
        return None
    depth = 0
    for index in range(stop.index, len(stop.words.kinds)):
        depth += (stop.words.kinds[index] == "LBRACE") - (stop.words.kinds[index] == "RBRACE")
        if depth == 0:
            edits = Edit(stop.span, ""), Edit(stop.words.span(index), "")
            message = "these braces belong to nothing: steps stand in no braces of their own"
            diagnostic = stop.mended(
                "E0124", message, *edits, remedy="leave them out, or write `repeat` or `if` in front"
            )
            return Slip(diagnostic, Repair(stop.index, 1, (), (Repair(index, 1),)))
    return None


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


def _text(stop: Stop, first: int) -> str:
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
        diagnostic = _unnamed_number(stop, first - 2)
    elif len(operators) == 1 and stop.words.text(operators[0]) in MERGES and _adds_values(stop, operators):
        diagnostic = _merged(stop, first, operators[0])
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
    is_typed = types.in_front(stop, stop.index + offset - 2) is not None
    if stop.at(offset - 3) != "LBRACE" and stop.line(offset - 3) == stop.line(offset - 2) and not is_typed:
        return None
    if stop.accepts("RBRACE") and stop.at(1) != "NUMBER":
        return None
    return Slip(_unnamed_number(stop, stop.index + offset - 2))


def _unnamed_number(stop: Stop, name: int) -> Diagnostic:
    """``half = width // 2``, ``int half = width // 2``; ``name``: the word that is named."""
    span = stop.words.span(name)
    typed = types.in_front(stop, name)
    edit = Edit(typed, "let") if typed else Edit(span.front, "let ")
    message = (
        "a `let` is missing in front of a number's name"
        if not typed
        else "a number is named with `let`, without a type"
    )
    value = " ".join(stop.between(name + 2, _value_end(stop, name + 2)).text.split())
    if span.text == "stride" and stop.owner_kind == "STAGE" and not typed:
        return _stride_of_stage(stop, span, value)
    return stop.mended("E0125", message, edit, remedy=f"write `let {span.text} = {value}`", span=typed or span)


def _stride_of_stage(stop: Stop, span: Span, value: str) -> Diagnostic:
    stage = stop.words.text((stop.owner or 0) + 1)
    remedy = f"write `stage {stage}(stride = {value}) {{ … }}`, or `let stride = {value}` for a number of that name"
    return stop.says("E0125", "a stage's stride stands in brackets behind its name", remedy, span=span)


def _value_end(stop: Stop, first: int) -> int:
    """Behind the last word of a value that was read, on its line."""
    end = stop.index if stop.line_begin <= first or stop.is_first_on_line else stop.line_begin
    return max(end, first + 1)


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
    """``skip by mul from v``, ``skip(v)``, ``skip from v by concat -> act``."""
    if _called_skip(stop) is not None:
        message = "`skip` is a statement, not an operation"
        return Slip(stop.says("E0122", message, "leave the brackets out: `skip from VALUE`", span=_called_skip(stop)))
    if stop.head_kind == "SKIP" and stop.kind == "ARROW":
        return _arrow_behind_skip(stop)
    if stop.at(-1) == "SKIP" and stop.kind == "EQUAL":
        return Slip(stop.says("E0122", f"no `{stop.text}` stands behind `skip`", "write `skip from VALUE`"))
    if stop.head_kind == "SKIP" and stop.text in MERGES and not stop.is_first_on_line:
        message = f"a `skip` starts from one value: `{stop.text}` does not stand in it"
        remedy = f"name the value first (`both = {MERGES[stop.text]}(…)`), and write `skip from both`"
        return Slip(stop.says("E0122", message, remedy))
    if stop.head_kind != "SKIP" or stop.kind not in OF_SKIP or stop.at(-1) in OF_SKIP:
        return None
    message = f"`{stop.text}` comes too late in this `skip`"
    remedy = "the order is `skip always from VALUE via STEPS by add`, and each may be left out"
    if stop.text in [stop.words.text(index) for index in range(stop.head or 0, stop.index)]:
        message = f"`{stop.text}` stands twice in this `skip`"
    return Slip(stop.says("E0122", message, remedy))


def _arrow_behind_skip(stop: Stop) -> Slip:
    """What follows is the next step, unless the arrow stands behind a value, which it may have been to adapt."""
    message, remedy = "no `->` stands behind `skip`", "leave the arrow out: a line end is enough"
    sure = stop.at(-1) == "SKIP" or stop.at(-2) == "BY"
    if not sure:
        remedy += ", where this is the next step; what adapts the value stands behind `via`"
    return Slip(stop.says("E0122", message, remedy, edits=stop.instead(""), sure=sure), Repair(stop.index, 1))


def _called_skip(stop: Stop) -> Span | None:
    """The word `skip` and a bracket behind it on its line."""
    brackets = (stop.count, *stop.open[-1:])
    called = [one for one in brackets if one is not None and stop.words.kinds[one - 1 : one + 1] == ["SKIP", GROUP]]
    spans = [stop.between(one - 1, one + 1) for one in called]
    return next((span for span in spans if "\n" not in span.text), None)


def stray(stop: Stop) -> Slip | None:
    """A value where a step stands: ``64``, ``"text"``."""
    if stop.kind not in ("EXTENT", "STRING", "UNKNOWN", "TRUE", "FALSE") or stop.inside != "LBRACE":
        return None
    if not stop.accepts("RBRACE") or stop.kind == STRANGE:
        return None
    if stop.kind == "EXTENT" and stop.at(1) == "NAME" and stop.at(2) == "LPAR":
        return _kernel_in_front(stop)
    message = f"{shown(stop)} is a value, where a step or a line's first word belongs"
    return Slip(stop.says("E0100", message, "values stand in brackets behind a step's name: `conv(64, 3)`"))


def _kernel_in_front(stop: Stop) -> Slip | None:
    """``3x3 conv(16)``: a kernel as papers write it."""
    step, lengths = stop.called(stop.index + 1), stop.text.split("x")
    size = ("kernel = " if "=" in step.text else "") + (lengths[0] if len({*lengths}) == 1 else stop.text)
    edit = Edit(stop.span.to(step), f"{in_line(step).removesuffix(')').removesuffix(',')}, {size})")
    return Slip(stop.mended("E0100", "a kernel stands among a step's arguments", edit, span=stop.span, sure=False))
