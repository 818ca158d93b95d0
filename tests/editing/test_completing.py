"""What is offered where somebody writes."""

from __future__ import annotations

import pytest

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.editing.completing import complete
from tests.editing.texts import MARK, marked

HEAD = """import "resnet/imagenet"
let depth = 3
block mine(width, kernel = 3) {
  first = conv(width, kernel) -> norm
  """
NET = HEAD + "}\nnetwork net from resnet50 {\n  "


def offered(text: str) -> list[str]:
    return [one.label for one in complete(*marked(text))]


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        (MARK, "network block import let slot shared", "stage conv"),
        (f"network net {{\n  {MARK}\n}}\n", "input stem stage head output expect use default skips let", "conv block"),
        (f"{HEAD}{MARK}\n}}\n", "conv basic norm first skip repeat if let use in", "stage depth width true"),
        (f"{HEAD}relu -> {MARK}\n}}\n", "conv basic norm", "first skip let width"),
        (f"{HEAD}3 x {MARK}\n}}\n", "conv mine", "first skip"),
        (f"{HEAD}conv({MARK}", "channels kernel stride width kernel depth progress floor", "norm skip basic"),
        (f"{HEAD}conv(8, 3, {MARK}\n}}", "stride pad bias", "norm skip"),
        (f"{HEAD}conv(8, stride = 2, {MARK})\n}}", "kernel pad", "norm skip"),
        (f"{HEAD}conv(8, 3, pad = {MARK})\n}}", "half same valid causal width", "stride kernel_ norm"),
        (f"{HEAD}conv(8, 3, bias = {MARK})\n}}", "true false", "norm stride"),
        (f"{HEAD}mine({MARK})\n}}", "width kernel depth", "channels norm"),
        (f"{HEAD}add({MARK})\n}}", "first conv in", "skip"),
        (f"{HEAD}skip from {MARK}\n}}", "first in", "conv norm width"),
        (f"{HEAD}skip {MARK}\n}}", "from via by always", ""),
        (f"{HEAD}skip via {MARK}\n}}", "project conv", "true"),
        (f"{HEAD}skip by {MARK}\n}}", "add mul concat", "conv"),
        (f"{HEAD}let n = {MARK}\n}}", "width depth min in not true", "conv norm skip"),
        (f"{HEAD}let n = in.{MARK}\n}}", "channels shape rank", "params conv"),
        (f"{HEAD}use {MARK}\n}}", "norm act drop", "conv mine"),
        (f"{HEAD}default {MARK}\n}}", "conv mine basic", "norm first"),
        (f"{HEAD}}}\nnetwork net from {MARK}", "resnet50 unet keras_resnet50".replace("unet ", ""), "conv basic mine"),
        (f"{NET}stage new {MARK}\n}}\n", "after", "conv"),
        (f"{NET}stage new after {MARK}\n}}\n", "conv2 conv5 stem", "norm basic"),
        (f"{NET}expect {MARK}\n}}\n", "params macs depth conv2 head", "norm true"),
        (f"{NET}expect conv2.{MARK}\n}}\n", "params macs output", "channels norm"),
        (f"{NET}output conv2, {MARK}\n}}\n", "conv3 conv4 head", "norm basic"),
        (f'import "{MARK}"\n', "resnet/imagenet", "network conv"),
        (f'import "{MARK}\nnetwork net {{}}\n', "resnet/imagenet", "network conv"),
    ],
)
def test_what_is_offered(text: str, some: str, none: str) -> None:
    found = offered(text)
    assert {*some.split()} <= {*found}
    assert not {*none.split()} & {*found}


@pytest.mark.parametrize(
    "text",
    [
        f"network {MARK}",
        f"let {MARK}",
        f"# a word {MARK}",
        f"{HEAD}conv(3{MARK}",
        f"{HEAD}relu as {MARK}",
        f'{HEAD}relu as "a{MARK}"',
    ],
)
def test_nothing_is_offered_for_new_names_comments_and_numbers(text: str) -> None:
    assert offered(text) == []


def test_what_is_given_by_name_is_not_offered_again() -> None:
    assert "stride" not in offered(f"{HEAD}conv(8, 3, stride = 2, {MARK})\n}}")


def test_mistakes_in_front_hide_nothing() -> None:
    text = f"network net {{\n  input 8x8x3\n  stage a {{ conv(@@, }}\n  stage b {{ {MARK} }}\n}}\n"
    assert {"conv", "basic", "a"} <= {*offered(text)}


def test_what_is_offered_takes_the_place_of_the_word_that_is_there() -> None:
    document, offset = marked(f"{HEAD}co{MARK}nv(8, 3)\n}}\n")
    chosen = next(one for one in complete(document, offset) if one.label == "basic")
    text = edited(document.source.text, [Edit(chosen.span, chosen.snippet)])
    assert "\n  basic(8, 3)\n" in text


def test_a_call_brings_what_it_needs() -> None:
    found = {one.label: one.snippet for one in complete(*marked(f"{HEAD}{MARK}\n}}\n"))}
    assert found["conv"] == "conv(${1:channels}, ${2:kernel})"
    assert found["mine"] == "mine(${1:width})"
    assert found["relu"] == "relu"


def test_words_that_go_on_come_before_what_begins_anew() -> None:
    ordered = sorted(complete(*marked(f"{HEAD}skip {MARK}\n}}")), key=lambda one: (one.order, one.label))
    assert {one.label for one in ordered if one.order == 0} >= {"always", "by", "from", "via"}
    assert [one.label for one in ordered].index("via") < [one.label for one in ordered].index("conv")
