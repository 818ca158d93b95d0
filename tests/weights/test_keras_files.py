"""Weights from files that Keras wrote: by the names of layers, in every format, with and without noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from tests.weights.networks import FORMATS, TEXT, difference, network, randomise, same_layer, same_weights, write

keras = pytest.importorskip("keras")

PAIRS = [("one", "one_do"), ("one_do", "one"), ("own", "own_do"), ("own_do", "own")]
MORE = [("one", other) for other in ("one_path", "one_block")] + [("one_path", "one"), ("one_block", "one")]


@pytest.mark.parametrize("file", [FORMATS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in FORMATS[1:])])
@pytest.mark.parametrize(("mine", "theirs"), PAIRS)
def test_weights_go_by_name_whatever_noise_stands_between(tmp_path: Path, mine: str, theirs: str, file: str) -> None:
    saved = randomise(network(theirs).to_keras(seed=1))
    path = write(saved, tmp_path / file)
    model = network(mine).to_keras(seed=2)
    assert network(mine).load_weights(model, path) == ()
    assert same_weights(model, saved)
    assert difference(model, saved) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("mine", "theirs"), MORE)
def test_the_same_for_other_noise(tmp_path: Path, mine: str, theirs: str) -> None:
    saved = randomise(network(theirs).to_keras(seed=1))
    model = network(mine).to_keras(fast=False)
    network(mine).load_weights(model, write(saved, tmp_path / "net.keras"))
    assert difference(model, saved) == 0


def test_the_order_of_the_files_would_mislead(tmp_path: Path) -> None:
    """What this is for: Keras itself, which goes by the order, exchanges two layers without a word."""
    saved = randomise(network("one_do").to_keras())
    model = network("one").to_keras()
    model.load_weights(write(saved, tmp_path / "net.weights.h5"))
    assert difference(model, saved) > 0.01


@pytest.mark.parametrize("name", ["one", "own"])
def test_what_an_optimizer_remembers_is_passed_over(tmp_path: Path, name: str) -> None:
    model = randomise(network(name).to_keras())
    model.compile("adam", "mse", metrics=["mae"])
    model.optimizer.build(model.trainable_variables)
    for file in FORMATS[:3]:
        other = network(name).to_keras()
        network(name).load_weights(other, write(model, tmp_path / file))
        assert same_weights(other, model)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_numbers_of_other_types_are_converted_and_it_is_said(tmp_path: Path, kind: str) -> None:
    keras.config.set_dtype_policy(kind)
    try:
        path = write(randomise(network("one").to_keras(fast=False)), tmp_path / "net.weights.h5")
    finally:
        keras.config.set_dtype_policy("float32")
    model = network("one").to_keras()
    with pytest.warns(UserWarning, match=kind):
        (remark,) = network("one").load_weights(model, path)
    assert f"of {kind}, {'rounded' if kind == 'float64' else 'widened'} to float32" in remark
    assert all(array.std() > 0.1 for array in model.get_weights() if array.size > 30)


def test_what_is_no_number_is_taken_and_told(tmp_path: Path) -> None:
    model = network("one").to_keras()
    model.layers[1].set_weights([np.full_like(one, np.nan) for one in model.layers[1].get_weights()])
    path = write(model, tmp_path / "net.keras")
    with pytest.warns(UserWarning, match="NaN"):
        (remark,) = network("one").load_weights(network("one").to_keras(), path)
    assert "one array with infinities" in remark


def test_another_network_is_refused_and_the_model_stays_as_it_was(tmp_path: Path) -> None:
    path = write(randomise(network("one").to_keras()), tmp_path / "net.keras")
    for name, told in [("deeper", "a_block3_conv1: is not in the file"), ("own", "stem_conv1: is not in the file")]:
        model = network(name).to_keras(seed=4)
        with pytest.raises(Failure, match=told):
            network(name).load_weights(model, path)
        assert same_weights(model, network(name).to_keras(seed=4))


def test_excepted_parts_keep_their_weights(tmp_path: Path) -> None:
    one = randomise(network("one").to_keras())
    path = write(one, tmp_path / "net.keras")
    five = resnet_dsl.load(TEXT).network("one", classes=5)
    for part in ("head", "head_dense"):
        model = five.to_keras(seed=3)
        five.load_weights(model, path, excepted=[part])
        assert np.array_equal(
            model.get_layer("stem_conv").get_weights()[0], one.get_layer("stem_conv").get_weights()[0]
        )
        assert same_layer(model, five.to_keras(seed=3), "head_dense")
    with pytest.raises(Failure, match="head_dense: the file has 32x10, 10, the network 32x5, 5"):
        five.load_weights(five.to_keras(), path)
    with pytest.raises(Failure, match="no part and no layer") as unknown:
        five.load_weights(five.to_keras(), path, excepted=["haed"])
    assert unknown.value.remedy == "did you mean `head`?"


def test_parts_of_the_file_alone_can_be_passed_over(tmp_path: Path) -> None:
    deeper = randomise(network("deeper").to_keras())
    path = write(deeper, tmp_path / "net.keras")
    with pytest.raises(Failure, match="is not in the network"):
        network("one").load_weights(network("one").to_keras(), path)
    model = network("one").to_keras()
    network("one").load_weights(model, path, excepted=["a"])
    assert same_layer(model, deeper, "stem_conv")


def test_a_model_inside_a_model_gives_its_weights_too(tmp_path: Path) -> None:
    inner = randomise(network("one").to_keras())
    path = write(keras.Sequential([keras.Input((16, 16, 3)), inner]), tmp_path / "net.keras")
    model = network("one").to_keras()
    network("one").load_weights(model, path)
    assert same_weights(model, inner)


def test_two_layers_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    more = keras.layers.Dense(10, name="head_dense")
    path = write(keras.Sequential([keras.Input((16, 16, 3)), network("one").to_keras(), more]), tmp_path / "net.keras")
    with pytest.raises(Failure, match="head_dense: is in the file 2 times"):
        network("one").load_weights(network("one").to_keras(), path)


def test_quantised_weights_are_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="head_dense")])
    model.quantize("int8")
    path = write(model, tmp_path / "net.keras")
    with pytest.raises(Failure, match="int8"):
        network("one").load_weights(network("one").to_keras(), path)
