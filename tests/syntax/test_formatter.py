"""The one layout: expected texts, and properties of texts by chance."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_dsl.source import Source
from resnet_dsl.syntax import tables, tree
from resnet_dsl.syntax.formatter import format_text
from resnet_dsl.syntax.parser import parse
from resnet_dsl.syntax.words import split
from tests.strategies import texts


def formatted(text: str) -> str:
    return format_text(Source("t", text))


def meaning(text: str) -> object:
    """The tree without its spans."""
    file, mistakes = parse(Source("t", text))
    assert mistakes == ()
    return _bare(file)


def _bare(item: object) -> object:
    if isinstance(item, tree.Node):
        return type(item).__name__, *(_bare(getattr(item, name)) for name in item.fields[1:])
    if isinstance(item, tree.Token):
        return item.kind, item.text
    return tuple(map(_bare, item)) if isinstance(item, tuple) else item


def comments(text: str) -> list[str]:
    """All comments in order, found without the formatter's own means: what stands between words."""
    words = split(Source("t", text), tables.load())
    gaps = zip([0, *words.ends[:-1]], [*words.starts[:-1], len(text)], strict=True)
    return [comment.rstrip() for start, end in gaps for comment in re.findall("#[^\n]*", text[start:end])]


def many(count: int) -> settings:
    return settings(
        max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )


def check_properties(text: str) -> None:
    once = formatted(text)
    assert meaning(once) == meaning(text)
    assert comments(once) == comments(text)
    assert formatted(once) == once
    assert once == "" or (once.endswith("\n") and not once.endswith("\n\n") and not once.startswith("\n"))
    assert "\n\n\n" not in once
    assert not re.search("[ \t\r]\n", once)


@many(150)
@given(texts())
def test_texts_by_chance(text: str) -> None:
    check_properties(text)


@many(100)
@given(texts("_expression", 30))
def test_expressions_by_chance(text: str) -> None:
    check_properties(f"let a = {text}")


@pytest.mark.slow
@many(5_000)
@given(st.one_of(texts(), texts(size=200), texts("network", 100), texts("block", 100)))
def test_very_many_texts(text: str) -> None:
    check_properties(text)
