"""Models that people build with Keras: what is read computes what Keras computes, weights and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.keras import flat_of_model, read_keras
from resnet_dsl.importing.keras.running import run_of
from resnet_dsl.targets.keras.building import build
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.variables import weights_of_nodes

keras = pytest.importorskip("keras")
layers, ops = keras.layers, keras.ops


def computed(flat: FlatNetwork, inputs: Sequence[Any]) -> list[Any]:
    """What a flat network computes, by our own target with its weights."""
    network = flat.network
    model = build(lower(network.graph, network.shapes))
    by_name = {layer.name: layer for layer in model.layers}
    for one in weights_of_nodes(lower(network.graph, network.shapes), network.shapes):
        variable = next(two for two in by_name[one.layer].weights if two.name == one.variable)
        assert network.weights is not None
        variable.assign(network.weights[one.node][one.weight.name].reshape(tuple(variable.shape)))
    result = model([*inputs] if len(inputs) > 1 else inputs[0], training=False)
    found = result.values() if isinstance(result, dict) else [result]
    return [keras.ops.convert_to_numpy(one) for one in found]


def stirred(model: Any) -> Any:
    """A model whose weights are none of those that it starts from."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(random.uniform(0.2, 1.2, weight.shape))
    return model


def image(*lengths: int) -> Any:
    return np.random.default_rng(1).normal(0, 1, (2, *lengths)).astype("float32")


def _agree(flat: FlatNetwork, model: Any) -> None:
    shapes = [tuple(8 if one is None else one for one in tensor.shape[1:]) for tensor in model.inputs]
    inputs = [image(*shape) for shape in shapes]
    wanted = model([*inputs] if len(inputs) > 1 else inputs[0], training=False)
    wanted = [*wanted.values()] if isinstance(wanted, dict) else wanted
    wanted = wanted if isinstance(wanted, list | tuple) else [wanted]
    for one, other in zip(computed(flat, inputs), wanted, strict=True):
        np.testing.assert_allclose(one, keras.ops.convert_to_numpy(other), rtol=2e-5, atol=2e-5)
    assert flat.run is not None
    for one, other in zip(flat.run(inputs), wanted, strict=True):
        np.testing.assert_allclose(one, keras.ops.convert_to_numpy(other), rtol=2e-5, atol=2e-5)


Made = Callable[[Any], Any]


