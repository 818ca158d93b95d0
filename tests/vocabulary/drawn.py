"""Calls of other tools' layers and functions, drawn by chance: every argument that a row takes, said or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from numpy.random import Generator

from resnet_dsl.vocabulary.table import WordRow

_LENGTHS = ("1", "2", "3", "5")
_FLAGS = ("True", "False")
_SMALL = ("1e-5", "0.001", "0.1")
_STARTS = ("'zeros'", "'ones'", "'he_normal'")
VALUES: dict[str, Sequence[str]] = {
    **dict.fromkeys(("filters", "out_channels", "features", "num_outputs"), ("4", "6", "8")),
    **dict.fromkeys(("units", "out_features"), ("1", "5", "10")),
    **dict.fromkeys(("in_channels", "num_features", "num_channels", "normalized_shape"), ("4",)),
    "in_features": ("6",),
    **dict.fromkeys(("kernel_size", "pool_size", "window_shape"), (*_LENGTHS, "ONE_EACH")),
    **dict.fromkeys(("stride", "strides"), ("1", "2", "3", "None", "ONE_EACH")),
    "padding": ("'same'", "'valid'", "'SAME'", "0", "1", "2", "ONE_EACH", "'causal'"),
    "data_format": ("None", "'channels_last'", "'channels_first'"),
    **dict.fromkeys(("dilation", "dilation_rate"), ("1", "2", "ONE_EACH")),
    "depth_multiplier": ("1", "2"),
    "groups": ("1", "2", "4", "-1"),
    "num_groups": ("1", "2", "4"),
    "activation": (
        "None", "'relu'", "'linear'", "'softmax'", "'gelu'", "'swish'", "'silu'", "'leaky_relu'", "'elu'", "'selu'",
        "'tanh'", "'sigmoid'", "'hard_sigmoid'", "'hard_swish'", "'hard_silu'", "'mish'", "'softplus'", "'relu6'",
        "'softsign'", "'celu'", "'exponential'", "'log_softmax'", "'glu'",
    ),
    **dict.fromkeys(("bias", "use_bias", "affine", "elementwise_affine", "center", "scale", "keepdims"), _FLAGS),
    **dict.fromkeys(("ceil_mode", "count_include_pad", "inplace", "track_running_stats"), _FLAGS),
    **dict.fromkeys(("kernel_initializer", "gamma_initializer", "beta_initializer"), _STARTS),
    **dict.fromkeys(("eps", "epsilon"), _SMALL),
    "momentum": ("0.1", "0.5", "0.9", "0.99", "0.0"),
    "axis": ("-1", "3", "1", "2", "(1, 2, 3)"),
    "dim": ("1", "-3", "-1", "2", "None"),
    "output_size": ("1", "(1, 1)", "2", "None"),
    "output_padding": ("None", "0", "1"),
    "padding_mode": ("'zeros'", "'reflect'", "'replicate'", "'circular'"),
    "target_shape": ("(-1,)", "(36, 16)", "(144, 4)", "(24, 24)"),
    "max_value": ("None", "6", "6.0", "1"),
    **dict.fromkeys(("negative_slope", "threshold", "alpha"), ("0.0", "0.01", "0.2", "1.0")),
    "beta": ("1.0", "2.0"),
    "approximate": ("'none'", "'tanh'", "True", "False"),
    "shared_axes": ("[1, 2]", "(1, 2)", "None", "[1]"),
    **dict.fromkeys(("rate", "p"), ("0.5", "0.2", "0.0")),
    "cropping": ("1", "2", "((1, 0), (2, 1))", "(1, 2)"),
    "size": ("2", "3", "None", "(2, 2)", "(24, 18)", "(12, 12)"),
    **dict.fromkeys(("scale_factor", "upscale_factor", "downscale_factor"), ("2", "3", "None", "(2, 2)", "1.5")),
    **dict.fromkeys(("interpolation", "mode"), ("'nearest'", "'bilinear'", "'bicubic'", "'nearest-exact'", "'linear'")),
    "align_corners": ("None", "True", "False"),
    **dict.fromkeys(("height", "width"), ("8", "24", "15")),
    "start_dim": ("1", "2"),
    "end_dim": ("-1", "2"),
    "num_parameters": ("1", "4"),
    "init": ("0.25", "0.0"),
    "return_indices": ("False",),
    "training": ("False",),
}  # fmt: skip
"""What each argument may be given; ONE_EACH is one number an axis."""

OF_SCALE = {"scale": ("1/255", "2.0", "0.5"), "offset": ("0.0", "-1", "0.5")}
"""What Keras' Rescaling takes under the name of a norm's flag."""


def drawn(row: WordRow, name: str, random: Generator, count: int) -> Iterator[str]:
    """Calls of a name of a row; what needs a value that flows in has `x`."""
    for _ in range(count):
        said = [_argument(row, name, at, random) for at, _ in enumerate(row.takes)]
        yield f"{name}({', '.join(one for one in said if one)})"


def _argument(row: WordRow, name: str, at: int, random: Generator) -> str:
    """An argument as it is written: by its name, by its place where all in front of it must be said, or not at all."""
    argument = row.takes[at]
    if argument.name in ("x", "input", "inputs"):
        return "x"
    values = (OF_SCALE if name.endswith("Rescaling") else VALUES).get(argument.name, ())
    if not values or (argument.value and random.random() < 0.6):
        return ""
    value = _each(str(random.choice([*values])), _axes(name), random)
    stands = all(not one.value for one in row.takes[: at + 1])
    return value if stands and random.random() < 0.7 and _all_stand(row, at) else f"{argument.name}={value}"


def _all_stand(row: WordRow, at: int) -> bool:
    return at == 0 or (row.takes[0].name in ("x", "input", "inputs") and at == 1)


def _axes(name: str) -> int:
    return next((int(one) for one in "13" if f"{one}d" in name.lower()), 2)


def _each(value: str, axes: int, random: Generator) -> str:
    if value != "ONE_EACH":
        return value
    return f"({', '.join(str(random.choice([1, 2, 3])) for _ in range(axes))},)"


def map_of(name: str) -> tuple[int, ...]:
    """The shape that flows into a layer, channels last."""
    return {1: (12, 4), 2: (12, 12, 4), 3: (7, 6, 7, 4)}[_axes(name)]


def draws(paths: Sequence[tuple[WordRow, str]], is_ordinary: Callable[[str], bool]) -> list[Any]:
    """How many calls of which path under which seed: two of some ordinarily, forty of each twice under `slow`."""
    return [
        *((row, path, 2, 0) for row, path in paths if is_ordinary(path)),
        *(pytest.param(row, path, 40, seed, marks=pytest.mark.slow) for row, path in paths for seed in (1, 2)),
    ]
