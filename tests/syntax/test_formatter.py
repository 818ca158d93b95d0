"""The one layout: expected texts, and properties of texts by chance."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_dsl import resources
from resnet_dsl.diagnostics.refusal import Refusal
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
    if isinstance(item, tree.SyntaxNode):
        return type(item).__name__, *(_bare(getattr(item, name)) for name in item.fields[1:])
    if isinstance(item, tree.Token):
        return item.kind, item.text
    return tuple(map(_bare, item)) if isinstance(item, tuple) else item


def comments(text: str) -> list[str]:
    """All comments in order, found without the formatter's own means: what stands between words."""
    words = split(Source("t", text), tables.load())
    gaps = zip([0, *words.ends[:-1]], [*words.starts[:-1], len(text)], strict=True)
    return [comment.rstrip() for start, end in gaps for comment in re.findall("#[^\n]*", text[start:end])]


LONG = [f"a_stage_with_a_long_name_{number}" for number in range(5)]

EXAMPLES = [
    ("let  a=1", "let a = 1\n"),
    ("let a=-(-(3))+((2*b))", "let a = --3 + 2 * b\n"),
    ("let a=(a or b)and not(c==d)", "let a = (a or b) and not c == d\n"),
    ("let a = (not b) == c", "let a = (not b) == c\n"),
    ("let a=3 x(n+1) x ?", "let a = 3 x n + 1 x ?\n"),
    ("let a=[1,2,]", "let a = [1, 2]\n"),
    ("let a=v[ 1 ].shape . first", "let a = v[1].shape.first\n"),
    ("let a = 1 .b", "let a = 1 .b\n"),
    ("block a(){}", "block a() {}\n"),
    ("block a{\n\nf\n\n}", "block a { f }\n"),
    ("# A.\nshared   block a(w){f}", "# A.\nshared block a(w) { f }\n"),
    ("shared # why\nblock a {}", "shared  # why\n  block a {}\n"),
    ("block a { f g }", "block a {\n  f\n  g\n}\n"),
    ("block a { f\n\n\n\ng }", "block a {\n  f\n\n  g\n}\n"),
    ("block a { f -> g }", "block a { f -> g }\n"),
    ("block a { v[i]x f }", "block a { v[i] x f }\n"),
    ("block a { f\n(n-2)//6 x g((1)) }", "block a {\n  f\n  (n - 2) // 6 x g(1)\n}\n"),
    ("block a { f->((n))*(2+m) x g }", "block a { f -> (n) * (2 + m) x g }\n"),
    ("block a { f\n(g) h }".replace(" h", ""), "block a { f(g) }\n"),
    ("let a=if(b){(1+2)}else{3}*2", "let a = if b { 1 + 2 } else { 3 } * 2\n"),
    ("let a=if b{1}else if c{2}else{3}", "let a = if b { 1 } else if c { 2 } else { 3 }\n"),
    ("let a = if b { # one\n 1 } else { 2 }", "let a = if b {  # one\n    1 }\n  else { 2 }\n"),
    ('block a{add(in->2 x f,g()as "h",b->c)}', 'block a { add(in -> 2 x f, g() as "h", b -> c) }\n'),
    ("network a{stage b(2)after c{f}}", "network a { stage b(2) after c { f } }\n"),
    ("let a=2**-(b)**(c+1)*(-d)**2", "let a = 2 ** -b ** (c + 1) * (-d) ** 2\n"),
    ("let a=(b**c)**d", "let a = (b ** c) ** d\n"),
    ("block a { if b{f}else{g} }", "block a { if b { f } else { g } }\n"),
    ("block a { if b{f}else{g h} }", "block a {\n  if b {\n    f\n  } else {\n    g\n    h\n  }\n}\n"),
    ("network a { stage b { repeat 3 { f } } }", "network a {\n  stage b { repeat 3 { f } }\n}\n"),
    ("let a=1 block b{f g} let c=2", "let a = 1\n\nblock b {\n  f\n  g\n}\n\nlet c = 2\n"),
    ("# one\nlet a = 1 # two\n# three", "# one\nlet a = 1  # two\n# three\n"),
    ("block a { # one\n f }", "block a {  # one\n  f\n}\n"),
    ("block a { f # one\n\n # two\n }", "block a {\n  f  # one\n\n  # two\n}\n"),
    ("block a { f(1, # one\n 2) -> g }", "block a {\n  f(\n    1,  # one\n    2,\n  ) -> g\n}\n"),
    ("block a { f -> # one\n g }", "block a {\n  f  # one\n    -> g\n}\n"),
    (
        "network n{input  left   64x64x3 input right n x(2*n)x 3}",
        "network n {\n  input left 64x64x3\n  input right n x 2 * n x 3\n}\n",
    ),
    ("network n{head  aux{relu} head{head->relu}}", "network n {\n  head aux { relu }\n  head { head -> relu }\n}\n"),
    ("network n{output a ,b,stem , v [0]}", "network n { output a, b, stem, v[0] }\n"),
    ("network n { output a, # of b\n c # last\n}", "network n {\n  output a,  # of b\n    c  # last\n}\n"),
    ("network n { output " + ",".join(LONG) + "}", "network n {\n  output " + ",\n    ".join(LONG) + "\n}\n"),
    ("let output = output + 1", "let output = output + 1\n"),
]


