"""Random weights through each layout, there and back: our networks compute what theirs do, and theirs load ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl import shipped
from tests.specs import torch_models
from tests.specs.transfer import images, relative_difference
from tests.weights.layouts.running import run
from tests.weights.layouts.theirs import PUBLISHED, Published, build

pytestmark = pytest.mark.backends
torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")
pytest.importorskip("onnxruntime")

PIXELS = {"botnet26t_256": 256, "resnetv2_50x1_bit": 128, "resnetv2_50d_frn": 128}
"""Of networks that need more than 64."""


@pytest.mark.parametrize("network", PUBLISHED, ids=lambda one: one.title)
def test_the_same_weights_give_the_same_outputs(tmp_path: Path, network: Published) -> None:
    pytest.importorskip({"huggingface": "transformers"}.get(network.library, network.library))
    model, pixels = build(network), PIXELS.get(network.ours, 64)
    torch_models.randomise(model)
    batch = images(2, pixels)
    safetensors.save_file({name: one.contiguous() for name, one in model.state_dict().items()}, tmp_path / "theirs")
    text = f"network same from {network.ours} {{ }}"
    ours = resnet_dsl.load(f'import "{shipped.find(network.ours)}" {text}').network(
        "same", input_size=(pixels, pixels, 3)
    )
    ours.to_onnx(tmp_path / "ours.onnx", weights=tmp_path / "theirs")
    ours.to_safetensors(tmp_path / "ours", weights=tmp_path / "theirs", layout=network.library)

    logits = _logits(model, batch)
    difference = relative_difference(run(tmp_path / "ours.onnx", batch), logits)
    print(f"\n{network.title}: {difference:.1e}")
    assert difference < 1e-5
    fresh = build(network)
    fresh.load_state_dict(safetensors.load_file(tmp_path / "ours"), strict=True)
    assert (_logits(fresh, batch) == logits).all()


def _logits(model, batch: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        found = model(torch.from_numpy(np.moveaxis(batch, -1, 1).copy()))
    if isinstance(found, dict) and "out" in found:
        return np.moveaxis(found["out"].numpy(), 1, -1)
    return np.asarray(getattr(found, "logits", found).numpy())
