"""Numbers that are named among steps, without a `let`."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.slips import types
from resnet_dsl.syntax.slips.stop import Slip, Stop


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
    return Slip(unnamed_number(stop, stop.index + offset - 2))


def unnamed_number(stop: Stop, name: int) -> Diagnostic:
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
