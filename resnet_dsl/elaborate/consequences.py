"""Mistakes that only follow from another one, and are not told. From their places alone."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_LINE = 500
"""Characters of a line in which a mistake is looked for beside another."""


def independent(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Without the mistakes of form that stand beside one in front of them, by which the text was read otherwise."""
    kept: list[Diagnostic] = []
    for one in in_order(found):
        if not (_is_of_form(one) and is_beside(one, kept)):
            kept.append(one)
    return kept


def is_beside(one: Diagnostic, others: Iterable[Diagnostic]) -> bool:
    """Whether it stands on the line of a mistake of form whose remedy is not sure, with no brace between them."""
    return any(_is_of_form(other) and not other.sure and _on_one_line(one, other) for other in others)


def is_blurred(found: Diagnostic, modules: Iterable[Module]) -> bool:
    """Whether what is found stands in a mistake of form, whose words say nothing."""
    if found.place is None:
        return False
    span = found.place.span
    around = (one for module in modules for one in module.blurred if one.source is span.source)
    return any(one.start <= span.start < one.end for one in around)


def is_misread(definition: Definition, modules: Iterable[Module], formed: Iterable[Diagnostic]) -> bool:
    """Whether a network may be another than was meant: a mistake of form stands in its text, or in what it calls.

    ``formed``: the mistakes of form. One whose remedy is sure leaves no doubt, and neither does one in a network that
    this one does not derive from.
    """
    doubtful = [one.place.span for one in formed if one.code < "E02" and one.place and not one.sure]
    if not doubtful:
        return False
    networks = [one for module in modules for one in module.networks().values()]
    derived: set[tree.SyntaxNode] = set()
    level: Definition | None = definition
    while level is not None and isinstance(level.tree, tree.NetworkNode) and level.tree not in derived:
        derived.add(level.tree)
        level = level.module.base_of(level.tree)
    around = ([one.tree for one in networks if _holds(one.tree.span, span)] for span in doubtful)
    return any(not holders or not derived.isdisjoint(holders) for holders in around)


def _is_of_form(one: Diagnostic) -> bool:
    return one.code < "E02"


def _on_one_line(one: Diagnostic, other: Diagnostic) -> bool:
    if one.place is None or other.place is None or one.place.span.source is not other.place.span.source:
        return False
    first, last = sorted((one.place.span.start, other.place.span.start))
    between = one.place.span.source.text[first : min(last, first + _LINE)]
    return last - first < _LINE and not {*between} & {*"\n{}"}


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source is inner.source and outer.start <= inner.start < outer.end
