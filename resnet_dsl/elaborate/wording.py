"""How diagnostics speak of values, names and places."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.elaborate.values import Caller, Constant, Items, Value, calls_to
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import is_open
from resnet_dsl.sentences import counted
from resnet_dsl.source import PRELUDE, Span
from resnet_dsl.syntax import tree

_LONGEST = 60  # characters of a constant: lists may hold lists
_LONGEST_PLACE = 20  # characters of a place in the prelude that are repeated where it is called
_LONGEST_PIECE = 200  # characters of the text that a remedy repeats
_MOST_CALLS = 8


def spell(value: Constant) -> str:
    """A constant as the language writes it; a long list is cut short."""
    if value is None or isinstance(value, bool):
        return {None: "?", True: "true", False: "false"}[value]
    if isinstance(value, Items):
        return _spell_list(value)
    if isinstance(value, Value):
        return f"a value of shape {show(value.shape)}"
    if isinstance(value, tuple):
        return show(value)
    if isinstance(value, float):
        return f"{value:.1f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return str(value)


def _spell_list(items: Items) -> str:
    text = "["
    for position, item in enumerate(items):
        text += (", " if position else "") + spell(item)
        if len(text) > _LONGEST:
            return f"{text[:_LONGEST]}…]"
    return f"{text}]"


def spelled(span: Span) -> str:
    """A piece of the text on one line; a long one is cut short, and holds a `…`."""
    text = " ".join(span.source.text[span.start : min(span.end, span.start + _LONGEST_PIECE + 1)].split())
    return text if span.end - span.start <= _LONGEST_PIECE else f"{text[:_LONGEST_PIECE]}…"


def in_place_of(span: Span, written: str) -> tuple[Edit, ...]:
    """The edit that writes a remedy in a place; none where it is cut short, or a comment would swallow the rest."""
    return () if "…" in written or "#" in written else (Edit(span, written),)


def sort_of(value: Constant) -> str:
    """What kind of thing a constant is."""
    names = {
        int: "a whole number", float: "a fraction", bool: "a truth value", str: "a word", Items: "a list",
        Value: "a value that flows",
    }  # fmt: skip
    return "an open length" if is_open(value) else names.get(type(value), "a size")


def located(diagnostic: Diagnostic, caller: Caller | None) -> Diagnostic:
    """With the chain of calls as notes; what went wrong inside the prelude is shown at the user's call."""
    if diagnostic.notes or caller is None:
        return diagnostic
    calls = [*calls_to(caller)]
    diagnostic = diagnostic._replace(notes=_chain_notes(calls))
    outside = next((one for one in calls if one.step.span.source.name != PRELUDE), None)
    place = diagnostic.place
    if place is None or place.span.source.name != PRELUDE or outside is None:
        return diagnostic
    given = _argument_for(place.span.text, outside) if outside is calls[0] else None
    return diagnostic._replace(
        place=Label(given or outside.step.span, _seen_from_outside(place)),
        others=(*diagnostic.others, place),
        edits=(),
        sure=False,
    )


def _argument_for(name: str, call: Caller) -> Span | None:
    """Where a call gives a block's parameter; None where it does not, or the name is none of its parameters."""
    known = [one.name.text for one in tree.parameters(call.runs)]
    subject = call.step.subject if isinstance(call.step, tree.Step) else None
    if name not in known or not isinstance(subject, tree.Call):
        return None
    for position, item in enumerate(subject.arguments.items):
        if isinstance(item, tree.Argument) and item.name.text == name:
            return item.value.span
        if not isinstance(item, tree.Argument) and known[position : position + 1] == [name]:
            return item.span
    return None


def _seen_from_outside(place: Label) -> str:
    """What is said of a place in the prelude, where the user's text calls it."""
    written = place.span.text
    if len(written) > _LONGEST_PLACE:
        written = f"{written.replace('(', ' ').split()[0]} …"
    return f"`{written}` in here: {place.text}" if place.text else "called here"


def _chain_notes(calls: list[Caller]) -> tuple[str, ...]:
    """The calls in words, innermost first; of many the first ones and the last."""
    left_out = len(calls) - _MOST_CALLS - 1
    shown = calls if left_out <= 0 else [*calls[:_MOST_CALLS], calls[-1]]
    notes = [f"in {one.what} ({_at(one.step.span)})" for one in shown]
    if left_out > 0:
        notes.insert(_MOST_CALLS, f"… {counted(left_out, 'call')} {'is' if left_out == 1 else 'are'} left out here")
    return tuple(notes)


def _at(span: Span) -> str:
    return "in the prelude" if span.source.name == PRELUDE else str(span)
