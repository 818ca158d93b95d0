"""Models of parts: what they return, whose weights they take, and that keras.applications' are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras import save
from resnet_dsl.weights import read_about
from tests.cli.calling import call
from tests.specs.transfer import images, of_keras, randomise_keras, relative_difference
from tests.weights.networks import FORMATS, randomise, write

TEXT = """network net {
  input 16x16x3
  stem { conv(4, 3) -> norm -> act }
  stage a { 2 x basic(4) }
  stage b(stride = 2) { bottleneck(4) }
  head { norm -> act -> avgpool(global) -> batchnorm -> dropout(0.1) -> dense(5) -> softmax }
}"""
ENDS = {"a": "a_block2_relu2", "b": "b_block1_relu3"}
POOLED = "head_batchnorm2"


@pytest.fixture(scope="module")
def network() -> resnet_dsl.Network:
    return resnet_dsl.load(TEXT).network()


@pytest.fixture(scope="module")
def whole(network: resnet_dsl.Network, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The whole model with weights that are no two alike, and its files, in a folder with the spec."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "net.resnet").write_text(TEXT)
    model = randomise(network.to_keras())
    for file in FORMATS:
        write(model, folder / file)
    return model, folder


@pytest.fixture(scope="module")
def batch() -> Any:
    return np.random.default_rng(5).normal(size=(2, 16, 16, 3)).astype("float32")


def inside(whole: Any, batch: Any, *layers: str) -> list[Any]:
    """What layers of the whole model give, by Keras' own way to them."""
    part = keras.Model(whole.input, {name: whole.get_layer(name).output for name in layers})
    found = part(batch, training=False)
    return [keras.ops.convert_to_numpy(found[name]) for name in layers]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("file", FORMATS)
def test_features_take_the_whole_s_weights(
    network: resnet_dsl.Network, whole: tuple[Any, Path], batch: Any, file: str, fast: bool
) -> None:
    model = network.to_keras(features=["b", "a"], fast=fast)
    assert network.load_weights(model, whole[1] / file) == ()
    found = model(batch, training=False)
    assert list(found) == ["b", "a"]
    for name, expected in zip(["b", "a"], inside(whole[0], batch, ENDS["b"], ENDS["a"]), strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(found[name]), expected)


@pytest.mark.parametrize(
    ("options", "layer"),
    [({}, "head_relu"), ({"pooling": "avg"}, POOLED), ({"features": "a"}, ENDS["a"]), ({"features": ["b"]}, ENDS["b"])],
)
def test_one_value_is_returned_itself(
    network: resnet_dsl.Network, whole: tuple[Any, Path], batch: Any, options: dict[str, Any], layer: str
) -> None:
    model = network.to_keras(**({} if "features" in options else {"include_top": False}) | options)
    network.load_weights(model, whole[1] / "net.keras")
    (expected,) = inside(whole[0], batch, layer)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(batch, training=False)), expected)


def test_the_largest_is_pooled_of_the_same_map(
    network: resnet_dsl.Network, whole: tuple[Any, Path], batch: Any
) -> None:
    """With the norm behind the head's own pooling, as keras.applications and timm have it in ConvNeXt."""
    model = network.to_keras(include_top=False, pooling="max")
    network.load_weights(model, whole[1] / "net.keras")
    (below,) = inside(whole[0], batch, "head_relu")
    norm = whole[0].get_layer(POOLED)
    expected = keras.ops.convert_to_numpy(norm(below.max(axis=(1, 2)), training=False))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(batch, training=False)), expected, atol=1e-6)


def test_a_part_is_optimised_drawn_and_written_as_a_network(
    network: resnet_dsl.Network, whole: tuple[Any, Path], batch: Any
) -> None:
    part = network.backbone(pooling="avg")
    model = part.to_keras()
    part.load_weights(model, whole[1] / "net.keras")
    small = part.optimize(model)
    expected = keras.ops.convert_to_numpy(model(batch, training=False))
    assert relative_difference(keras.ops.convert_to_numpy(small(batch)), expected) < 1e-5
    assert part.output_shape == (16,)
    assert "softmax" not in part.to_json()
    assert "dense" not in str(part.summary(by="layer"))
    assert "net" in part.figure(level="block").svg()
    assert part.backbone(["a"]).to_keras().output_shape == (None, 16, 16, 4)


def test_another_input_size_is_that_of_the_part(network: resnet_dsl.Network) -> None:
    model = network.to_keras(include_top=False, input_size=(None, None, 3))
    assert model.output_shape == (None, None, None, 16)
    found = network.backbone(["b", "a"]).to_keras(input_size=(32, 48, 3)).output
    assert {name: one.shape for name, one in found.items()} == {"a": (None, 32, 48, 4), "b": (None, 16, 24, 16)}


