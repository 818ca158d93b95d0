"""Steps: arrows, counts, skips, and arithmetic where steps stand."""

from __future__ import annotations

from resnet_dsl.source import Span
from resnet_dsl.syntax.slips.groups import OF_SKIP, SETTINGS, STARTS, STATEMENTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, shown
from resnet_dsl.syntax.words import END, STRANGE

_ARROW = "->"
_ARROW_PARTS = ("=", "-", "|", "->", ">")


def arrow(stop: Stop) -> Slip | None:
    """An arrow with nothing in front of it or behind, doubled, in front of a statement, or misspelt."""
    if stop.text == _ARROW and stop.text_at(-1) == _ARROW:
        diagnostic = stop.says("E0110", "one arrow is enough", "write `->` once", span=stop.span_at(-1, 0))
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.text == _ARROW and stop.at(-1) in ("LBRACE", "EQUAL"):
        message = "nothing stands in front of this arrow"
        return Slip(stop.says("E0110", message, "begin with a step, or leave the arrow out"), Repair(stop.index, 1))
    if stop.text_at(-1) == _ARROW:
        return _behind_arrow(stop)
    return _misspelt(stop)


def _behind_arrow(stop: Stop) -> Slip | None:
    if stop.kind in (*STATEMENTS, *SETTINGS, "ELSE") and not stop.is_first_on_line:
        message = f"`{stop.text}` is a statement of its own, not a step"
        diagnostic = stop.says("E0110", message, "leave the arrow in front of it out", span=stop.span_at(-1, 0))
        return Slip(diagnostic)
    if stop.kind in ("RBRACE", "RPAR", END, *STARTS):
        message = "nothing stands behind this arrow"
        return Slip(
            stop.says("E0110", message, "add the step that is to follow, or leave the arrow out", span=stop.span_at(-1))
        )
    return None


def _misspelt(stop: Stop) -> Slip | None:
    """``=>``, ``-->``, ``- >``, ``>`` and ``|>`` between steps."""
    if stop.inside != "LBRACE" or not stop.accepts("ARROW"):
        return None
    count = 0
    while stop.text_at(count) in _ARROW_PARTS:
        count += 1
    sign = stop.source.text[stop.span.start : stop.span_at(max(count - 1, 0)).end]
    if not count or not sign.endswith(">"):
        return None
    diagnostic = stop.says("E0110", f"the language has no `{sign}`", "write `->`", span=stop.span_at(0, count - 1))
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
    """``3 bottleneck(64)``, ``3 * bottleneck(64)``, ``3xbottleneck``, ``bottleneck(64) x 3``, ``3 x { … }``."""
    if stop.at(-1) == "X" and stop.kind == "LBRACE":
        count = stop.text_at(-2)
        message = "`x` repeats one step, `repeat` what stands in braces"
        return Slip(stop.says("E0109", message, f"write `repeat {count} {{ … }}`", span=stop.span_at(-2, 0)))
    if stop.accepts("X") and stop.at(-1) in ("NUMBER", "NAME"):
        return _without_x(stop)
    return _count_behind(stop)


def _without_x(stop: Stop) -> Slip | None:
    count = stop.text_at(-1)
    if stop.text in ("*", "X") and stop.at(1) == "NAME":
        step = stop.text_at(1)
        remedy = f"write `{count} x {step}`"
        if stop.at(-1) == "NAME" and stop.text == "*":
            remedy += f" to repeat, `mul({count}, {step})` to multiply values"
        diagnostic = stop.says("E0109", "a step is repeated with `x`", remedy, span=stop.span_at(-1, 0))
        return Slip(diagnostic, stop.replaced("X"))
    if stop.at(-1) != "NUMBER" or stop.kind != "NAME":
        return None
    name = stop.text
    if stop.touches(-1) and name.startswith("x") and len(name) > 1:
        remedy = f"write `{count} x {name[1:]}`, with spaces"
        message = "the `x` between a count and a step stands apart"
    else:
        remedy = f"write `{count} x {name}`"
        message = "an `x` is missing between a count and the step to repeat"
    return Slip(stop.says("E0109", message, remedy, span=stop.span_at(-1, 0)), Repair(stop.index, 0, ("X",)))


def _count_behind(stop: Stop) -> Slip | None:
    """``bottleneck(64) x 3`` and ``(n + 1) x bottleneck(64)``."""
    if stop.text not in ("x", "*") or stop.inside != "LBRACE":
        return None
    if stop.at(-1) in ("RPAR", "NAME") and stop.at(1) in ("NUMBER", "NAME"):
        remedy = f"write `{stop.text_at(1)} x …`, or `repeat {stop.text_at(1)} {{ … }}`"
        return Slip(
            stop.says(
                "E0109", "the count stands in front of the step that is repeated", remedy, span=stop.span_at(0, 1)
            )
        )
    return None


