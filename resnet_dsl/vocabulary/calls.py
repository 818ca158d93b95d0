"""A call as Python writes it, read from a text of any kind: nothing in it is evaluated."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 2_000  # characters of a call that are looked at
_DEEPEST = 20  # calls in calls

_PATH = re.compile(r"[^\W\d]\w*(?:[ \t]*\.[ \t]*[^\W\d]\w*)*")
_CALLED = re.compile(r"\b[^\W\d]\w*[ \t]*\(")
_SIGN = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*|[()\[\],{}\"']|[=<>!~]=|=")
_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*")
_TYPES = ("type", "class_name", "kind", "layer", "layer_type", "_target_")  # what names a step in settings
_CLOSING = {"(": ")", "[": "]"}


class ArgumentPiece(NamedTuple):
    """What stands between two commas: a value, ``name`` in front of its `=` where there is one, and its place."""

    name: str
    value: str
    start: int
    end: int


class WrittenCall(NamedTuple):
    """A call: ``path`` is `nn.Conv2d`; ``arguments`` None where it has no brackets; ``applied`` is what a second pair
    of brackets holds, as in `Conv2D(64, 3)(x)`."""

    path: str
    arguments: tuple[ArgumentPiece, ...] | None
    applied: tuple[ArgumentPiece, ...] | None
    start: int
    end: int

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def prefix(self) -> str:
        return self.path.rpartition(".")[0]


def read_call(text: str, start: int = 0) -> WrittenCall | None:
    """The call that begins there, or the name alone; None where brackets are not closed soon, or not as they were
    opened."""
    found = _PATH.match(text, start)
    if found is None:
        return None
    path, end = re.sub(r"\s", "", found[0]), found.end()
    rows: list[tuple[ArgumentPiece, ...]] = []
    while len(rows) < 2 and (opening := _bracket(text, end)) is not None:
        row = read_row(text, opening)
        if row is None:
            return None
        rows.append(row[0])
        end = row[1]
    arguments, applied = (rows[at] if at < len(rows) else None for at in (0, 1))
    call = WrittenCall(path, arguments, applied, start, end)
    return (_by_type(call) or call) if path == "dict" else call


def read_dictionary(text: str) -> WrittenCall | None:
    """A dictionary that says a step by its `type`, as a call: `{"type": "Conv2d", "out_channels": 16}`."""
    pairs = re.findall(r"[\"'](\w+)[\"']\s*:\s*((?:\([^()]*\)|\[[^\[\]]*\]|[^,{}()\[\]])+)", text[:LONGEST])
    pieces = tuple(ArgumentPiece(name, value.strip(), 0, 0) for name, value in pairs)
    return _by_type(WrittenCall("dict", pieces, None, 0, len(text)))


def _by_type(call: WrittenCall) -> WrittenCall | None:
    """`dict(type="Conv2d", out_channels=16)` as the call of what its type names; None where it has none."""
    kinds = [one.value.strip("\"'") for one in call.arguments or () if one.name in _TYPES]
    rest = tuple(one for one in call.arguments or () if one.name not in _TYPES)
    is_path = len(kinds) == 1 and _PATH.fullmatch(kinds[0])
    return call._replace(path=kinds[0], arguments=rest) if is_path else None


def call_around(text: str, name: str, inside: int) -> WrittenCall | None:
    """The call of a name with brackets that hold a place of the text: the innermost one."""
    first = max(0, inside - LONGEST)
    found = [one.start() for one in re.finditer(rf"\b{re.escape(name)}[ \t]*\(", text[first:inside])]
    calls = (read_call(text, first + one) for one in reversed(found))
    return next((one for one in calls if one is not None and one.end > inside), None)


def call_holding(text: str, inside: int) -> WrittenCall | None:
    """The innermost call whose brackets hold a place of the text."""
    first = max(0, inside - LONGEST)
    found = [one.start() for one in _CALLED.finditer(text, first, inside)][-_DEEPEST:]
    calls = (read_call(text, one) for one in reversed(found))
    return next((one for one in calls if one is not None and one.end > inside), None)


def whole_call(text: str) -> WrittenCall | None:
    """The call that a text is, and nothing else."""
    stripped = text.strip()
    call = read_call(stripped)
    return call if call is not None and call.end == len(stripped) else None


def _bracket(text: str, end: int) -> int | None:
    """Where a round bracket opens behind a word or a bracket, on its line."""
    found = re.compile(r"[ \t]*\(").match(text, end)
    return found.end() - 1 if found else None


def read_row(text: str, opening: int) -> tuple[tuple[ArgumentPiece, ...], int] | None:
    """What stands between the commas of a pair of brackets, and where it ends, behind the closing one."""
    pieces: list[ArgumentPiece] = []
    start, equal, open_ = opening + 1, -1, [text[opening]]
    for sign in _SIGN.finditer(text, start, opening + LONGEST):
        word, at = sign[0], sign.start()
        if word in _CLOSING:
            open_.append(word)
        elif word in (")", "]"):
            if word != _CLOSING[open_.pop()]:
                return None
            if not open_:
                return (*pieces, *_piece(text, start, equal, at)), at + 1
        elif word in ("{", "}", '"', "'") or len(open_) > _DEEPEST:
            return None
        elif word == "," and len(open_) == 1:
            pieces += _piece(text, start, equal, at)
            start, equal = at + 1, -1
        elif word == "=" and len(open_) == 1 and equal < 0:
            equal = at
    return None


def _piece(text: str, start: int, equal: int, end: int) -> tuple[ArgumentPiece, ...]:
    """One piece; none where nothing stands between two commas, or behind the last."""
    named = _NAMED.fullmatch(text, start, equal) if equal >= 0 else None
    begin = equal + 1 if named else start
    value = re.sub(r"#[^\n]*", "", text[begin:end]).strip() if "#" in text[begin:end] else text[begin:end].strip()
    first = named.start(1) if named else start + len(text[start:end]) - len(text[start:end].lstrip())
    last = start + len(text[start:end].rstrip())
    return (ArgumentPiece(named[1] if named else "", value, first, last),) if value or named else ()
