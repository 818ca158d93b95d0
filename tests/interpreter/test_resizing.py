"""`resize` and `crop`: beside PyTorch's numbers, and in models whose lengths are known only when they run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.targets.keras import load, save, to_keras
from tests.elaborate.compiling import compiled
from tests.interpreter.interpret import interpret
from tests.interpreter.places import crop, resize
from tests.targets.keras.graphs import Sketch, one_op

keras = pytest.importorskip("keras")
from tests.interpreter.models import read  # noqa: E402

RECORDED = Path(__file__).parent / "interpolated.json"
"""What `torch.nn.functional.interpolate` makes of a map of 7x5: written by `record` below."""


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def as_torch(value: list[list[float]], method: str, size: list[int]) -> list[list[float]]:
    import torch

    given = torch.tensor(value, dtype=torch.float64)[None, None]
    by = {"bilinear": {"mode": "bilinear", "align_corners": False}, "nearest": {"mode": "nearest-exact"}}[method]
    result = torch.nn.functional.interpolate(given, size=tuple(size), **by)
    return [[round(float(one), 6) for one in row] for row in result[0, 0]]


def record() -> None:
    """Asks PyTorch anew: python -c "from tests.interpreter.test_resizing import record; record()"."""
    import torch

    found = recorded()
    made = [{**one, "values": as_torch(found["value"], one["method"], one["size"])} for one in found["interpolated"]]
    text = json.dumps(
        {"torch": torch.__version__, "value": found["value"], "interpolated": made}, separators=(",", ":")
    )
    RECORDED.write_text(text + "\n", encoding="utf-8")


CASES = [pytest.param(one, id=f"{one['method']}-{one['size']}") for one in recorded()["interpolated"]]


@pytest.mark.backends
@pytest.mark.parametrize("case", CASES)
def test_what_is_recorded_is_what_pytorch_computes(case: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    np.testing.assert_allclose(as_torch(recorded()["value"], case["method"], case["size"]), case["values"], atol=2e-6)


@pytest.mark.parametrize("case", CASES)
def test_resizing_is_pytorchs(case: dict[str, Any]) -> None:
    """The definition, and the model with lengths known and open."""
    value = np.array(recorded()["value"])[None, :, :, None]
    asked = {"size": tuple(case["size"]), "method": case["method"]}
    expected = np.array(case["values"])[None, :, :, None]
    np.testing.assert_allclose(resize(asked, value, {}), expected, atol=2e-6)
    for size in ((7, 5, 1), (None, None, 1)):
        model = to_keras(*one_op(size, "resize", **asked))
        np.testing.assert_allclose(keras.ops.convert_to_numpy(model(value)), expected, atol=2e-6)


PAIRS = [(10, 3), (6, 4), (14, 4), (30, 9), (3, 10), (50, 21), (7, 9)]


@pytest.mark.parametrize(("method", "old", "new"), [(m, *pair) for m in ("nearest", "bilinear") for pair in PAIRS])
def test_places_are_exact_where_a_middle_lies_on_a_border(method: str, old: int, new: int) -> None:
    """1.5 * 10 / 3 is 5, and 4.9999995 in single precision, in which Keras' own layer places bilinear positions."""
    value = np.random.default_rng(0).normal(size=(1, old, 3, 2))
    asked = {"size": (new, 3), "method": method}
    for size, within in (((old, 3, 2), 1e-5), ((None, None, 2), 1e-6)):
        found = to_keras(*one_op(size, "resize", **asked))(value)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(found), resize(asked, value, {}), atol=within)


def test_long_signals() -> None:
    """The products of their lengths need more than 32 bits."""
    value = np.arange(100_000.0).reshape(1, -1, 1)
    for length in (70_000, 3):
        found = to_keras(*one_op((100_000, 1), "resize", size=length))(value)
        middles = (2 * np.arange(length) + 1) * 100_000 // (2 * length)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(found).ravel(), middles)


def test_layers_that_are_alike_are_copied_as_they_are(tmp_path: Path) -> None:
    net = Sketch(8, 8, 2)
    for size in (11, 8, 11, 8):
        net.add("resize", size=size, method="bilinear")
        net.add("crop", amounts=1)
        net.add("resize", size=8)
    graph, shapes = net.graph()
    value = np.random.default_rng(0).normal(size=(2, 8, 8, 2)).astype("float32")
    fast, plain = (to_keras(graph, shapes, fast=one) for one in (True, False))
    expected = interpret(graph, {}, value)[-1]
    plain.save(tmp_path / "n.keras")
    for model in (fast, plain, keras.saving.load_model(tmp_path / "n.keras")):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(model(value)), expected, atol=1e-5)
    assert [layer.get_config() for layer in fast.layers] == [layer.get_config() for layer in plain.layers]


