"""Attention in files: what others wrote in many operators is one operation, or refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.onnx import read_onnx
from resnet_dsl.pipeline import load_text
from tests.importing.onnx.making import file, floats, model, node
from tests.importing.onnx.written import difference, written

OURS = """network n {{
  input 4x5x6
  head {{ conv(24, 1) -> attention(2, {key}, position = {position}) -> relu }}
}}
"""


@pytest.mark.parametrize("position", ["none", "relative"])
@pytest.mark.parametrize("key", [4, 3])
def test_ours_without_its_marks_is_known_by_its_numbers(tmp_path: Path, position: str, key: int) -> None:
    path = written(load_text(OURS.format(position=position, key=key)).compile(), tmp_path / "ours.onnx")
    made = onnx.load(path)
    for one in made.graph.node:
        del one.metadata_props[:]
    onnx.save(made, path)
    flat = read_onnx(path)
    (found,) = (one for one in flat.graph.nodes if one.op == "attention")
    assert dict(found.args) == {"heads": 2, "key": key, "position": position}
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5


ARRAYS = {"w": floats(12, 4, 1, 1), "to3": np.array([0, 12, 9]), "to4": np.array([0, 4, 3, 3])}
BEFORE = [node("Conv", "x w", "c"), node("Reshape", "c to3", "r"), node("Split", "r", "q k v", axis=1, num_outputs=3)]
AFTER = [node("Reshape", "o to4", "y")]


def made(*middle: Any, opset: int = 20, **arrays: Any) -> Any:
    return model([*BEFORE, *middle, *AFTER], ("n", 4, 3, 3), {**ARRAYS, **arrays}, opset)


def products(*between: Any, axis: int = 2, scores: str = "s") -> list[Any]:
    return [
        node("Transpose", "q", "qt", perm=[0, 2, 1]),
        node("MatMul", "qt k", "s"),
        *between,
        node("Softmax", scores, "a", axis=axis),
        node("Transpose", "v", "vt", perm=[0, 2, 1]),
        node("MatMul", "a vt", "at"),
        node("Transpose", "at", "o", perm=[0, 2, 1]),
    ]


SUMS = [
    node("Einsum", "q k", "s", equation="bdq, bdk -> bqk"),
    node("Softmax", "s", "a", axis=-1),
    node("Einsum", "a v", "o", equation="bqk,bdk->bdq"),
]
RIGHT = {
    "products": made(*products()),
    "scaled": made(*products(node("Div", "s two", "t"), scores="t"), two=np.float32(2)),
    "opset 18": made(*products(), opset=18),
    "sums over indices": made(*SUMS),
    "keys' places first": made(
        node("Einsum", "q k", "s", equation="bdq,bdk->bkq"),
        node("Softmax", "s", "a", axis=1),
        node("MatMul", "v a", "o"),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_the_operation(tmp_path: Path, name: str) -> None:
    path = file(tmp_path, RIGHT[name])
    flat = read_onnx(path)
    assert [one.op for one in flat.graph.nodes].count("attention") == 1
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5


WRONG = {
    "over queries": made(*products(axis=1)),
    "a number for each pair": made(*products(node("Add", "s b", "t"), scores="t"), b=floats(9, 9)),
    "bent scores": made(*products(node("Relu", "s", "t"), scores="t")),
    "places that are fewer": made(
        node("Slice", "k zero eight two", "k8"),
        node("Slice", "v zero eight two", "v8"),
        node("Einsum", "q k8", "s", equation="bdq,bdk->bqk"),
        node("Softmax", "s", "a", axis=-1),
        node("Einsum", "a v8", "o", equation="bqk,bdk->bdq"),
        zero=np.array([0]),
        eight=np.array([8]),
        two=np.array([2]),
    ),
    "samples that attend to each other": made(
        node("Einsum", "q k", "s", equation="bdq,cdk->bqk"),
        node("Softmax", "s", "a", axis=-1),
        node("Einsum", "a v", "o", equation="bqk,bdk->bdq"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotImportedError):
        read_onnx(file(tmp_path, WRONG[name]))


def test_what_is_read_elsewhere_is_no_part_of_it(tmp_path: Path) -> None:
    again = [*products(), *AFTER, node("ReduceMean", "a", "m", keepdims=1)]
    whole = model([*BEFORE, *again], ("n", 4, 3, 3), ARRAYS, 18, ("y", "m"))
    with pytest.raises(NotImportedError):
        read_onnx(file(tmp_path, whole))


def test_work_is_bounded(tmp_path: Path) -> None:
    """Of 65,536 places no scores are computed."""
    arrays = {**ARRAYS, "to3": np.array([0, 12, 65536]), "to4": np.array([0, 4, 256, 256])}
    large = model([*BEFORE, *products(), *AFTER], ("n", 4, 256, 256), arrays)
    begun = time.process_time()
    with pytest.raises(NotImportedError, match="attends to more places than are looked at"):
        read_onnx(file(tmp_path, large))
    assert time.process_time() - begun < 5


def test_all_attentions_of_a_file_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_dsl.importing.onnx.place.MOST_ATTENDING", 10_000)
    with pytest.raises(NotImportedError, match="attends to more places than are looked at"):
        read_onnx(file(tmp_path, RIGHT["products"]))


def test_steps_are_bounded(tmp_path: Path) -> None:
    """A chain of softmaxes of products, each of the one before."""
    steps = [node("MatMul", "x x", "p0")]
    for one in range(1000):
        steps += [node("Softmax", f"p{one}", f"s{one}", axis=3), node("MatMul", f"s{one} p{one}", f"p{one + 1}")]
    begun = time.process_time()
    with pytest.raises(NotImportedError):
        read_onnx(file(tmp_path, model(steps, (1, 4, 8, 8), outputs=("p1000",))))
    assert time.process_time() - begun < 10
