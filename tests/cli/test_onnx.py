"""`compile --to onnx`: what is written, what is said, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from resnet_dsl.targets.onnx import writing
from tests.cli.calling import call

SEVERAL = """network several {
  input left 16x16x3
  input right 16x16x3
  stage a { concat(left, right) -> conv(4, 3) }
  head { avgpool(global) -> dense(2) }
  output left, head
}
"""

pytestmark = pytest.mark.usefixtures("folder")


def written(*asked: str, spec: str = "small.resnet", path: str = "made.onnx") -> str:
    """What is said."""
    ended = call("compile", spec, "--to", "onnx", "-o", path, "--quiet", *asked)
    assert ended.code == 0, ended.err
    return ended.out


def answer(path: str, *batches: Any) -> list[Any]:
    session = onnxruntime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]
    found: list[Any] = session.run(None, dict(zip(names, batches, strict=True)))
    return found


def images(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape).astype("f4")


def test_the_same_seed_gives_the_same_file(folder: Path) -> None:
    assert written("--seed", "1") == "wrote made.onnx\n"
    written("--seed", "1", path="other.onnx")
    assert (folder / "made.onnx").read_bytes() == (folder / "other.onnx").read_bytes()
    written("--seed", "2", path="other.onnx")
    assert (folder / "made.onnx").read_bytes() != (folder / "other.onnx").read_bytes()


def test_folded_and_with_channels_first_it_is_the_same_network() -> None:
    written("--seed", "1")
    said = written("--seed", "1", "--optimize", "inference", "--channels", "first", path="other.onnx")
    assert "folded 10 batch normalisations" in said
    image = images(2, 32, 32, 3)
    (right,), (got,) = answer("made.onnx", image), answer("other.onnx", np.moveaxis(image, -1, 1))
    np.testing.assert_allclose(got, right, 1e-4, 1e-6)
    assert not [node for node in onnx.load("other.onnx").graph.node if node.op_type == "BatchNormalization"]


def test_another_size_and_a_part() -> None:
    written("--input", "?x48x3", "--features", "a,b")
    a, b = answer("made.onnx", images(1, 40, 48, 3))
    assert (a.shape, b.shape) == ((1, 40, 48, 8), (1, 20, 24, 16))


def test_an_output_that_would_have_an_input_s_name_is_told(folder: Path) -> None:
    (folder / "several.resnet").write_text(SEVERAL, encoding="utf-8")
    said = written(spec="several.resnet")
    assert said.startswith("the output `left` is called `left_output`: in ONNX none has the name of an input\n")


def test_where_its_weights_stand_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LARGEST", 1000)
    said = written()
    assert said.endswith("to load it: its weights stand in `made.onnx.data`: keep both in one folder\n")
    assert answer("made.onnx", images(1, 32, 32, 3))[0].shape == (1, 10)
    ended = call("compile", "small.resnet", "--to", "onnx", "-o", "-")
    assert (ended.code, "two gigabytes" in ended.err) == (2, True)


def test_a_model_that_may_be_trained_is_replaced_only_when_it_is_asked_for(folder: Path) -> None:
    written()
    written()
    trained = (folder / "made.onnx").read_bytes()[:-1]
    (folder / "made.onnx").write_bytes(trained)
    ended = call("compile", "small.resnet", "--to", "onnx", "-o", "made.onnx", "--quiet")
    assert (ended.code, ended.out) == (2, "")
    assert "it may be trained" in ended.err
    assert (folder / "made.onnx").read_bytes() == trained
    written("--force")


def test_nothing_else_takes_the_name_of_a_model(folder: Path) -> None:
    ended = call("compile", "small.resnet", "--to", "ir", "-o", "net.onnx")
    assert ended.code == 2
    assert "`net.onnx` is the name of an ONNX model, and this would be none" in ended.err
