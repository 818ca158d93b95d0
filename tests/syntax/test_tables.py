"""The committed tables are those of the grammar, and drive to the tree that Lark itself builds."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, Tree, UnexpectedInput

from resnet_dsl import resources
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import tables
from resnet_dsl.syntax.brackets import SOFT
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import split

GRAMMAR = resources.grammar_text()
TEXTS = [
    "",
    "# nothing but a comment",
    'import "a.resnet" let k = 1 + 2 * -3 - 4 // 5 % 6',
    "let a = not not (1 < 2) and 3 x 4 == ?x? or [1, [2, 3,], []] != v[1].shape.first",
    "let b = ((1 + 2)) * (3) let c = ? let d = 3x3x? let e = n x n x 3 let f = f() let g = f(1, a = 2,)",
    'slot attn = a -> 3 x f(1) -> n x g as "label" -> in -> stem -> v[i + 1] as "z"',
    'block f() {} block g(a) {} block h(a, b = true, c = "s",) { y = a z = b }',
    "block s { skip skip always skip from in skip via a skip by add skip from v[0] by mul "
    "skip always from stem via a -> b by concat skip via a by add skip always by add }",
    "block r { repeat n + 1 as i { f } repeat 3 { } if a < b { f } else if not c { g } else { h } if a { } "
    "let q = 3 v[1] = in -> f use norm = g(1) default conv(bias = true) skips off skips via p skips always via q }",
    "network n(classes = 10) from m(2) { input 224x224x3 stem { f } stage c(stride = 2) { g } stage d {} head {} "
    "let z = 1 expect params == 25_557_032 expect macs ~= 4.1G expect c.shape == 7x7x2048 use a = b skips off }",
    "network o { input left 3x3x3 input right n x (k + 1) x 3 input input.shape head aux { head -> a } head { input } "
    "output conv2, head, stem, v[0] output b expect head.shape == 3x3 }",
    "network p from q { } network r { } network s() from t() { }",
    "let a = (((((1)))))",
]


@pytest.fixture(scope="module")
def lark() -> Lark:
    return tables.lark_parser(GRAMMAR, propagate_positions=True)


def test_the_committed_tables_are_those_of_the_grammar() -> None:
    generated = tables.generate(GRAMMAR)
    assert tables.load() == generated
    assert (Path(tables.__file__).parent / "tables.json").read_text(encoding="utf-8") == tables.encode(generated)


def test_they_are_the_same_in_every_process() -> None:
    code = (
        "import zlib; from resnet_dsl import resources; from resnet_dsl.syntax import tables as t;"
        "print(zlib.crc32(t.encode(t.generate(resources.grammar_text())).encode()))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                       capture_output=True, text=True, check=True).stdout
        for seed in "13"
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_strict_mode_finds_no_conflict_and_no_collision() -> None:
    tables.lark_parser(GRAMMAR, strict=True)


def test_tables_of_another_grammar_are_built_on_the_spot(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = GRAMMAR.replace('stage: "stage" NAME', 'stage: "tail" NAME')
    assert changed != GRAMMAR
    monkeypatch.setattr(resources, "grammar_text", lambda: changed)
    tables.load.cache_clear()
    try:
        assert "tail" in tables.load().keywords
    finally:
        tables.load.cache_clear()


def _ours(text: str) -> Any:
    """A tree of tuples: (rule, span, children), words as (kind, text, start)."""
    words = split(Source("t", text), tables.load())
    machine = Machine(
        tables.load(),
        words,
        lambda rule: lambda span, children: (rule, (span.start, span.end) if span.end else None, tuple(children)),
        lambda kind, word, span: (kind, word, span.start),
    )
    return machine.values[0] if machine.run(10_000) else None


def _larks(item: Any) -> Any:
    if item is None:
        return None
    if not isinstance(item, Tree):
        return (str(item.type), str(item), item.start_pos)
    span = None if item.meta.empty else (item.meta.start_pos, item.meta.end_pos)
    return (str(item.data), span, tuple(map(_larks, item.children)))


@pytest.mark.parametrize("text", TEXTS)
def test_our_machine_builds_larks_tree(lark: Lark, text: str) -> None:
    expected = _larks(lark.parse(text))
    assert _ours(text) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_our_machine_refuses_what_lark_refuses(lark: Lark, text: str) -> None:
    """Every text with one word left out, and with one doubled."""
    words = split(Source("t", text), tables.load())
    for index in range(len(words.kinds) - 1):
        start, end = words.starts[index], words.ends[index]
        for changed in (text[:start] + text[end:], text[:end] + " " + text[start:]):
            try:
                expected = _larks(lark.parse(changed))
            except UnexpectedInput:
                expected = None
            assert _ours(changed) == expected, changed


@pytest.mark.parametrize("word", sorted(SOFT))
@pytest.mark.parametrize(
    "text",
    [
        "let %s = %s + %s.%s slot %s = %s -> %s(%s = 3) block %s(%s) { %s = %s -> %s %s[0] -> 3 x %s -> %s x %s }",
        "block b { skip %s skip from %s %s skip via %s %s skip by %s let a = %s %s -> a repeat %s as %s { %s } %s }",
        "block b { use %s = %s %s default %s(%s = %s) %s skips via %s %s if %s { %s } else { %s } add(%s, %s) }",
        "network %s(%s = %s) from %s { stage %s(%s = %s) { %s } head %s { %s } expect %s == %s expect %s.%s == 3 }",
        "network n { input %s input %s 3x3 output %s, %s use %s = %s let %s = %s skips via %s stem { %s } }",
    ],
)
def test_a_soft_word_is_a_name_wherever_it_is_no_statement(text: str, word: str) -> None:
    """It reads as another name of as many letters does."""
    other = "v" * len(word)
    expected = _ours(text.replace("%s", other))
    assert expected is not None
    assert _renamed(_ours(text.replace("%s", word)), word, other) == expected


def _renamed(item: Any, word: str, other: str) -> Any:
    """A tree of tuples in which names are other ones."""
    if isinstance(item, tuple) and item[:2] == ("NAME", word):
        return ("NAME", other, item[2])
    return tuple(_renamed(one, word, other) for one in item) if isinstance(item, tuple) else item


def test_spans_cover_brackets_that_the_tree_drops() -> None:
    tree = _ours("let a = (1 + 2) * 3")
    product = tree[2][0][2][1]
    assert product[:2] == ("product", (8, 19))
    assert Span(Source("t", "let a = (1 + 2) * 3"), *product[1]).text == "(1 + 2) * 3"
