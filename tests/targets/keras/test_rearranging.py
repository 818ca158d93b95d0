"""Borders and crops as steps, and blocks of positions as channels: on open lengths, too, and beside TensorFlow and
PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from resnet_dsl.ir.operation import Later
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower, to_keras
from tests.elaborate.compiling import compiled, reasons, refused, refused_stage, shapes_of, staged
from tests.interpreter.interpret import RULES
from tests.targets.keras.graphs import Sketch, one_op

keras = pytest.importorskip("keras")
from tests.interpreter.models import compare  # noqa: E402

ORDERS = ("tensorflow", "pytorch")


@pytest.mark.parametrize("size", [(None, 8), (None, 6, 8), (None, None, 8), (None, None, None, 8)], ids=str)
def test_open_lengths_compute_the_definition(size: tuple[int | None, ...]) -> None:
    """A length that is not known to be divided is, once it was multiplied."""
    random = np.random.default_rng(0)
    net = Sketch(*size)
    ends = [net.add("zero_pad", 0, amounts=((1, 2),)), net.add("crop", 0, amounts=((1, 0),))]
    ends += [net.add("depth_to_space", 0, order=order) for order in ORDERS]
    twice = net.add("upsample", 0)
    ends += [net.add("space_to_depth", twice, order=order) for order in ORDERS]
    net.add("concat", *[net.add("avgpool", one, kernel="global") for one in ends])
    known = [length or 4 + place for place, length in enumerate(size[:-1])]
    compare(*net.graph(), random.normal(size=(2, *known, 8)).astype("float32"), random)


def test_lengths_follow() -> None:
    assert shapes_of(staged("zero_pad(1)", size="?x?x3"))["s_zero_pad"] == "?x?x3"
    assert shapes_of(staged("crop([2, 0])", size="9x3"))["s_crop"] == "7x3"
    assert shapes_of(staged("depth_to_space(2x1)", size="4x5x6"))["s_depth_to_space"] == "8x5x3"
    assert shapes_of(staged("space_to_depth(2x1)", size="4x5x6"))["s_space_to_depth"] == "2x5x12"


def test_what_a_crop_takes_and_a_border_adds_meet() -> None:
    """Lengths that are open are known to be those that they were."""
    text = "network n { input ?x?x4 stage s { a = zero_pad([1, 2]) -> crop([2, 1]) b = in -> depth_to_space -> "
    text += "space_to_depth add(a, in, b) } }"
    assert compiled(text).facts.output_shape[-1] == 4


@pytest.mark.parametrize(
    ("body", "size", "code"),
    [
        ("crop(4)", "8x9x4", "E0284"),
        ("crop([9, 0])", "9x4", "E0284"),
        ("crop([[0, 0], [5, 4]])", "9x9x4", "E0284"),
        ("avgpool(global) crop(1)", "9x9x4", "E0301"),
        ("avgpool(global) zero_pad(1)", "9x9x4", "E0301"),
        ("zero_pad(1x2x3)", "9x9x4", "E0301"),
        ("zero_pad(half)", "9x9x4", "E0206"),
        ("zero_pad(-1)", "9x9x4", "E0207"),
        ("depth_to_space(2)", "9x9x6", "E0304"),
        ("depth_to_space(2)", "9x3", "E0304"),
        ("depth_to_space(0)", "9x9x4", "E0207"),
        ("depth_to_space(order = same)", "9x9x4", "E0206"),
        ("space_to_depth(2)", "8x9x4", "E0285"),
        ("space_to_depth(2)", "?x8x4", "E0285"),
        ("upsample(2) space_to_depth(4)", "?x?x4", "E0285"),
        ("zero_pad(2000000000)", "9x9x4", "E0503"),
        ("depth_to_space(2000000000)", "9x9x4", "E0304"),
    ],
)
def test_what_does_not_fit_is_told(body: str, size: str, code: str) -> None:
    assert refused_stage(body, size) == [code]


@pytest.mark.parametrize("size", ["7x4", "8x9x4", "7x7x4", "6x7x7x4", "7x9x8x4"])
def test_the_help_on_an_odd_length_helps(size: str) -> None:
    text = f"network n {{ input {size} stage s {{ space_to_depth(4x2x3) }} }}".replace(
        "4x2x3", "x".join("423"[: size.count("x")])
    )
    help_ = reasons(text).rsplit("`", 2)[1]
    assert help_.startswith("zero_pad")
    assert refused(text.replace("space_to", f"{help_} space_to")) == []


def test_a_layer_of_our_own_stands_only_where_several_lengths_are_open(tmp_path: Path) -> None:
    for size, own in (((8, 8, 4), False), ((None, 8, 4), False), ((None, None, 4), True)):
        graph, shapes = one_op(size, "depth_to_space")
        assert any(call.kind.startswith("own.") for call in lower(graph, shapes).calls) == own
        model = to_keras(graph, shapes, seed=1)
        model.save(tmp_path / "m.keras")
        values = np.random.default_rng(0).normal(size=(1, 8, 8, 4)).astype("float32")
        again = keras.saving.load_model(tmp_path / "m.keras")
        np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(one(values)) for one in (model, again)))


def test_tensorflow_means_the_same() -> None:
    tensorflow = pytest.importorskip("tensorflow")
    values = np.random.default_rng(0).normal(size=(2, 6, 6, 36))
    for factor in (2, 3):
        args = {"factor": (factor, factor), "order": "tensorflow"}
        for op in ("depth_to_space", "space_to_depth"):
            wanted = getattr(tensorflow.nn, op)(values, factor).numpy()
            np.testing.assert_array_equal(RULES[op](args, values, {}), wanted)


@pytest.mark.backends
def test_pytorch_means_the_same() -> None:
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).normal(size=(2, 6, 6, 36))
    first = torch.tensor(np.moveaxis(values, -1, 1))
    for factor in (2, 3):
        args = {"factor": (factor, factor), "order": "pytorch"}
        for op, theirs in (("depth_to_space", "pixel_shuffle"), ("space_to_depth", "pixel_unshuffle")):
            wanted = getattr(torch.nn.functional, theirs)(first, factor).numpy()
            np.testing.assert_array_equal(np.moveaxis(RULES[op](args, values, {}), -1, 1), wanted)


CALLS = {
    "normalize": {"mean": (1.0, 2.0, 3.0, 4.0), "std": (0.5, 1.0, 2.0, 4.0)},
    "zero_pad": {"amounts": ((1, 0),)},
    "crop": {"amounts": ((1, 0),)},
    "resize": {"size": 3},
}


@pytest.mark.parametrize("op", [name for name in get_args(Later) if not OPERATIONS[name].many])
@pytest.mark.parametrize("size", [(4, 4), (4, 6, 4), (2, 4, 6, 8)], ids=str)
def test_channels_stand_last_whatever_is_usual(op: str, size: tuple[int, ...]) -> None:
    if op == "normalize":
        size = (*size[:-1], 4)
    graph, shapes = one_op(size, op, **CALLS.get(op, {}))
    values = np.random.default_rng(0).normal(size=(2, *size))
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        got = keras.ops.convert_to_numpy(to_keras(graph, shapes, seed=1)(values.astype("float32")))
    finally:
        keras.config.set_image_data_format(before)
    np.testing.assert_allclose(got, RULES[op](graph.nodes[1].args, values, {}), rtol=1e-4, atol=1e-4)
