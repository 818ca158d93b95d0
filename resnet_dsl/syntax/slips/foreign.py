"""Calls as Keras and PyTorch write them, where they cannot be read: one mistake, with the call as its place and what it
is here as its remedy.

What the text itself defines is never meant; a call is taken for another tool's only where its name is one of theirs,
its brackets are closed, and the parser stopped in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.python import ADDING
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import QUOTED
from resnet_dsl.vocabulary import hints
from resnet_dsl.vocabulary.calls import WrittenCall, read_call
from resnet_dsl.vocabulary.table import find, words
from resnet_dsl.vocabulary.translating import Translation, translated

_FARTHEST = 200  # words in front of the place that are looked at
_DEFINE = ("class", "def", "block", "network", "shared")
_GIVEN = re.compile(r"[ \t]*=(?!=)")
_NAMES = {"BLOCK", "NETWORK", "STAGE", "SLOT", "LET"}  # the name of a definition stands behind these
_OF_STEPS = {"USE", "SLOT", "SKIPS", "DEFAULT"}  # what holds steps wherever it stands


def call(stop: Stop) -> Slip | None:
    """``Conv2D(64, (3, 3), padding="same")``, ``nn.ReLU()``, ``x = Add()([x, y])``, ``conv(16, 3)(in)``."""
    for index in _calls(stop):
        written = read_call(stop.source.text, stop.words.starts[index])
        if written is None or _is_other(stop, index, written) or not _holds(stop, written):
            continue
        place = Span(stop.source, stop.words.starts[_target(stop, index)], written.end)
        diagnostic = _said(stop, place, written)
        if diagnostic is not None:
            return Slip(diagnostic, None if _where(stop) == "file" else _as_one_step(stop, place))
    return None


def _target(stop: Stop, index: int) -> int:
    """Where a call begins with a name that is none here: ``x = …``, which other code gives to all that flows; and any
    name outside of a network's parts."""
    is_given = index - 2 >= stop.first and stop.words.kinds[index - 1] == "EQUAL"
    return index - 2 if is_given and (stop.words.text(index - 2) == "x" or _where(stop) != "part") else index


def _where(stop: Stop) -> hints.Where:
    if stop.head_kind in _OF_STEPS:
        return "part"
    return "file" if stop.owner is None else "network" if stop.owner_kind == "NETWORK" else "part"


def _is_other(stop: Stop, index: int, written: WrittenCall) -> bool:
    """Whether a word is Python's, a name that is given, or a definition's, and no call."""
    is_of_python = not written.prefix and written.name in words().python
    is_given = written.arguments is None and _GIVEN.match(stop.source.text, written.end) is not None
    is_adding = written.name in ADDING and not find(written.name, written.prefix)
    return is_of_python or is_given or is_adding or _defines(stop, index)


def _defines(stop: Stop, index: int) -> bool:
    """Whether a definition's name, or what stands behind it, is no call: ``class BasicBlock(nn.Module)``."""
    start = stop.words.starts[index]
    begins = stop.source.text.rfind("\n", 0, start) + 1
    first = bisect_left(stop.words.starts, begins)
    is_definition = stop.words.text(first) in _DEFINE and "{" not in stop.source.text[begins:start]
    return is_definition or (index > first and stop.words.kinds[index - 1] in _NAMES)


def _calls(stop: Stop) -> Iterator[int]:
    """The first words of the calls that the parser stopped in, outermost first, or at the end of; or in front of."""
    last = stop.index - 1 - (stop.at(-1) == "X")  # `y = conv(16, 3)(in)` and, on the next line, `x = …`: no count
    ends = [last] if last >= stop.first and stop.words.kinds[last] == "RPAR" else []
    openings = [*(one for one in stop.open if stop.words.kinds[one] in ROUND), *(_opening(stop, one) for one in ends)]
    for opening in openings:
        begins = _opening(stop, opening - 1) if stop.words.kinds[opening - 1] == "RPAR" else opening
        yield from _path(stop, begins - 1)
    yield from _path(stop, stop.index - 1)
    is_alone = stop.kind == "NAME" and stop.words.kinds[stop.until("ARROW")] != "ARROW"
    if is_alone and _where(stop) == "network" and stop.accepts("STAGE"):
        yield stop.index
    for offset in (0, 1):
        if stop.at(offset) == "EQUAL" and (stop.text_at(offset - 1) == "x" or _where(stop) != "part"):
            yield stop.index + offset + 1


