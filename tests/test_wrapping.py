"""Sentences on the lines of a terminal: nothing is lost, what is code stays whole, and no line is too wide."""

from __future__ import annotations

import pytest

from resnet_dsl.wrapping import NARROWEST, reflowed, wrapped

HELP = (
    "  = help: leave out `via identity` to project it (a 1x1 convolution), or write `skip via pad` in `my net.resnet`"
)


@pytest.mark.parametrize("columns", range(NARROWEST, 130))
def test_a_sentence_stays_within_its_columns_and_below_its_lead(columns: int) -> None:
    rows = wrapped(HELP, columns)
    assert max(map(len, rows)) <= columns
    assert " ".join(row.strip() for row in rows) == HELP.strip()
    if columns >= len("  = help: ") + NARROWEST:
        assert all(row.startswith(" " * len("  = help: ")) for row in rows[1:])
        assert all(row.count("`") % 2 == 0 for row in rows)


@pytest.mark.parametrize("lead", ["error: ", "error[E0301]: ", "warning[W0231]: ", "note: ", "    = ", "1. ", "- "])
def test_words_hang_below_the_first_one(lead: str) -> None:
    first, *others = wrapped(f"{lead}{'word ' * 20}word", 40)
    assert first.startswith(f"{lead}word")
    assert others
    assert {len(row) - len(row.lstrip()) for row in others} == {len(lead)}


def test_what_fits_stays_to_the_letter() -> None:
    assert wrapped("two  spaces", 11) == ["two  spaces"]
    assert reflowed("a\nb  c\n\n- d", 20) == "a\nb  c\n\n- d"


def test_what_no_line_holds_goes_over_the_edge() -> None:
    path = "/a/very/long/path/that/no/line/of/this/terminal/holds.resnet"
    assert wrapped(f"there is no file `{path}` here", 30) == ["there is no file", f"  `{path}`", "  here"]
    rows = wrapped("write `a -> b -> c -> d -> e -> f -> g` there", 20)
    assert rows == ["write `a -> b -> c", "  -> d -> e -> f ->", "  g` there"]


def test_wide_letters_take_two_columns() -> None:
    assert wrapped("`网络` 是 `残差` 的 `网络`", 20) == ["`网络` 是 `残差` 的", "  `网络`"]


def test_pages_keep_their_code_tables_and_lists() -> None:
    code = "```resnet\nstage one { conv(64, 7, stride = 2) -> norm -> act -> maxpool(3) }\n\nx\n```"
    prose, table = "`A` paragraph of\ntwo lines, which flow on.", "| a | b and c and d and e and f |\n| g | h |"
    rows = reflowed(f"{prose}\n{code}\n- an item of\n  a list, which is long\n- another\n\n{table}", 24).split("\n")
    assert rows[:2] == ["`A` paragraph of two", "lines, which flow on."]
    assert rows[2:7] == code.split("\n")
    assert rows[7:10] == ["- an item of", "  a list, which is long", "- another"]
    assert rows[10:] == ["", "| a | b and c and d and", "  e and f |", "| g | h |"]