def test_weights_that_a_part_needs_must_be_there(network: resnet_dsl.Network, tmp_path: Path) -> None:
    network.to_keras(features="a").save(tmp_path / "a.keras")
    with pytest.raises(Failure, match="is not in the file"):
        network.load_weights(network.to_keras(features="b"), tmp_path / "a.keras")


def test_layers_that_are_no_network_s_are_refused(network: resnet_dsl.Network, tmp_path: Path) -> None:
    resnet_dsl.load(TEXT.replace("2 x basic", "3 x basic")).network().to_keras().save(tmp_path / "more.keras")
    with pytest.raises(Failure, match="a_block3_conv1: is not in the network"):
        network.load_weights(network.to_keras(features="a"), tmp_path / "more.keras")


# The command


@pytest.mark.parametrize("how", [[], ["--plain"], ["--optimize", "inference"]])
def test_the_command_writes_features(whole: tuple[Any, Path], batch: Any, tmp_path: Path, how: list[str]) -> None:
    path = tmp_path / "part.keras"
    spec, weights = str(whole[1] / "net.resnet"), str(whole[1] / "net.keras")
    ended = call("compile", spec, "--features", "b, a", "--weights", weights, "-o", str(path), *how)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("net: 16x16x3 -> b 8x8x16, a 16x16x4\n")
    expected = inside(whole[0], batch, ENDS["b"], ENDS["a"])
    for model in (keras.saving.load_model(path), resnet_dsl.load_keras(path)):
        found = model(batch, training=False)
        assert list(found) == ["b", "a"]
        for one, wanted in zip(found.values(), expected, strict=True):
            assert relative_difference(keras.ops.convert_to_numpy(one), wanted) < 1e-5


def test_the_command_leaves_the_top_out(whole: tuple[Any, Path], batch: Any, tmp_path: Path) -> None:
    path = tmp_path / "part.keras"
    given = ["--no-top", "--pooling", "avg", "--weights", str(whole[1] / "net.keras"), "-o", str(path), "--quiet"]
    assert call("compile", str(whole[1] / "net.resnet"), *given).err == ""
    (expected,) = inside(whole[0], batch, POOLED)
    found = keras.saving.load_model(path)(batch, training=False)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), expected, atol=1e-6)


@pytest.mark.parametrize(("options", "classes"), [([], ("p", "q", "r", "s", "t")), (["--no-top"], ())])
def test_the_names_of_classes_stay_with_the_top(
    network: resnet_dsl.Network, whole: tuple[Any, Path], tmp_path: Path, options: list[str], classes: tuple[str, ...]
) -> None:
    save(whole[0], tmp_path / "named.keras", network.graph, ("p", "q", "r", "s", "t"))
    given = ["--weights", str(tmp_path / "named.keras"), "-o", str(tmp_path / "out.keras"), "--quiet", *options]
    assert call("compile", str(whole[1] / "net.resnet"), *given).code == 0
    assert read_about(tmp_path / "out.keras").classes == classes


# keras.applications

PIXELS = 64
CASES = [
    ("keras_resnet50v2", "ResNet50V2"),
    pytest.param("keras_resnet50", "ResNet50", marks=pytest.mark.slow),
    pytest.param("keras_densenet121", "DenseNet121", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "theirs"), CASES)
def test_without_their_tops_networks_of_keras_applications_compute_the_same(name: str, theirs: str) -> None:
    options = {"weights": None, "include_top": False, "input_shape": (PIXELS, PIXELS, 3)}
    made = getattr(keras.applications, theirs)(**options)
    randomise_keras(made)
    ours = resnet_dsl.load(name).networks[name].to_keras(include_top=False, input_size=(PIXELS, PIXELS, 3))
    assert ours.output_shape == made.output_shape
    arrays = of_keras(made.layers)
    named = {layer.name: layer.get_weights() for layer in made.layers if layer.weights}
    weighted = [layer for layer in ours.layers if layer.weights]
    if named.keys() == {layer.name for layer in weighted}:
        for layer in weighted:
            layer.set_weights(named[layer.name])
    else:
        for variable, array in zip((one for layer in weighted for one in layer.weights), arrays, strict=True):
            variable.assign(array)
    batch = images(1, PIXELS)
    found, expected = (keras.ops.convert_to_numpy(model(batch, training=False)) for model in (ours, made))
    assert relative_difference(found, expected) < 1e-5
