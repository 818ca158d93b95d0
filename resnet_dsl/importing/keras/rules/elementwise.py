"""Keras' merges, normalisations, factors and noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from resnet_dsl.importing.keras.at import At, Rule, Rules
from resnet_dsl.ir.operation import OperationName


def _merge(op: OperationName) -> Rule:
    return lambda at: at.node(op, *at.inputs)


def _concat(at: At) -> int:
    if at.settings.axes("axis", at.rank + 1, 0 if at.called.is_function else -1) != (at.rank + 1,):
        raise at.cannot("joins values along another axis than their channels")
    return at.node("concat", *at.inputs)


def _average(at: At) -> int:
    return at.node("scale", at.node("add", *at.inputs), value=1 / len(at.inputs))


def _expect_channels(at: At) -> None:
    """That a normalisation has its weights along the channels."""
    if at.settings.axes("axis", at.rank + 1) != (at.rank + 1,):
        raise at.cannot("normalises along other axes than the channels")


def _affine(at: At) -> dict[str, Any]:
    """The arguments that normalisations share."""
    settings = at.settings
    found: dict[str, Any] = {"epsilon": settings.number("epsilon", 1e-3), "scale": settings.flag("scale", True)}
    found["center"] = settings.flag("center", True)
    described = settings.take("gamma_initializer")
    name = described.get("class_name") if isinstance(described, dict) else described
    if found["scale"] and name in ("Zeros", "zeros"):
        found["gamma"] = "zeros"
    elif found["scale"] and name not in ("Ones", "ones", None):
        at.lacks_word()
    return found


def _learned(args: dict[str, Any]) -> list[str]:
    return [*["gamma"] * args["scale"], *["beta"] * args["center"]]


def _scaled_sum(at: At) -> int:
    """The first value and a part of the second (Inception-ResNet)."""
    value, other = at.inputs
    return at.node("add", value, at.node("scale", other, value=_whole(at.settings.number("scale"))))


def _batchnorm(at: At) -> int:
    _expect_channels(at)
    args = _affine(at)
    args["momentum"] = at.settings.number("momentum", 0.99)
    return at.node("batchnorm", at.input, weights=at.weights(*_learned(args), "moving_mean", "moving_variance"), **args)


def _layernorm(at: At) -> int:
    _expect_channels(at)
    args = _affine(at)
    return at.node("layernorm", at.input, weights=at.weights(*_learned(args)), **args)


def _groupnorm(at: At) -> int:
    _expect_channels(at)
    groups, args = at.settings.take("groups", 32), _affine(at)
    weights = at.weights(*_learned(args))
    if groups in (-1, at.entering) and at.rank:
        return at.node("instancenorm", at.input, weights=weights, **args)
    return at.node("groupnorm", at.input, weights=weights, groups=groups, **args)


def _rescaling(at: At) -> int:
    """``x * scale + offset``: one number each, or one a channel."""
    scale, offset = (_row(at, name, usual) for name, usual in (("scale", None), ("offset", 0.0)))
    if len(scale) == len(offset) == 1 and offset[0] == 0:
        return at.node("scale", at.input, value=_whole(scale[0]))
    if len(scale) == len(offset) == 1 and scale[0] == 1:
        return at.node("shift", at.input, value=_whole(offset[0]))
    return _normalized(at, at.input, scale, offset)


def _whole(number: float) -> float:
    """As one writes it: 2 for 2.0."""
    return int(number) if number == int(number) else number


def _row(at: At, name: str, usual: float | None) -> tuple[float, ...]:
    """A number, or one a channel, in whatever lists of one they stand."""
    value = at.settings.take(name, usual)
    if isinstance(value, dict) and value.get("class_name") == "__numpy__" and isinstance(value.get("config"), dict):
        value = value["config"].get("value")
    value = value.tolist() if hasattr(value, "tolist") else value
    while isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], list | tuple):
        value = value[0]
    numbers = value if isinstance(value, list | tuple) else [value]
    if not numbers or not all(isinstance(one, int | float) and abs(one) < 1e30 for one in numbers):
        raise at.cannot(f"has no numbers as its `{name}`")
    return tuple(float(one) for one in numbers)


def _normalized(at: At, node: int, scale: tuple[float, ...], offset: tuple[float, ...]) -> int:
    """``(x - mean) / std``, where that is x * scale + offset."""
    if min(scale) <= 0:
        raise at.cannot("has a scale that is not above 0, and `normalize` divides by deviations")
    wide = max(len(scale), len(offset))
    scales, offsets = (row * (wide // len(row)) for row in (scale, offset))
    if len(scales) != len(offsets):
        raise at.cannot(f"has {len(scale)} numbers as its `scale` and {len(offset)} as its `offset`")
    std = [_shortest(partial(_is_inverse, one), 1 / one) for one in scales]
    parts = zip(std, offsets, strict=True)
    mean = [_shortest(partial(_gives, deviation, one), -one * deviation) for deviation, one in parts]
    return at.node("normalize", node, mean=_once(mean), std=_once(std))


def _is_inverse(scale: float, std: float) -> bool:
    return 1 / std == scale


def _gives(std: float, offset: float, mean: float) -> bool:
    return -mean / std == offset


def _once(row: Sequence[float]) -> float | tuple[float, ...]:
    """One number where all channels have the same."""
    return tuple(row) if len({*row}) > 1 else row[0]


def _shortest(fits: Callable[[float], bool], about: float) -> float:
    """The number of fewest digits about here that fits; as it is where none does."""
    candidates = (float(f"{about:.{digits}g}") for digits in range(1, 18))
    return next((one for one in candidates if one and fits(one)), about) if about else 0.0


def _normalization(at: At) -> int:
    """With numbers of its own; ``x * sqrt(variance) + mean`` where it is inverted."""
    settings = at.settings
    _expect_channels(at)
    if settings.says("mean"):
        mean, variance = _row(at, "mean", None), _row(at, "variance", None)
    else:
        mean, variance = _seen(at)
    if min(variance) < 1e-14:
        raise at.cannot("has a variance of zero")
    std = [math.sqrt(one) for one in variance]
    if settings.flag("invert"):
        raise at.cannot("is inverted: it gives images as they came, and `normalize` takes them so")
    return at.node("normalize", at.input, mean=_once(mean), std=_once(std))


def _seen(at: At) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean and variance that a layer saw in data: they are weights of it. Without weights they are 0 and 1."""
    weights = at.weights("mean", "variance")
    if weights is None:
        return (0.0,), (1.0,)
    mean, variance = (tuple(float(one) for one in weights[name].reshape(-1)) for name in ("mean", "variance"))
    if not all(map(math.isfinite, (*mean, *variance))):
        raise at.cannot("has a mean or variance that is no number")
    return mean, variance


