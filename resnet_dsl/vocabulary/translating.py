"""Calls of other tools as they are here: `Conv2D(64, 3, activation="relu")(x)` is `conv(64, 3) -> relu`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.vocabulary import values
from resnet_dsl.vocabulary.calls import ArgumentPiece, WrittenCall, read_call, whole_call
from resnet_dsl.vocabulary.steps import CHANNELS, OPEN, CallInTranslation, said
from resnet_dsl.vocabulary.table import WordRow, find, words

OF_OPEN = f"`{OPEN}` is the number of channels that flow in, such as `in.channels` at the beginning of a block"

_BLANK = re.compile(r"\{(\w+)=([^{}]*)\}")
_NO_VALUES = ("None", "True", "False", "self")
_DEFAULT = re.compile(r"\bdefault\s+(\w+)\s*\(([^()]*)")


class Translation(NamedTuple):
    """A call in other words.

    ``text``: what it computes, as it is written here; "" where it cannot be written. ``usual``: as papers have it, with
    the language's defaults where tools have others.
    ``lost``: arguments that have no counterpart, and why. ``only``: whether no other tool means another step by it.
    ``notes``: what the step of this call does otherwise.
    ``is_open``: whether the text has OPEN for the channels that flow in.
    ``alone``: the step with the arguments that the call says and no others, as `default` takes it.
    """

    call: WrittenCall
    row: WordRow
    text: str = ""
    usual: str = ""
    lost: tuple[tuple[str, str], ...] = ()
    only: bool = True
    alone: str = ""
    notes: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def told(self) -> tuple[str, ...]:
        """What the step does otherwise, of every call and of this one."""
        return ((self.row.note,) if self.row.note else ()) + self.notes

    @property
    def complete(self) -> bool:
        return bool(self.text) and not self.lost and not self.is_open

    @property
    def exact(self) -> bool:
        """Whether one thing alone may be meant, and the text says all of it."""
        return self.complete and self.text == self.usual and self.only and not self.told


def translate(text: str, start: int = 0) -> Translation | None:
    """The call that begins there. None where it is none of another tool's, nor of an operation."""
    call = read_call(text, start)
    return translated(call, text) if call is not None else None


def translated(call: WrittenCall, text: str = "") -> Translation | None:
    """A call by the first row that has a place for all of it, or else by the first; ``text`` is what it stands in."""
    found = [_by(row, call, text) for row in _rows_of(call)]
    sound = [one for one in found if one.complete]
    is_said = any(one.text for one in found)
    perhaps = [] if is_said else [one for row in _rows_of(call) for one in _without_first(row, call, text)]
    for best in (*sound, *perhaps, *found):
        return best._replace(only=len({one.text for one in sound}) == 1)
    return None


def _rows_of(call: WrittenCall) -> tuple[WordRow, ...]:
    if call.path in OPERATIONS:
        return (_own(OPERATIONS[call.path]),)
    return find(call.name, call.prefix)


def _own(operation: Operation) -> WordRow:
    """An operation as a row of the table: its arguments are what they are; one that has none is called on a value."""
    takes = tuple(ArgumentPiece(one.name, "", 0, 0) for one in operation.parameters) or (
        ArgumentPiece("input", "", 0, 0),
    )
    return WordRow("", "", (operation.name,), ("",), takes, here=operation.name, values=operation.many)


def _without_first(row: WordRow, call: WrittenCall, text: str) -> list[Translation]:
    """`nn.Conv2d(16, 3)`, as if what flows in needed no word: perhaps that is what was meant."""
    if not row.takes or row.takes[0].name not in words().needless or not row.here:
        return []
    found = _by(row._replace(takes=row.takes[1:]), call, text)
    return [found._replace(row=row)] if found.complete else []


def _by(row: WordRow, call: WrittenCall, text: str) -> Translation:
    if row.row:
        return _sequence(row, call)
    if row.member:
        return _member(row, call)
    if row.none:
        return Translation(call, row)
    return _merge(row, call) if row.values else _step(row, call, text)


def _step(row: WordRow, call: WrittenCall, text: str) -> Translation:
    kept = _changed_defaults(text).get(row.step_of(call.name).partition("(")[0], ())
    step = CallInTranslation(row, call, kept, _entering(call))
    applied = call.applied if step.flows is None else (ArgumentPiece("", step.flows, 0, 0),)
    flow = _flow(applied)
    lost = tuple(step.lost.items())
    if flow is None or not step.text:
        return Translation(call, row, lost=lost, alone=step.alone)
    is_open = OPEN in step.fixed.values()
    notes = (*step.notes, *((OF_OPEN,) if is_open else ()))
    found = Translation(call, row, flow + step.text, flow + step.usual, lost, alone=step.alone, notes=notes)
    return found._replace(is_open=is_open)


