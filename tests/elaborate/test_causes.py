"""Mistakes that a derived network causes in its base stand where it causes them, and say in which network."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import load, load_text

BASE = """network base(depth = 2, width = 8) {
  input 32x32x3
  stem { conv(width, 3) -> norm }
  stage a { depth x basic(width) }
  stage b { mid(width) }
  head { avgpool(global) -> dense(10) }
}
network needy(width, depth = 1) from base(width = 2 * width, depth = depth) { }
block mid(width) { tail conv(width, 3) skip }
slot tail = identity
"""

WIDE = "network wide { input 32x32x3 stem { conv(8, 9, pad = 0) } }"

CAUSES = {
    "an argument": ("network n from base(width = 0) { }", "E0207", "width = 0"),
    "an argument by its position": ("network n from base(2, 0) { }", "E0207", "0"),
    "one of two arguments": ("network n from base(width = 4, depth = 2.5) { }", "E0221", "depth = 2.5"),
    "an argument that makes too many": ("network n from base(depth = 1000000) { }", "E0501", "depth = 1000000"),
    "an argument that the base lacks": ("network n from needy(width = 0) { }", "E0207", "width = 0"),
    "a slot": ("network n from base { use tail = flatten }", "E0301", "use tail = flatten"),
    "a slot under a condition": ("network n from base { if true { use tail = flatten } }", "E0301", "if true"),
    "a default": ("network n from base { default conv(groups = 5) }", "E0304", "default conv(groups = 5)"),
    "an input": ("network n from wide { input 8x8x3 }\n" + WIDE, "E0303", "input 8x8x3"),
    "a stage": ("network n from base { stage a { flatten } }", "E0301", "stage a"),
    "a new stage": ("network n from base { stage c after a { flatten } }", "E0301", "stage c"),
    "a stem": ("network n from base { stem { flatten } }", "E0301", "stem"),
    "a shipped base": ("network n from cifar_resnet20(classes = 0) { }", "E0207", "classes = 0"),
    "a shipped base's slot": ("network n from resnet50 { use act = flatten }", "E0301", "use act = flatten"),
}  # fmt: skip


def caused(text: str) -> list[Diagnostic]:
    return [one for one in load_text(BASE + text).check() if one.notes and "in network" in one.notes[-1]]


@pytest.mark.parametrize(("text", "code", "cause"), CAUSES.values(), ids=CAUSES)
def test_the_line_that_causes_it_is_the_place(text: str, code: str, cause: str) -> None:
    (found,) = caused(text)
    assert found.code == code
    assert found.place is not None
    assert found.place.span.text.startswith(cause)
    assert found.place.span.start >= len(BASE)
    assert found.others
    assert found.notes[-1] == f"in network `n` (<text>:{BASE.count(chr(10)) + 1}:9)"


def test_of_a_chain_the_network_that_causes_it_and_the_one_that_was_to_be_built() -> None:
    (found,) = caused("network c from b { use norm = identity }\nnetwork b from base(width = 0) { }")
    assert found.place is not None
    assert found.place.span.text == "width = 0"
    assert [note.split("(")[0] for note in found.notes] == ["in network `b` ", "in network `c` "]


def test_a_setting_of_a_network_between_is_the_cause_in_a_part_of_its_own_too() -> None:
    found = caused("network b from base { use tail = flatten }\nnetwork c from b { stage b { mid(4) } }")
    assert [one.place and one.place.span.text for one in found] == ["use tail = flatten"]


def test_another_files_base(tmp_path: Path) -> None:
    (tmp_path / "base.resnet").write_text(BASE, encoding="utf-8")
    (tmp_path / "net.resnet").write_text('import "base.resnet"\nnetwork n from base(width = 0) { }\n', encoding="utf-8")
    (found,) = load(str(tmp_path / "net.resnet")).check()
    assert str(found.place and found.place.span).endswith("net.resnet:2:21")
    assert str(found.others[0].span).endswith("base.resnet:3:15")
    with pytest.raises(Refusal) as refused:
        load(str(tmp_path / "net.resnet")).compile("n")
    assert refused.value.diagnostics == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "network n from base { stage c { mid(0) } }",  # its own call of a block
        "network n from base { stage c { conv(4, 99, pad = 0) } }",
        "network n from base(bogus = 3) { }",
        "network n { input 8x8x3 stage a { mid(0) } }",  # derives from nothing
    ],
)
def test_its_own_mistakes_stand_where_they_are(text: str) -> None:
    assert load_text(BASE + text).check()
    assert caused(text) == []


def test_a_mistake_of_the_base_alone_stands_there_once() -> None:
    wrong = BASE.replace("conv(width, 3) -> norm", "conv(width, 99, pad = 0)")
    found = load_text(f"{wrong}network n from base(width = 4) {{ }}\n").check()
    assert [one.place and one.place.span.text for one in found if one.code == "E0303"] == ["conv(width, 99, pad = 0)"]


def test_a_mistake_that_two_lines_cause_is_named_by_its_network() -> None:
    both = "network n from base(width = 0) { stem { conv(0 * width, 3) } stage a { basic(0) } use tail = conv(0, 1) }"
    assert all("in network `n`" in one.notes[-1] for one in caused(both))


def test_warnings_of_a_bases_text_say_in_which_network() -> None:
    (found, *_) = caused("network n from cifar_resnet20 { input 33x33x3 }")
    assert (found.severity, found.code) == ("warning", "W0302")


@pytest.mark.parametrize("mistake", ["conv(0, 3)", "cnov(width, 3)", "conv(width, 3, stirde = 2)", "conv(widht, 3)"])
def test_a_mistake_of_a_block_that_nothing_else_calls_stands_there(mistake: str) -> None:
    text = f"block mine(width) {{ {mistake} }}\nnetwork n from base {{ use tail = mine(4) }}\n"
    (found,) = (one for one in load_text(BASE + text).check() if one.code != "E0237")
    assert found.place is not None
    assert found.place.span.start < (BASE + text).index("network n from")


def test_a_mistake_of_a_network_between_stands_in_its_part() -> None:
    text = "network c from b { use norm = identity }\nnetwork b from base { stage d { conv(0, 3) } }\n"
    (found,) = (one for one in load_text(BASE + text).check() if one.code != "E0237")
    assert found.place is not None
    assert found.place.span.text == "0"
