"""Files of keras.applications' models, in every format, go by name into the networks that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

import resnet_dsl
from tests.weights.networks import FORMATS, randomise, write

keras = pytest.importorskip("keras")


@pytest.mark.slow
@pytest.mark.parametrize("file", FORMATS)
def test_resnet50_in_the_format_that_is_published(tmp_path: Path, file: str) -> None:
    theirs = randomise(keras.applications.ResNet50(weights=None))
    ours = resnet_dsl.load("keras_resnet50").networks["keras_resnet50"]
    model = ours.to_keras()
    assert ours.load_weights(model, write(theirs, tmp_path / file)) == ()
    for layer in theirs.layers:
        if layer.weights:
            mine = model.get_layer(layer.name).get_weights()
            assert all((one == other).all() for one, other in zip(mine, layer.get_weights(), strict=True))
