"""What a text consists of: its definitions with their parts, and what can be folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.naming import Kind
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class OutlineEntry(NamedTuple):
    """A definition, or a part or result of one. detail: what stands beside its name."""

    name: str
    kind: Kind
    span: Span
    name_span: Span
    detail: str = ""
    children: tuple[OutlineEntry, ...] = ()


class Fold(NamedTuple):
    """Lines, counted from 0, of which all but the first one can be put away."""

    first: int
    last: int
    kind: Literal["braces", "comment"]


def outline(document: Document) -> list[OutlineEntry]:
    """The definitions of a text, in its order."""
    return [_entry(one.tree, one.tree.name, one.tree.kind.lower()) for one in document.definitions]  # type: ignore[arg-type]


def _entry(node: tree.SyntaxNode, name: tree.Token, kind: Kind) -> OutlineEntry:
    detail = {
        tree.NetworkNode: lambda one: f"from {one.base.name.text}" if one.base is not None else "",
        tree.Slot: lambda one: " ".join(one.chain.span.text.split()),
        tree.Let: lambda one: " ".join(one.value.span.text.split()),
    }.get(type(node), lambda one: "")(node)
    return OutlineEntry(name.text, kind, node.span, name.span, detail[:80], tuple(_children(node)))


def _children(node: tree.SyntaxNode) -> Iterator[OutlineEntry]:
    """Of a network its members, of a block the results that it names."""
    below: tuple[tree.SyntaxNode, ...] = node.members.items if isinstance(node, tree.NetworkNode) else ()
    for one in node.body.statements if isinstance(node, tree.Block) else below:
        if isinstance(one, tree.Stem | tree.Input):
            word = Span(one.span.source, one.span.start, one.span.start + len(one.kind))
            yield OutlineEntry(word.text, one.kind.lower(), one.span, word)  # type: ignore[arg-type]
        elif isinstance(one, tree.Head):
            word = Span(one.span.source, one.span.start, one.span.start + len("head"))
            yield OutlineEntry("head" if one.name is None else one.name.text, "head", one.span, word)
        elif isinstance(one, tree.Stage | tree.Let):
            yield _entry(one, one.name, one.kind.lower())  # type: ignore[arg-type]
        elif isinstance(one, tree.NamedInput):
            yield _entry(one, one.name, "input")
        elif isinstance(one, tree.Named) and isinstance(one.target, tree.Name):
            yield _entry(one, one.target.token, "value")


def folds(document: Document) -> list[Fold]:
    """What stands in braces, and comments of several lines; also of a text with mistakes."""
    return sorted((*_braces(document), *_comments(document)))


def _braces(document: Document) -> Iterator[Fold]:
    words, opened = document.words, list[int]()
    for index, kind in enumerate(words.kinds):
        if kind == "LBRACE":
            opened.append(index)
        elif kind == "RBRACE" and opened:
            first, last = (document.source.position(words.starts[one])[0] - 1 for one in (opened.pop(), index))
            if first < last:
                yield Fold(first, last, "braces")


def _comments(document: Document) -> Iterator[Fold]:
    text, line, counted = document.source.text, 0, 0
    for found in re.finditer(r"^[ \t]*#.*(?:\r?\n[ \t]*#.*)+", text, re.MULTILINE):
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        yield Fold(line, line + found[0].count("\n"), "comment")
