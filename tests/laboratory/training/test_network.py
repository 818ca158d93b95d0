"""Networks that the compiler made, as training sees them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from rich.console import Console

from resnet_dsl import pipeline, shipped
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.network import Classifier
from resnet_dsl.laboratory.training.options import TrainOptions
from resnet_dsl.laboratory.training.train import train
from tests.specs.family import SEVERAL_ENDS

SPEC = """
network small(classes = 10) {
  input 8x8x1
  stem { conv(4, 3) -> norm -> act }
  stage one { 2 x basic(4) }
  stage two(stride = 2) { basic(8) }
  head { avgpool(global) -> dropout(0.2) -> dense(classes) -> softmax }
}
network small_plain from small { skips off }
network map from small { head {} }
"""


def compiled(name: str) -> Classifier:
    return Classifier(pipeline.load_text(SPEC).compile(name))


def test_what_is_known_of_a_network() -> None:
    small, plain = compiled("small"), compiled("small_plain")
    assert (small.name, small.input_shape, small.classes, small.depth) == ("small", (8, 8, 1), 10, 8)
    assert small.residual
    assert not plain.residual
    assert json.loads(small.ir_json)["name"] == "small"
    assert small.spec_text == SPEC


def test_logits_and_probabilities_are_one_network() -> None:
    network = compiled("small")
    keras.utils.set_random_seed(3)
    logits = network.build(3, logits=True)
    keras.utils.set_random_seed(3)
    whole = network.build(3, logits=False)
    for one, other in zip(logits.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    images = np.random.default_rng(0).normal(size=(5, 8, 8, 1)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits(images)))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(whole(images)), expected, rtol=1e-5, atol=1e-7)


def test_a_network_without_classes_is_refused() -> None:
    with pytest.raises(Failure, match="map does not tell classes apart: its output is 4x4x8"):
        compiled("map")


def with_head(head: str) -> Classifier:
    """A network with a body that ends in an activation, and this head."""
    text = f"network n(classes = 3) {{ input 8x8x1 stem {{ conv(4, 3) -> norm -> relu }} head {{ {head} }} }}"
    return Classifier(pipeline.load_text(text).compile())


@pytest.mark.parametrize(
    "head",
    [
        "avgpool(global) -> dense(classes) -> softmax",
        "avgpool(global) -> dense(classes)",
        "conv(classes, 1) -> relu -> avgpool(global) -> softmax",
        "conv(classes, 1) -> avgpool(global)",
        "conv(classes, 1) -> maxpool(global) -> dropout(0.1)",
        "avgpool(global) -> dense(classes) -> norm",
        "avgpool(global) -> relu -> dense(classes) -> scale(2)",
        "avgpool(global) -> dense(classes) -> sigmoid -> softmax",
        "conv(classes, 1) -> upsample(2) -> avgpool(global)",
        "conv(classes, 1) -> subsample(2) -> blurpool -> maxpool(global)",
        "avgpool(global) -> dense(4) -> channels(1, classes)",
        "avgpool(global) -> dense(classes) -> drop_path(0.1)",
    ],
)
def test_heads_that_cross_entropy_belongs_to(head: str) -> None:
    assert with_head(head).classes == 3


@pytest.mark.parametrize(
    ("head", "words", "remedy"),
    [
        ("avgpool(global) -> dense(classes) -> sigmoid", "n ends in `sigmoid`", "write `softmax` instead of `sigmoid`"),
        ("avgpool(global) -> dense(classes) -> tanh", "n ends in `tanh`", "write `softmax` instead of `tanh`"),
        ("avgpool(global) -> dense(classes) -> relu", "n ends in `relu`", "end its head with `dense(classes)"),
        ("avgpool(global) -> dense(classes) -> sigmoid -> scale(4)", "n ends in `sigmoid`", "softmax"),
        ("avgpool(global) -> dense(4) -> hard_sigmoid -> channels(0, 3)", "n ends in `hard_sigmoid`", "softmax"),
        ("avgpool(global) -> dense(classes) -> relu6", "n ends in `relu6`", "end its head with `dense(classes)"),
        ("a = avgpool(global) -> dense(3) b = sigmoid mul(a, b)", "n ends in `mul`", "end its head with"),
        ("avgpool(global) -> dense(classes) -> sigmoid -> dropout(0.1)", "n ends in `sigmoid`", "softmax"),
        ("avgpool(global)", "n ends in `relu`", "end its head with `dense(classes) -> softmax`"),
        (
            "avgpool(global) -> dense(classes) -> softmax -> dropout(0.1)",
            "the `softmax` of n is not its last",
            "end its head with `dense(",
        ),
        (
            "avgpool(global) -> dense(6) -> softmax(splits = 2)",
            "the `softmax` of n is not its last",
            "end its head with `dense(",
        ),
        ("avgpool(global) -> dense(classes) -> softmax -> softmax", "n ends in two `softmax`", "leave one of them out"),
        ("avgpool(global) -> dense(classes) -> softmax -> dropout(0.1) -> softmax", "two `softmax`", "leave one"),
        ("avgpool(global) -> dense(1) -> sigmoid", "n ends in `sigmoid`", "end its head with `dense(2) -> softmax`"),
        ("avgpool(global) -> dense(1)", "n has a single output", "for two classes, end its head with `dense(2)"),
    ],
)
def test_heads_that_another_loss_belongs_to_are_refused(head: str, words: str, remedy: str) -> None:
    with pytest.raises(Failure, match=words) as caught:
        with_head(head)
    assert remedy in str(caught.value.remedy)
    assert "--set" not in str(caught.value.remedy)


def test_what_to_set_is_what_the_network_has() -> None:
    text = "network n(width = 4, kinds = 1) { input 8x8x1 head { avgpool(global) -> dense(kinds) -> sigmoid } }"
    with pytest.raises(Failure, match="ends in `sigmoid`") as caught:
        Classifier(pipeline.load_text(text).compile())
    assert caught.value.remedy == "for two classes, write `softmax` instead of `sigmoid`, and --set kinds=2"
    assert compiled("small").telling_apart(4) == "--set classes=4"
    derived = pipeline.load_text(SPEC + "network ten from small(classes = 10) {}")
    assert Classifier(derived.compile("ten")).telling_apart(4).startswith("end its head with `dense(4) -> softmax`")
    assert Classifier(derived.compile("small_plain", {"classes": 5})).telling_apart(4) == "--set classes=4"


@pytest.mark.parametrize("file", [*shipped.shipped_files()], ids=lambda file: file.path.rpartition("/")[2])
def test_shipped_networks_that_end_in_softmax_can_be_trained(file: shipped.ShippedFile) -> None:
    spec = pipeline.load(file.path)
    for name in (one for one in file.networks[:2] if one not in SEVERAL_ENDS):
        network = spec.compile(name)
        if network.graph.nodes[network.graph.outputs[0].node].op == "softmax" and len(network.facts.output_shape) == 1:
            assert Classifier(network).classes == network.facts.output_shape[0]


def test_a_compiled_network_trains_and_its_file_is_whole(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    options = TrainOptions(data="digits", epochs=4, batch_size=32, augment="none", schedule="constant", out=tmp_path)
    done = train(compiled("small"), options, Console(file=io.StringIO()))
    assert done.ending == "finished"
    assert done.rows[-1].train_error < 0.6
    assert (tmp_path / "network.resnet").read_text() == SPEC
    model = keras.saving.load_model(tmp_path / "model.keras")
    assert model.name == "small"
    assert model.output_shape == (None, 10)


def test_the_names_that_the_docs_give_lead_here() -> None:
    """People's scripts import them: they stay, wherever the laboratory's files go."""
    page = (Path(__file__).parents[3] / "docs" / "training.md").read_text()
    example = page.partition("## From Python")[2].partition("```python\n")[2].partition("```")[0]
    imported: dict[str, object] = {}
    exec("\n".join(line for line in example.splitlines() if "import" in line), imported)
    assert (imported["Compiled"], imported["TrainOptions"], imported["train"]) == (Classifier, TrainOptions, train)
