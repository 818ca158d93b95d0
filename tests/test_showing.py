"""A stranger's words: spelt out where they could steer a terminal, and otherwise as they are."""

from __future__ import annotations

import json
import re
import sys

import pytest
from rich.cells import cell_len

from resnet_dsl import pipeline, showing
from resnet_dsl.diagnostics.draw import draw
from resnet_dsl.showing import line, safe, width
from resnet_dsl.tabular import columns

STEERING = "\0\x07\x08\x1b\x7f\x85\x9b\u061c\u200e\u202e\u2028\u2066\udcff"


@pytest.mark.parametrize("character", STEERING, ids=lambda one: f"{ord(one):04X}")
def test_what_steers_is_spelt_out_and_means_the_same_in_json(character: str) -> None:
    assert safe(f"a{character}b") == line(f"a{character}b") == f"a\\u{ord(character):04x}b"
    assert json.loads(safe(json.dumps(f"a{character}b", ensure_ascii=False))) == f"a{character}b"


def test_every_character_that_steers_is_found_to_be_no_text() -> None:
    """Texts that are printable pass without a look at the table: that lets none of its characters through."""
    table = re.compile(f"[{showing.STEERING}]")
    steering = [one for one in map(chr, range(sys.maxunicode + 1)) if table.match(one)]
    assert len(steering) > 2_000
    assert not [one for one in steering if safe(one) == one or line(one) == one]


def test_what_people_write_stays() -> None:
    words = "größe 層 \N{MAN}\u200d\N{WOMAN} می\u200cخواهم ⎡ × →"
    assert safe(words) == line(words) == words


def test_lines_stay_in_a_text_and_are_spelt_out_in_a_line() -> None:
    assert safe("a\tb\r\nc\rd\n") == "a\tb\r\nc\\u000dd\n"
    assert line("a\tb\r\n") == "a\\u0009b\\u000d\\u000a"


BLOCKS = {
    "Latin": (0x20, 0x24F), "accents": (0x300, 0x34E), "Greek and Cyrillic": (0x370, 0x52F), "Hebrew": (0x591, 0x5F4),
    "Arabic": (0x610, 0x6FF), "Thai": (0xE01, 0xE5B), "Hangul letters": (0x1100, 0x11FF), "arrows": (0x2190, 0x21FF),
    "marks around": (0x20D0, 0x20F0), "Kana": (0x3041, 0x30FF), "Han": (0x4E00, 0x9FFF), "Hangul": (0xAC00, 0xD7A3),
    "selectors": (0xFE00, 0xFE0F), "full width": (0xFF01, 0xFF60), "half width": (0xFF61, 0xFF9D),
    "faces": (0x1F600, 0x1F64F),
}  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
def test_a_character_takes_as_many_columns_as_rich_says(block: str) -> None:
    first, last = BLOCKS[block]
    found = [one for one in map(chr, range(first, last + 1)) if one.isprintable()]
    assert [f"{ord(one):04X}" for one in found if width(one) != cell_len(one)] == []


@pytest.mark.parametrize("name", ["größe", "段階", "한국", "ｆｕｌｌ"])
def test_what_is_underlined_stands_above_the_line(name: str) -> None:
    """Whatever the letters in front of it are: columns are those that rich counts."""
    (mistake,) = pipeline.load_text(f"network n {{ input 8x8x3 stage {name} {{ conf(4, 3) }} }}\n").check()
    shown, marked = [one for one in draw(mistake).split("\n") if "conf(" in one or "^" in one]
    assert cell_len(marked.partition("^")[0]) == cell_len(shown.partition("conf(")[0])


def test_numbers_end_at_one_column_whatever_the_names_are() -> None:
    """Vowels of Thai and Hebrew stand above and below letters, in no column of their own."""
    names = ["stage", "größe", "ที่หนึ่ง", "段階", "한국", "שָׁלוֹם", "ｆｕｌｌ", "e\u0301"]
    table = columns(["name", "count"], [[name, "12"] for name in names])
    assert len({cell_len(line) for line in table.splitlines()}) == 1
