"""Lines and columns as editors count them."""

from __future__ import annotations

import pytest

from resnet_dsl.editing.positions import Encoding, Position, offset_of, position_of, source_of

TEXT = 'a = "é𝔸z" # 𝔸\r\nstem\n\nlast'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_offset_has_its_place(encoding: Encoding) -> None:
    """Against Python's own encoders; a line's end is no place of its own."""
    source = source_of("x", TEXT)
    for offset in range(len(TEXT) + 1):
        before = TEXT[:offset]
        line = before.count("\n")
        column = len(before[before.rfind("\n") + 1 :].encode(f"{encoding}-le" if encoding != "utf-8" else encoding))
        width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        assert position_of(source, offset, encoding) == (line, column // width)
        within = offset - (TEXT[offset - 1 : offset + 1] == "\r\n")
        assert offset_of(source, Position(line, column // width), encoding) in (offset, within)


def test_a_place_beyond_the_text_is_its_end_and_one_beyond_a_line_that_lines() -> None:
    source = source_of("x", TEXT)
    assert offset_of(source, Position(99, 0)) == offset_of(source, Position(3, 99)) == len(TEXT)
    assert offset_of(source, Position(0, 10**9)) == TEXT.index("\r")
    assert offset_of(source, Position(-3, 5)) == 0
    assert offset_of(source, Position(1, -5)) == TEXT.index("stem")


def test_the_middle_of_a_pair_is_its_character() -> None:
    source = source_of("x", "𝔸b")
    assert [offset_of(source, Position(0, column)) for column in range(4)] == [0, 0, 1, 2]
    assert [offset_of(source, Position(0, column), "utf-8") for column in range(6)] == [0, 0, 0, 0, 1, 2]


def test_what_no_file_can_hold_stays_in_its_place() -> None:
    """A byte order mark, lone returns, halves of pairs: as long as they were."""
    read = source_of("x", "\ufeffa\rb\r\nc\ud800")
    assert read.text == " a\nb\r\nc\N{REPLACEMENT CHARACTER}"
