"""The table against Keras itself: names, arguments and defaults; and what a translated call computes."""

import inspect
from typing import Any

import keras
import numpy as np
import pytest

from resnet_dsl.api import Network
from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.table import WordRow, rows, words
from resnet_dsl.vocabulary.translating import translate
from tests.vocabulary.comparing import compare, give, model_of, remedy_of
from tests.vocabulary.drawn import drawn, draws, map_of
from tests.vocabulary.test_translating import network_of

KERAS = [row for row in rows() if row.tool == "Keras" and "" in row.prefixes]
LAYERS = [(row, name) for row in KERAS for name in row.names if inspect.isclass(getattr(keras.layers, name, None))]
OTHERS = {
    "InputSpec", "InputLayer", "Layer", "Wrapper", "Pipeline", "TFSMLayer", "FlaxLayer", "JaxLayer",
    "TorchModuleWrapper",
}  # fmt: skip
"""Classes of keras.layers that nobody writes in a network."""


def arguments_of(name: str) -> dict[str, Any]:
    signature = inspect.signature(getattr(keras.layers, name).__init__)
    taken = list(signature.parameters.values())[1:]
    return {one.name: one.default for one in taken if one.kind is not one.VAR_KEYWORD}


@pytest.mark.parametrize(("row", "name"), LAYERS, ids=lambda one: one if isinstance(one, str) else "")
def test_arguments_and_defaults_are_those_of_keras(row: WordRow, name: str) -> None:
    theirs = arguments_of(name)
    ours = [one.name for one in row.takes]
    assert not ours or ours == list(theirs)[: len(ours)] or name == "PReLU"
    for one in row.takes:
        default = theirs[one.name]
        wanted = default[0] if isinstance(default, tuple) and len({*default}) == 1 else default
        while isinstance(wanted, tuple):
            wanted = wanted[0]
        assert (one.value == "") == (default is inspect.Parameter.empty) or name.startswith("Cropping")
        assert one.value in ("", repr(wanted))


@pytest.mark.parametrize(("row", "name"), [one for one in LAYERS if one[0].here], ids=lambda one: str(one)[:20])
def test_every_argument_of_a_layer_that_is_here_has_a_meaning(row: WordRow, name: str) -> None:
    table = words()
    known = {*table.arguments, *table.steps, *table.labels, *table.needless, *table.nowhere, *row.arguments}
    own = {"groups", "epsilon", "momentum", "center", "scale", "keepdims", "units", "rate", "height", "width", "offset"}
    assert set(arguments_of(name)) <= known | own


def test_every_layer_of_keras_is_in_the_table() -> None:
    named = {name for row in KERAS for name in row.names}
    theirs = {one for one in dir(keras.layers) if inspect.isclass(getattr(keras.layers, one))}
    images = {one for one in theirs if one.startswith(("Random", "Stateless"))}
    assert theirs - named - OTHERS - images - PREPROCESSING == set()


PREPROCESSING = {
    "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization", "HashedCrossing",
    "MaxNumBoundingBoxes", "MelSpectrogram", "STFTSpectrogram", "Solarization",
}  # fmt: skip
"""What is done to data before a network sees it."""

