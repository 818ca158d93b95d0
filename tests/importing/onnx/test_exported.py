"""What PyTorch's exporters write of timm's networks, small ones, beside what ONNX Runtime computes of the files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.importing.onnx import read_onnx
from tests.importing.onnx.written import difference

FOLDER = Path(__file__).parents[2] / "fixtures" / "onnx"
EXPECTED = {  # convolutions: of the stem, of four blocks, of their shortcuts
    "ecaresnet_script17": {"conv": 3 + 4 * 3 + 3, "sigmoid": 4, "mul": 4, "add": 4, "dense": 1},
    "skresnet_dynamo": {"conv": 3 + 4 * 5 + 3, "softmax": 4, "mul": 4},
    "resnest_script9": {"conv": 3 + 4 * 5 + 4, "softmax": 4, "mul": 4},
    "antialiased_dynamo": {"blurpool": 4},
    "bit_dynamo": {"groupnorm": 13},
    "convnext_script9": {"layernorm": 9, "gelu": 4, "channel_scale": 4},
    "botnet_script9": {"attention": 2, "conv": 3},
    "botnet_dynamo": {"attention": 2, "conv": 3},
    "convnext_dynamo": {"layernorm": 9, "gelu": 4, "channel_scale": 4},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_computes_what_the_file_computes(name: str) -> None:
    path = FOLDER / f"{name}.onnx"
    flat = read_onnx(path)
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5
    found = Counter(node.op for node in flat.graph.nodes)
    assert {op: found[op] for op in EXPECTED[name]} == EXPECTED[name]
    assert not {"shift", "scale", "tanh", "zero_pad"} & {*found}
