"""Another name for something, wherever it stands: only where every name means afterwards what it meant before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.finding import references
from resnet_dsl.editing.naming import Mention
from resnet_dsl.editing.remedies import is_ours
from resnet_dsl.elaborate.loading import Read
from resnet_dsl.failure import Failure
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import limits, tables
from resnet_dsl.syntax.brackets import SOFT
from resnet_dsl.syntax.reading import read_spec

_NAME = re.compile(r"[^\W\d]\w*")


def renameable(document: Document, offset: int) -> Span:
    """The name at a place that may be changed. Raises Failure where there is none."""
    mention = document.mention_at(offset)
    if mention is None or mention.symbol.owner is None:
        raise Failure(
            "what stands here is no name of this text", "point at a definition, a part, a parameter or a value"
        )
    if any(is_ours(place.source) for place in mention.symbol.places):
        raise Failure(f"`{mention.span.text}` is defined in a file that ships, which nobody changes")
    return mention.span


def rename(document: Document, offset: int, name: str, others: Iterable[Document] = ()) -> list[Edit]:
    """The changes of all texts in which the name at a place stands. Raises Failure where it cannot be another one.

    ``others``: further texts that may ask for it.
    """
    renameable(document, offset)
    _check_name(name)
    others = list(others)
    spans = references(document, offset, others)
    edits = [Edit(span, name) for span in spans]
    texts = _rewritten(edits)
    for one in (document, *others):
        if any(one.source == span.source or _imports(one, span.source) for span in spans):
            _check_kept(one, texts, edits, name)
    return edits


def _check_name(name: str) -> None:
    keyword = tables.load().keywords.get(name)
    if _NAME.fullmatch(name) is None or len(name) > limits.MAX_NAME:
        raise Failure(f"`{name}` is no name", "letters, digits and `_`, a digit not in front")
    if keyword is not None and keyword not in SOFT:
        raise Failure(f"`{name}` is a word of the language", "choose another name")


def _rewritten(edits: list[Edit]) -> dict[Source, str]:
    sources = dict.fromkeys(edit.span.source for edit in edits)
    return {one: edited(one.text, [edit for edit in edits if edit.span.source == one]) for one in sources}


def _imports(document: Document, source: Source) -> bool:
    return source.path is not None and source.path in document.spec.files


def _check_kept(document: Document, texts: dict[Source, str], edits: list[Edit], name: str) -> None:
    """Raises Failure where a name means something else in the changed text, or a mistake comes up."""
    source = document.source
    after = Document(replace(source, text=texts.get(source, source.text)), reader=_reading(document, texts))
    before = document.naming.mentions(document.module)
    moved = [_moved(one.span.start, edits, source, len(name)) for one in before]
    now = {one.span.start: one for one in after.naming.mentions(after.module)}
    is_kept = len(now) == len(before) and all(place in now for place in moved)
    if not is_kept or not _mean_the_same(before, [now[place] for place in moved]):
        raise Failure(f"`{name}` means something else already where it would stand", "choose another name")
    if (mistake := _new_mistake(document, after)) is not None:
        raise Failure(f"the name means something to the language: with `{name}`, {mistake.message}")
    if _built(document) != _built(after):
        raise Failure(f"the name means something to the language: with `{name}` there would be other networks")


def _reading(document: Document, texts: dict[Source, str]) -> Read:
    """Reads as the document does, with the changed texts in the place of those before."""
    changed = {source.path: text for source, text in texts.items() if source.path is not None}
    read = document.spec.reading if document.spec.reading is not None else read_spec

    def reading(path: str) -> Source:
        found = read(path)
        return replace(found, text=changed[found.path]) if found.path in changed else found

    return reading


def _moved(start: int, edits: list[Edit], source: Source, length: int) -> int:
    """Where a place lies once the names in front of it are others."""
    front = (edit.span for edit in edits if edit.span.source == source and edit.span.start < start)
    return start + sum(length - (span.end - span.start) for span in front)


def _mean_the_same(before: list[Mention], after: list[Mention]) -> bool:
    """Whether names that meant one thing still do, and no others with them."""
    pairs = {(one.symbol.key, other.symbol.key) for one, other in zip(before, after, strict=True)}
    return len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def _new_mistake(before: Document, after: Document) -> Diagnostic | None:
    """The first of a kind of which there are more than before."""
    then, now = ([found for found in one.checked.diagnostics if found.severity == "error"] for one in (before, after))
    more = Counter(one.code for one in now) - Counter(one.code for one in then)
    return next((one for one in now if one.code in more), None)


def _built(document: Document) -> list[object]:
    """What each network computes, without the names of its layers: a stage gives its stride by that name, for one."""
    facts = [run.judged.facts for run in document.checked.runs.values()]
    return [[(node.op, node.args, node.inputs) for node in one.graph.nodes] if one else None for one in facts]
