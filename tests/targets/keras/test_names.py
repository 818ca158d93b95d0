"""Names that people write in their own language: the model trains, predicts, and comes back from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from tests.elaborate.compiling import compiled

TEXT = """
block 块(width) { conv(width, 3) -> norm -> drop_path(0.1) skip }
network _网络 {
  input 8x8x3
  stem { conv(4, 3) as "卷积" -> relu as "." -> relu as "-x" -> relu as "_y" }
  stage été { 2 x 块(4) }
  stage _u { conv(4, 1) -> norm }
  head { avgpool(global) -> dense(2) as "ответ" -> softmax }
}
"""


@pytest.fixture(scope="module", params=[True, False], ids=["fast", "plain"])
def model(request: pytest.FixtureRequest) -> Any:
    network = compiled(TEXT)
    return to_keras(network.graph, network.shapes, seed=1, fast=request.param)


@pytest.mark.keras
def test_it_trains_and_comes_back(model: Any, tmp_path: Path) -> None:
    import keras

    images = np.random.default_rng(0).random((4, 8, 8, 3), "float32")
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(images, np.array([0, 1, 0, 1]), verbose=0)
    answers = model.predict(images, verbose=0)
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        loaded = keras.models.load_model(tmp_path / name)
        assert np.array_equal(loaded.predict(images, verbose=0), answers)
    model.save_weights(tmp_path / "model.weights.h5")
    model.load_weights(tmp_path / "model.weights.h5")


@pytest.mark.slow
def test_it_is_exported(model: Any, tmp_path: Path) -> None:
    model.export(tmp_path / "exported", verbose=False)
    assert (tmp_path / "exported" / "saved_model.pb").exists()
