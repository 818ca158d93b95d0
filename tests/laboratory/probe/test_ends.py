"""The probe of networks with several inputs and outputs, by hand and beside the prediction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.laboratory.probe import BadBatchError, probe, typical
from resnet_dsl.laboratory.signal import predict
from tests.cli.calling import call

TOWER = "conv(24, 3) -> norm -> relu -> conv(24, 3) -> norm -> relu"
TEXT = f"""network two {{
  input left 12x12x3
  input right 9x9x2
  input facts 16
  head {{
    a = left -> {TOWER} -> avgpool(global)
    b = right -> {TOWER} -> avgpool(global)
    concat(a, b, facts) -> dense(5) -> softmax
  }}
  head where {{ left -> conv(16, 3, init = he_normal) -> relu -> conv(3, 3, init = he_normal) }}
}}"""
DRAW = np.random.default_rng(0)
BATCH = {"left": DRAW.normal(size=(16, 12, 12, 3)), "right": DRAW.normal(size=(16, 9, 9, 2)),
         "facts": DRAW.normal(size=(16, 16))}  # fmt: skip


@pytest.fixture(scope="module")
def compiled() -> Any:
    return resnet_dsl.load(TEXT).network().compiled


@pytest.mark.keras
def test_measured_beside_predicted(compiled: Any) -> None:
    measured = typical([probe(compiled.graph, compiled.shapes, BATCH, seed=seed) for seed in range(3)])
    predicted = predict(compiled.graph, compiled.shapes)
    assert predicted.ways == measured.ways
    for one, other in zip(measured.layers, predicted.layers, strict=True):
        assert one.activation == pytest.approx(other.activation, rel=0.35), one.name
        assert one.gradient == pytest.approx(other.gradient, rel=0.5), one.name
    for part, same in zip(measured.parts, predicted.parts, strict=True):
        assert part.growth == pytest.approx(same.growth, rel=0.2)


@pytest.mark.keras
def test_losses_of_two_outputs_are_summed() -> None:
    """Two copies of one value: the gradient is the sum of what is drawn for both."""
    text = "network n { input given 6 stage s { dense(3) } head a { s -> scale(2) } head b { s -> scale(3) } }"
    one = resnet_dsl.load(text).network().compiled
    found = probe(one.graph, one.shapes, DRAW.normal(size=(4, 6)), seed=7)
    draw = np.random.default_rng(7)
    first, second = (draw.standard_normal((4, 3)).astype(np.float32) for _ in range(2))
    assert found.layers[0].gradient == pytest.approx(float(np.mean((2 * first + 3 * second) ** 2)), rel=1e-5)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (BATCH["left"], None, "`two` has the inputs `left`, `right`, `facts`: give an array for each by name"),
        ({"left": BATCH["left"]}, None, "has the inputs `left`, `right`, `facts`, and is given `left`"),
        (BATCH | {"middle": BATCH["left"]}, None, "and is given `left`, `right`, `facts`, `middle`"),
        (BATCH | {"right": BATCH["left"]}, None, "`two: right` takes at least two samples of 9x9x2"),
        (BATCH | {"right": BATCH["right"][:5]}, None, "other numbers of samples: `left` 16, `right` 5, `facts` 16"),
        (BATCH, {"where": [0] * 16}, "labels are for the outputs that end in softmax: `head`"),
        (BATCH, {"head": [7] * 16}, "from 0 to 4"),
    ],
)
def test_batches_that_do_not_fit(compiled: Any, images: Any, labels: Any, words: str) -> None:
    with pytest.raises(BadBatchError) as caught:
        probe(compiled.graph, compiled.shapes, images, labels)
    assert words in str(caught.value)


@pytest.mark.keras
def test_the_command_measures_several_outputs(tmp_path: Path) -> None:
    text = """network n { input 8x8x1 stage s { conv(4, 3) -> relu } head { avgpool(global) -> dense(10) -> softmax }
    head map { s -> conv(1, 1) } }"""
    (tmp_path / "n.resnet").write_text(text, encoding="utf-8")
    ended = call("probe", str(tmp_path / "n.resnet"), "--data", "digits", "--batch-size", "8", "--predict")
    assert ended.code == 0, ended.err
    assert "measured: n (input to map): " in ended.out
    assert "predicted: n (input to head): " in ended.out
