"""What ships, through ONNX and back: the graph is the one that was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl import shipped
from resnet_dsl.importing.onnx import read_onnx
from tests.importing.onnx.written import compiled, computed, difference, written

QUICK = ("small_resnet20", "resnet10t", "tcn_music", "edsr_baseline_x2", "cifar_resnet20", "skresnet18")
TOO_LARGE = "resnetv2_152x4_bit"


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in shipped.names() if one != TOO_LARGE],
)
def test_the_graph_is_the_one_that_was_written(name: str, tmp_path: Path) -> None:
    network = compiled(name)
    flat = read_onnx(written(network, tmp_path / "net.onnx"))
    assert flat.graph.name == name
    assert computed(flat.graph, flat.network.shapes) == computed(network.graph, network.shapes)


@pytest.mark.parametrize("name", ["small_resnet8", "skresnet18"])
def test_it_computes_what_the_file_computes(name: str, tmp_path: Path) -> None:
    path = written(compiled(name), tmp_path / "net.onnx")
    flat = read_onnx(path)
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5
    assert {*flat.labels.values()} >= {node.name for node in compiled(name).graph.nodes if node.op == "conv"}
