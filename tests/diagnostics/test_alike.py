"""Letters that look alike: each is named, and the Latin one is written where that is known."""

from __future__ import annotations

import unicodedata

import pytest

from resnet_dsl.diagnostics.alike import _ALIKE, latin, told_apart
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.fixing import fix
from resnet_dsl.pipeline import load_text

RIGHT = """slot extra = identity
block twin(width) { conv(width, 3, stride = 2) -> extra skip }
network n from base(width = 4) { use extra = relu skips via project expect depth == 2 }
network base(width = 3) {
  input 16x16x3
  stage a { if width > 1 { 2 x twin(width) } }
}
"""
WRONG = [
    ("conv", "сonv", "a Cyrillic"),  # an operation
    ("stride", "stridе", "a Cyrillic"),  # an argument
    ("extra =", "ехtra =", "a Cyrillic"),  # a slot that is declared, or filled
    ("twin(width) }", "twіn(width) }", "a Cyrillic"),  # a block
    ("width, 3", "wіdth, 3", "a Cyrillic"),  # a parameter
    ("base(", "bαse(", "a Greek"),  # a network
    ("depth", "dерth", "a Cyrillic"),  # a quantity
    ("project", "рroject", "a Cyrillic"),  # a block of the prelude
    ("relu", "ｒｅｌｕ", "a full-width"),
    ("relu", "𝐫𝐞𝐥𝐮", "a mathematical"),
    ("stage", "ѕtage", "a Cyrillic"),  # keywords
    ("network n", "netwοrk n", "a Greek"),
    ("expect", "ехресt", "a Cyrillic"),
    ("16x16x3", "16х16х3", "a Cyrillic"),  # a size
    ("16x16x3", "16χ16x3", "a Greek"),
    ("2 x twin", "2 х twin", None),  # the sign of E0114
]


@pytest.mark.parametrize(("right", "wrong", "script"), WRONG)
def test_it_is_named_and_the_latin_letter_is_written(right: str, wrong: str, script: str | None) -> None:
    """Where it is declared so, the uses are what is not known: the text is told, and stays."""
    text = RIGHT.replace(right, wrong, 1)
    found = [one for one in load_text(text).check() if one.severity == "error"]
    assert any(f"is {script} letter, and looks like the Latin" in (one.help or "") for one in found) or script is None
    if right != "extra =":
        assert fix(load_text(text)).spec.source.text == RIGHT


def test_what_is_known_by_letters_that_look_latin_is_offered_and_not_chosen() -> None:
    (found,) = (
        one for one in load_text(RIGHT.replace("twin(width) {", "twіn(width) {")).check() if one.code == "E0201"
    )
    assert found.help == (
        "`twіn`, as it is known here, looks the same: "
        "the `і` in `twіn` is a Cyrillic letter, and looks like the Latin `i`"
    )
    assert [edit.text for edit in found.edits] == ["twіn"]
    assert not found.sure


def errors(text: str) -> list[Diagnostic]:
    return [one for one in load_text(text).check() if one.severity == "error"]


def test_a_name_that_nothing_is_like_is_named_too() -> None:
    (found,) = errors("network n { input 8x8x3 stage s { conv(brеite, 3) } }")
    assert found.help is not None
    assert found.help.startswith("the `е` in `brеite` is a Cyrillic letter, and looks like the Latin `e`; define it")


def test_a_name_in_another_script_is_a_name() -> None:
    assert errors("network сеть { input 8x8x3 stage слой { x1 = conv(4, 3) } }".replace("x1 = ", "")) == []
    (found,) = errors("network сеть { input 8x8x3 stage слой { conv(ширина, 3) } }")
    assert "Cyrillic" not in (found.help or "")


def test_the_table_has_letters_alone_and_each_once() -> None:
    letters = [letter for row in _ALIKE.values() for letter in row]
    assert len({*letters}) == len(letters)
    assert all(unicodedata.category(letter) in ("Lu", "Ll") and not letter.isascii() for letter in letters)
    assert all(latin(letter) == plain for plain, row in _ALIKE.items() for letter in row)


def test_what_looks_alike() -> None:
    assert latin("plain") == "plain"
    assert latin("größe") == "größe"
    assert told_apart("conv", "conv") is None
    assert told_apart("conv", "cnov") is None
    assert told_apart("größe", "grösse") is None


@pytest.mark.parametrize("text", ["# bell \a\n", "network n { input 8x8x3 stage s { relu \u200b} }"])
def test_a_hidden_character_is_taken_out(text: str) -> None:
    assert fix(load_text(text)).spec.source.text == text.replace("\a", "").replace("\u200b", "")


@pytest.mark.parametrize("text", ["network n { stage a\u200bb { relu } }", 'import "a\u200b.resnet"\n'])
def test_but_not_where_another_word_may_be_read_then(text: str) -> None:
    assert fix(load_text(text)).spec.source.text == text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("batch_norm", "batchnorm"), ("conv(4, 3, Stride = 2)", "conv(4, 3, stride = 2)")],
)
def test_a_name_that_differs_in_case_or_underscores_alone_is_written_as_it_is(wrong: str, right: str) -> None:
    text = "network n { input 8x8x3 stage s { %s } }"
    assert fix(load_text(text % wrong)).spec.source.text == text % right


def test_but_not_where_two_are_alike() -> None:
    text = "block Mine { relu }\nblock mine { relu }\nnetwork n { input 8x8x3 stage s { MINE Mine mine } }"
    (found,) = errors(text)
    assert found.edits
    assert not found.sure
