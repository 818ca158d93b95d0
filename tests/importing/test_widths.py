"""A number that the network scales by is its parameter: the network of another width is one, too."""

from __future__ import annotations

import pytest

from resnet_dsl.importing.imported import imported
from resnet_dsl.ir.lengths import channels
from resnet_dsl.pipeline import load_text
from tests.importing.taken_apart import flat, shipped


def _back(text: str) -> str:
    return imported(flat(load_text(text).compile()), "mine", shipped=False).text


def _of_stages(*calls: str, more: str = "", head: str = "avgpool(global) -> dense(7)") -> str:
    stages = "\n".join(f"stage s{number}(stride = 2) {{ {one} }}" for number, one in enumerate(calls))
    stem = "stem { conv(24, 3) -> norm -> act }"
    return f"{more}\nnetwork net {{\ninput 64x64x3\n{stem}\n{stages}\nhead {{ {head} }}\n}}"


@pytest.mark.parametrize("block", ["basic", "preact_basic", "bottleneck", "preact_bottleneck"])
def test_stages_that_double_are_multiples_of_one_width(block: str) -> None:
    text = _back(_of_stages(f"2 x {block}(24)", f"3 x {block}(48)", f"{block}(96)"))
    assert text.startswith("network mine(width = 24, classes = 7) {")
    assert f"3 x {block}(2 * width)" in text
    assert f" {block}(4 * width)" in text


def test_another_width_scales_the_whole_network() -> None:
    text = _back(_of_stages("2 x basic(24)", "2 x basic(48)", "2 x basic(96)"))
    ends = [load_text(text).compile(overrides=one) for one in ({}, {"width": 10})]
    assert [max(map(channels, one.shapes)) for one in ends] == [96, 40]


_OWN = "block own(width, stride = 1) { conv(width, 1, stride = stride) -> norm -> conv(width, 7) -> act\nskip }"


def test_blocks_of_its_own_take_the_width() -> None:
    text = _back(_of_stages("2 x own(24)", "2 x own(48)", "2 x own(96)", more=_OWN))
    assert "network mine(width = 24" in text
    assert "2 x residual_block(4 * width)" in text


_SAME = "block own { conv(24, 3) -> act\nconv(48, 3) -> act\nconv(24, 3)\nskip }"


def test_a_number_that_stands_in_a_block_is_given_to_it() -> None:
    text = _back(_SAME + "network net { input 32x32x3 stem { conv(24, 3) } stage s { 6 x own } head { conv(48, 3) } }")
    assert "(width) {" in text
    assert "conv(2 * width, 3) -> act" in text
    assert "network mine(width = 24) {" in text


@pytest.mark.parametrize(
    "widths", [(24, 40, 96), (24, 72, 168), (20, 24, 28)], ids=["pruned", "odd multiples", "by a rule of its own"]
)
def test_widths_that_follow_no_one_width_stay_numbers(widths: tuple[int, ...]) -> None:
    assert "width" not in _back(_of_stages(*(f"2 x basic({one})" for one in widths)))


def test_one_number_is_no_parameter() -> None:
    text = _back("network net { input 32x32x16 stage one { 9 x basic(16) } }")
    assert "9 x basic(16)" in text


def test_what_would_not_compile_with_another_width_is_none() -> None:
    text = _back(_of_stages("2 x basic(24)", "2 x basic(48)", "basic(96) -> reshape(64x96)"))
    assert "2 x basic(48)" in text


@pytest.mark.parametrize("name", ["cifar_wrn28_10", "residual_unet", "edsr_baseline_x2", "resnext50_32x4d"])
def test_shipped_networks_have_it(name: str) -> None:
    text = imported(flat(shipped(name)), name, shipped=False).text
    assert "(width = " in text


def test_what_all_calls_of_a_block_say_is_said_once() -> None:
    text = imported(flat(shipped("resnext50_32x4d")), "resnext", shipped=False).text
    assert "  default bottleneck(groups = 32, base_width = 4)\n" in text
    assert "{ 6 x bottleneck(4 * width) }" in text


def test_groups_that_differ_are_a_block_by_its_width() -> None:
    text = imported(flat(shipped("regnetx_032")), "regnet", shipped=False).text
    assert "base_width" not in text
    assert "groups = width // 48" in text


@pytest.mark.parametrize(("end", "known"), [
    ("conv(5, 1) -> softmax", True), ("conv(5, 1) -> upsample(2) -> softmax", True),
    ("conv(5, 1) -> relu -> avgpool(global) -> softmax", True), ("conv(5, 3)", False), ("conv(5, 1) -> norm", False),
])  # fmt: skip
def test_a_convolution_that_tells_classes_has_the_parameter(end: str, known: bool) -> None:
    text = _back(_of_stages("2 x basic(24)", "2 x basic(40)", head=end))
    assert ("(classes = 5)" in text) is known
