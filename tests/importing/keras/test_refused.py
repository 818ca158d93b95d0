"""Descriptions that are no networks of the language, or no models: each is refused by name, and none harms."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.imported import imported
from resnet_dsl.importing.keras import read_keras
from resnet_dsl.importing.keras.files import read_described
from tests.importing.keras.descriptions import changed, description, layer

Change = Callable[[Any], object]


def _set(kind: str, **settings: Any) -> Change:
    return lambda described: layer(described, kind)["config"].update(settings)


def _say(kind: str, **entry: Any) -> Change:
    return lambda described: layer(described, kind).update(entry)


def _called(kind: str, **given: Any) -> Change:
    return lambda described: layer(described, kind)["inbound_nodes"][0]["kwargs"].update(given)


NOT_IN_THE_LANGUAGE: dict[str, tuple[Change, str]] = {
    "a Lambda": (_say("Activation", class_name="Lambda"), "`stem_relu` is a `Lambda`, whose code is not run"),
    "a custom layer": (
        _say("Activation", module="mine", class_name="Swirl", registered_name="mine>Swirl"),
        "`stem_relu` is a `Swirl` of `mine`, a class of somebody's own",
    ),
    "a custom layer under a name of Keras": (
        _say("BatchNormalization", registered_name="mine>BatchNormalization"),
        "`stem_batchnorm` is a `BatchNormalization` of `keras.layers`, a class of somebody's own",
    ),
    "a layer of ours from elsewhere": (_say("StandardizedConv2D", module="mine"), "`stem_conv` is a `StandardizedConv"),
    "a layer that has no operation": (
        _say("Activation", class_name="Masking"),
        "`stem_relu` is a `Masking`",
    ),
    "a function that has none": (
        _say("Activation", module="keras.src.ops.nn", class_name="Glu"),
        "`stem_relu` is the function `glu`, for which there is no operation",
    ),
    "an activation": (_set("Activation", activation="celu"), "has the activation `celu`"),
    "an activation of somebody's": (
        _set("Activation", activation={"module": "mine", "class_name": "function", "config": "relu"}),
        "has the activation `function`",
    ),
    "channels first": (_set("StandardizedConv2D", data_format="channels_first"), "`data_format = channels_first`"),
    "an axis": (_set("BatchNormalization", axis=1), "normalises along other axes than the channels"),
    "a setting that is not known": (_set("BatchNormalization", renorm=True), "has `renorm = True`"),
    "numbers that are quantised": (_set("Dense", dtype="int8_from_float32"), "computes in `int8_from_float32`"),
    "in training": (_called("BatchNormalization", training=True), "is called with `training = True`"),
    "a number out of range": (_set("BatchNormalization", epsilon=0.0), "would be `batchnorm` with `epsilon = 0"),
    "no number": (_set("BatchNormalization", epsilon=float("nan")), "has `epsilon = nan`"),
    "too many channels": (_set("StandardizedConv2D", filters=2**40), "has `filters = 1099511627776`"),
    "a value too large": (_set("UpSampling2D", size=[2**20, 2**20]), "are the most"),
    "a layer of keras.applications from elsewhere": (
        _say("Activation", class_name="StochasticDepth", module=None),
        "is a `StochasticDepth` of `an unknown package`",
    ),
    "noise that is one for all samples": (
        _say("Activation", class_name="Dropout", config={"rate": 0.5, "noise_shape": [1, 1, 1, 1]}),
        "draws its noise in a shape",
    ),
    "a mean over the samples": (
        _say("Activation", module="keras.src.ops.numpy", class_name="Mean", config={"axis": None, "keepdims": False}),
        "runs along all axes, that of the samples too",
    ),
    "channels that are joined by their samples": (
        _say("Activation", module="keras.src.ops.numpy", class_name="Concatenate", config={}),
        "has `axis = 0`",
    ),
    "slopes that some axes share": (_set("PReLU", shared_axes=[1]), "learns a slope for each position"),
    "an output padding": (
        _say("Activation", class_name="Conv2DTranspose", config={"filters": 8, "kernel_size": 2, "output_padding": 0}),
        "has an `output_padding`",
    ),
}


@pytest.mark.parametrize("name", NOT_IN_THE_LANGUAGE)
def test_what_the_language_lacks_is_refused_by_name(name: str) -> None:
    change, message = NOT_IN_THE_LANGUAGE[name]
    described = description()
    change(described)
    with pytest.raises(NotImportedError) as refused:
        read_described("model.keras", described, None)
    assert message in str(refused.value)
    assert str(refused.value).startswith("`model.keras` cannot be imported: ")


def test_the_part_in_front_of_what_is_refused_is_given() -> None:
    described = description()
    _say("Add", class_name="Dot")(described)
    with pytest.raises(NotImportedError) as refused:
        read_described("model.keras", described, None)
    assert refused.value.part is not None
    assert [node.op for node in refused.value.part.graph.nodes][:4] == ["input", "conv", "batchnorm", "relu"]


def _read(kind: str, source: Any) -> Change:
    """The first value that a layer reads comes from there."""

    def change(described: Any) -> None:
        layer(described, kind)["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = source

    return change


def _nest(described: Any) -> None:
    for _ in range(20):
        inner = dict(described)
        outer = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 16, 16, 3]}, "name": "x"}
        value = {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
        inner |= {"name": "inner", "inbound_nodes": [{"args": [value], "kwargs": {}}]}
        described["config"] = {
            **{"name": "outer", "layers": [{**outer, "inbound_nodes": []}, inner]},
            **{"input_layers": ["x", 0, 0], "output_layers": ["inner", 0, 0]},
        }


DAMAGED: dict[str, tuple[Change, str]] = {
    "a circle": (
        _read("BatchNormalization", ["stem_relu", 0, 0]),
        "a circle: `stem_batchnorm` reads what comes",
    ),
    "what is not there": (
        _read("Activation", ["nowhere", 0, 0]),
        "lets `stem_relu` read `nowhere`, which",
    ),
    "a call that is not there": (_read("Activation", ["stem_batchnorm", 3, 0]), "read `stem_batchnorm`, which is not"),
    "a value that is none": (
        _read("Activation", ["stem_batchnorm", 0, 10**9]),
        "a value of `stem_batchnorm`",
    ),
    "numbers that are texts": (_read("Activation", ["stem_batchnorm", "0", 0]), "that is no whole number"),
    "a layer twice": (lambda one: one["config"]["layers"].append(one["config"]["layers"][1]), "two layers that are"),
    "no layers": (lambda one: one["config"].pop("layers"), "has no list of layers"),
    "no inputs": (lambda one: one["config"].pop("input_layers"), "has no list of inputs or outputs"),
    "a name of other types": (_say("Activation", name=7), "has a layer that is no name"),
    "models without end": (_nest, "has models within one another more than 10 deep"),
    "a call with nothing": (
        _say("Activation", inbound_nodes=[{"args": [], "kwargs": {}}]),
        "with no value",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_description_is_refused_with_its_place(name: str) -> None:
    change, message = DAMAGED[name]
    described = description()
    change(described)
    with pytest.raises(Failure) as refused:
        read_described("model.keras", described, None)
    assert message in str(refused.value)


@pytest.mark.parametrize("described", [None, [], 3, {}, {"class_name": "Functional"}, {"class_name": "Sequential"}])
def test_what_describes_no_model_is_refused(described: Any) -> None:
    with pytest.raises(Failure, match=r"`model.keras` cannot be imported: its description has "):
        read_described("model.keras", described, None)


def test_a_model_of_its_own_class_is_refused_with_the_way_to_read_it() -> None:
    described = description() | {"class_name": "Backbone", "module": "hub", "registered_name": "hub>Backbone"}
    with pytest.raises(NotImportedError, match="it is a `hub:Backbone`, a class of somebody's own") as refused:
        read_described("model.keras", described, None)
    assert "from_keras(model)" in str(refused.value.remedy)


def _is_read_or_refused(seed: int) -> bool:
    began = process_time()
    try:
        read_described("model.keras", changed(seed), None)
    except Failure as refused:
        return str(refused).startswith("`model.keras` cannot be imported: ") and process_time() - began < 5
    return process_time() - began < 5


def test_descriptions_changed_by_chance_are_read_or_refused() -> None:
    assert [seed for seed in range(100) if not _is_read_or_refused(seed)] == []


@pytest.mark.slow
def test_many_descriptions_changed_by_chance_are_read_or_refused() -> None:
    assert [seed for seed in range(1_000, 6_000) if not _is_read_or_refused(seed)] == []


def _archive(path: Path, config: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", config)
    return path


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[" + "[]," * 500_000 + "[]]", "is no JSON|more memory than a file|has no model"),
        (" " * 100_000_000, "are the most"),
        (json.dumps({"class_name": "Functional", "config": {"layers": [{}] * 5_000}}), "has a layer that is no name"),
    ],
    ids=["cut off", "deep", "long", "a bomb", "5,000 empty layers"],
)
def test_a_strange_archive_is_refused(config: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=message):
        read_keras(_archive(tmp_path / "model.keras", config))


def test_weights_alone_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
    with pytest.raises(Failure, match="it holds weights alone"):
        read_keras(tmp_path / "model.keras")


def test_five_thousand_layers_take_bounded_time() -> None:
    described = description()
    layers = described["config"]["layers"]
    relu, last = layer(described, "Activation"), "stem_relu"
    for number in range(5_000):
        value = {"class_name": "__keras_tensor__", "config": {"keras_history": [last, 0, 0]}}
        last = f"more_{number}"
        layers.append({**relu, "name": last, "inbound_nodes": [{"args": [value], "kwargs": {}}]})
    described["config"]["output_layers"] = [last, 0, 0]
    began = process_time()
    assert len(read_described("model.keras", described, None).graph.nodes) > 5_000
    assert process_time() - began < 10


def test_a_number_that_keras_2_kept_as_float32_is_the_one_that_was_written() -> None:
    described = description()
    _say("Activation", class_name="LeakyReLU", config={"alpha": 0.20000000298023224})(described)
    _set("BatchNormalization", epsilon=0.0010000000474974513)(described)
    graph = read_described("model.keras", described, None).graph
    assert {node.args["slope"] for node in graph.nodes if node.op == "leaky_relu"} == {0.2}
    assert next(node.args["epsilon"] for node in graph.nodes if node.op == "batchnorm") == 0.001


def test_a_rate_behind_many_zeros_is_written_so_that_it_can_be_read() -> None:
    described = description()
    _say("Activation", class_name="Dropout", config={"rate": 0.009523809523809525})(described)
    text = imported(read_described("model.keras", described, None), "layers").text
    assert "dropout(9.523809523809525e-3)" in text
