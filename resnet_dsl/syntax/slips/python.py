"""Lines as Python has them: statements that the language does without, modules, `self`, methods, docstrings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.brackets import in_parameters
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

_COMPUTED = re.compile(r"(?:(\w+)[ \t]*([-+*]?)=[ \t]*)?((?:[\w.]+[ \t]*[-+*][ \t]*)*[\w.]+)")
_STEPS = {"+": "add", "-": "sub", "*": "mul"}
_OF_NUMBERS = {"+": "shift({})", "-": "shift(-{})", "*": "scale({})"}
ADDING = ("add", "append", "add_module")
"""What puts a step behind others in Python: ``model.add(…)``, ``layers.append(…)``."""
_SEVERAL = re.compile(r"\w+(?:[ \t]*,[ \t]*\w+)+[ \t]*=(?!=)")
_NAMED_FLOW = re.compile(r"\w+[ \t]*=[ \t]*x")
_PART_OF_FLOW = re.compile(r"(?<![\w.\"'])x[ \t]*(?:\.[ \t]*(?:shape|channels|size|dim|ndim|device|dtype)\b|\[)")
_CLASS = re.compile(r"class\s+\w+\s*(\([\w\s.,]*\)\s*)?:")
_DONE = {"+": "added", "-": "subtracted", "*": "multiplied"}
_OF_VALUES = {"x", "in", "identity", "residual", "shortcut", "skip", "skip_connection"}


def statement(stop: Stop) -> Slip | None:
    """``return x``, ``import keras``, ``self.bn = …``, ``model.add(…)``, and a text in three quotes."""
    if stop.source.text.startswith(_QUOTES, stop.span.start):
        return _docstring(stop)
    for index in _first_on_lines(stop):
        if diagnostic := _said(stop, index):
            return Slip(diagnostic, Repair(index, _last_on_line(stop, index) - index + 1, _in_place(stop)))
    return None


def header(stop: Stop) -> Slip | None:
    """``with tf.device("/gpu:0"):``, of which what stands inside remains."""
    index = _first_on_line(stop, stop.index)
    last = _last_on_line(stop, index)
    if stop.words.text(index) != "with" or stop.words.text(last) != ":":
        return None
    place = stop.words.span(index).to(stop.words.span(last))
    message = "`with` is Python's word, and the language has no such statement"
    return Slip(_says(message, place, words().python["with"]), Repair(index, last - index + 1))


def starred(stop: Stop) -> Slip | None:
    """``conv(64, 3, **kwargs)``, ``conv(*args)``."""
    if stop.text not in ("*", "**") or stop.at(-1) not in (*ROUND, "COMMA", "LSQB", "STAR") or in_parameters(stop):
        return None
    first = stop.index - (stop.text_at(-1) == "*")
    name = stop.index + 1 + (stop.text_at(1) == "*")
    if stop.words.kinds[name] != "NAME":
        return None
    place, opening = stop.between(first, name + 1), stop.open[-1]
    closing = stop.closing(opening)
    comma = stop.words.kinds[first - 1] == "COMMA"
    remedy = "write each argument, by its name where it is not the first: `conv(64, 3, stride = 2)`"
    repair = Repair(first - comma, name + 1 - first + comma)
    if closing is not None:
        repair = Repair(opening - 1, closing + 2 - opening, ("NAME",))
    return Slip(_says(f"the language has no `{place.text}`: arguments are written out", place, remedy), repair)


def base_class(stop: Stop) -> Slip | None:
    """``network net(nn.Module) { … }``."""
    opening = stop.open[-1] if stop.open else 0
    is_header = stop.words.kinds[opening - 2 : opening] in (["NETWORK", "NAME"], ["BLOCK", "NAME"])
    closing = stop.closing(opening) if is_header and stop.kind == "DOT" else None
    if closing is None or not re.fullmatch(
        r"\((?:\w+\.)+(?:Module|Model|Layer)\)", stop.between(opening, closing + 1).text
    ):
        return None
    place = stop.between(opening, closing + 1)
    message = f"a {stop.words.text(opening - 2)} has no class that it is made from"
    diagnostic = stop.mended("E0252", message, Edit(place, ""), remedy="leave it out", span=place)
    return Slip(diagnostic, Repair(opening, closing + 1 - opening))


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
    return _imported(stop, index, place) or _given(stop, index, place) or _begun(stop, index, place) or _asked(place)


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
    if kinds[index + 1 : index + 2] == ["EQUAL"] and stop.words.text(index + 2) == "lambda":
        return _says("a spec has no functions", place, words().python["lambda"])
    if _NAMED_FLOW.fullmatch(place.text):
        remedy = (
            f"what entered a block is `{place.text.split('=')[0].strip()} = in`; elsewhere name the step that gives it"
        )
        return _says("what flows has no name", place, remedy)
    if _SEVERAL.match(place.text) and stop.owner_kind != "NETWORK":
        return _says("one name is given at a time", place, "write a line for each: `a = conv(64, 3)`")
    return _computed(stop, place)


def _begun(stop: Stop, index: int, place: Span) -> Diagnostic | None:
    """A line that begins with a word of Python, or with a name and a dot."""
    kinds = stop.words.kinds
    if kinds[index] != "NAME" or kinds[index + 1] == "EQUAL" or stop.defines(stop.words.text(index)):
        return None
    if kinds[index + 1] == "DOT":
        return _dotted(stop, index, place)
    is_call = kinds[index + 1] in ROUND and (not stop.open or stop.owner_kind == "NETWORK")
    done = _done(stop.words.text(index), place) if is_call else None
    hint = hints.of_statement(stop.words.span(index))
    return done or (None if hint is None else hint.diagnostic)


def _asked(place: Span) -> Diagnostic | None:
    """``x.shape``, ``x[:, :16]``."""
    if not _PART_OF_FLOW.search(place.text):
        return None
    remedy = "`in` is what entered a block, and a step's result has the name that it is given: `a = conv(64, 3)`"
    return _says("what flows has no name by which to ask for it", place, remedy)


def _computed(stop: Stop, place: Span) -> Diagnostic | None:
    """``x = x + shortcut``, ``out += identity``, ``y = 2 * left``: values by names that code gives them."""
    found = _COMPUTED.fullmatch(place.text)
    if found is None:
        return None
    target, own, right = found[1] or "", found[2], found[3]
    parts = [*((target, own) if own else ()), *re.split(r"[ \t]*([-+*])[ \t]*", right)]
    operands, signs = parts[::2], {*parts[1::2]}
    values = [one for one in operands if one.isidentifier() and one not in stop.numbers]
    if not target or len(operands) < 2 or len(signs) != 1 or not any(_is_value(stop, one) for one in values):
        return None
    sign = signs.pop()
    written = _as_steps(sign, operands, values)
    front = f"{target} = " if target not in ("", "x") and not (written or "").startswith("skip") else ""
    message = f"values are {_DONE[sign]} by their names: `{sign}` is for numbers"
    remedy = f"write `{front}{written}`" if written else f"name what flows, `a = …`, and write `{_STEPS[sign]}(a, b)`"
    edits = (Edit(place, front + written),) if written else ()
    return Diagnostic("E0124", message, Label(place), help=remedy, edits=edits)


def _as_steps(sign: str, operands: list[str], values: list[str]) -> str | None:
    """What is computed of values as steps; None where what flows would need a name."""
    named, numbers = [one for one in values if one != "x"], [one for one in operands if one not in values]
    if len(numbers) == 1 and len(operands) == 2 and (sign == "*" or operands[1] in numbers or sign == "+"):
        return "".join(f"{one} -> " for one in named) + _OF_NUMBERS[sign].format(numbers[0])
    if numbers or (len(named) < len(values) and (sign != "+" or len(named) != 1)):
        return None
    return f"skip from {named[0]}" if len(named) < len(values) else f"{_STEPS[sign]}({', '.join(operands)})"


def _is_value(stop: Stop, name: str) -> bool:
    """Whether a name is one that flows: code calls it so, or the text gives it to a step."""
    is_given = re.search(rf"(?<!\w){re.escape(name)}[ \t]*=[ \t]*[^\W\d]\w*[ \t]*(?:\(|->)", stop.source.text)
    is_step = stop.open and stop.owner_kind != "NETWORK" and is_given
    return name in _OF_VALUES or bool(is_step)


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
    if name in ADDING and written is not None and written.arguments:
        return _added(written, Span(stop.source, written.start, written.end), stop.owner_kind == "NETWORK")
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


def _added(written: WrittenCall, place: Span, in_network: bool) -> Diagnostic | None:
    step = whole_call((written.arguments or ())[-1].value)
    found = None if step is None else translated(step)
    if found is None or not found.complete:
        return None
    message = f"steps stand behind one another, without `{written.path}`"
    if in_network:
        remedy = f"write `{found.text}`, in the braces of `stem`, `stage NAME` or `head`"
        return Diagnostic("E0252", message, Label(place), help=remedy)
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
