"""What stands between the lines: the shape behind each step, and the counts above each network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.making import Made
from resnet_dsl.editing.telling import counts
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.ir.lengths import show
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_MOST_HINTS = 2_000
_MOST_PLACES = 12


class Hint(NamedTuple):
    """A few words to show behind a step, and more of them under the pointer."""

    at: int
    text: str
    more: str = ""


class Lens(NamedTuple):
    """What is said above a network: its counts, "" where it holds a mistake."""

    span: Span
    network: str
    counts: str


def hints(document: Document, start: int = 0, end: int | None = None) -> list[Hint]:
    """The shape behind each step that lies between two places; several where the step stands in several."""
    end = len(document.source.text) if end is None else end
    return [*islice(_all(document, start, end), _MOST_HINTS)]


def _all(document: Document, start: int, end: int) -> Iterator[Hint]:
    for definition in document.definitions:
        span = definition.tree.span
        if span.start < end and span.end > start and isinstance(definition.tree, tree.Block | tree.NetworkNode):
            for item in _items(definition):
                if start <= item.span.end <= end and (hint := _hint(document, definition, item)) is not None:
                    yield hint


def _items(definition: Definition) -> Iterator[tree.Step | tree.Times]:
    """The steps of chains that something flows through."""
    for node in tree.walk(definition.tree):
        if isinstance(node, tree.Chain):
            yield from node.items


def _hint(document: Document, definition: Definition, item: tree.Step | tree.Times) -> Hint | None:
    """None where nothing is known, as in a block that nobody calls."""
    step = item.step if isinstance(item, tree.Times) else item
    made = document.made(step.span, definition)
    last = {(one.network, one.within): one for one in made} if isinstance(item, tree.Times) else {}
    places = [*last.values()] if last else made
    shapes = [*dict.fromkeys(show(one.left) for one in places)]
    if not shapes:
        return None
    return Hint(item.span.end, shapes[0] + (" …" if shapes[1:] else ""), _told(places) if shapes[1:] else "")


def _told(places: list[Made]) -> str:
    lines = [f"{one.network} {one.path}: {show(one.left)}" for one in places[:_MOST_PLACES]]
    return "\n".join([*lines, *(["…"] if places[_MOST_PLACES:] else [])])


def lenses(document: Document) -> list[Lens]:
    """One for each network of a text."""
    return [_lens(document, one) for one in document.definitions if isinstance(one.tree, tree.NetworkNode)]


def _lens(document: Document, network: Definition) -> Lens:
    name = network.tree.name
    facts = document.facts_of(name.text)
    return Lens(name.span, name.text, "" if facts is None else counts(facts))
