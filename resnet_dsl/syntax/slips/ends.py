"""A network's inputs and outputs: what stands behind `input NAME` and `output`."""

from __future__ import annotations

from resnet_dsl.syntax.brackets import OPENING
from resnet_dsl.syntax.slips.groups import VALUES
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop

_SIGNS = ("ARROW", "DOT", "LPAR", "SIGN", "TIMES", "COMPARE", "AND", "OR", "AS", "X")


def sign_of_output(stop: Stop) -> Slip | None:
    """``output = conv2``, ``output [conv2, conv3]``."""
    if stop.at(-1) != "OUTPUT":
        return None
    if stop.kind == "EQUAL":
        message, edits = "no `=` stands behind `output`", stop.instead("")
        diagnostic = stop.says("E0113", message, "leave it out", edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.kind in OPENING:
        return Slip(stop.says("E0113", "`output` needs no brackets", "write it as in `output conv2, conv3`"))
    return None


def row_of_outputs(stop: Stop) -> Slip | None:
    """``output conv2 conv3``, ``output conv2,``, ``output conv2 -> relu``."""
    if stop.head_kind != "OUTPUT":
        return None
    if stop.at(-1) == "COMMA":
        remedy = "add it, or leave the comma out"
        span = stop.span_at(-1)
        message, edits = "a value is missing behind this comma", stop.instead("", span)
        return Slip(stop.says("E0119", message, remedy, span=span, edits=edits))
    if stop.kind in _SIGNS:
        remedy = "name the result in a stage or a head, as in `result = …`, and write `output result`"
        return Slip(stop.says("E0120", "`output` lists values by their names: nothing is computed there", remedy))
    if stop.kind in VALUES and not stop.is_first_on_line:
        remedy = f"write `{stop.text_at(-1)}, {stop.text}`"
        message, span = "a comma is missing between two outputs", stop.span_at(-1, 0)
        diagnostic = stop.says("E0104", message, remedy, span=span, edits=stop.put_behind(-1, ","), sure=True)
        return Slip(diagnostic, Repair(stop.index, 0, ("COMMA",)))
    return None


def named_input(stop: Stop) -> Slip | None:
    """``input left = 64x64x3``, ``input left 2 * n x 3``, ``input left right 64x64x3``."""
    if stop.at(-2) == "INPUT" and stop.at(-1) == "NAME" and stop.kind == "EQUAL":
        message, edits = "no `=` stands between an input's name and its size", stop.instead("")
        diagnostic = stop.says("E0113", message, "leave it out", edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.at(-3) != "INPUT" or stop.at(-2) != "NAME":
        return None
    name, word = stop.text_at(-2), stop.text_at(-1)
    if stop.kind in ("EXTENT", "NUMBER"):
        remedy = f"write two lines: `input {name} {stop.text}`, `input {word} {stop.text}`"
        return Slip(stop.says("E0120", "`input` is said once for each input", remedy, span=stop.span_at(-2, 0)))
    if stop.kind in ("SIGN", "TIMES", "DOT", "LPAR", "LSQB"):
        remedy = f"give it a name: `let n = {word} {stop.text} …`, then `input {name} n …`"
        message = "the first length behind an input's name is a number or a name"
        return Slip(stop.says("E0120", message, remedy, span=stop.span_at(-1, 0)))
    return None
