"""The tables against the names that the libraries publish: every array once, in the right shape, there and back."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import Compiled
from resnet_dsl.weights import SavedArray, SavedLayer, SavedModel
from resnet_dsl.weights.layouts import arranged, foreign, places
from tests.weights.layouts import theirs_keras
from tests.weights.layouts.theirs import PUBLISHED, Published, published_names
from tests.weights.layouts.theirs_keras import PUBLISHED as KERAS
from tests.weights.layouts.theirs_keras import Published as KerasNetwork

NAMES, KERAS_NAMES = published_names(), theirs_keras.published_names()
COUNTER = "num_batches_tracked"


def compiled(name: str) -> Compiled:
    return pipeline.load(str(shipped.find(name))).compile(name)


def zeros(shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(np.float32(0), shape)


def saved(arrays: dict[str, tuple[int, ...]]) -> SavedModel:
    """A file with these arrays, as it is read: without PyTorch's counters."""
    layers = (
        SavedLayer(name, name, (SavedArray(None, "float32", zeros(shape)),))
        for name, shape in arrays.items()
        if not name.endswith(COUNTER)
    )
    return SavedModel("file", tuple(layers), flat=True)


@pytest.mark.parametrize("network", PUBLISHED, ids=lambda one: one.title)
def test_published_names_are_found_and_written(network: Published) -> None:
    """By the library, by `auto`, and back: the very names and shapes that its `state_dict()` has."""
    ours, theirs = compiled(network.ours), NAMES[network.title]
    known = places(ours.graph, ours.shapes)
    for layout in (network.library, "auto"):
        found = arranged(saved(theirs), layout, ours.name, known, [one.node for one in known]).arrays
        assert {one.node: {weight.name: weight.shape for weight in one.weights} for one in known} == {
            node: {name: array.values.shape for name, array in own.items()} for node, own in found.items()
        }
    weights = {one.node: {weight.name: zeros(weight.shape) for weight in one.weights} for one in known}
    written = foreign(network.library, ours.name, known, weights)
    assert {name: array.shape for name, array in written.items()} == theirs


@pytest.mark.parametrize("network", PUBLISHED[::9], ids=lambda one: one.title)
def test_an_array_that_is_missing_or_too_many_is_refused(network: Published) -> None:
    ours, theirs = compiled(network.ours), NAMES[network.title]
    known = places(ours.graph, ours.shapes)
    required = [one.node for one in known]
    own = [name for name in theirs if not name.endswith(COUNTER)]
    for lost in (own[0], own[len(own) // 2], own[-1]):
        rest = {name: shape for name, shape in theirs.items() if name != lost}
        with pytest.raises(Failure, match="is not in the file") as refused:
            arranged(saved(rest), "auto", ours.name, known, required)
        assert f"`{lost}`" in str(refused.value)
        renamed = {**rest, f"{lost}x": theirs[lost]}
        with pytest.raises(Failure, match="the network has no place for it") as refused:
            arranged(saved(renamed), network.library, ours.name, known, required)
        assert f"did it become `{lost}x`?" in str(refused.value) or len(lost) > 39


@pytest.mark.parametrize("network", KERAS, ids=lambda one: one.title)
def test_layers_of_keras_are_found(network: KerasNetwork) -> None:
    ours, theirs = compiled(network.ours), KERAS_NAMES[network.title]
    known = places(ours.graph, ours.shapes)
    layers = (
        SavedLayer(name, name, tuple(SavedArray(None, "float32", zeros(shape)) for shape in shapes))
        for name, shapes in theirs.items()
    )
    file = SavedModel("file", tuple(layers))
    for layout in (network.library, "auto"):
        found = arranged(file, layout, ours.name, known, [one.node for one in known]).arrays
        assert {one.node: {weight.name: weight.shape for weight in one.weights} for one in known} == {
            node: {name: array.values.shape for name, array in own.items()} for node, own in found.items()
        }
    with pytest.raises(Failure, match="no file is written"):
        foreign(network.library, ours.name, known, {})


@pytest.mark.parametrize("layout", ["keras-hub", "auto"])
def test_a_network_of_the_same_shapes_that_computes_another_function_is_refused(layout: str) -> None:
    """keras-hub's DenseNets pool with `same`, which lays the border elsewhere: outputs are 3 % apart."""
    ours = compiled("densenet121")
    known = places(ours.graph, ours.shapes)
    file = SavedModel(
        "file",
        tuple(
            SavedLayer(name, name, tuple(SavedArray(None, "float32", zeros(shape)) for shape in shapes))
            for name, shapes in KERAS_NAMES["keras-hub densenet121"].items()
        ),
    )
    with pytest.raises(Failure):
        arranged(file, layout, ours.name, known, [one.node for one in known])
