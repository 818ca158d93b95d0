"""Types of other languages: ``width: int``, ``int width = 3``, ``-> Tensor``; the language has none to write."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop

_TYPES = {
    "int", "float", "bool", "str", "string", "number", "double", "long", "short", "unsigned", "integer", "boolean",
    "size", "list", "tuple", "dict", "auto", "Int", "Float", "Bool", "String", "Number", "List", "Tuple", "Any",
    "Optional", "Union", "Sequence", "Tensor", "i32", "i64", "u8", "u32", "u64", "usize", "f32", "f64", "size_t",
}  # fmt: skip
_KINDS = {"const", "final", "static"}
_PARAMETERS = "parameters have no types"
_VALUES = "values have no types"


def of_parameter(stop: Stop) -> Slip | None:
    """``block b(width: int, stride: int = 1)``, ``block b(int width)``."""
    if not stop.open or not in_parameters(stop):
        return None
    if stop.kind == "NAME" and stop.text_at(-1) in _TYPES and stop.at(-2) in ("LPAR", "COMMA"):
        edit = Edit(stop.span_at(-1).to(stop.span.front), "")
        return _left_out(stop, _PARAMETERS, edit, stop.span_at(-1), Repair(stop.index, 1))
    if stop.text != ":" or not stop.accepts("EQUAL"):
        return None
    end = stop.until("EQUAL", "COMMA", "RPAR", start=1)
    if not _is_type(stop, end):
        return None
    return _behind_colon(stop, _PARAMETERS, end, Repair(stop.index, end - stop.index))


def _is_type(stop: Stop, end: int) -> bool:
    """Whether the words behind a colon are a type: known as one, or with a default behind it."""
    if end == stop.index + 1 or stop.at(1) not in ("NAME", "FOREIGN"):
        return False
    return stop.text_at(1) in _TYPES or stop.words.kinds[end] == "EQUAL"


def _behind_colon(stop: Stop, message: str, end: int, repair: Repair) -> Slip:
    span = stop.between(stop.index, end)
    return _left_out(stop, message, Edit(span, ""), span, repair)


def _left_out(stop: Stop, message: str, edit: Edit, span: Span, repair: Repair) -> Slip:
    text = " ".join(span.text.split())
    place = stop.span if edit.span == span else span
    return Slip(stop.mended("E0145", message, edit, remedy=f"leave `{text}` out", span=place), repair)


def of_rest(stop: Stop) -> Slip | None:
    """``block b(width, *args, **kwargs)``."""
    if not stop.open or stop.text not in ("*", "**") or stop.at(1) != "NAME" or not in_parameters(stop):
        return None
    comma = stop.at(-1) == "COMMA"
    edit = Edit(stop.span_at(-comma, 1), "")
    remedy = f"leave `{stop.text}{stop.text_at(1)}` out, and name each parameter that is used"
    diagnostic = stop.mended("E0145", "parameters are named one by one", edit, remedy=remedy, span=stop.span)
    return Slip(diagnostic, Repair(stop.index, 1))


def of_value(stop: Stop) -> Slip | None:
    """``let width: int = 16``."""
    if stop.text != ":" or stop.at(-2) != "LET" or stop.at(1) not in ("NAME", "FOREIGN"):
        return None
    end = stop.until("EQUAL", start=1)
    if stop.words.kinds[end] != "EQUAL" or end == stop.line_end:
        return None
    return _behind_colon(stop, _VALUES, end, Repair(stop.index, end - stop.index))


def of_declaration(stop: Stop) -> Slip | None:
    """``int n = 3``, ``const int n = 3`` at the top of a file or among a network's members."""
    if stop.kind == "NAME" and stop.text_at(1) == ":" and (stop.at(2), stop.at(3)) == ("NAME", "EQUAL"):
        edit = Edit(stop.span_at(0, 2), f"let {stop.text}")
        diagnostic = stop.mended("E0145", _VALUES, edit, remedy=f"write `let {stop.text} = …`", span=stop.span_at(1))
        return Slip(diagnostic, Repair(stop.index, 3, ("LET", "NAME"))) if stop.accepts("LET") else None
    name = 2 if stop.text in _KINDS else 1
    kinds = [stop.at(one) for one in range(name + 2)]
    if stop.text_at(name - 1) not in _TYPES or kinds != ["NAME"] * (name + 1) + ["EQUAL"] or not stop.accepts("LET"):
        return None
    edit = Edit(stop.span_at(0, name - 1), "let")
    diagnostic = stop.mended("E0145", _VALUES, edit, remedy=f"write `let {stop.text_at(name)} = …`")
    return Slip(diagnostic, Repair(stop.index, name, ("LET",)))


def in_front(stop: Stop, name: int) -> Span | None:
    """The type in front of a name, of ``int half = width // 2`` among steps."""
    words = stop.words
    if name <= stop.first or words.text(name - 1) not in _TYPES or words.kinds[name - 1] != "NAME":
        return None
    kind = name - 2 > stop.first and words.text(name - 2) in _KINDS
    return stop.between(name - 1 - kind, name)


def of_result(stop: Stop) -> Slip | None:
    """``block b(width) -> Tensor { … }``: what stands between the parameters and the braces."""
    if stop.text not in ("->", ":") or stop.head_kind != "BLOCK" or not stop.accepts("LBRACE") or stop.at(1) != "NAME":
        return None
    end = stop.until("LBRACE", start=1)
    kinds = {*stop.words.kinds[stop.index + 1 : end]} - {"NAME", "DOT", "LSQB", "RSQB", "COMMA"}
    if stop.words.kinds[end] != "LBRACE" or end == stop.line_end or kinds:
        return None
    span = stop.between(stop.index, end)
    edit = Edit(Span(stop.source, span.start, stop.words.starts[end]), "")
    repair = Repair(stop.index, end - stop.index)
    diagnostic = stop.mended(
        "E0145", "a block's result has no type", edit, remedy=f"leave `{span.text}` out", span=stop.span
    )
    return Slip(diagnostic, repair)
