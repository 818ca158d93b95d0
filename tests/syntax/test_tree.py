"""The classes of the tree are the grammar's rules, and their fields hold what the productions put there."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest

from resnet_dsl import resources
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import productions, tables, tree
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.parser import parse
from resnet_dsl.syntax.words import split

RULES = sorted({rule.node for rule in tables.load().rules if rule.does == tables.BUILD})


def test_every_class_is_that_of_a_rule() -> None:
    concrete = {one for one in vars(tree).values() if isinstance(one, type) and issubclass(one, tree.SyntaxNode)}
    abstract = {one for one in concrete if one.__subclasses__()}
    assert concrete - abstract == set(map(tree.class_of, RULES))


@pytest.mark.parametrize("rule", RULES)
def test_fields_hold_what_the_grammar_puts_there(rule: str) -> None:
    cls = tree.class_of(rule)
    hints = typing.get_type_hints(cls)
    names = cls.fields[1:]
    fields = zip(names, productions.fields(rule, len(names), cls.has_row), strict=True)
    annotated = {(name, kind.__name__) for name in names for kind in _classes(hints[name])}
    assert annotated == {(name, _class(symbol).__name__) for name, symbols in fields for symbol in symbols}


def _classes(hint: Any) -> set[type]:
    """The classes of a union, and of a tuple's items."""
    kinds = {kind for kind in typing.get_args(hint) if kind is not ...}
    return set().union(*map(_classes, kinds)) if kinds else {hint}


def _class(symbol: str | None) -> type:
    if symbol is None:
        return type(None)
    return tree.class_of(symbol) if productions.of(symbol) else tree.Token


def test_a_rule_without_a_class_is_told_by_name() -> None:
    grammar = resources.grammar_text().replace("slot | block", "slot | block | weight_file")
    extended = tables.generate(f'{grammar}\nweight_file: "weights" STRING\n')
    with pytest.raises(LookupError, match="`weight_file` of the grammar has no class `WeightFile` in"):
        Machine(extended, split(Source("t", ""), extended), tree.maker, tree.Token)


def test_nodes_are_frozen_and_compared_by_identity() -> None:
    span = Span(Source("t", "?"), 0, 1)
    token = tree.Token("UNKNOWN", "?", span)
    one, other = tree.Unknown(span, token), tree.Unknown(span, token)
    assert len({one, other, one}) == 2
    with pytest.raises(AttributeError, match="a Unknown cannot be changed"):
        one.span = other.span  # type: ignore[misc]


@pytest.mark.parametrize("text", [resources.prelude_text(), "let a = f(b[c], [?, -d]).e let g = 1 x h + 2"])
def test_a_walk_meets_every_node_in_the_order_of_the_text(text: str) -> None:
    file, _ = parse(Source("t", text))
    assert tree.walk(file) == list(_nodes(file))


def _nodes(node: tree.SyntaxNode) -> Iterator[tree.SyntaxNode]:
    yield node
    for _, child in node.children():
        if isinstance(child, tree.SyntaxNode):
            yield from _nodes(child)
