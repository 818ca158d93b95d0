"""One step of training on a member of every family, on small images."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from tests.specs.family import MEMBERS, spec

pytestmark = pytest.mark.slow
keras = pytest.importorskip("keras")


@pytest.mark.parametrize(("file", "network", "pixels"), MEMBERS, ids=[member[1] for member in MEMBERS])
def test_a_step_of_fit_moves_the_weights(file: str, network: str, pixels: int) -> None:
    compiled = spec(file).compile(network, overrides={"classes": 10}, input_size=(pixels, pixels, 3))
    model = to_keras(compiled.graph, compiled.shapes, seed=1)
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy", run_eagerly=True)
    before = [variable.numpy().copy() for variable in model.trainable_variables]

    images = np.random.default_rng(0).normal(size=(4, pixels, pixels, 3)).astype("float32")
    history = model.fit(images, np.arange(4), batch_size=4, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    after = [variable.numpy() for variable in model.trainable_variables]
    assert all(np.isfinite(array).all() for array in after)
    # Zero-initialised ends keep the gradient from what lies before them in the first step; the last layer always moves.
    assert (after[-1] != before[-1]).any()
    assert [array.shape for array in after] == [array.shape for array in before]
