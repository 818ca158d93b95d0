"""Values as other tools write them, and as the language does. None: there is no such value here."""

from __future__ import annotations

import re
from collections.abc import Callable

from resnet_dsl.vocabulary.calls import read_row, whole_call
from resnet_dsl.vocabulary.table import meant, words

_PYTHON = {"True": "true", "False": "false"}
_EXPRESSION = re.compile(r"[\w\s+\-*/%.()]+")
_EXTENT = re.compile(r"\d+(x\d+)*")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def unquoted(value: str) -> str | None:
    """What stands in quotes; None where nothing does."""
    found = _STRING.fullmatch(value)
    return None if found is None else found[1] if found[1] is not None else found[2]


def number(value: str) -> str | None:
    """A number, a name or what is computed of such: `64`, `width * 4`, `True`."""
    if value in _PYTHON:
        return _PYTHON[value]
    if not _EXPRESSION.fullmatch(value) or value == "None" or "self." in value:
        return None
    return re.sub(r"(?<![\w.])\.(?=\d)", "0.", re.sub(r"(?<=\d)\.(?![\d\w])", ".0", value))


def items(value: str) -> tuple[str, ...] | None:
    """The items of a tuple or a list, as they are written; None of what is neither."""
    if value[:1] not in ("(", "[") or (found := read_row(value, 0)) is None or found[1] != len(value):
        return None
    if value[0] == "(" and "," not in value:
        return None
    return tuple(one.value for one in found[0]) if not any(one.name for one in found[0]) else None


def extent(value: str) -> str | None:
    """One number for all axes where all are the same, or one an axis: `3`, `3x1`, `k x 1`."""
    lengths = items(value)
    if lengths is None:
        return number(value)
    taken = [one for one in map(number, lengths) if one is not None]
    if not taken or len(taken) != len(lengths):
        return None
    return taken[0] if len({*taken}) == 1 else size_of(taken)


def size(value: str) -> str | None:
    """A shape, with each of its lengths: `1x1x64`; a length that is not known, -1 or None, is `?`."""
    lengths = ["?" if one in ("None", "-1") else number(one) for one in (items(value) or (value,))]
    taken = [one for one in lengths if one is not None]
    return size_of(taken) if len(taken) == len(lengths) else None


def size_of(lengths: list[str]) -> str:
    simple = all(one.isdigit() or one == "?" for one in lengths)
    grouped = (one if re.fullmatch(r"[\w?.]+", one) else f"({one})" for one in lengths)
    return ("x" if simple else " x ").join(grouped)


def lengths_of(text: str) -> list[int] | None:
    """The numbers of an extent; None where they are computed."""
    return [int(one) for one in text.split("x")] if _EXTENT.fullmatch(text) else None


def word(parameter: str, value: str) -> str | None:
    """A word that an argument takes: `"HeNormal"`, `HeNormal()`, `keras.initializers.he_normal` are `he_normal`."""
    found = unquoted(value)
    if found is None:
        call = whole_call(value)
        found = call.name if call is not None else ""
    return meant(words().values.get(parameter, {}), found)


def word_of(parameter: str) -> Callable[[str], str | None]:
    """The reader of one argument's words."""
    return lambda value: word(parameter, value)


def approximation(value: str) -> str | None:
    """PyTorch's word for how `gelu` is computed, as a truth value."""
    return {"none": "false", "tanh": "true"}.get(unquoted(value) or "")


def amounts(value: str, *, of_one_axis: bool = False) -> str | None:
    """Positions in front and behind: `1`, `1x2`, `[[1, 0], [2, 1]]`; of one axis a pair is both its sides."""
    sides = items(value)
    pairs = None if sides is None else [items(one) for one in sides]
    if pairs is not None and all(pair is not None for pair in pairs):
        rows = [_pair(pair) for pair in pairs if pair is not None]
        return f"[{', '.join(rows)}]" if all(rows) else None
    return _pair(sides) if of_one_axis and sides is not None else extent(value)


def _pair(sides: tuple[str, ...]) -> str:
    return f"[{sides[0]}, {sides[1]}]" if len(sides) == 2 and None not in map(number, sides) else ""


def last_axis_first(value: str, axes: int) -> str | None:
    """PyTorch's borders: left, right, top, bottom; of all axes, or of none."""
    sides = items(value)
    if sides is None:
        return number(value)
    if len(sides) != 2 * axes:
        return None
    pairs = [_pair(sides[at : at + 2]) for at in range(0, len(sides), 2)][::-1]
    return f"[{', '.join(pairs)}]" if all(pairs) else None


def complement(value: str) -> str | None:
    """What a moving statistic keeps, of what it takes: PyTorch's momentum of 0.1 is 0.9."""
    try:
        return f"{1 - float(value):.10g}"
    except ValueError:
        return None


def literal(value: str) -> int | float | tuple[int, ...] | str | None:
    """The number that is written, or the lengths, "?" where one is not known; None where it is computed, or a word."""
    if "?" in value:
        return "?"
    if "x" in value and (lengths := lengths_of(value)) is not None:
        return tuple(lengths)
    try:
        return int(value) if re.fullmatch(r"-?\d+", value) else float(value)
    except ValueError:
        return None


def same_number(one: str, other: str) -> bool:
    """Whether two numbers are written of one value: `1e-5` and `1e-05`."""
    try:
        return float(one.replace("_", "")) == float(other.replace("_", ""))
    except ValueError:
        return one == other