def _dropout(at: At) -> int:
    """With one draw a sample it is stochastic depth; with one a channel, or another shape, the language has none."""
    rate, shape = at.settings.number("rate"), at.settings.take("noise_shape")
    if shape is None:
        return at.node("dropout", at.input, rate=rate)
    if not isinstance(shape, list | tuple) or [*shape] != [None, *[1] * (at.rank + 1)]:
        raise at.cannot("draws its noise in a shape that neither `dropout` nor `drop_path` has")
    return at.node("drop_path", at.input, rate=rate)


def _spatial_dropout(at: At) -> int:
    """Whole channels: nothing at inference."""
    at.settings.number("rate")
    at.say(f"`{at.called.label}` drops whole channels in training, for which there is no word here: it is left out.")
    return at.input


def _drop_path(at: At) -> int:
    return at.node("drop_path", at.input, rate=at.settings.number("drop_path_rate"))


def _layer_scale(at: At) -> int:
    init = at.settings.number("init_values")
    return at.node("channel_scale", at.input, weights=at.weights("gamma"), init=init)


RULES: Rules = {
    "Add": _merge("add"),
    "Subtract": _merge("sub"),
    "Multiply": _merge("mul"),
    "Average": _average,
    "Concatenate": _concat,
    "ops.concatenate": _concat,
    "BatchNormalization": _batchnorm,
    "LayerNormalization": _layernorm,
    "GroupNormalization": _groupnorm,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "Dropout": _dropout,
    **{f"SpatialDropout{rank}D": _spatial_dropout for rank in (1, 2, 3)},
    "StochasticDepth": _drop_path,
    "LayerScale": _layer_scale,
    "CustomScaleLayer": _scaled_sum,
}
