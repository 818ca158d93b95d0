"""The ResNets of keras.applications: the same weights give the same output, under the same names."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.specs.family import spec
from tests.specs.transfer import Ours, images, of_keras, randomise_keras, relative_difference

keras = pytest.importorskip("keras")

PIXELS = 64
FAST = [("v1", "keras_resnet50", "ResNet50", 1e-5), ("v2", "keras_resnet50v2", "ResNet50V2", 1e-5)]
SLOW = [
    ("v1", "keras_resnet101", "ResNet101", 1e-5),
    ("v1", "keras_resnet152", "ResNet152", 1e-4),
    ("v2", "keras_resnet101v2", "ResNet101V2", 1e-5),
    ("v2", "keras_resnet152v2", "ResNet152V2", 1e-4),
]
CASES = [*FAST, *[pytest.param(*case, marks=pytest.mark.slow) for case in SLOW]]


@cache
def _both(file: str, network: str, theirs: str) -> tuple[Ours, Any]:
    """Ours, and theirs with random weights and without its softmax; built once, since each test puts its weights in."""
    ours = Ours(spec(f"keras_applications/{file}.resnet").compile(network, input_size=(PIXELS, PIXELS, 3)))
    model = getattr(keras.applications, theirs)(
        weights=None, input_shape=(PIXELS, PIXELS, 3), classifier_activation=None
    )
    randomise_keras(model)
    return ours, model


@pytest.mark.parametrize(("file", "network", "theirs", "tolerance"), CASES)
def test_the_same_weights_give_the_same_output(file: str, network: str, theirs: str, tolerance: float) -> None:
    ours, model = _both(file, network, theirs)
    names = {layer.name for layer in model.layers if layer.weights}
    assert names == {layer.name for layer in ours.whole.layers if layer.weights}
    for name in names:
        ours.whole.get_layer(name).set_weights(model.get_layer(name).get_weights())

        assert _settings(ours.whole.get_layer(name)) == _settings(model.get_layer(name))

    batch = images(2, PIXELS)
    expected = keras.ops.convert_to_numpy(model(batch))
    assert relative_difference(ours(batch), expected) < tolerance


def _settings(layer: Any) -> dict[str, Any]:
    """What training depends on, too."""
    config = layer.get_config()
    wanted = ("epsilon", "momentum", "use_bias", "strides", "kernel_initializer", "gamma_initializer")
    found = {name: config[name] for name in wanted if name in config}
    return {name: value["class_name"] if isinstance(value, dict) else value for name, value in found.items()}


@pytest.mark.parametrize(("file", "network", "theirs"), [case[:3] for case in FAST])
def test_layers_have_the_names_that_they_have_there(file: str, network: str, theirs: str) -> None:
    ours, model = _both(file, network, theirs)
    missing = {layer.name for layer in model.layers} - {layer.name for layer in ours.whole.layers}
    # Explicit padding is named after its layer; in V2 the sums are called `out` there and `add` here.
    others = [name for name in missing if not name.endswith(("_pad", "_out")) and "input" not in name]
    assert all(name.startswith("max_pooling2d") for name in others)


@pytest.mark.parametrize(("file", "network", "theirs"), [case[:3] for case in FAST])
@pytest.mark.parametrize("how", ["whole model, by name", "weights, in order"])
def test_weight_files_load_both_ways(file: str, network: str, theirs: str, how: str, tmp_path: Path) -> None:
    ours, model = _both(file, network, theirs)
    batch = images(1, PIXELS)
    outputs = []
    for seed, (saved, loaded) in enumerate([(model, ours.whole), (ours.whole, model)]):
        randomise_keras(saved, seed=seed)
        if how == "weights, in order":
            saved.save_weights(tmp_path / f"{seed}.weights.h5")
            loaded.load_weights(tmp_path / f"{seed}.weights.h5")
        else:  # the form in which the official files are published
            saved.save(tmp_path / f"{seed}.h5")
            loaded.load_weights(tmp_path / f"{seed}.h5", by_name=True)
        outputs.append(keras.ops.convert_to_numpy(model(batch)))
        assert relative_difference(ours(batch), outputs[-1]) < 1e-5
    assert not np.allclose(*outputs)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "network", "theirs", "options"),
    [
        ("keras_applications/densenet.resnet", "keras_densenet121", "DenseNet121", {}),
        ("convnext/convnext.resnet", "convnext_tiny", "ConvNeXtTiny", {"include_preprocessing": False}),
    ],
)
def test_cousins_compute_the_same(file: str, network: str, theirs: str, options: dict[str, Any]) -> None:
    ours = Ours(spec(file).compile(network, input_size=(PIXELS, PIXELS, 3)))
    model = getattr(keras.applications, theirs)(
        weights=None, input_shape=(PIXELS, PIXELS, 3), classifier_activation=None, **options
    )
    randomise_keras(model)
    ours.assign(of_keras(model.layers))

    batch = images(2, PIXELS)
    assert relative_difference(ours(batch), keras.ops.convert_to_numpy(model(batch))) < 1e-5
