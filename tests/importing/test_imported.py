"""Every shipped network, taken apart to its graph alone, comes back as a text whose graph is equal, and as short."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.importing import known
from resnet_dsl.importing.flat import Assembler, FlatNetwork, NotImportedError
from resnet_dsl.importing.imported import Imported, imported
from resnet_dsl.importing.proof import Matched, compare
from resnet_dsl.ir.nodes import Output
from resnet_dsl.pipeline import load_text
from resnet_dsl.shipped import names
from tests.importing.as_written import as_written, length
from tests.importing.taken_apart import flat, shipped

A_DOZEN = (
    "resnet18", "resnet50d", "resnetv2_50", "seresnet18", "densenet121", "convnext_tiny", "resnest50d", "unet_resnet34",
    "resnet50_fpn", "siamese_omniglot", "tcn_music", "dm_nfnet_f0", "cifar_plain20", "resnet50_stochastic_depth",
)  # fmt: skip

LONGER = {"hrnet_w18"}
"""Its authors wrote loops that are not found again."""


def _mined(name: str) -> Imported:
    return imported(flat(shipped(name)), name, shipped=False)


@pytest.mark.parametrize("name", A_DOZEN)
def test_a_network_comes_back_as_short_as_it_was_written(name: str) -> None:
    found = _mined(name)
    assert isinstance(compare(flat(shipped(name)), found.compiled), Matched)
    assert length(found.text) <= 1.3 * length(as_written(name))


@pytest.mark.slow
def test_every_network_comes_back_and_most_are_as_short_as_they_were_written() -> None:
    longer = {name: length(_mined(name).text) / length(as_written(name)) for name in names()}
    assert {name for name, times in longer.items() if times > 1.3} <= LONGER
    assert statistics.median(longer.values()) <= 1.0


def test_the_text_of_a_residual_network() -> None:
    assert _mined("seresnet18").text == (
        """network seresnet18(width = 64, classes = 1000) {
  input 224x224x3
  use attn = se(16, divisor = 8)
  stem {
    conv(width, 7, stride = 2) -> norm -> act
    maxpool(3, stride = 2)
  }
  stage conv2 { 2 x basic(width) }
  stage conv3(stride = 2) { 2 x basic(2 * width) }
  stage conv4(stride = 2) { 2 x basic(4 * width) }
  stage conv5(stride = 2) { 2 x basic(8 * width) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""
    )


def test_a_block_of_its_own_is_found_with_its_parameters() -> None:
    text = _mined("densenet121").text
    assert text.startswith("block dense_layer(growth) {\n  concat(in, in -> norm -> act -> conv(4 * growth, 1)")
    assert "block transition {\n  norm -> act\n  conv(in.channels // 2, 1) -> avgpool(2)\n}" in text
    assert "stage dense2 { transition -> 12 x dense_layer(growth) }" in text


def _compiles_back(text: str) -> str:
    return imported(flat(load_text(text).compile()), "mine", shipped=False).text


def test_branches_side_by_side_are_a_block() -> None:
    text = _compiles_back(
        """
block inception(a, b, c) {
  concat(in -> conv(a, 1) -> norm -> act, in -> conv(b, 3) -> norm, in -> maxpool(3, 1) -> conv(c, 1))
}
network net { input 32x32x3 stage one { inception(8, 16, 4) -> inception(16, 24, 4) -> inception(24, 8, 12) } }
"""
    )
    assert text.startswith("block branches(width")
    assert "conv(width, " in text
    assert text.count("branches(") == 4


def test_several_resolutions_are_fused_by_a_block_that_takes_them() -> None:
    text = _compiles_back(
        """
block down(other) { add(in -> conv(16, 3, stride = 2) -> norm -> act, other) -> act }
network net {
  input 32x32x3
  stage one {
    a = conv(8, 3)
    b = conv(16, 3, stride = 2)
    c = a -> conv(8, 3)
    d = c -> down(b)
    e = c -> conv(8, 3)
    f = e -> down(d)
    concat(e -> conv(8, 1, stride = 2), b, f)
  }
}
"""
    )
    assert text.startswith(
        "block fusion(beside) { add(in -> conv(16, 3, stride = 2) -> norm -> act, beside) -> act }\n"
    )


def test_a_projection_where_shapes_agree_says_so() -> None:
    text = _compiles_back("network net { input 32x32x16 skips always via project stage one { 3 x basic(16) } }")
    assert "skips always via project" in text
    assert "3 x basic(16)" in text


def test_same_padding_is_a_default() -> None:
    text = _compiles_back(
        """
network net {
  input 32x32x3
  default conv(pad = same)
  stage one { conv(8, 3) }
  stage two(stride = 2) { 2 x basic(8) }
  stage three(stride = 2) { 2 x basic(16) }
}
"""
    )
    assert "default conv(pad = same)" in text
    assert "(stride = 2) { 2 x basic(2 * width) }" in text


@pytest.mark.parametrize("name", ["resnet50", "resnetv2_50x1_bit", "densenet169", "hrnet_w18"])
def test_a_network_that_ships_is_recognised(name: str) -> None:
    assert imported(flat(shipped(name)), "mine").text == f"network mine from {name} {{}}\n"


def test_what_differs_from_a_network_that_ships_is_said() -> None:
    text = """network mine from resnet50(classes = 3) {
  input 160x160x3
  use norm = batchnorm(1.001e-5)
  head { avgpool(global) -> dense(classes) }
}
"""
    assert imported(flat(load_text(text).compile()), "mine").text == text


def test_the_table_of_fingerprints_is_that_of_the_networks_that_ship() -> None:
    path = Path(known.__file__).with_name("known.json")
    assert path.read_text(encoding="utf-8") == known.table(), "run `python -m resnet_dsl.importing.known`"


def test_long_chains_take_time_by_their_length() -> None:
    assembler = Assembler("long")
    value = assembler.input("image", (8, 8, 4))
    for _ in range(400):
        path = assembler.node("relu", [assembler.node("conv", [value], "c", channels=4, kernel=3)], "r")
        path = assembler.node("conv", [path], "d", channels=4, kernel=3)
        value = assembler.node("relu", [assembler.node("add", [value, path], "a")], "s")
    started = time.process_time()
    found = imported(assembler.finish("long", {"out": value}), "long", shipped=False)
    assert time.process_time() - started < 10
    assert "400 x basic(4)" in found.text


def _with_weights(kernel: float, run_kernel: float) -> FlatNetwork:
    assembler = Assembler("tiny")
    image = assembler.input("image", (4, 4, 2))
    arrays = {"kernel": np.full((1, 1, 2, 3), kernel, "float32")}
    conv = assembler.node("conv", [image], "Conv_0", arrays, channels=3, kernel=1)
    return assembler.finish(
        "tiny", {"out": conv}, run=lambda values: [values[0] @ np.full((2, 3), run_kernel, "float32")]
    )


def test_weights_go_by_our_names_and_outputs_are_compared() -> None:
    found = imported(_with_weights(0.5, 0.5), "tiny")
    assert found.weights is not None
    [(name, arrays)] = found.weights.items()
    assert found.labels[name] == "Conv_0"
    assert arrays["kernel"].shape == (1, 1, 2, 3)
    assert found.difference is not None
    assert found.difference < 1e-6
    assert found.weighted is not None
    assert found.said[-1].startswith("outputs on random inputs agree to ")


def test_other_outputs_are_refused() -> None:
    with pytest.raises(NotImportedError, match=r"the text computes something else: outputs differ by 5\.0e-01"):
        imported(_with_weights(0.25, 0.5), "tiny")


def test_a_runtime_that_refuses_its_own_model_is_told() -> None:
    def run(values: object) -> list[object]:
        raise ValueError("dilation is not supported")

    found = imported(_with_weights(0.5, 0.5)._replace(run=run), "tiny")
    assert found.difference is None
    assert found.said[-1].endswith("the source's own runtime does not run it: dilation is not supported")


def test_one_output_of_several_that_is_no_number_is_refused() -> None:
    flat = _with_weights(float("nan"), 0.5)
    graph = replace(flat.graph, outputs=(Output(name="first", node=0), *flat.graph.outputs))
    both = flat._replace(
        network=flat.network._replace(graph=graph),
        run=lambda values: [values[0], values[0] @ np.ones((2, 3), "float32")],
    )
    with pytest.raises(NotImportedError, match=r"the text computes something else"):
        imported(both, "tiny")


@pytest.mark.parametrize("name", ["conv", "stem", "3 nets", "naïve-net", "skip", "x", "", "basic"])
def test_any_name_becomes_one_of_the_language(name: str) -> None:
    found = imported(flat(shipped("first_network")), name)
    assert load_text(found.text).networks


@pytest.mark.parametrize("channels", [1, 7])
def test_one_vector_comes_in_under_a_name(channels: int) -> None:
    assembler = Assembler("model.onnx")
    vector = assembler.input("features", (channels,))
    found = imported(assembler.finish("net", {"y": assembler.node("dense", [vector], "a", units=3)}), "net")
    assert f"  input features {channels}\n" in found.text


def test_what_the_language_has_no_network_for_is_refused() -> None:
    assembler = Assembler("nothing")
    images = [assembler.input(name, (4, 4, 2)) for name in ("a", "b")]
    with pytest.raises(NotImportedError, match="`nothing` cannot be imported"):
        imported(assembler.finish("nothing", {"a": images[0]}), "nothing")


def test_a_block_that_lacks_a_step_is_the_others_with_one_that_does_nothing() -> None:
    text = _compiles_back(
        """
block own(width, factor) { scale(factor) -> conv(width, 3) -> relu -> conv(width, 3)
  skip }
network net { input 32x32x16 stage one { own(16, 1) -> own(16, 0.5) -> own(16, 0.25) } }
"""
    )
    assert text.startswith("block preact_block(factor = 1) {\n  scale(factor) -> conv(16, 3)")
    assert "{ preact_block -> preact_block(factor = 0.5) -> preact_block(factor = 0.25) }" in text


def test_an_activation_with_a_gain_is_one_setting() -> None:
    text = _compiles_back(
        """
network net {
  input 32x32x16
  use act = gelu -> scale(1.7)
  stem { conv(16, 3) -> act -> conv(24, 3, stride = 2) -> act -> maxpool(2) }
  stage one { conv(16, 3) -> act }
}
"""
    )
    assert "  use act = gelu -> scale(1.7)\n" in text
    assert "conv(24, 3, stride = 2) -> act" in text
    assert text.count("scale") == 1


def test_an_activation_that_has_another_gain_stays_as_it_is() -> None:
    text = _compiles_back(
        """
network net {
  input 32x32x16
  stem { conv(16, 3) -> gelu -> scale(1.7) -> conv(24, 3, stride = 2) -> gelu -> scale(1.7) -> maxpool(2) }
  stage one { conv(16, 3) -> gelu -> scale(1.5) }
}
"""
    )
    assert "use act = gelu\n" in text
    assert text.count("scale(1.7)") == 2
