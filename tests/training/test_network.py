"""Networks that the compiler made, as training sees them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from rich.console import Console

from resnet_dsl import pipeline
from resnet_dsl.failure import Failure
from resnet_dsl.training.network import Compiled
from resnet_dsl.training.options import TrainOptions
from resnet_dsl.training.train import train

SPEC = """
network small(classes = 10) {
  input 8x8x1
  stem { conv(4, 3) -> norm -> act }
  stage one { 2 x basic(4) }
  stage two(stride = 2) { basic(8) }
  head { avgpool(global) -> dropout(0.2) -> dense(classes) -> softmax }
}
network small_plain from small { skips off }
network map from small { head {} }
"""


def compiled(name: str) -> Compiled:
    return Compiled(pipeline.load_text(SPEC).compile(name))


def test_what_is_known_of_a_network() -> None:
    small, plain = compiled("small"), compiled("small_plain")
    assert (small.name, small.input_shape, small.classes, small.depth) == ("small", (8, 8, 1), 10, 8)
    assert small.residual
    assert not plain.residual
    assert json.loads(small.ir_json)["name"] == "small"
    assert small.spec_text == SPEC


def test_logits_and_probabilities_are_one_network() -> None:
    network = compiled("small")
    keras.utils.set_random_seed(3)
    logits = network.build(3, logits=True)
    keras.utils.set_random_seed(3)
    whole = network.build(3, logits=False)
    for one, other in zip(logits.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    images = np.random.default_rng(0).normal(size=(5, 8, 8, 1)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits(images)))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(whole(images)), expected, rtol=1e-5, atol=1e-7)


def test_a_network_without_classes_is_refused() -> None:
    with pytest.raises(Failure, match="map does not tell classes apart: its output is 4x4x8"):
        compiled("map")


def test_a_compiled_network_trains_and_its_file_is_whole(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    options = TrainOptions(data="digits", epochs=4, batch_size=32, augment="none", schedule="constant", out=tmp_path)
    done = train(compiled("small"), options, Console(file=io.StringIO()))
    assert done.ending == "finished"
    assert done.rows[-1].train_error < 0.6
    assert (tmp_path / "network.resnet").read_text() == SPEC
    model = keras.saving.load_model(tmp_path / "model.keras")
    assert model.name == "small"
    assert model.output_shape == (None, 10)