def _opening(stop: Stop, closing: int) -> int:
    """The bracket that one closes, or the farthest that is looked at."""
    depth = 0
    for index in range(closing, max(stop.first, closing - _FARTHEST), -1):
        depth += (stop.words.kinds[index] == "RPAR") - (stop.words.kinds[index] in ROUND)
        if not depth:
            return index
    return stop.first


def _path(stop: Stop, last: int) -> Iterator[int]:
    """The first word of a name with dots."""
    kinds = stop.words.kinds
    while last - 1 > stop.first and kinds[last - 1] == "DOT":
        last -= 2
    if last >= stop.first and kinds[last] == "NAME":
        yield last


def _holds(stop: Stop, written: WrittenCall) -> bool:
    """Whether a call is what stopped the parser, or its name; without dots or second brackets it is read to its end."""
    is_foreign = bool(written.prefix or written.applied) and _between(stop, written.end).strip() in ("", "x")
    return stop.span.start < written.end or is_foreign


def _between(stop: Stop, end: int) -> str:
    return stop.source.text[end : stop.span.start]


def _said(stop: Stop, place: Span, written: WrittenCall) -> Diagnostic | None:
    """What is said of a call; ``place`` takes in a name in front of it that it is given."""
    is_own = not written.prefix and stop.defines(written.name)
    found = None if is_own else translated(written, stop.source.text)
    if found is not None and found.row.tool:
        return hints.of_call(found, place, _where(stop)).diagnostic
    if not written.prefix and (written.applied is not None or hints.is_called_on_value(found)):
        return _applied(place, written, found)
    if found is None and not stop.gives(written.path.partition(".")[0]):
        unknown = hints.of_unknown(written, place)
        return None if unknown is None else unknown.diagnostic
    hint = hints.of_arguments(found, stop.source) if found is not None and found.complete else None
    return None if hint is None else hint.diagnostic


def _applied(place: Span, written: WrittenCall, found: Translation | None) -> Diagnostic:
    """A step that is called on a value, ``conv(16, 3)(in)``; of a block's call ``found`` is None."""
    if found is not None and found.complete:
        return hints.of_flow(found, place).diagnostic
    message = f"`{written.name}` is a step: what flows into it stands in front"
    return Diagnostic("E0251", message, Label(place), help=f"write `VALUE -> {written.name}(…)`")


def step_in_quotes(stop: Stop) -> Slip | None:
    """``use act = "relu"``, as activations are named elsewhere."""
    if stop.kind not in ("STRING", QUOTED) or stop.at(-1) != "EQUAL" or stop.head_kind not in ("USE", "SLOT"):
        return None
    step = hints.step_in_quotes(stop.text)
    if step is None:
        return None
    edits = (Edit(stop.span, step),)
    diagnostic = stop.says(
        "E0100", f"{stop.text} is a text, where a step belongs", f"write `{step}`", edits=edits, sure=True
    )
    return Slip(diagnostic, stop.replaced("NAME"))


def _as_one_step(stop: Stop, place: Span) -> Repair:
    """All words of a place as one name, or as a size directly in a network."""
    starts = stop.words.starts
    first = bisect_left(starts, place.start)
    kinds = ("NAME",) if _where(stop) == "part" else ("INPUT", "NUMBER")
    return Repair(first, bisect_left(starts, place.end, hi=len(starts) - 1) - first, kinds)
