"""A stranger's words: spelt out where they could steer a terminal, and otherwise as they are."""

from __future__ import annotations

import json
import re
import sys

import pytest

from resnet_dsl import showing
from resnet_dsl.showing import line, safe

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