def many(count: int) -> settings:
    return settings(
        max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_examples(text: str, expected: str) -> None:
    assert formatted(text) == expected


def test_too_long_a_chain_is_broken_in_front_of_its_arrows() -> None:
    chain = "conv(in.channels // ratio, 1, bias = true) -> relu -> conv(in.channels, 1, bias = true) -> sigmoid"
    assert formatted(f"block se {{ gate = in -> avgpool(global, keepdims = true) -> {chain} }}") == (
        "block se {\n"
        "  gate = in -> avgpool(global, keepdims = true)\n"
        "    -> conv(in.channels // ratio, 1, bias = true) -> relu\n"
        "    -> conv(in.channels, 1, bias = true) -> sigmoid\n"
        "}\n"
    )


def test_words_below_the_last_definition_stand_apart_where_it_is_long() -> None:
    long = f"block b {{ {' -> '.join(['relu'] * 20)} }}\n# the end\n"
    assert formatted(long).endswith("\n}\n\n# the end\n")
    assert formatted("let a = 1\n# the end\n") == "let a = 1\n# the end\n"


def test_too_long_a_list_is_broken_at_its_commas() -> None:
    items = [f"argument_{number} = {number}" for number in range(8)]
    lines = "".join(f"    {item},\n" for item in items)
    assert formatted(f"block a {{ f({', '.join(items)}) }}") == f"block a {{\n  f(\n{lines}  )\n}}\n"


def test_a_hundred_columns_are_not_too_many() -> None:
    line = f"let {'a' * 40} = {'b' * 40} + {'c' * 10}"
    assert len(line) == 100
    assert formatted(line) == f"{line}\n"
    assert formatted(f"{line}c") == f"let {'a' * 40} = {'b' * 40}\n  + {'c' * 11}\n"


def test_what_is_not_well_formed_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        formatted("let a == 1\nblock { }")
    assert [diagnostic.code for diagnostic in refusal.value.diagnostics] == ["E0106", "E0119"]


def test_the_deepest_texts_are_formatted() -> None:
    for text in ("let a = " + "not " * 190 + "b", "let a = " + "-(1 + " * 95 + "1" + ")" * 95):
        check_properties(text)
    check_properties("block a { " + "if b { " * 90 + "f" + " }" * 90 + "}")


@pytest.mark.parametrize("path", sorted(Path(resources.specs_folder()).rglob("*.resnet")), ids=lambda path: path.stem)
def test_shipped_specs_keep_their_meaning(path: Path) -> None:
    check_properties(path.read_text("utf-8"))


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
@many(3_000)
@given(st.one_of(texts(), texts(size=200), texts("network", 100), texts("block", 100)))
def test_very_many_texts(text: str) -> None:
    check_properties(text)
