"""Models of other tools from Python: text, network, weights, and back to Keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.extras import MissingPackageError, is_installed
from resnet_dsl.failure import Failure

FIXTURES = Path(__file__).parents[1] / "fixtures"
SMALL = FIXTURES / "0.1.0" / "small.keras"


@pytest.mark.keras
def test_a_file_of_keras() -> None:
    model = resnet_dsl.from_keras(SMALL, name="mine")
    assert model.network.name == "mine"
    assert model.network.params == resnet_dsl.load(FIXTURES / "0.1.0" / "networks.resnet").networks["small"].params
    assert model.labels["stem_conv"] == "stem_conv"
    assert model.weights is not None
    assert model.weights["head_dense"]["kernel"].shape == (16, 5)
    assert repr(model).startswith("<resnet_dsl.ImportedModel mine: ")
    spec = resnet_dsl.load(model.text)
    assert spec.network("mine").graph == model.network.graph


@pytest.mark.keras
@pytest.mark.parametrize("name", ["x.txt", "x", "x.h5", "x.pdf"])
def test_it_is_saved_by_its_ending_alone(tmp_path: Path, name: str) -> None:
    with pytest.raises(Failure, match=r"\.resnet, \.keras or \.onnx") as refused:
        resnet_dsl.from_keras(SMALL).save(tmp_path / name)
    assert name in str(refused.value) + str(refused.value.remedy)
    assert not [*tmp_path.iterdir()]


@pytest.mark.keras
def test_the_model_of_keras_computes_what_the_source_computed() -> None:
    known = np.load(SMALL.with_suffix(".npz"))
    model = resnet_dsl.from_keras(str(SMALL)).to_keras(freeze=["stem"])
    np.testing.assert_allclose(model.predict(known["images"], verbose=0), known["outputs"], atol=1e-6)
    assert not model.get_layer("stem_conv").trainable
    assert model.get_layer("head_dense").trainable


@pytest.mark.keras
def test_a_model_in_hand() -> None:
    import keras

    i = keras.Input((8, 8, 3))
    x = keras.layers.ReLU()(keras.layers.Conv2D(4, 3, padding="same")(i))
    x = keras.layers.Add()([x, keras.layers.Conv2D(4, 3, padding="same")(x)])
    o = keras.layers.Dense(2, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    source = keras.Model(i, o, name="by_hand")
    model = resnet_dsl.from_keras(source)
    assert model.network.name == "by_hand"
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(model.to_keras()(images), source(images), atol=1e-6)


@pytest.mark.skipif(not is_installed("onnx"), reason="onnx is not installed")
def test_a_file_of_onnx_and_back(tmp_path: Path) -> None:
    model = resnet_dsl.from_onnx(FIXTURES / "onnx" / "small.onnx")
    model.save(tmp_path / "again.onnx")
    model.save(tmp_path / "again.resnet")
    again = resnet_dsl.from_onnx(tmp_path / "again.onnx", name="small")
    assert again.text == model.text == (tmp_path / "again.resnet").read_text()
    assert model.weights is not None
    assert again.weights is not None
    for name, arrays in model.weights.items():
        for weight, values in arrays.items():
            np.testing.assert_array_equal(values, again.weights[name][weight])


@pytest.mark.keras  # which is among what is advised
@pytest.mark.skipif(is_installed("torch"), reason="PyTorch is installed")
def test_a_module_needs_pytorch_and_says_so() -> None:
    with pytest.raises(MissingPackageError) as refused:
        resnet_dsl.from_torch(object(), object())
    assert refused.value.package == "torch"


@pytest.mark.backends
def test_a_module_of_pytorch_in_hand() -> None:
    import torch

    body = [torch.nn.Conv2d(3, 4, 3, padding=1, bias=False), torch.nn.BatchNorm2d(4), torch.nn.ReLU()]
    module = torch.nn.Sequential(*body, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(4, 2)).eval()
    model = resnet_dsl.from_torch(module, torch.zeros(1, 3, 8, 8), name="tiny")
    assert "conv(4, 3) -> norm -> act" in model.text
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    theirs = module(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).detach().numpy()
    np.testing.assert_allclose(model.to_keras().predict(images, verbose=0), theirs, atol=1e-5)
