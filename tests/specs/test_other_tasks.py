"""What networks for other tasks promise beside their numbers: sizes that fit, weights that are shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from tests.cli.calling import call

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def unet() -> Any:
    return resnet_dsl.load("unet_resnet34").network("unet_resnet34").to_keras(seed=1)


@pytest.mark.parametrize("size", [(256, 256), (320, 320), (96, 160)])
def test_one_unet_takes_every_size_that_fits(unet: Any, size: tuple[int, int]) -> None:
    assert unet(np.zeros((1, *size, 3), "float32"), training=False).shape == (1, *size, 1)


@pytest.mark.parametrize(
    ("size", "fitting"),
    [((300, 300, 3), "288x288x3 or 320x320x3"), ((256, 300, 3), "256x288x3 or 256x320x3")],
)
def test_a_unet_refuses_other_sizes_and_says_which_fit(unet: Any, size: tuple[int, ...], fitting: str) -> None:
    ended = call("summary", "unet_resnet34", "--input", "x".join(map(str, size)))
    assert (ended.code, fitting in ended.err) == (1, True)
    with pytest.raises(Refusal, match=fitting):
        resnet_dsl.load("unet_resnet34").network("unet_resnet34").to_keras(input_size=size)
    with pytest.raises(Failure) as caught:
        resnet_dsl.runner(unet)(np.zeros((1, *size), "float32"))
    assert caught.value.remedy == f"give it {fitting}"


SMALL = """import "siamese/omniglot"
network small from siamese_omniglot {
  input left 89x89x1
  input right 89x89x1
}
"""


@pytest.fixture(scope="module")
def twins() -> tuple[Any, list[Any]]:
    """The Siamese network of smaller images, and a pair of them."""
    model = resnet_dsl.load(SMALL).network("small").to_keras(seed=1)
    return model, [np.random.default_rng(seed).normal(size=(1, 89, 89, 1)).astype("float32") for seed in range(2)]


def test_both_images_go_through_one_set_of_weights(twins: tuple[Any, list[Any]]) -> None:
    model, (left, right) = twins
    assert model.count_params() == resnet_dsl.load(SMALL).network("small").total_params
    np.testing.assert_array_equal(model([left, right]), model([right, left]))
    np.testing.assert_array_equal(model([left, left]), np.full((1, 1), 0.5, "float32"))


def test_the_weights_learn_from_both_images(twins: tuple[Any, list[Any]]) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    model, pair = twins
    images = [tensorflow.constant(one) for one in pair]
    with tensorflow.GradientTape() as tape:
        for image in images:
            tape.watch(image)
        result = model(images)
    of_images, of_weights = tape.gradient(result, [images, model.trainable_variables])
    assert all(np.abs(one).max() > 0 for one in (*of_images, *of_weights))


def test_plain_keras_saves_and_loads_it(twins: tuple[Any, list[Any]], tmp_path: Path) -> None:
    model, pair = twins
    model.save(tmp_path / "small.keras")
    loaded = keras.saving.load_model(tmp_path / "small.keras")
    assert loaded.count_params() == model.count_params()
    np.testing.assert_array_equal(loaded(pair), model(pair))
