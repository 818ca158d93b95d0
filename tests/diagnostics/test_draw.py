"""Drawings, line by line."""

import re

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.draw import draw, draw_all
from resnet_dsl.source import Source, Span


def at(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return Span(source, start, start + len(words))


def drawn(text: str, primary: str, *others: str, label: str = "here", name: str = "a.resnet") -> list[str]:
    source = Source(name, text)
    places = tuple(Label(at(source, other), other.upper()) for other in others)
    return draw(Diagnostic("E0000", "wrong", Label(at(source, primary), label), places)).splitlines()[2:]


def test_the_example_of_the_language_page() -> None:
    block = "block mine(width) {\n    conv(width, 3, stride = 2) -> norm -> act\n\n\n    skip from in via identity\n}\n"
    source = Source("net.resnet", "\n" * 9 + block)
    diagnostic = Diagnostic(
        "E0302",
        "the skip connection cannot be added: shapes differ",
        Label(at(source, "skip from in"), "this is 56x56x64"),
        (Label(at(source, "conv(width, 3, stride = 2) -> norm -> act"), "the current value is 28x28x128"),),
        ("in block `mine`, called from stage `conv3` (net.resnet:31:22)",),
        "leave out `via identity` to project it (1x1 convolution, 128 channels, stride 2)",
    )
    assert (
        draw(diagnostic)
        == """\
error[E0302]: the skip connection cannot be added: shapes differ
  --> net.resnet:14:5
   |
11 |     conv(width, 3, stride = 2) -> norm -> act
   |     ----------------------------------------- the current value is 28x28x128
14 |     skip from in via identity
   |     ^^^^^^^^^^^^ this is 56x56x64
   |
   = in block `mine`, called from stage `conv3` (net.resnet:31:22)
   = help: leave out `via identity` to project it (1x1 convolution, 128 channels, stride 2)
"""
    )


def test_without_a_place() -> None:
    diagnostic = Diagnostic("E0001", "there is no file `a`", None, help="write another")
    assert draw(diagnostic) == "error[E0001]: there is no file `a`\n  = help: write another\n"


def test_two_places_of_a_line() -> None:
    assert drawn("one two\n", "two", "one") == [
        "  |",
        "1 | one two",
        "  |     ^^^ here",
        "  | --- ONE",
    ]


def test_places_share_a_row_where_a_space_is_between_them_and_only_the_last_has_words() -> None:
    """Of marks that touch nobody sees where one ends and the next begins; so they stand below each other."""

    def rows(text: str, first: str, last: str) -> list[str]:
        source = Source("a", text)
        places = Label(at(source, "one"), first), (Label(at(source, "two"), last),)
        return draw(Diagnostic("E0000", "wrong", *places)).splitlines()[4:]

    assert rows("one two\n", "", "there") == ["  | ^^^ --- there"]
    assert rows("one two\n", "", "") == ["  | ^^^ ---"]
    assert rows("onetwo\n", "", "there") == ["  | ^^^", "  |    --- there"]
    assert rows("onetwo\n", "", "") == ["  | ^^^", "  |    ---"]
    assert rows("one two\n", "here", "") == ["  | ^^^ here", "  |     ---"]


def test_distant_lines() -> None:
    assert drawn("one\n" + "\n" * 9 + "two\n", "two", "one")[1:] == [
        " 1 | one",
        "   | --- ONE",
        "...",
        "11 | two",
        "   | ^^^ here",
    ]


def test_five_lines_left_out_are_dots_and_four_are_not() -> None:
    assert "..." not in drawn("one\n" + "\n" * 4 + "two\n", "two", "one")
    assert "..." in drawn("one\n" + "\n" * 5 + "two\n", "two", "one")


def test_a_place_of_several_lines() -> None:
    assert drawn("a {\n  one\n  two\n}\n", "{\n  one\n  two\n}")[1:] == ["1 | a {", "  |   ^", "4 | }", "  | ^ here"]


def test_tabs_and_wide_characters() -> None:
    assert drawn("\t日本 one\n", "one")[1:] == ["1 |     日本 one", "  |          ^^^ here"]


def test_characters_that_cannot_be_shown() -> None:
    assert drawn("a\x1b[31mb\n", "b")[1] == "1 | a\N{REPLACEMENT CHARACTER}[31mb"


def test_long_lines_are_cut_around_the_place() -> None:
    line, marks = drawn("a" * 300 + "here" + "b" * 1_000_000, "here", label="")[1:]
    assert len(line) < 110
    start = marks.index("^^^^")
    assert line[start : start + 4] == "here"
    assert line.startswith("1 | …a")
    assert line.endswith("b…")


@pytest.mark.parametrize("length", [20, 99, 100, 101, 130, 600, 5_000])
def test_dots_stand_where_something_of_a_line_is_left_out_and_nowhere_else(length: int) -> None:
    """Wherever the place is: what is shown is a part of the line, it holds the place, and the marks stand under it."""
    line = "".join(f"{number:04}" for number in range(length))[:length]
    for start in {0, 1, 29, 30, 31, 69, 70, 99, 100, 499, 500, 501, 530, 531, length // 2, length - 3}:
        if not 0 <= start <= length - 3:
            continue
        place = Label(Span(Source("a.resnet", line), start, start + 3))
        text, marks = (row[len("1 | ") :] for row in draw(Diagnostic("E0000", "wrong", place)).splitlines()[3:])
        shown = text.strip("…")
        low = marks.index("^^^")
        assert text[low : low + 3] == line[start : start + 3]
        first = start - low + text.startswith("…")
        assert line[first : first + len(shown)] == shown
        assert text.startswith("…") == (first > 0)
        assert text.endswith("…") == (first + len(shown) < length)
        assert len(shown) == min(length, 100) or first + len(shown) == length
        assert len(shown) <= 100


def test_accents_without_end_take_no_columns_and_yet_are_left_out() -> None:
    """A thousand of them upon one letter: no column is skipped, but most of the line is."""
    line, marks = drawn("x" + "\u0301" * 1_000 + "here", "here", label="")[1:]
    assert line.startswith("1 | …\u0301")
    assert line.endswith("\u0301here")
    assert marks == "  |  ^^^^"


def test_the_end_of_a_text() -> None:
    source = Source("a", "one\n")
    assert draw(Diagnostic("E0000", "wrong", Label(Span(source, 3, 3)))).splitlines()[3:] == ["1 | one", "  |    ^"]


def test_places_of_another_text() -> None:
    base = Source("base.resnet", "\n\none\n")
    own = Source("a.resnet", "two\n")
    diagnostic = Diagnostic("E0000", "wrong", Label(at(own, "two")), (Label(at(base, "one"), "the base"),))
    assert draw(diagnostic).splitlines() == [
        "error[E0000]: wrong",
        " --> a.resnet:1:1",
        "  |",
        "1 | two",
        "  | ^^^",
        " ::: base.resnet:3:1",
        "  |",
        "3 | one",
        "  | --- the base",
    ]


def test_colours_change_nothing_else() -> None:
    source = Source("a", "one two\n")
    diagnostic = Diagnostic(
        "W0000", "odd", Label(at(source, "two"), "here"), (Label(at(source, "one"), "there"),), help="x"
    )
    coloured = draw(diagnostic, colours=True)
    assert re.sub("\033\\[[0-9;]*m", "", coloured) == draw(diagnostic)
    assert "\033[33;1mwarning[W0000]\033[0m" in coloured


def test_colours_tell_the_cause_from_what_belongs_to_it() -> None:
    """Red for an error, yellow for a warning; blue for other places, and for the frame."""
    source = Source("a", "one two\n")
    for code, colour in (("E0000", "31;1"), ("W0000", "33;1")):
        places = Label(at(source, "two"), "here"), (Label(at(source, "one"), "there"),)
        coloured = draw(Diagnostic(code, "odd", *places, help="x"), colours=True)
        painted = re.findall("\033\\[([0-9;]+)m(.*?)\033\\[0m", coloured)
        of = {words: found for found, words in painted}
        assert of["^^^ here"] == colour
        assert {of["--- there"], of["1 |"], of[" -->"]} == {"34;1"}
        assert (of[": odd"], of["help"]) == ("1", "36;1")


def test_all_of_them() -> None:
    source = Source("a", "one\n" * 200)
    many = [Diagnostic("E0000", "wrong", Label(Span(source, 4 * line, 4 * line + 3))) for line in range(150)]
    warning = Diagnostic("W0000", "odd", None)
    shown = draw_all([*reversed(many), warning, warning])
    assert shown.startswith("warning[W0000]: odd\n\nerror[E0000]: wrong\n  --> a:1:1\n".replace("  -->", " -->"))
    assert shown.endswith("\n150 errors, 1 warning (the first 100 are shown)\n")
    assert shown.count("error[") + shown.count("warning[") == 100
    assert draw_all([]) == ""


WIDE = Source("wide.resnet", f"before\n{'aaaa ' * 30}middle {'bbbb ' * 30}\n")
WIDE_ONE = Diagnostic(
    "E0302",
    "wrong",
    Label(at(WIDE, "middle"), "this is what is said of it, in a good many words, so that they need some lines"),
    (Label(at(WIDE, "aaaa"), "far in front"), Label(at(WIDE, "before"), "short")),
)


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 400])
def test_excerpts_and_what_is_said_of_them_stay_within_the_terminal(columns: int) -> None:
    _, _, *lines = draw(WIDE_ONE, columns=columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert "middle" in lines[3]
    words = " ".join(" ".join(line.partition("|")[2].split()) for line in lines)
    assert "this is what is said of it, in a good many words, so that they need some lines" in words
    assert max(map(len, lines)) > min(columns, 300) - 12  # what room there is is used


def test_a_terminal_of_no_width_to_speak_of_gets_what_can_be_read() -> None:
    assert draw(WIDE_ONE, columns=1) == draw(WIDE_ONE, columns=20)
    assert "middle" in draw(WIDE_ONE, columns=1)


def test_how_to_ask_is_said_once_of_the_first_error() -> None:
    found = [Diagnostic("W0303", "odd", None), Diagnostic("E0302", "wrong", None), Diagnostic("E0303", "wrong", None)]
    assert draw_all(found, asking=True).splitlines()[-2:] == [
        "for more about E0302: `resnet-dsl explain E0302`",
        "2 errors, 1 warning",
    ]
    assert "W0303" in draw_all(found[:1], asking=True).splitlines()[-2]
    assert draw_all([], asking=True) == ""


def test_under_strict_a_warning_is_an_error() -> None:
    assert draw_all([Diagnostic("W0303", "odd", None, strict=True)]) == "error[W0303]: odd\n\n1 error\n"