def _chain(*steps: Any) -> Made:
    def made(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return made


def _residual(value: Any) -> Any:
    inside = layers.Conv2D(3, 3, padding="same", activation="relu")(value)
    return layers.ReLU()(value + 0.5 * layers.BatchNormalization()(inside))


def _gated(value: Any) -> Any:
    gate = layers.GlobalAveragePooling2D(keepdims=True)(value)
    gate = layers.Conv2D(3, 1, activation="hard_sigmoid")(gate)
    return layers.Multiply()([value, gate])


def _shared(value: Any) -> Any:
    conv, relu = layers.Conv2D(3, 3, padding="same"), layers.ReLU()
    return relu(conv(relu(conv(value))))


def _nested(value: Any) -> Any:
    inner = keras.Sequential([layers.Conv2D(4, 3), layers.BatchNormalization(), layers.LeakyReLU()], name="inner")
    entering = keras.Input((None, None, 4))
    deeper = keras.Model(entering, layers.DepthwiseConv2D(3, padding="same")(entering), name="deeper")
    outer = keras.Sequential([inner, deeper, layers.Dense(5)], name="outer")
    return outer(value)


def _pads(value: Any) -> Any:
    value = layers.MaxPooling2D(3, 2, padding="valid")(layers.ZeroPadding2D(1)(value))
    value = layers.MaxPooling2D(2)(layers.ZeroPadding2D(3)(layers.ReLU()(value)))
    return layers.AveragePooling2D(2, 1, padding="same")(value)


def _splits(value: Any) -> Any:
    first, second, third = ops.split(value, 3, axis=-1)
    return ops.concatenate([third, value[..., 1:], -first, 2.0 - second, second / 4.0], axis=-1)


MODELS: dict[str, tuple[tuple[int | None, ...], Made]] = {
    "residual": ((8, 8, 3), _residual),
    "gate": ((8, 8, 3), _gated),
    "shared layers": ((8, 8, 3), _shared),
    "models in models": ((8, 8, 3), _nested),
    "borders": ((9, 9, 3), _pads),
    "functions": ((8, 8, 3), _splits),
    "open lengths": ((None, None, 3), _chain(layers.Conv2D(4, 3, 2, padding="same"), layers.GlobalMaxPooling2D())),
    "separable": ((8, 8, 3), _chain(layers.SeparableConv2D(4, 3, depth_multiplier=2), layers.UpSampling2D(2))),
    "depthwise": ((8, 8, 3), _chain(layers.DepthwiseConv2D(3, 2, depth_multiplier=2, padding="same"))),
    "transposed": ((5, 5, 3), _chain(layers.Conv2DTranspose(4, 4, 2, padding="same"), layers.Cropping2D(1))),
    "transposed, odd": ((5, 5, 3), _chain(layers.Conv2DTranspose(4, 5, 2, padding="same"))),
    "signal": ((16, 3), _chain(layers.Conv1D(4, 3, padding="causal", dilation_rate=2), layers.SeparableConv1D(4, 3))),
    "volume": ((6, 6, 6, 2), _chain(layers.Conv3D(4, 3, 2), layers.GlobalAveragePooling3D(), layers.Dense(3))),
    "norms": (
        (8, 8, 4),
        _chain(layers.GroupNormalization(2), layers.LayerNormalization(), layers.GroupNormalization(-1)),
    ),
    "activations": (
        (8, 8, 4),
        _chain(layers.ELU(), layers.PReLU(shared_axes=[1, 2]), layers.ReLU(6.0), layers.Activation("gelu")),
    ),
    "images": (
        (8, 8, 3),
        _chain(layers.Rescaling([0.5, 0.25, 0.1], np.ones(3)), layers.Normalization(mean=0.5, variance=4.0)),
    ),
    "noise": ((8, 8, 3), _chain(layers.Dropout(0.5), layers.SpatialDropout2D(0.5), layers.Flatten(), layers.Dense(2))),
    "reshaped": ((4, 4, 3), _chain(layers.Reshape((2, 8, 3)), layers.Resizing(5, 7), layers.Reshape((-1, 3)))),
}


def _model(name: str) -> Any:
    shape, made = MODELS[name]
    keras.utils.clear_session()
    entering = keras.Input(shape)
    return stirred(keras.Model(entering, made(entering)))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_in_hand_computes_the_same(name: str) -> None:
    model = _model(name)
    _agree(flat_of_model(model), model)


IN_FILES = {"models in models", "functions", "separable"}
"""Those of which files are read among the ordinary tests: names of weights, or of functions, are what differs there."""


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in IN_FILES else pytest.mark.slow) for one in MODELS]
)
def test_a_file_computes_the_same(name: str, ending: str, tmp_path: Path) -> None:
    model, path = _model(name), tmp_path / f"model.{ending}"
    model.save(path)
    flat = read_keras(path)
    if ending == "h5" and name in ("functions", "residual"):
        assert flat.run is None, "Keras itself does not load functions from such a file"
        flat = flat._replace(run=run_of(model))
    _agree(flat, model)


def test_inputs_and_outputs_with_names_come_in_their_order_as_in_keras(tmp_path: Path) -> None:
    zed, alpha = keras.Input((4, 4, 2), name="zed"), keras.Input((4, 4, 2), name="alpha")
    ends = {"z": layers.Conv2D(3, 1)(zed), "a": layers.Conv2D(3, 1)(alpha)}
    model, path = stirred(keras.Model({"zed": zed, "alpha": alpha}, ends)), tmp_path / "model.keras"
    model.save(path)
    first, second = image(4, 4, 2), -image(4, 4, 2)
    wanted = model({"alpha": first, "zed": second})
    flat = read_keras(path)
    assert flat.run is not None
    for found in (computed(flat, [first, second]), flat.run([first, second])):
        for one, name in zip(found, ("a", "z"), strict=True):
            np.testing.assert_allclose(one, keras.ops.convert_to_numpy(wanted[name]), rtol=2e-5, atol=2e-5)


def test_numbers_that_a_layer_saw_in_images_are_those_of_the_proof(tmp_path: Path) -> None:
    keras.utils.clear_session()
    entering, seen = keras.Input((8, 8, 3)), layers.Normalization()
    seen.adapt(3 + 2 * image(8, 8, 3))
    model, path = keras.Model(entering, layers.Conv2D(4, 3)(seen(entering))), tmp_path / "model.keras"
    model.save(path)
    _agree(read_keras(path), model)
