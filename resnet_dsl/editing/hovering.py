"""What is shown of the word under the pointer: its documentation, and what comes of the step in each place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.making import Made
from resnet_dsl.editing.naming import VALUES, Mention, Symbol
from resnet_dsl.editing.telling import about, about_word, counts
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.ir.lengths import show
from resnet_dsl.sentences import counted
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree
from resnet_dsl.tabular import markdown
from resnet_dsl.targets.figure.outline.words import count

_MOST_ROWS = 12


class Hover(NamedTuple):
    """Markdown, and the words that it speaks of."""

    text: str
    span: Span


def hover(document: Document, offset: int) -> Hover | None:
    """What there is to be said of the word at a place; None of white space, comments and numbers outside of steps."""
    span = document.word_at(offset)
    if span is None:
        return None
    mention = document.mention_at(offset)
    told = [about(mention.symbol) if mention is not None else about_word(span.text), *_facts(document, offset, mention)]
    text = "\n\n".join(filter(None, told))
    return Hover(text, mention.span if mention is not None else span) if text else None


def _facts(document: Document, offset: int, mention: Mention | None) -> Iterator[str]:
    definition = document.definition_at(offset)
    if mention is not None and mention.symbol.kind == "network" and mention.symbol.owner is not None:
        yield _network(document, mention.symbol)
    elif mention is not None and mention.symbol.kind in ("stage", "head"):
        yield _table(document.made_of_part(mention.symbol))
    elif mention is not None and mention.symbol.kind in VALUES:
        yield _table(_of_value(document, mention.symbol))
    elif definition is not None and (step := _step_at(document, definition, offset, mention)) is not None:
        yield _table(document.made(step.span, definition))


def _network(document: Document, symbol: Symbol) -> str:
    facts = document.facts_of(symbol.name) if symbol.owner in document.definitions else None
    return counts(facts) if facts is not None else ""


def _step_at(
    document: Document, definition: Definition, offset: int, mention: Mention | None
) -> tree.SyntaxNode | None:
    """The step whose name stands there, or, at a word without a meaning of its own, the innermost step around."""
    steps = [one for one in document.around(offset) if isinstance(one, tree.Step | tree.Skip)]
    if not steps:
        return None
    named = steps[-1].span.start == (offset if mention is None else mention.span.start)
    return steps[-1] if named or mention is None else None


def _of_value(document: Document, symbol: Symbol) -> list[Made]:
    """What a value is worth in each place: what the last step of its chain makes."""
    assert symbol.owner is not None
    given = (one for one in tree.walk(symbol.owner.tree) if isinstance(one, tree.Named))
    chains = [one.chain for one in given if _name_of(one).span in symbol.places and one.chain.items]
    ends = (one.items[-1] for one in chains)
    steps = (one.step if isinstance(one, tree.Times) else one for one in ends)
    return [made for step in steps for made in document.made(step.span, symbol.owner)]


def _name_of(result: tree.Named) -> tree.Token:
    return result.target.token if isinstance(result.target, tree.Name) else result.target.name


def _table(made: Iterable[Made]) -> str:
    """A row for each place; those of one network in which all is alike are one row."""
    made = list(made)
    rows = [_row([*group]) for _, group in groupby(made, key=lambda one: (one.network, _numbers(one)))]
    if not rows:
        return ""
    header = ("network", "place", "in", "out", "parameters", "MACs", "sees")
    lines = [header, ("---",) * len(header), *rows[:_MOST_ROWS]]
    more = len(rows) - _MOST_ROWS
    text = "\n".join(map(markdown, lines))
    return f"{text}\n\n… and {counted(more, 'row')} more" if more > 0 else text


def _row(group: list[Made]) -> tuple[str, ...]:
    first, *others = group
    place = first.path or "itself"
    return first.network, f"{place} and {len(others)} more" if others else place, *_numbers(first)


def _numbers(made: Made) -> tuple[str, ...]:
    entered = "" if made.entered is None else show(made.entered)
    return entered, show(made.left), count(made.counted.params), count(made.counted.macs), _seen(made)


def _seen(made: Made) -> str:
    """Receptive fields on the inputs that are seen."""
    seen = [one if isinstance(one, str) else show(one) for one in made.sees if one is not None]
    return ", ".join(dict.fromkeys(seen))