NETWORK = """network n {{ input {size}
  stage a {{ conv(4, 3) }}
  stage b {{ maxpool(2) -> conv(4, 3) }}
  stage c {{ up = resize(like = a, method = {method}) add(a, up) }}
  stage d {{ conv(4, 3, stride = 2) -> upsample(2) -> crop(like = a) skip from a by concat }}
  head {{ conv(2, 1, stride = 3) -> resize(like = input) }} }}"""


def test_a_network_of_open_lengths_computes_what_it_does_at_known_ones(tmp_path: Path) -> None:
    opened, random = compiled(NETWORK.format(size="?x?x3", method="bilinear")), np.random.default_rng(0)
    models = [to_keras(opened.graph, opened.shapes, seed=0, fast=fast) for fast in (True, False)]
    models[1].set_weights(models[0].get_weights())
    save(models[0], tmp_path / "n.keras", opened.graph)
    models += [load(tmp_path / "n.keras"), keras.saving.load_model(tmp_path / "n.keras")]
    weights = read(models[0], opened.graph, opened.shapes)
    for lengths in ((16, 16), (17, 20), (13, 11)):
        known = compiled(NETWORK.format(size=f"{lengths[0]}x{lengths[1]}x3", method="bilinear"))
        closed = to_keras(known.graph, known.shapes)
        closed.set_weights(models[0].get_weights())
        batch = random.normal(size=(2, *lengths, 3)).astype("float32")
        expected = interpret(opened.graph, weights, batch)[opened.graph.outputs[0].node]
        for model in (*models, closed):
            np.testing.assert_allclose(keras.ops.convert_to_numpy(model(batch)), expected, atol=1e-5)
        traced = models[0].predict(batch, verbose=0)
        np.testing.assert_allclose(traced, expected, atol=1e-5)


@pytest.mark.parametrize("size", ["?x3", "?x?x?x3"])
def test_signals_and_volumes(size: str) -> None:
    opened = compiled(NETWORK.format(size=size, method="nearest"))
    model = to_keras(opened.graph, opened.shapes, seed=0)
    weights = read(model, opened.graph, opened.shapes)
    batch = np.random.default_rng(0).normal(size=(2, *(11, 8, 9)[: size.count("?")], 3)).astype("float32")
    expected = interpret(opened.graph, weights, batch)[opened.graph.outputs[0].node]
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(batch)), expected, atol=1e-5)


@pytest.mark.parametrize("size", ["?x?x3", "9x12x3", "4?x4?x3"])
def test_a_value_that_only_lends_its_size_is_in_graph_and_model_or_in_neither(size: str) -> None:
    text = f"""network n {{ input {size} stage s {{ a = conv(4, 3, stride = 2) b = in -> conv(2, 3)
      resize(like = a) conv(2, 3) }} }}"""
    network = compiled(text)
    model = to_keras(network.graph, network.shapes)
    assert model.count_params() == network.facts.count.total_params
    assert "never used" not in str(network.warnings)


@pytest.mark.parametrize("method", ["nearest", "bilinear"])
def test_the_size_of_another_input(method: str) -> None:
    """One that lends nothing else is an input of the model, too."""
    network = compiled(f"""network n {{ input left ?x?x2 input right ?x?x3
      stage s {{ a = right -> conv(3, 3, stride = 2) left -> resize(like = a, method = {method}) }} }}""")
    model = to_keras(network.graph, network.shapes, seed=0)
    weights, random = read(model, network.graph, network.shapes), np.random.default_rng(0)
    for left, right in (((5, 7), (12, 9)), ((12, 9), (5, 7))):
        batch = [random.normal(size=(2, *left, 2)), random.normal(size=(2, *right, 3))]
        expected = interpret(network.graph, weights, batch)[-1]
        assert expected.shape[1:3] == tuple(-(-length // 2) for length in right)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(model(batch)), expected, atol=1e-5)


def test_the_middle_is_cropped() -> None:
    x = np.arange(7.0).reshape(1, 7, 1)
    assert crop({"amounts": ((1, 2),)}, x, {}).ravel().tolist() == [1, 2, 3, 4]
    assert crop({"amounts": None, "size": (4,)}, x, {}).ravel().tolist() == [1, 2, 3, 4]