def _entering(call: WrittenCall) -> str:
    """How many channels flow into a call, as far as it names what does."""
    value = _value(call.applied[0].value) if call.applied and len(call.applied) == 1 else None
    return f"{value}.channels" if value and value.isidentifier() else OPEN


@lru_cache(maxsize=2)
def _changed_defaults(text: str) -> dict[str, list[str]]:
    """The steps whose defaults a text changes, and the arguments of these."""
    found: dict[str, list[str]] = {}
    for step, given in _DEFAULT.findall(text):
        found.setdefault(step, []).extend(re.findall(r"(\w+)\s*=", given))
    return found


def _sequence(row: WordRow, call: WrittenCall) -> Translation:
    """`nn.Sequential(a, b)`, `Sequential([a, b])`: steps behind one another."""
    given = [one.value for one in call.arguments or ()]
    listed = values.items(given[0]) if len(given) == 1 else None
    inner = [_inner(one) for one in (given if listed is None else listed)]
    steps = [one for one in inner if one is None or not one.row.member]
    lost = tuple(
        (one.call.name, f"it is a line of the network, `{one.text}`") for one in inner if one and one.row.member
    )
    flow = _flow(call.applied)
    if flow is None or not steps or not all(one is not None and one.text and not one.lost for one in steps):
        return Translation(call, row)
    texts = [one.text for one in steps if one is not None]
    usual = [one.usual for one in steps if one is not None]
    notes = tuple(note for one in steps if one is not None for note in one.told)
    return Translation(call, row, flow + " -> ".join(texts), flow + " -> ".join(usual), lost, notes=notes)._replace(
        is_open=any(one is not None and one.is_open for one in steps)
    )


def advice(row: WordRow, call: WrittenCall | None = None) -> str:
    """What to do where there is no such step, with the values of a call: `{units=64}` is `units`, or else 64."""
    given = dict(said(row, call)) if call is not None else {}
    return _BLANK.sub(lambda blank: values.extent(given.get(blank[1], "")) or blank[2], row.none)


def _inner(written: str) -> Translation | None:
    call = whole_call(written)
    return translated(call) if call is not None else None


def _member(row: WordRow, call: WrittenCall) -> Translation:
    """`Input(shape=(224, 224, 3))`: a line of the network."""
    shape = next((one.value for one in call.arguments or () if one.name in ("shape", "")), "")
    size = values.size(shape) if shape else None
    text = f"{row.member} {size}" if size else ""
    return Translation(call, row, text, text)


def _merge(row: WordRow, call: WrittenCall) -> Translation:
    """`Add()([a, b])`, `torch.cat([a, b], dim=1)`, `layers.add([a, b])`."""
    step = row.step_of(call.name)
    merged = [_value(one) for one in _merged(call)]
    if not _joins_channels(row, call):
        return Translation(call, row, lost=(("axis", words().otherwise["axis"]),))
    if len(merged) < 2 or None in merged:
        return Translation(call, row)
    named = [one for one in merged if one]
    text = f"{step}({', '.join(named)})"
    if len(named) == len(merged):
        return Translation(call, row, text, text)
    if step == "add" and len(named) == 1 and named[0].isidentifier():
        return Translation(call, row, f"skip from {named[0]}", f"add(x, {named[0]})")
    return Translation(call, row)


def _merged(call: WrittenCall) -> tuple[str, ...]:
    """The values of a merge, which stand in a list of their own or side by side."""
    given = tuple(one.value for one in (call.applied or call.arguments or ()) if not one.name)
    listed = values.items(given[0]) if given else None
    return given if listed is None else listed


def _joins_channels(row: WordRow, call: WrittenCall) -> bool:
    """Whether the axis that is said, or left to the default, is that of the channels."""
    given = {one.name: one.value for one in row.takes} | dict(said(row, call))
    return all(given[name] in channels for name, channels in CHANNELS.items() if given.get(name))


def _flow(applied: tuple[ArgumentPiece, ...] | None) -> str | None:
    """What a call is applied to, as a chain begins: "" where that flows in by itself, None where it is not known."""
    applied = tuple(one for one in applied or () if one.name not in words().needless)
    if not applied:
        return ""
    value = _value(applied[0].value) if len(applied) == 1 else None
    return f"{value} -> " if value else value


def _value(written: str) -> str | None:
    """A value as the language calls it, "" for the one that flows: code calls it `x`. None where that is not known."""
    if written == "x":
        return ""
    if written in _NO_VALUES:
        return None
    if written.isidentifier():
        return words().names.get(written, written)
    inner = _inner(written)
    return inner.text if inner is not None and inner.complete else None
