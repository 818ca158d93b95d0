"""Every independent mistake in one run, in the text's order, each once; and nothing that only follows from another."""

from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import load, load_text

Found = list[tuple[str, int]]


def places(diagnostics: tuple[Diagnostic, ...]) -> Found:
    """Code and line of each."""
    return [
        (one.code, one.place.span.source.position(one.place.span.start)[0])
        for one in diagnostics
        if one.place is not None
    ]


def found_in(text: str) -> Found:
    return places(load_text(text).check())


MANY = """let width = 16
let width = 32

block mine(size, stride = 1) {
  conv(sise, 3, strid = stride) -> norm
  in -> cnov(size, 3)
  skip by addition
}

block never_called(size) {
  conv(size, kernel) -> activate
  skip from nothing
  use norme = identity
}

network first {
  input 32x32x3
  stem { conv(16) }
  stage one { mine(16) }
  head { dense(10, bias = 1) }
}

network second from frist {
  skips off
}

network third {
  input 32x32x3
  stage one { conv(0, 3) }
  stage two { conv(8, 3, groups = 3) }
  stage one { relu }
  expect params == 0
  expect parameter == 0
}
"""


def test_all_mistakes_of_a_file_in_its_order() -> None:
    assert found_in(MANY) == [
        ("E0209", 2),  # let width
        ("E0208", 5),  # sise
        ("E0202", 5),  # strid
        ("E0201", 6),  # cnov
        ("E0206", 7),  # addition
        ("E0208", 11),  # kernel
        ("E0201", 11),  # activate
        ("E0208", 12),  # nothing
        ("E0214", 13),  # norme
        ("E0204", 18),  # conv(16)
        ("E0206", 20),  # bias = 1
        ("E0215", 23),  # frist
        ("E0207", 29),  # conv(0, 3)
        ("E0304", 30),  # groups = 3, of 8 channels
        ("E0209", 31),  # stage one
        ("E0402", 33),  # parameter
    ]


def test_a_mistake_of_a_block_comes_once_however_often_it_is_called() -> None:
    """The shapes differ in each stage, and the static check of names finds the unknown step as well."""
    calls = "".join(f"stage s{n}(stride = 2) {{ 100 x mine({8 * n}) }}\n" for n in range(1, 4))
    text = f"""block mine(width, stride = 1) {{
  a = conv(width, 3, stride = stride)
  conv(width + 1, 3, groups = 2)
  b = in -> conv(width, 3, stride = stride) -> conv(width, 3, groups = 5)
  unknown(width)
}}
network net {{ input 64x64x4 {calls} }}"""
    assert found_in(text) == [("E0304", 3), ("E0304", 4), ("E0201", 5)]


def test_a_mistake_inside_the_prelude_is_told_at_each_call_of_the_user() -> None:
    text = "network net { input 32x32x3\n stage a { 3 x basic(0) }\n stage b { 3 x basic(1.5) }\n }"
    assert found_in(text) == [("E0207", 2), ("E0206", 3)]


def test_compiling_and_checking_tell_the_same() -> None:
    text = "block mine(width) { deeper(width) }\nblock deeper(width) { mine(width) }\nblock spare { unknown }\n"
    text += "network net { input 32x32x3\n stage a { mine(4) }\n}"
    with pytest.raises(Refusal) as refusal:
        load_text(text).compile()
    assert places(refusal.value.diagnostics) == found_in(text) == [("E0211", 2), ("E0201", 3)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("block mine(width) { conv(widht, 3) }", ["E0208"]),  # `width` only seems unused
        ("block mine(width) {\n  conv(width, 3) ->\n}\n", ["E0110"]),  # `mine` is lost, but not unknown
        ("block mine(width) {\n  act = conv(width, 3)\n  skip from act\n}\n", ["E0210"]),
        ("block mine(width) {\n  a = conv(width, 0)\n  b = a -> conv(width, 3)\n  add(a, b)\n}\n", ["E0207"]),
        (
            "block mine(width) {\n  let half_of_it = width / 0\n  conv(half_of_it, 3) -> conv(half_of_it, 3)\n}\n",
            ["E0222"],
        ),
        ('import "missing.resnet"\nblock mine(width) {\n  wide(width) -> use_it(depth)\n}\n', ["E0213"]),
        ("block mine(width) {\n  use attn = attend(3)\n  conv(width, 3) -> attn -> attn\n}\n", ["E0201"]),
        (
            "block mine(width) {\n  conv(width, 3, pad = valid) -> conv(width, 40, pad = 0) -> norm\n  skip\n}\n",
            ["E0303"],
        ),
        ("slot middle = middle -> relu\nblock mine(width) {\n  3 x middle\n  conv(width, 3)\n}\n", ["E0228"]),
    ],
)
def test_what_follows_from_a_mistake_is_not_told(text: str, found: list[str]) -> None:
    network = (
        "network net(n = 2) {\n  input 32x32x3\n  skips via pad\n  stage a { n x mine(16) }\n  expect params == 1\n}\n"
    )
    assert [one.code for one in load_text(f"{text}\n{network}").check() if one.code != "E0401"] == found


def test_a_mistake_in_one_network_leaves_the_others_checked() -> None:
    text = "network a { stage s { relu } }\nnetwork b from a { input 8x8x3 expect params == 1 }\n"
    assert found_in(text + "network c from b { expect depth == 1 }") == [("E0233", 1), ("E0401", 2), ("E0401", 3)]


def test_files_come_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "parts.resnet").write_text(
        "block part(width) {\n  conv(width, 3) ->\n}\nblock sound(width) { conv(wide, 3) }\n"
    )
    main = tmp_path / "main.resnet"
    main.write_text(
        'import "parts.resnet"\nnetwork net {\n  input 8x8x3\n  stage a { part(3) -> sound(3) -> other(3) }\n}\n'
    )
    found = load(str(main)).check()
    assert [(one.code, Path(str(one.place.span.source.name)).name) for one in found if one.place] == [
        ("E0110", "parts.resnet"),
        ("E0208", "parts.resnet"),
        ("E0201", "main.resnet"),
    ]


def test_no_more_mistakes_are_looked_for_than_anybody_reads() -> None:
    steps = "\n".join(f"  unknown{number}" for number in range(5_000))
    assert 500 <= len(found_in(f"network net {{\n  input 8x8x3\n  stage a {{\n{steps}\n  }}\n}}\n")) <= 1_500


@pytest.mark.parametrize(
    ("network", "code", "words"),
    [
        (None, "E0239", "holds 2 networks, and none is named"),
        ("smalll", "E0240", "there is no network `smalll`"),
    ],
)
def test_a_network_must_be_named_where_there_are_several(network: str | None, code: str, words: str) -> None:
    text = "network small { input 8x8x3 stage a { relu } }\nnetwork large from small { stage b { norm } }\n"
    with pytest.raises(Refusal) as refusal:
        load_text(text).compile(network)
    (found,) = refusal.value.diagnostics
    assert found.code == code
    assert words in found.message
    assert "small" in (found.help or "")


def test_a_file_of_blocks_cannot_be_compiled() -> None:
    with pytest.raises(Refusal) as refusal:
        load_text("block mine { relu }").compile()
    assert [one.code for one in refusal.value.diagnostics] == ["E0238"]


def test_only_parameters_of_the_network_can_be_set() -> None:
    text = "network net(width = 3) { input 8x8x3 stage a { conv(width, 3) } }"
    with pytest.raises(Refusal) as refusal:
        load_text(text).compile(overrides={"widht": 3})
    (found,) = refusal.value.diagnostics
    assert (found.code, found.help) == ("E0236", "did you mean `width`?")
