"""What can stand at a place: words of the language as the grammar has them there, and the names that are seen."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from resnet_dsl import shipped
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.naming import VALUES, Kind, Symbol, symbol_of
from resnet_dsl.editing.telling import about, about_word, taken
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.networks.expectations import NETWORK_QUANTITIES, OUTPUT_QUANTITIES, PART_QUANTITIES
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Parameter
from resnet_dsl.ir.reference import signature
from resnet_dsl.sentences import counted
from resnet_dsl.source import Span
from resnet_dsl.syntax import tables, tree
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.parser import expected


class Completion(NamedTuple):
    """One thing to write in the place of ``span``: ``text``, or, in steps from hole to hole, ``snippet``.

    detail: a few words beside it. order: what comes first is likelier.
    """

    label: str
    kind: Kind
    span: Span
    text: str
    snippet: str
    detail: str = ""
    documentation: str = ""
    order: int = 1


class _Place(NamedTuple):
    """Where something is to be written: the words in front of it (``before``, how many), and what may stand there."""

    document: Document
    span: Span
    before: int
    expected: frozenset[str]

    def kind(self, back: int = 1) -> str:
        """Of a word in front, counted from the place."""
        return self.document.words.kinds[self.before - back] if back <= self.before else ""

    def word(self, back: int = 1) -> str:
        return self.document.words.text(self.before - back) if back <= self.before else ""

    @property
    def is_expression(self) -> bool:
        return "TRUE" in self.expected

    @property
    def is_step(self) -> bool:
        return {"NAME", "IN"} <= self.expected and not self.is_expression


def complete(document: Document, offset: int, files: Iterable[str] = ()) -> list[Completion]:
    """All that can be written at a place. ``files``: what an import there may name, besides what ships."""
    offset = min(max(offset, 0), len(document.source.text))
    before = bisect_left(document.words.starts, offset, hi=len(document.words.starts) - 1)
    touched = document.words.text(before - 1) if before and document.words.ends[before - 1] >= offset else ""
    if before and _is_quoted(document, before - 1, offset):
        return [*_files(document, before, offset, files)]
    if touched[:1].isdigit() or document.is_comment(offset):
        return []
    is_begun = touched[:1].isidentifier()
    span = document.words.span(before - 1) if is_begun else Span(document.source, offset, offset)
    return _at(document, span, before - is_begun)


def _at(document: Document, span: Span, before: int) -> list[Completion]:
    """What can stand behind so many words, in the place of what is written there."""
    kinds = expected(document.source, document.words.ends[before - 1] if before else 0)
    place = _Place(document, span, before, kinds)
    found: dict[str, Completion] = {}
    for one in (*_names(place), *_words(place)):
        found.setdefault(one.label, one)
    return [*found.values()]


def _is_quoted(document: Document, index: int, offset: int) -> bool:
    """Whether a place lies in the quotes that a word has, closed or not."""
    kind, end = document.words.kinds[index], document.words.ends[index]
    return (kind == "STRING" and offset < end) or (kind == "UNCLOSED" and offset <= end)


def _words(place: _Place) -> Iterator[Completion]:
    """Words of the language."""
    if place.kind() in _NEW_NAME:
        return
    for word, kind in tables.load().keywords.items():
        if kind in place.expected and not (place.kind() == "EXPECT" and kind in _NO_QUANTITIES):
            order = 0 if kind in _GOING_ON else 2
            yield Completion(word, "word", place.span, word, word, "", about_word(word), order)
    if {"NAME", "LBRACE"} <= place.expected and "IN" not in place.expected and place.kind() in ("NAME", "RPAR"):
        yield _plain(place, Symbol("word", "after"))


def _names(place: _Place) -> Iterator[Completion]:
    if place.kind() in _NEW_NAME:
        return
    for tells, offers in _OFFERS:
        if tells(place):
            yield from offers(place)
            return


_GOING_ON = ("ALWAYS", "BY", "FROM", "VIA")
"""Words that go on with what stands in front: likelier there than what begins anew."""

_NO_QUANTITIES = ("TRUE", "FALSE", "NOT", "IF", "IN")

_NEW_NAME = ("LET", "SLOT", "BLOCK", "NETWORK", "STAGE", "AS")
"""What a new name stands behind."""

# What stands where


def _steps(place: _Place) -> Iterator[Completion]:
    if place.kind() not in ("ARROW", "X"):
        yield from (_plain(place, one, 0) for one in _visible(place) if one.kind in VALUES)
    yield from _callable(place)


def _callable(place: _Place) -> Iterator[Completion]:
    for found in place.document.module.seen.values():
        if isinstance(found.tree, tree.Block):
            needed = [one.name.text for one in tree.parameters(found.tree) if one.default is None]
            yield _called(
                place, symbol_of(found), needed, f"block of {counted(len(tree.parameters(found.tree)), 'parameter')}"
            )
        elif isinstance(found.tree, tree.Slot):
            yield _plain(place, symbol_of(found))
    for name, operation in OPERATIONS.items():
        if operation.role != "input" and place.document.module.operation(name) is operation:
            needed = ["a", "b"] if operation.many else [one.name for one in operation.parameters if one.required]
            yield _called(place, Symbol("operation", name), needed, signature(operation))


def _expression(place: _Place) -> Iterator[Completion]:
    call = _call_around(place)
    if call is not None:
        yield from _in_call(place, call)
    yield from (_plain(place, one, 1) for one in _visible(place))
    yield from (_plain(place, symbol_of(one)) for one in _seen(place, tree.Let))
    yield from (_called(place, Symbol("function", name), ["value"], "") for name in FUNCTIONS)
    yield _plain(place, Symbol("word", "progress"))


def _networks(place: _Place) -> Iterator[Completion]:
    yield from (_plain(place, symbol_of(one)) for one in _seen(place, tree.NetworkNode))
    for file in shipped.shipped_files():
        for name in file.networks:
            yield Completion(name, "network", place.span, name, name, f"ships in {file.name}", "", 2)


def _values(place: _Place) -> Iterator[Completion]:
    yield from (_plain(place, one, 0) for one in _visible(place) if one.kind in VALUES)


def _slots(place: _Place) -> Iterator[Completion]:
    yield from (_plain(place, symbol_of(one)) for one in _seen(place, tree.Slot))


def _defaults(place: _Place) -> Iterator[Completion]:
    """What has parameters: its name alone, with brackets."""
    yield from (one for one in _callable(place) if one.kind in ("block", "operation"))


def _merges(place: _Place) -> Iterator[Completion]:
    yield from (_plain(place, Symbol("operation", name)) for name in ("add", "mul", "concat"))


def _stages(place: _Place) -> Iterator[Completion]:
    yield from (_plain(place, one, 0) for one in _visible(place) if one.kind == "stage")


def _expected(place: _Place) -> Iterator[Completion]:
    """What an `expect` asks for: quantities of the network, and parts that have some."""
    yield from (_plain(place, Symbol("quantity", name), 0) for name in NETWORK_QUANTITIES)
    yield from _values(place)


def _quantities(place: _Place) -> Iterator[Completion]:
    """Behind a dot: of a part in an `expect`, else of a value."""
    of_parts = dict.fromkeys((*PART_QUANTITIES, *OUTPUT_QUANTITIES))
    names = of_parts if place.kind(3) == "EXPECT" else ("channels", "shape", "rank")
    yield from (_plain(place, Symbol("quantity", name), 0) for name in names)


def _is_returned(place: _Place) -> bool:
    """Whether it is one of the values behind `output`."""
    back = 1
    while place.kind(back) == "COMMA" and place.kind(back + 1) in ("NAME", "STEM", "HEAD", "INPUT"):
        back += 2
    return place.kind(back) == "OUTPUT"


_OFFERS: tuple[tuple[Callable[[_Place], bool], Callable[[_Place], Iterator[Completion]]], ...] = (
    (lambda place: place.kind() == "DOT", _quantities),
    (lambda place: place.kind() == "USE", _slots),
    (lambda place: place.kind() == "DEFAULT", _defaults),
    (lambda place: place.kind() == "BY", _merges),
    (lambda place: place.kind() == "EXPECT", _expected),
    (lambda place: place.kind() == "FROM" and "IN" not in place.expected, _networks),
    (lambda place: place.kind() == "FROM" or _is_returned(place), _values),
    (lambda place: place.word() == "after" and "STEM" in place.expected and not place.is_step, _stages),
    (lambda place: place.is_expression, _expression),
    (lambda place: place.is_step or not place.expected, _steps),
)
"""What is offered where: the first that holds."""

# In brackets


class _Call(NamedTuple):
    """A call around a place: what it calls, which argument is being written, and those that are given by name.

    named: the name of the argument that is being written, if it has one already.
    """

    callee: str
    position: int
    given: frozenset[str]
    named: str | None


def _call_around(place: _Place) -> _Call | None:
    words, depth, commas = place.document.words, 0, 0
    given: list[str] = []
    for index in range(place.before - 1, -1, -1):
        kind = words.kinds[index]
        depth += (kind in CLOSING) - (kind in OPENING)
        if depth < 0:
            named = words.text(place.before - 2) if words.kinds[place.before - 1] == "EQUAL" else None
            if kind != "LPAR" or not index:
                return None
            return _Call(words.text(index - 1), commas, frozenset(given), named)
        commas += depth == 0 and kind == "COMMA"
        if depth == 0 and kind == "EQUAL" and index and words.kinds[index - 1] == "NAME":
            given.append(words.text(index - 1))
    return None


def _in_call(place: _Place, call: _Call) -> Iterator[Completion]:
    """Words that the argument takes; and names of arguments that are not given yet, where one may begin."""
    operation = place.document.module.operation(call.callee)
    parameters = operation.parameters if operation is not None else ()
    if operation is not None and operation.many:
        yield from _steps(place)
    by_position = parameters[call.position].name if call.position < len(parameters) else None
    own = next((one for one in parameters if one.name == (call.named or by_position)), None)
    for word in own.kind.words if own is not None else ():
        yield _plain(place, Symbol("word", word), 0)
    if call.named is None:
        yield from (one for one in _arguments(place, call, parameters) if one.label not in call.given)


def _arguments(place: _Place, call: _Call, parameters: Iterable[Parameter]) -> Iterator[Completion]:
    for one in parameters:
        yield _argument(place, one.name, one.kind.wants, taken(one))
    found = place.document.module.find(call.callee)
    for written in tree.parameters(found.tree) if found is not None and not parameters else ():
        yield _argument(place, written.name.text, " ".join(written.span.text.split()), "")


def _argument(place: _Place, name: str, detail: str, documentation: str) -> Completion:
    return Completion(name, "argument", place.span, f"{name} = ", f"{name} = ", detail, documentation, 0)


# In quotes


def _files(document: Document, before: int, offset: int, files: Iterable[str]) -> Iterator[Completion]:
    """What an import may name: within its quotes, up to the place where somebody writes."""
    if before < 2 or document.words.kinds[before - 2] != "IMPORT":
        return
    start, end = document.words.starts[before - 1] + 1, document.words.ends[before - 1]
    closed = document.words.kinds[before - 1] == "STRING"
    span = Span(document.source, start, end - 1 if closed else max(offset, start))
    for name in dict.fromkeys((*files, *shipped.file_names())):
        yield Completion(name, "file", span, name, name)


# What is offered


def _visible(place: _Place) -> list[Symbol]:
    """The names within the definition that are given in front of the place, or in a base."""
    document = place.document
    definition = document.definition_at(place.span.start)
    if definition is None:
        document = document.closed_above(place.span.start)
        definition = document.definition_at(len(document.source.text))
    if definition is None:
        return []
    found = document.naming.visible(definition).values()
    return [one for one in found if any(_is_before(at, place, document) for at in one.places)]


def _is_before(given: Span, place: _Place, document: Document) -> bool:
    return given.source is not document.source or given.end < place.span.start


def _seen(place: _Place, kind: type[tree.SyntaxNode]) -> list[Definition]:
    return [one for one in place.document.module.seen.values() if isinstance(one.tree, kind)]


def _plain(place: _Place, symbol: Symbol, order: int = 1) -> Completion:
    name = symbol.name
    return Completion(name, symbol.kind, place.span, name, name, symbol.kind, about(symbol), order)


def _called(place: _Place, symbol: Symbol, needed: list[str], detail: str) -> Completion:
    """With its brackets, and a hole for each argument that it needs, unless brackets are there."""
    holes = ", ".join(f"${{{number}:{name}}}" for number, name in enumerate(needed, 1))
    is_called = place.document.source.text[place.span.end : place.span.end + 1] == "("
    snippet = symbol.name if is_called or not needed else f"{symbol.name}({holes})"
    return _plain(place, symbol)._replace(snippet=snippet, detail=detail)
