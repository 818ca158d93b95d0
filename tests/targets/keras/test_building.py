"""The model as a whole: seeds, initial weights, depth, names, what is said when something is missing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from resnet_dsl.targets.keras import WrongShapeError, to_keras
from tests.targets.keras.graphs import Sketch, one_op, residual

keras = pytest.importorskip("keras")


def test_the_same_seed_gives_the_same_weights() -> None:
    first, again, other = (to_keras(*residual(3).graph(), seed=seed).get_weights() for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[5][:, :, :, :8], first[10][:, :, :, :8])  # layers of one shape differ


def test_without_a_seed_the_global_one_decides() -> None:
    keras.utils.set_random_seed(5)
    first = to_keras(*residual(3).graph()).get_weights()
    keras.utils.set_random_seed(5)
    again = to_keras(*residual(3).graph()).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], to_keras(*residual(3).graph()).get_weights()[0])


@pytest.mark.parametrize(
    ("init", "fan"), [("he_normal", 9 * 64), ("he_normal_out", 9 * 128), ("glorot_uniform", 9 * (64 + 128) / 4)]
)
def test_spread_of_initial_kernels(init: str, fan: float) -> None:
    kernel = to_keras(*one_op((8, 8, 64), "conv", channels=128, kernel=3, init=init), seed=0).get_weights()[0]
    scale = 2 if init != "glorot_uniform" else 0.5
    assert kernel.std() == pytest.approx((scale / fan) ** 0.5, rel=0.02)


def test_depthwise_kernels_start_as_the_equal_grouped_convolution_would() -> None:
    kernel = to_keras(*one_op((8, 8, 512), "conv", channels=1024, kernel=3, groups=512), seed=0).get_weights()[0]
    assert kernel.shape == (3, 3, 512, 2)
    assert kernel.std() == pytest.approx((2 / 9) ** 0.5, rel=0.02)


def test_a_wrong_shape_is_our_failure() -> None:
    graph, shapes = one_op((8, 8, 3), "conv", channels=4, kernel=3)
    with pytest.raises(WrongShapeError, match="it"):
        to_keras(graph, (shapes[0], (8, 9, 4)))


def test_a_helper_layer_never_takes_the_name_of_a_node() -> None:
    net = Sketch(8, 8, 3)
    net.add("conv", name="a", channels=4, kernel=3, stride=2)
    net.add("relu", name="a_pad")
    model = to_keras(*net.graph())
    assert [layer.name for layer in model.layers[1:]] == ["a_pad2", "a", "a_pad"]


def test_a_deep_network_is_built_at_the_default_recursion_limit() -> None:
    before = sys.getrecursionlimit()
    model = to_keras(*residual(210, width=2, size=(8, 8, 3)).graph())
    assert len(model.layers) > 1000
    assert sys.getrecursionlimit() == before


def test_the_target_is_imported_without_keras() -> None:
    code = "import sys, resnet_dsl.targets.keras; sys.exit(any(m in sys.modules for m in ('keras', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("blocked", "says"),
    [("keras", 'pip install "resnet-dsl[tensorflow]"'), ("tensorflow", 'pip install "resnet-dsl[tensorflow]"')],
)
def test_a_missing_package_is_named_with_its_remedy(blocked: str, says: str) -> None:
    code = f"""
import sys
sys.modules[{blocked!r}] = None
from resnet_dsl.targets.keras import MissingPackageError, to_keras
from tests.targets.keras.graphs import one_op
try:
    to_keras(*one_op((4,), "relu"))
except MissingPackageError as missing:
    print(missing, missing.remedy)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"KERAS_BACKEND": "tensorflow"}
    )
    assert says in done.stdout, done.stderr
