"""Texts of networks that nobody wrote in the language: names, outputs and blocks that one is not ashamed of."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from resnet_dsl.importing.flat import Assembler
from resnet_dsl.importing.imported import imported
from resnet_dsl.pipeline import load_text
from tests.importing.taken_apart import flat


def _back(text: str) -> str:
    return imported(flat(load_text(text).compile()), "mine", shipped=False).text


def _chain(labels: Sequence[str]) -> str:
    """Of strided convolutions with their normalisation, labelled so."""
    assembler = Assembler("model")
    value = assembler.input("image", (64, 64, 3))
    for number, label in enumerate(labels):
        value = assembler.node("conv", [value], label, channels=16 << number, kernel=3, stride=2)
        value = assembler.node("relu", [assembler.node("batchnorm", [value], f"bn_{number}")], f"relu_{number}")
    return imported(assembler.finish("net", {"y": value}), "net", shipped=False).text


def test_names_that_keras_gives_by_itself_name_no_stage() -> None:
    text = _chain(["conv2d", "conv2d_1", "conv2d_2"])
    assert "stage stage1" in text
    assert "stage stage3" in text


def test_a_name_that_several_stages_have_is_none() -> None:
    text = _chain(["encoder1/conv_a", "encoder1/conv_b", "encoder2/conv_a"])
    assert "stage encoder1(stride = 2) " in text or "stage encoder1 " in text
    assert "stage encoder2" in text
    assert "encoder12" not in text


@pytest.mark.parametrize("names", [("age", "mask"), ("boxes", "classes_of"), ("left", "right")])
def test_all_of_several_outputs_keep_their_names(names: tuple[str, str]) -> None:
    text = _back(
        f"network net {{ input 32x32x3 head {{ {names[0]} = conv(4, 3)\n{names[1]} = {names[0]} -> conv(2, 1) }}\n"
        f"output {names[0]}, {names[1]} }}"
    )
    assert text.endswith(f"  output {', '.join(names)}\n}}\n")


def test_depthwise_and_pointwise_convolutions_are_one_block() -> None:
    text = _back(
        """
block mobile(width, stride = 1) {
  conv(in.channels, 3, stride = stride, groups = in.channels) -> norm -> act
  conv(width, 1) -> norm -> act
}
network net {
  input 64x64x3
  stem { conv(16, 3, stride = 2) -> norm -> act }
  stage a { mobile(32) }
  stage b(stride = 2) { 2 x mobile(64) }
  stage c(stride = 2) { 2 x mobile(128) }
  head { avgpool(global) -> dense(5) }
}
"""
    )
    assert text.startswith(
        "block separable(width, stride = 1) {\n  conv(in.channels, 3, stride = stride, groups = in.ch"
    )
    assert "(stride = 2) { 2 x separable(4 * width) }" in text


def test_a_few_convolutions_in_a_row_are_written_out() -> None:
    text = _back(
        "network net { input 32x32x3 stage a { conv(8, 3) -> relu -> conv(8, 3) -> relu -> conv(8, 3) -> relu } }"
    )
    assert "block" not in text


def test_what_flows_into_a_fusion_is_the_deeper_branch() -> None:
    text = _back(
        """
block up(beside) { concat(beside, in -> conv(in.channels // 2, 3) -> norm -> act -> upsample) }
network net {
  input 64x64x3
  stage a {
    one = conv(16, 3) -> norm -> act
    two = maxpool(2) -> conv(32, 3) -> norm -> act
    three = maxpool(2) -> conv(64, 3) -> norm -> act
    maxpool(2) -> conv(128, 3) -> norm -> act
    up(three) -> up(two) -> up(one)
  }
}
"""
    )
    assert " -> fusion(" in text
    assert "beside,\n" in text or "concat(beside, in" in text


def test_a_vector_is_called_by_what_it_is() -> None:
    assembler = Assembler("model")
    vector = assembler.input("input", (20,))
    text = imported(assembler.finish("net", {"y": assembler.node("dense", [vector], "d", units=3)}), "net").text
    assert "  input features 20\n" in text
