"""Characters that nobody sees: in names and quotes none, in comments those that languages and emoji need."""

from __future__ import annotations

import time
import unicodedata

import pytest

from resnet_dsl.source import Source
from resnet_dsl.syntax.limits import find_hidden
from resnet_dsl.syntax.parser import parse

NETWORK = "network n {{ input 8x8x3 stage {} {{ relu }} }} {}\n"

NOWHERE = {
    "control": "\0\x01\x08\x0b\x0c\x0e\x1b\x1f\x7f\x80\x85\x9b\x9f",
    "direction": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "separators": "\u2028\u2029",
    "surrogates": "\ud800\udfff",
    "tags": "\U000e0001\U000e0020\U000e0041\U000e007f",
}
ONLY_IN_COMMENTS = {
    "joiners and variation": "\u200c\u200d\ufe00\ufe0e\ufe0f\U000e0100\U000e01ef\u180b\u180f",
    "no width": "\u00ad\u034f\u200b\u2060\u2061\u2064\ufeff\u206a\ufff9\ufffb\U0001d173\U0001bca0\U00013430",
    "drawn as nothing": "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",
}
SPACES = "\u00a0\u1680\u2000\u200a\u202f\u205f\u3000"


def codes(text: str) -> list[str]:
    return [one.code for one in parse(Source("t", text))[1]]


def everywhere(character: str) -> list[str]:
    """In a name, in quotes, in a comment, between words."""
    return [
        NETWORK.format(f"a{character}b", ""),
        f'block b {{ relu as "a{character}b" }}',
        NETWORK.format("s", f"# a{character}b"),
        NETWORK.format("s", character),
    ]


@pytest.mark.parametrize("character", "".join(NOWHERE.values()), ids=lambda one: f"{ord(one):04X}")
def test_what_steers_stands_nowhere(character: str) -> None:
    assert [codes(text) for text in everywhere(character)] == [["E0006"]] * 4


@pytest.mark.parametrize("character", "".join(ONLY_IN_COMMENTS.values()), ids=lambda one: f"{ord(one):04X}")
def test_what_is_invisible_stands_in_comments_alone(character: str) -> None:
    assert [codes(text) for text in everywhere(character)] == [["E0006"], ["E0006"], [], ["E0006"]]


@pytest.mark.parametrize("character", SPACES, ids=lambda one: f"{ord(one):04X}")
def test_odd_spaces_stand_in_comments_alone_and_are_told_of_by_name_between_words(character: str) -> None:
    name, quotes, comment, between = (codes(text) for text in everywhere(character))
    assert (quotes, comment) == (["E0006"], [])
    assert name in (["E0114"], ["E0127"])
    assert between in (["E0114"], ["E0127"])


@pytest.mark.parametrize(
    "comment",
    [
        "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL} and \N{HEAVY BLACK HEART}\ufe0f",
        "می\u200cخواهم",
        "क्\u200dष",
        "\N{WAVING BLACK FLAG}\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Scotland",
        "c'est\u00a0vrai\u202f!",
        "全角\u3000スペース",
        "tabs\tare fine",
        "größe, 層, été, Ж, ی",
        "private use \ue000, unassigned \u0378",
    ],
)
def test_people_write_comments_in_their_languages(comment: str) -> None:
    assert codes(f"# {comment}\n" + NETWORK.format("s", f"# {comment}")) == []


@pytest.mark.parametrize(
    "hidden",
    [
        "\N{WAVING BLACK FLAG}" + "".join(chr(0xE0000 + ord(one)) for one in "ignore all that") + "\U000e007f",
        "\N{WAVING BLACK FLAG}\U000e0067\U000e0062",
        "\U000e0067\U000e0062\U000e0073\U000e007f",
    ],
    ids=["a sentence", "no end", "no flag"],
)
def test_tags_are_no_hiding_place(hidden: str) -> None:
    assert codes(f"# {hidden}\n{NETWORK.format('s', '')}") == ["E0006"]


def test_a_lone_return_is_none_and_one_at_a_line_s_end_is_fine() -> None:
    assert find_hidden('# a\r\n"b"\r\n"c\r\n# d\u200d\r\n') is None
    assert find_hidden("# all of it\rnetwork n {}") == 11
    assert find_hidden("network n {}\r") == 12


def test_a_number_sign_in_quotes_begins_no_comment_and_quotes_in_a_comment_no_text() -> None:
    assert find_hidden('relu as "# a\u200d"') == 12
    assert find_hidden('# "a\u200d" \n relu') is None


def test_nothing_that_unicode_calls_invisible_is_missing() -> None:
    """Whatever this Python knows; what it does not know is in the table, too. Arabic's marks of numbers are seen."""
    seen = {"ARABIC", "SYRIAC", "KAITHI"}
    invisible = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp"))
    missing = [one for one in invisible if one not in "\t\n" and find_hidden(f"{one}x") is None]
    assert {unicodedata.name(one).split()[0] for one in missing} <= seen


def test_the_place_is_the_character() -> None:
    (mistake,) = parse(Source("t", "network n {\n  input 8x8x3\n  stage a\u00adb { relu }\n}"))[1]
    assert mistake.place is not None
    assert (str(mistake.place.span), mistake.place.text) == ("t:3:10", "character U+00AD")


@pytest.mark.parametrize(
    "line", ["# \u200d\u00a0x\n", '"\u00a0', "relu # é\r\n", '""#\u200d\n', "\N{WAVING BLACK FLAG}#\n"]
)
def test_looking_takes_time_in_proportion_to_the_text(line: str) -> None:
    text = (line * 1_000_000)[:1_000_000]
    start = time.process_time()
    find_hidden(text)
    assert time.process_time() - start < 3  # on a busy machine; a third of a second on an idle one
