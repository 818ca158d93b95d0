"""What is written without Keras is what Keras would write: of every kind of network, with every kind of weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from resnet_dsl import shipped
from resnet_dsl.failure import Failure
from resnet_dsl.passes.backbone import asked, backbone
from resnet_dsl.pipeline import Compiled, load_text
from resnet_dsl.targets.keras import save, to_keras
from resnet_dsl.targets.request import Request
from resnet_dsl.weights import InputScaling, read_weights
from tests.specs.family import MEMBERS, TOO_LARGE, WIDER, spec
from tests.targets.keras import test_ends, test_sharing
from tests.targets.keras.direct.as_built import assert_as_built
from tests.targets.keras.direct.compare import assert_same_files

QUICK = {"two_view_network", "skresnet18", "botnet26t_256"}
"""They have slices, functions and attention; layers of other kinds stand in the texts."""
FIRST = {
    *("first_network", "small_resnet8", "small_plain8", "cifar_resnet20", "resnet10t"),
    *("tcn_music", "ecg_network", "edsr_baseline_x2", "siamese_omniglot"),
}
"""Those that are loaded among the ordinary tests: of several tasks, with open lengths, one axis, two inputs."""

MANY = """
network many {
  input 16x16x8
  stem { conv(8, 3, groups = 8) -> conv(16, 3, standardize = scaled) -> norm -> mish -> dropout(0.2) }
  stage a(stride = 2) { 2 x basic(16) use drop = drop_path(0.1) }
  stage b { blurpool(3) conv(8, 3, fill = reflect) prelu maxpool(3, stride = 2) layernorm }
  head { avgpool(global) -> dense(5) -> softmax }
}
"""
SEED = Request(seed=7)


def _kinds() -> list[Any]:
    return [pytest.param(*one, id=one[1], marks=() if one[1] in QUICK else pytest.mark.slow) for one in MEMBERS]


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=() if one in FIRST else pytest.mark.slow) for one in shipped.names() if one != TOO_LARGE],
)
def test_what_ships_is_loaded_as_it_is_built(name: str, tmp_path: Path) -> None:
    assert_as_built(name, tmp_path)


@pytest.mark.parametrize(("file", "name", "pixels"), _kinds())
def test_one_of_every_kind(file: str, name: str, pixels: int, tmp_path: Path) -> None:
    assert_same_files(spec(file).compile(name, input_size=(pixels, pixels, 3)), SEED, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "name"),
    [(file.path, name) for file in shipped.shipped_files() if file.family in WIDER for name in file.networks],
)
def test_those_of_other_tasks(file: str, name: str, tmp_path: Path) -> None:
    assert_same_files(spec(file).compile(name), SEED, tmp_path)


TEXTS = {
    "many": MANY,
    "several inputs and outputs": test_ends.TEXT,
    "a layer called twice": test_sharing.PAIR,
    "noise called several times": test_sharing.DEEP,
    "layers of every kind called several times": test_sharing.OTHERS,
    "open lengths": "network n { input ?x?x3 stem { conv(8, 3) -> norm -> act } head { avgpool(global) -> dense(2) } }",
    "multiples": "network n { input 32?x32?x3 stem { conv(8, 3, stride = 2) upsample(2) } head { conv(2, 1) } }",
    "a name that Keras refuses": "network été { input 8x8x3 stage _s { conv(2, 3) } }",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=[*TEXTS])
def test_texts(text: str, tmp_path: Path) -> None:
    assert_same_files(load_text(text).compile(), SEED, tmp_path)


@pytest.fixture(scope="module")
def many() -> Compiled:
    return load_text(MANY).compile()


@pytest.fixture(scope="module")
def trained(many: Compiled, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of weights like trained ones, with names of classes, of a model that normalises its images."""
    scaling = InputScaling(tuple(range(8)), (4.0,) * 8)
    model = to_keras(many.graph, many.shapes, seed=1, scaling=scaling)
    random = np.random.default_rng(0)
    model.set_weights([random.uniform(0.5, 1.5, one.shape) for one in model.get_weights()])
    path = tmp_path_factory.mktemp("trained") / "many.keras"
    save(model, path, many.graph, ("a", "b", "c", "d", "e"))
    return str(path)


@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("excepted", [(), ("head",), ("b", "stem")])
def test_with_the_weights_of_a_file(
    many: Compiled, trained: str, tmp_path: Path, excepted: tuple[str, ...], optimize: bool
) -> None:
    request = Request(seed=5, saved=read_weights(trained), excepted=excepted, optimize=optimize)
    assert_same_files(many, request, tmp_path)


def test_weights_of_another_type(many: Compiled, trained: str, tmp_path: Path) -> None:
    saved = read_weights(trained)
    layers = tuple(
        layer._replace(arrays=tuple(one._replace(kind="float64", values=one.values / 3.0) for one in layer.arrays))
        for layer in saved.layers
    )
    assert_same_files(many, Request(saved=saved._replace(layers=layers)), tmp_path)


@pytest.mark.parametrize(
    "wanted", [asked(["a", "b"]), asked(include_top=False), asked(include_top=False, pooling="avg")]
)
@pytest.mark.parametrize("weighed", [False, True])
def test_a_part(many: Compiled, trained: str, wanted: Any, weighed: bool, tmp_path: Path) -> None:
    saved = read_weights(trained) if weighed else None
    assert_same_files(backbone(many, wanted), Request(seed=2, saved=saved), tmp_path)


def test_an_optimised_part_with_first_weights(many: Compiled, tmp_path: Path) -> None:
    assert_same_files(backbone(many, asked(["a"])), Request(seed=2, optimize=True), tmp_path)


def test_what_does_not_fit_is_told_as_ever(many: Compiled, trained: str, tmp_path: Path) -> None:
    other = load_text(MANY.replace("dense(5)", "dense(6)")).compile()
    with pytest.raises(Failure, match="one layer does not fit"):
        assert_same_files(other, Request(saved=read_weights(trained)), tmp_path)
    assert not [*tmp_path.iterdir()]


@pytest.mark.slow
def test_a_deep_one(tmp_path: Path) -> None:
    text = "network deep { input 8x8x3 stem { conv(2, 3) } stage s { 150 x basic(2) } head { avgpool(global) } }"
    assert_same_files(load_text(text).compile(), SEED, tmp_path)


def test_training_goes_on_from_it(many: Compiled, tmp_path: Path) -> None:
    model = assert_same_files(many, SEED, tmp_path)
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    model.fit(np.ones((4, 16, 16, 8)), np.eye(5)[:4], verbose=0)
    assert not np.array_equal(before, model.get_weights()[0])
    keras.saving.load_model(tmp_path / "mine.keras").load_weights(tmp_path / "mine.keras")