def computed_count(stop: Stop) -> Slip | None:
    """``(n + 1) x basic(16)``: a bracket where a step stands."""
    if stop.kind not in ("LPAR", "LSQB") or stop.inside != "LBRACE" or not stop.accepts("NUMBER"):
        return None
    depth = 0
    for index in range(stop.index, len(stop.words.kinds) - 1):
        kind = stop.words.kinds[index]
        depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
        if depth == 0:
            inside = stop.span.to(stop.words.span(index))
            times = stop.words.kinds[index + 1] in ("X", "TIMES")
            return _bracketed(stop, inside, times)
    return None


def _bracketed(stop: Stop, span: Span, times: bool) -> Slip:
    if times:
        remedy = f"write `repeat {span.text[1:-1]} {{ … }}`"
        return Slip(stop.says("E0109", "a count in front of `x` is a number or a name", remedy, span=span))
    return Slip(stop.says("E0124", "a step does not begin with a bracket", "leave the brackets out", span=span))


def arithmetic(stop: Stop) -> Slip | None:
    """``a + b`` where steps stand, ``n + 1 x basic(16)``."""
    if stop.kind not in ("SIGN", "TIMES", "COMPARE") or stop.inside != "LBRACE":
        return None
    if not stop.accepts("RBRACE") or stop.head_kind in ("EXPECT", "INPUT"):
        return None
    if _repeats_further_on(stop):
        remedy = f"write `repeat {stop.text_at(-1)} {stop.text} {stop.text_at(1)} {{ … }}`"
        message = "a count in front of `x` is a number or a name"
        return Slip(stop.says("E0109", message, remedy, span=stop.span_at(-1, 2)))
    names = {"+": "add", "-": "sub", "*": "mul"}
    if stop.text in names:
        remedy = f"name both values, and write `{names[stop.text]}(a, b)`"
    else:
        remedy = "numbers are computed in arguments and in `let`; values that flow go through steps"
    return Slip(stop.says("E0124", f"`{stop.text}` does not stand between steps", remedy))


def _repeats_further_on(stop: Stop) -> bool:
    return stop.at(1) in ("NUMBER", "NAME") and stop.at(2) == "X"


def number_named(stop: Stop) -> Slip | None:
    """``y = 3`` among steps."""
    offset = -1 if stop.at(-1) == "NUMBER" else -2
    if stop.inside != "LBRACE" or stop.at(offset - 1) != "EQUAL" or stop.at(offset - 2) != "NAME":
        return None
    if stop.at(offset - 3) != "LBRACE" and stop.line(offset - 3) == stop.line(offset - 2):
        return None
    if stop.accepts("RBRACE") and stop.at(1) != "NUMBER":
        return None
    name = stop.text_at(offset - 2)
    diagnostic = stop.says(
        "E0125",
        "a `let` is missing in front of a number's name",
        f"write `let {name} = …`",
        span=stop.span_at(offset - 2),
    )
    return Slip(diagnostic)


def order_of_skip(stop: Stop) -> Slip | None:
    """``skip by mul from v``, ``skip(v)``."""
    if stop.at(-1) == "SKIP" and stop.kind == "LPAR":
        message = "`skip` is a statement, not an operation"
        return Slip(stop.says("E0122", message, "leave the brackets out: `skip from VALUE`"))
    if stop.head_kind != "SKIP" or stop.kind not in OF_SKIP or stop.at(-1) in OF_SKIP:
        return None
    message = f"`{stop.text}` comes too late in this `skip`"
    remedy = "the order is `skip always from VALUE via STEPS by add`, and each may be left out"
    if stop.text in [stop.words.text(index) for index in range(stop.head or 0, stop.index)]:
        message = f"`{stop.text}` stands twice in this `skip`"
    return Slip(stop.says("E0122", message, remedy))


def lonely_count(stop: Stop) -> Slip | None:
    """``use norm = 3``, ``conv(64, 3) -> 2``."""
    if stop.at(-1) != "NUMBER" or not stop.accepts("X") or stop.inside not in ("LBRACE", ""):
        return None
    count = stop.text_at(-1)
    message = f"no step stands behind the count `{count}`"
    return Slip(stop.says("E0109", message, f"write `{count} x STEP`, or a step alone", span=stop.span_at(-1)))


def stray(stop: Stop) -> Slip | None:
    """A value where a step stands: ``64``, ``"text"``."""
    if stop.kind not in ("EXTENT", "STRING", "UNKNOWN", "TRUE", "FALSE") or stop.inside != "LBRACE":
        return None
    if not stop.accepts("RBRACE") or stop.kind == STRANGE:
        return None
    message = f"{shown(stop)} is a value, where a step or a line's first word belongs"
    return Slip(stop.says("E0100", message, "values stand in brackets behind a step's name: `conv(64, 3)`"))
