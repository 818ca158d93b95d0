"""What each word of a text is, for an editor's colours: by what it means, and not by its letters alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.naming import OF_THE_LANGUAGE, Mention
from resnet_dsl.source import Span
from resnet_dsl.syntax import tables
from resnet_dsl.syntax.words import END

TYPES = (
    "comment", "keyword", "string", "number", "operator", "class", "function", "interface", "namespace", "parameter",
    "property", "variable", "enumMember",
)  # fmt: skip
"""Of the protocol's; a word's is one of them."""
MODIFIERS = ("declaration", "readonly", "defaultLibrary")

_OF_MEANING = {
    "network": "class", "block": "function", "slot": "interface", "let": "variable", "parameter": "parameter",
    "index": "variable", "value": "variable", "stage": "namespace", "input": "variable", "head": "namespace",
    "stem": "namespace", "file": "string", "operation": "function", "argument": "property", "word": "enumMember",
    "function": "function", "quantity": "property",
}  # fmt: skip
_OF_KIND = {
    "STRING": "string", "NUMBER": "number", "EXTENT": "number", "UNKNOWN": "number", "X": "operator",
    **dict.fromkeys(("ARROW", "COMPARE", "SIGN", "POWER", "TIMES", "EQUAL"), "operator"),
}  # fmt: skip
_FIXED = ("let", "parameter", "index")
_COMMENT = re.compile(r"#[^\r\n]*")


class Coloured(NamedTuple):
    """A word, or a comment, with its type of TYPES and its MODIFIERS."""

    span: Span
    type: str
    modifiers: tuple[str, ...] = ()


def coloured(document: Document, start: int = 0, end: int | None = None) -> list[Coloured]:
    """All words and comments that lie between two places, in the text's order."""
    end = len(document.source.text) if end is None else end
    found = (one for one in _all(document) if one.span.start < end and one.span.end > start)
    return sorted(found, key=lambda one: one.span.start)


def _all(document: Document) -> Iterator[Coloured]:
    words, keywords = document.words, {*tables.load().keywords.values()}
    known = {one.span.start: one for one in document.naming.mentions(document.module)}
    before = 0
    for start, stop, kind in zip(words.starts, words.ends, words.kinds, strict=True):
        for comment in _COMMENT.finditer(
            document.source.text, before, len(document.source.text) if kind == END else start
        ):
            yield Coloured(Span(document.source, *comment.span()), "comment")
        before, span = stop, Span(document.source, start, stop)
        if start in known and known[start].span.end == stop:
            yield _meant(span, known[start])
        elif kind in _OF_KIND:
            yield Coloured(span, _OF_KIND[kind])
        elif kind in keywords:
            yield Coloured(span, "keyword")


def _meant(span: Span, mention: Mention) -> Coloured:
    kind = mention.symbol.kind
    says = (mention.defines, kind in _FIXED, kind in OF_THE_LANGUAGE)
    return Coloured(span, _OF_MEANING[kind], tuple(one for one, said in zip(MODIFIERS, says, strict=True) if said))
