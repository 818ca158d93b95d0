"""What ships, through ONNX and back: the graph is the one that was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.importing.onnx import read_onnx
from tests.importing.onnx.written import compiled, computed, difference, written
from tests.specs.family import TOO_LARGE

QUICK = ("small_resnet20", "resnet10t", "tcn_music", "edsr_baseline_x2", "cifar_resnet20")


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in shipped.names() if one != TOO_LARGE],
)
def test_the_graph_is_the_one_that_was_written(name: str, tmp_path: Path) -> None:
    network = compiled(name)
    flat = read_onnx(written(network, tmp_path / "net.onnx"))
    assert flat.graph.name == name
    assert computed(flat.graph, flat.network.shapes) == computed(network.graph, network.shapes)


@pytest.mark.parametrize("name", ["small_resnet8", "edsr_baseline_x2"])
def test_it_computes_what_the_file_computes(name: str, tmp_path: Path) -> None:
    path = written(compiled(name), tmp_path / "net.onnx")
    flat = read_onnx(path)
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5
    assert {*flat.labels.values()} >= {node.name for node in compiled(name).graph.nodes if node.op == "conv"}


PARTS = {
    "attention": "conv(24, 1) -> attention(2, 4)",
    "attention with places": "conv(24, 1) -> attention(2, 4, position = relative)",
    "evonorm": "conv(8, 3) -> evonorm(4, epsilon = 1e-4)",
    "frn": "conv(8, 3) -> frn(epsilon = 1e-4) -> tlu",
    "softmax over parts": "conv(8, 3) -> softmax(2) -> spatial_softmax",
    "learned numbers": "conv(8, 3) -> scale(learned = true) -> shift(learned = true) -> channel_scale -> scale(0.2)",
    "norms": "conv(8, 3) -> groupnorm(2) -> instancenorm -> layernorm",
    "borders": "conv(8, 3, fill = reflect) -> maxpool(3, 2, fill = zeros) -> avgpool(3, 1, count_border = false)",
    "blur": "blurpool(3) -> blurpool(5, 1)",
    "blocks": "conv(16, 1) -> depth_to_space(2) -> space_to_depth(4, order = pytorch) -> depth_to_space(2x1)",
    "sizes": "zero_pad([1, 2]) -> crop(1) -> upsample(2x3) -> resize(5x7) -> subsample(2)",
    "turned": "conv_transpose(6, 3, 2, bias = true) -> upsample(2, method = bilinear)",
    "channels": "pad_channels(8) -> channels(2, 4) -> channel_pool(max)",
    "vectors": "flatten -> dense(12) -> reshape(2x6) -> conv(4, 3) -> flatten",
    "activations": "gelu -> gelu(approximate = true) -> silu -> mish -> hard_swish -> prelu -> abs -> selu -> relu6",
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_come_back_as_they_were_written(name: str, tmp_path: Path) -> None:
    network = pipeline.load_text(f"network n {{ input 8x8x4 stage s {{ {PARTS[name]} }} }}").compile("n")
    path = written(network, tmp_path / "net.onnx")
    flat = read_onnx(path)
    assert computed(flat.graph, flat.network.shapes) == computed(network.graph, network.shapes)
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5


OPEN = {
    "a size of another": "conv(4, 3, 2) -> resize(like = in) -> conv(4, 1)",
    "borders that follow": "conv(4, 3, 2, pad = same) -> maxpool(3, 2, pad = same) -> avgpool(2, 2, pad = same)",
    "places as channels": "depth_to_space(2, order = pytorch) -> space_to_depth(2) -> conv(4, 1)",
    "norms": "conv(8, 3) -> groupnorm(2) -> softmax(2) -> spatial_softmax",
}


@pytest.mark.parametrize("size", ["16?x16?", "?x8?"])
@pytest.mark.parametrize("name", OPEN)
def test_lengths_that_are_open_come_back(name: str, size: str, tmp_path: Path) -> None:
    network = pipeline.load_text(f"network n {{ input {size}x4 stage s {{ {OPEN[name]} }} }}").compile("n")
    path = written(network, tmp_path / "net.onnx")
    flat = read_onnx(path)
    assert flat.network.shapes[0] == network.shapes[0]
    assert computed(flat.graph, flat.network.shapes) == computed(network.graph, network.shapes)
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5
