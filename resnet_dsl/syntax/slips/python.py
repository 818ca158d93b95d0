"""Lines as Python has them: statements that the language does without, modules, `self`, methods, docstrings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.vocabulary import hints
from resnet_dsl.vocabulary.calls import WrittenCall, read_call, whole_call
from resnet_dsl.vocabulary.table import words
from resnet_dsl.vocabulary.translating import translated

_QUOTES = ('"""', "'''")
_MODULES = {
    "keras", "tensorflow", "tf", "tf_keras", "torch", "torchvision", "timm", "jax", "flax", "numpy", "np", "math", "os",
    "typing", "functools", "matplotlib",
}  # fmt: skip

_SUM = re.compile(r"(?P<target>\w+)[ \t]*(?:=[ \t]*(?P<one>\w+)[ \t]*\+|\+=)[ \t]*(?P<other>\w+)")
_CLASS = re.compile(r"class\s+\w+\s*(\([\w\s.,]*\)\s*)?:")
_OF_VALUES = {"x", "in", "identity", "residual", "shortcut", "skip", "skip_connection"}


def statement(stop: Stop) -> Slip | None:
    """``return x``, ``import keras``, ``self.bn = …``, ``model.add(…)``, and a text in three quotes."""
    if stop.source.text.startswith(_QUOTES, stop.span.start):
        return _docstring(stop)
    for index in _first_on_lines(stop):
        if diagnostic := _said(stop, index):
            return Slip(diagnostic, Repair(index, _last_on_line(stop, index) - index + 1, _in_place(stop)))
    return None


def of_class(stop: Stop) -> Slip | None:
    """``class Net(nn.Module):``, with all that stands in it."""
    index = _first_on_line(stop, stop.index)
    place = stop.words.span(index).to(stop.words.span(_last_on_line(stop, index)))
    if stop.open or not _CLASS.fullmatch(place.text):
        return None
    remedy = "a module is `block NAME(parameters) { … }`, a whole model `network NAME { … }`"
    return Slip(_says("a spec has no classes", place, remedy))


def _in_place(stop: Stop) -> tuple[str, ...]:
    """What reads well where a line stood."""
    return ("NAME",) if stop.open else ("IMPORT", "STRING")


def _first_on_lines(stop: Stop) -> Iterator[int]:
    """The first word on the line of the place, and, where that is it, before it the first on the line above."""
    above = stop.index - 1 if stop.is_first_on_line and stop.index > stop.first else stop.index
    yield from dict.fromkeys((_first_on_line(stop, above), _first_on_line(stop, stop.index)))


def _first_on_line(stop: Stop, index: int) -> int:
    begin = stop.source.text.rfind("\n", 0, stop.words.starts[index]) + 1
    return max(stop.first, bisect_left(stop.words.starts, begin))


def _last_on_line(stop: Stop, index: int) -> int:
    """The last word on a line, but for what closes the braces around."""
    text, starts = stop.source.text, stop.words.starts
    end = text.find("\n", starts[index])
    last = bisect_left(starts, len(text) if end < 0 else end, hi=len(starts) - 1) - 1
    while last > index and stop.words.kinds[last] == "RBRACE":
        last -= 1
    return last


def _said(stop: Stop, index: int) -> Diagnostic | None:
    place = stop.words.span(index).to(stop.words.span(_last_on_line(stop, index)))
    return _imported(stop, index, place) or _given(stop, index, place) or _begun(stop, index, place)


def _imported(stop: Stop, index: int, place: Span) -> Diagnostic | None:
    """``import keras``, ``from torch import nn``."""
    begins = stop.words.kinds[index] in ("IMPORT", "FROM") and stop.words.kinds[index + 1] == "NAME"
    if not begins or (module := stop.words.text(index + 1)) not in _MODULES:
        return None
    remedy = "operations need no import: leave the line out"
    return _says(f"a spec imports other specs alone, not `{module}`", place, remedy, Edit(_whole_line(place), ""))


def _given(stop: Stop, index: int, place: Span) -> Diagnostic | None:
    """``out = self.conv1(x)``, ``x = x.view(…)``, ``x = x + shortcut``."""
    kinds = stop.words.kinds
    if kinds[index + 1 : index + 2] == ["EQUAL"] and stop.words.text(index + 2) == "self":
        return _without_self(place)
    if kinds[index + 1 : index + 4 : 2] == ["EQUAL", "DOT"]:
        return _of_value(stop.words.text(index + 4), place)
    return _summed(place)


