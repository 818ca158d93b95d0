"""Where a name is given, and everywhere that it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.naming import Symbol, levels_of
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def definitions(document: Document, offset: int) -> list[Span]:
    """Where what stands at a place is given: in this text, in one that it imports, or in the prelude.

    Of a part that a network replaces, its own place; nothing of words of the language.
    """
    mention = document.mention_at(offset)
    if mention is None:
        return [*_part(document, offset)]
    within = document.definition_at(offset)
    own = [one for one in mention.symbol.places if within is not None and _lies_in(one, within.tree.span)]
    return own or [*mention.symbol.places]


def references(document: Document, offset: int, others: Iterable[Document] = (), given: bool = True) -> list[Span]:
    """Everywhere that the name at a place stands, in the text, in what it imports, and in the ``others``.

    ``given``: also where it is given.
    """
    mention = document.mention_at(offset)
    if mention is None:
        return []
    found = dict.fromkeys(mentions_of(document, mention.symbol, given))
    for other in others:
        found |= dict.fromkeys(mentions_of(other, mention.symbol, given))
    return [*found]


def mentions_of(document: Document, symbol: Symbol, given: bool = True) -> Iterator[Span]:
    """Where a name stands in a text and in all that this imports; of the language's names in the text alone."""
    for module in _modules(document) if symbol.owner is not None else [document.module]:
        for mention in document.naming.mentions(module):
            if mention.symbol.key == symbol.key and (given or not mention.defines):
                yield mention.span


def _modules(document: Document) -> list[Module]:
    """The text's own, then those that it sees, directly or through others."""
    found = [document.module]
    for module in found:
        seen = (*module.imported(), *(one.module for one in module.shipped.values()))
        found += [other for other in dict.fromkeys(seen) if other not in found]
    return [*found, document.spec.prelude]


def _part(document: Document, offset: int) -> Iterator[Span]:
    """What `stem`, `head` or `input` means as a value: the nearest part that is called so."""
    entry = next((one for one in document.around(offset) if isinstance(one, tree.Entry)), None)
    definition = document.definition_at(offset)
    if entry is None or definition is None:
        return
    for level in levels_of(definition):
        for member in tree.walk(level.tree) if isinstance(level.tree, tree.NetworkNode) else ():
            if type(member) is _PARTS.get(entry.keyword.text):
                start = member.span.start
                yield Span(member.span.source, start, start + len(entry.keyword.text))
                return


_PARTS = {"stem": tree.Stem, "head": tree.Head, "input": tree.Input}


def _lies_in(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start < outer.end