EXAMPLES = [
    one
    for row in KERAS
    if row.here or row.row
    for one in row.examples
    if not row.values and not one.startswith("Adaptive")  # which Keras 3.15 fails to build for a size of 1
]
SCOPE = {name: getattr(keras.layers, name) for name in dir(keras.layers)} | {"Sequential": keras.Sequential}


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_translated_call_computes_what_the_layer_does(example: str) -> None:
    """With Keras' own defaults. The same weights, and the same result to the last bits but a few."""
    found = translate(example)
    assert found is not None
    ours = Network(load_text(network_of(found.text)).compile()).to_keras()
    front = [layer for layer in ours.layers if "conv" in layer.name][:1] if "dense" not in found.text else []
    theirs = eval(example, dict(SCOPE))
    given = front[0].output if front else next(one for one in ours.layers if "pool" in one.name).output
    expected = keras.Model(ours.inputs, theirs(given))
    head = keras.Model(ours.inputs, given)
    own = ours.get_weights()[len(head.get_weights()) :]
    rng = np.random.default_rng(0)
    shaken = [np.abs(rng.normal(size=one.shape)).astype("float32") for one in own]
    assert [one.shape for one in own] == [one.shape for one in theirs.get_weights()]
    ours.set_weights([*head.get_weights(), *shaken])
    theirs.set_weights(shaken)
    images = rng.normal(size=(2, 32, 32, 3)).astype("float32")
    assert ours.output_shape == expected.output_shape
    np.testing.assert_allclose(
        ours.predict(images, verbose=0), expected.predict(images, verbose=0), rtol=2e-4, atol=2e-5
    )


def functions(row: WordRow, name: str) -> list[str]:
    return [one for one in ("keras.activations", "keras.ops") if one in row.prefixes and hasattr(eval(one), name)]


def paths() -> list[tuple[WordRow, str]]:
    """Every layer and function that is a step here, with the module that it stands in."""
    found = [row for row in rows() if row.tool == "Keras" and row.here and not row.values]
    here = [(row, f"keras.layers.{name}") for row in found for name in row.names if (row, name) in LAYERS]
    return [*here, *((row, f"{one}.{name}") for row in found for name in row.names for one in functions(row, name))]


PATHS = [(row, path) for row, path in paths() if "Adaptive" not in path]
DRAWN = draws(PATHS, lambda path: "2D" in path or not path[-2].isdigit())


@pytest.mark.parametrize(("row", "path", "count", "seed"), DRAWN, ids=lambda one: one if isinstance(one, str) else "")
def test_a_call_drawn_by_chance_is_told_to_lose_something_or_computes_what_keras_does(
    row: WordRow, path: str, count: int, seed: int
) -> None:
    """Followed, a remedy gives the layer that was meant: the same numbers of the same weights, trained, too."""
    rng = np.random.default_rng(seed)
    for call in drawn(row, path, rng, count):
        if step := remedy_of(call):
            images = rng.normal(size=(2, *map_of(path))).astype("float32")
            given = images.mean(axis=(1, 2)) if "Dense" in path else images
            assert_computes_the_same(call, step, images, given, rng)


@pytest.mark.parametrize("name", ["DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"])
def test_a_depthwise_convolution_of_a_named_value_computes_what_keras_does(name: str) -> None:
    """`C`, which stands for the channels, is what the name tells."""
    rng = np.random.default_rng(0)
    row = next(one for one in KERAS if name in one.names)
    for call in drawn(row, f"keras.layers.{name}", rng, 5):
        found = translate(f"{call}(left)")
        assert found is not None
        if found.complete:
            images = rng.normal(size=(2, *map_of(name))).astype("float32")
            assert_computes_the_same(call, f"left = input -> identity {found.text}", images, images, rng)


def assert_computes_the_same(call: str, step: str, images: Any, given: Any, rng: np.random.Generator) -> None:
    theirs = made(call, given)
    if theirs is None:
        return
    ours = model_of(step, images.shape[1:])
    if not isinstance(theirs, keras.Layer):
        compare(ours(images), theirs)
        return
    weights = [np.abs(rng.normal(size=one.shape)).astype("float32") for one in theirs.get_weights()]
    theirs.set_weights(weights)
    give(ours, weights)
    compare(ours(images), theirs(given))
    if "batchnorm" in step:
        ours(images, training=True)
        theirs(given, training=True)
        for found, right in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            compare(found, right)


def made(call: str, given: Any) -> Any:
    """A layer that was called once, or what a function gives; None where Keras refuses the call."""
    try:
        theirs = eval(call, {"keras": keras, "x": given})
        if isinstance(theirs, keras.Layer):
            theirs(given)
    except Exception:
        return None
    return theirs