def _begun(stop: Stop, index: int, place: Span) -> Diagnostic | None:
    """A line that begins with a word of Python, or with a name and a dot."""
    kinds = stop.words.kinds
    if kinds[index] != "NAME" or kinds[index + 1] == "EQUAL" or stop.defines(stop.words.text(index)):
        return None
    if kinds[index + 1] == "DOT":
        return _dotted(stop, index, place)
    if kinds[index + 1] in ROUND and (not stop.open or stop.owner_kind == "NETWORK"):
        return _done(stop.words.text(index), place)
    hint = hints.of_statement(stop.words.span(index))
    return None if hint is None else hint.diagnostic


def _summed(place: Span) -> Diagnostic | None:
    """``x = x + shortcut``, ``out += identity``: values by names that code gives them."""
    found = _SUM.fullmatch(place.text)
    if found is None or _OF_VALUES.isdisjoint(found.groups()):
        return None
    target, one, other = found["target"], found["one"] or found["target"], found["other"]
    named = [name for name in (one, other) if name != "x"]
    written = f"skip from {named[0]}" if len(named) == 1 else f"{target} = add({one}, {other})"
    message = "values are added by their names: `+` is for numbers"
    edits = (Edit(place, written),) if named else ()
    return Diagnostic("E0124", message, Label(place), help=f"write `{written}`" if named else None, edits=edits)


def _whole_line(place: Span) -> Span:
    """With the line end behind it."""
    return place._replace(end=place.end + place.source.text.startswith("\n", place.end))


def _says(message: str, place: Span, remedy: str, *edits: Edit) -> Diagnostic:
    return Diagnostic("E0252", message, Label(place), help=remedy, edits=edits, sure=bool(edits))


def _dotted(stop: Stop, index: int, place: Span) -> Diagnostic | None:
    """``self.bn = nn.BatchNorm2d(64)``, ``model.add(Conv2D(64, 3))``, ``model.compile(…)``."""
    written = read_call(stop.source.text, place.start)
    name = written.name if written is not None else ""
    if stop.words.text(index) == "self":
        return _without_self(place) if stop.words.kinds[index + 3 : index + 4] == ["EQUAL"] else None
    if name == "add" and written is not None and written.arguments:
        return _added(written, Span(stop.source, written.start, written.end))
    if name in words().tensors:
        return _of_value(name, place)
    return _done(name, place)


def _done(name: str, place: Span) -> Diagnostic | None:
    """``model.compile(…)``, ``fit(…)``: what is done with a network."""
    command = words().methods.get(name)
    return None if command is None else _says(f"a spec is the network alone, without `{name}`", place, command)


def _of_value(name: str, place: Span) -> Diagnostic | None:
    """``x = x.view(…)``, ``out.mean([2, 3])``."""
    remedy = words().tensors.get(name)
    return None if remedy is None else _says(f"a value has no method `{name}`", place, remedy)


def _without_self(place: Span) -> Diagnostic:
    return _says("the language has no `self`", place, words().python["self"])


def _added(written: WrittenCall, place: Span) -> Diagnostic | None:
    step = whole_call((written.arguments or ())[0].value)
    found = None if step is None else translated(step)
    if found is None or not found.complete:
        return None
    message = f"steps stand behind one another, without `{written.path}`"
    edit = Edit(place, found.text)
    return Diagnostic("E0252", message, Label(place), help=f"write `{found.text}`", edits=(edit,), sure=found.exact)


def _docstring(stop: Stop) -> Slip:
    text, start = stop.source.text, stop.span.start
    close = text.find(text[start : start + 3], start + 3)
    line_end = text.find("\n", start)
    end = close + 3 if close >= 0 else line_end if line_end >= 0 else len(text)
    place = Span(stop.source, start, end)
    count = bisect_left(stop.words.starts, end, hi=len(stop.words.starts) - 1) - stop.index
    edits = (Edit(place, _commented(place)),) if close >= 0 and not _rest_of_line(text, end).strip() else ()
    remedy = "begin every line of it with `#`" if "\n" in place.text else "begin it with `#`"
    message = f"a comment does not begin with `{place.text[:3]}`"
    return Slip(
        stop.says("E0115", message, remedy, span=place, edits=edits, sure=bool(edits)), Repair(stop.index, count)
    )


def _rest_of_line(text: str, start: int) -> str:
    return text[start:].partition("\n")[0]


def _commented(place: Span) -> str:
    """A text in three quotes as lines of comment, each where it stood; lines without words are left out."""
    lines = [line for line in place.text[3:-3].split("\n") if line.strip()] or [""]
    front = [line[: len(line) - len(line.lstrip())] if number else "" for number, line in enumerate(lines)]
    return "\n".join(f"{space}# {line.strip()}".rstrip() for space, line in zip(front, lines, strict=True))
