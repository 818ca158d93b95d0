"""What else stands where steps belong: braces of their own, comparisons, values."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line, shown
from resnet_dsl.syntax.words import STRANGE


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


def compared(stop: Stop) -> Slip | None:
    """``a < b`` where steps stand."""
    if stop.kind != "COMPARE" or stop.inside != "LBRACE" or not stop.accepts("RBRACE"):
        return None
    if stop.head_kind in ("EXPECT", "INPUT"):
        return None
    remedy = "values are compared in `if` and `expect`: `if a < b { … }`"
    return Slip(stop.says("E0124", f"`{stop.text}` does not stand between steps", remedy))


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
