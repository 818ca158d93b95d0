"""Files: whole or not at all, loaded by Keras alone, and the way back for what Keras cannot load."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.keras.loading import NoGraphError, load, load_weights, read_graph
from resnet_dsl.targets.keras.saving import reloading, save, save_json, save_weights
from tests.targets.keras.graphs import Sketch, one_op, residual

keras = pytest.importorskip("keras")


def _equal_weights(one: object, other: object) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)  # type: ignore[attr-defined]
    return all(np.array_equal(a, b) for a, b in pairs)


def test_plain_keras_loads_the_file_without_this_package(tmp_path: Path) -> None:
    graph, shapes = residual(3).graph()
    model = to_keras(graph, shapes, seed=0)
    save(model, tmp_path / "net.keras", graph)
    model.save_weights(tmp_path / "expected.weights.h5")
    code = f"""
import sys, keras, numpy
model = keras.saving.load_model({str(tmp_path / "net.keras")!r})
before = model.get_weights()
model.load_weights({str(tmp_path / "expected.weights.h5")!r})
assert all(numpy.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
assert not any(name.startswith("resnet_dsl") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_the_file_carries_its_graph(tmp_path: Path) -> None:
    graph, shapes = residual(3).graph()
    model = to_keras(graph, shapes, seed=0)
    path = save(model, tmp_path / "net.keras", graph)
    assert read_graph(path) == graph
    assert _equal_weights(load(path), model)


def test_a_file_of_others_has_no_graph(tmp_path: Path) -> None:
    save(to_keras(*one_op((4,), "relu")), tmp_path / "net.keras")
    (tmp_path / "text.keras").write_text("no archive")
    for name in ("net.keras", "text.keras"):
        with pytest.raises(NoGraphError, match="carries no graph"):
            load(tmp_path / name)


def test_a_deep_file_comes_back(tmp_path: Path) -> None:
    graph, shapes = residual(210, width=2, size=(8, 8, 3)).graph()
    model = to_keras(graph, shapes, seed=0)
    path = save(model, tmp_path / "deep.keras", graph)
    with pytest.raises(RecursionError):
        keras.saving.load_model(path)
    assert _equal_weights(load(path), model)
    assert "load_keras" in "".join(reloading(lower(graph, shapes)))


def test_the_depth_that_keras_can_load_is_known(tmp_path: Path) -> None:
    graph, shapes = residual(120, width=2, size=(8, 8, 3)).graph()
    assert reloading(lower(graph, shapes)) == ()
    save(to_keras(graph, shapes), tmp_path / "net.keras", graph)
    keras.saving.load_model(tmp_path / "net.keras")


def test_layers_of_our_own_are_named(tmp_path: Path) -> None:
    (note,) = reloading(lower(*one_op((8, 8, 3), "conv", channels=4, kernel=3, standardize="plain")))
    assert "import resnet_dsl.layers" in note
    assert "StandardizedConv2D" in note


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, shapes = one_op((4,), "relu")
    model = to_keras(graph, shapes)
    path = save(model, tmp_path / "net.keras", graph)
    before = path.read_bytes()

    def fail(self: object, *args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(OSError, match="full"):
        save(model, path, graph)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["net.keras"]


def test_a_wrong_ending_is_refused(tmp_path: Path) -> None:
    model = to_keras(*one_op((4,), "relu"))
    with pytest.raises(Failure, match=r"ends in \.keras"):
        save(model, tmp_path / "net.h5")
    with pytest.raises(Failure, match=r"ends in \.weights\.h5"):
        save_weights(model, tmp_path / "net.keras")


def test_weights_alone_and_structure_alone(tmp_path: Path) -> None:
    graph, shapes = residual(3).graph()
    model = to_keras(graph, shapes, seed=0)
    save_weights(model, tmp_path / "net.weights.h5")
    other = to_keras(graph, shapes, seed=1)
    load_weights(other, tmp_path / "net.weights.h5")
    assert _equal_weights(other, model)
    text = save_json(model, tmp_path / "net.json").read_text()
    assert json.loads(text)["config"]["name"] == "net"
    assert len(keras.models.model_from_json(text).layers) == len(model.layers)
    with pytest.raises(FileNotFoundError):
        load_weights(other, tmp_path / "none.weights.h5")


@pytest.mark.parametrize(("part", "why"), [(0, "has no entry"), (1000, "is damaged")])
def test_weights_that_are_missing_or_cut_off_are_refused(tmp_path: Path, part: int, why: str) -> None:
    graph, shapes = residual(3).graph()
    save(to_keras(graph, shapes), tmp_path / "net.keras", graph)
    with zipfile.ZipFile(tmp_path / "net.keras") as whole, zipfile.ZipFile(tmp_path / "cut.keras", "w") as cut:
        for entry in whole.namelist():
            content = whole.read(entry)
            if not entry.endswith(".h5"):
                cut.writestr(entry, content)
            elif part:
                cut.writestr(entry, content[:part])
    with pytest.raises(Failure, match=f"cut.keras` cannot be read: .*{why}"):
        load(tmp_path / "cut.keras")


def test_a_negative_border_survives_json() -> None:
    net = Sketch(8, 8, 3)
    net.add("maxpool", kernel=3, stride=2)
    text = to_keras(*net.graph()).to_json()
    assert "Infinity" not in text
