"""Files of keras.applications and keras-hub, in their own formats: our networks compute what theirs do."""

from __future__ import annotations

from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl import shipped
from tests.specs.transfer import images, randomise_keras, relative_difference
from tests.weights.layouts.running import run
from tests.weights.layouts.theirs_keras import PIXELS, PUBLISHED, Published

pytestmark = pytest.mark.backends
keras = pytest.importorskip("keras")
pytest.importorskip("keras_hub")
pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("network", PUBLISHED, ids=lambda one: one.title)
def test_the_same_weights_give_the_same_outputs(tmp_path: Path, network: Published) -> None:
    model = network.build()
    randomise_keras(model)
    model.save(tmp_path / "theirs.keras")
    model.save_weights(tmp_path / "theirs.weights.h5")
    batch = images(2, PIXELS)
    logits = keras.ops.convert_to_numpy(model(batch))
    text = f'import "{shipped.find(network.ours)}" network same from {network.ours} {{ }}'
    ours = resnet_dsl.load(text).network("same", input_size=(PIXELS, PIXELS, 3))
    for file, layout in (("theirs.keras", network.library), ("theirs.weights.h5", "auto")):
        ours.to_onnx(tmp_path / "ours.onnx", weights=tmp_path / file, layout=layout)
        difference = relative_difference(run(tmp_path / "ours.onnx", batch), logits)
        print(f"\n{network.title}, {file}: {difference:.1e}")
        assert difference < 1e-5
