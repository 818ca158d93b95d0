"""Merges, normalisation, activations, factors and noise: what leaves the lengths as they are, as operators of ONNX.

What goes number by number is computed in the layout that is there already.
"""

from __future__ import annotations

from functools import reduce
from math import pi, sqrt
from typing import Any

import numpy as np

from resnet_dsl.passes.primitives import is_composite
from resnet_dsl.targets.onnx.lower.operators import each, reshaped_back, with_number
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rule, Rules
from resnet_dsl.targets.onnx.lower.primitives import in_steps


def _add(at: OnnxLoweringContext) -> OnnxValue:
    return each("Add" if len(at.inputs) == 2 else "Sum")(at)


def _mul(at: OnnxLoweringContext) -> OnnxValue:
    first, *others, last = at.tensors(at.layout)
    product = reduce(lambda made, one: at.call("Mul", made, one, suffix="product"), others, first)
    return at.value(at.call("Mul", product, last), at.layout)


def _concat(at: OnnxLoweringContext) -> OnnxValue:
    axis = at.input.axis(at.rank, at.layout)
    return at.value(at.call("Concat", *at.tensors(at.layout), axis=axis), at.layout)


def _relu6(at: OnnxLoweringContext) -> OnnxValue:
    made = at.call("Clip", at.tensor(at.layout), at.numbers("low", 0.0), at.numbers("high", 6.0))
    return at.value(made, at.layout)


def _prelu(at: OnnxLoweringContext) -> OnnxValue:
    slope = at.variable("alpha", at.a_channel(at.weight("alpha"), at.layout))
    return at.value(at.call("PRelu", at.tensor(at.layout), slope), at.layout)


def _silu(at: OnnxLoweringContext) -> OnnxValue:
    value = at.tensor(at.layout)
    return at.value(at.call("Mul", value, at.call("Sigmoid", value, suffix="gate")), at.layout)


def _gelu(at: OnnxLoweringContext) -> OnnxValue:
    """``x / 2 * (1 + erf(x / sqrt(2)))`` in the order of operators that runtimes know, and their tanh in its place."""
    value = at.tensor(at.layout)
    inner = _of_tanh(at, value) if at.args["approximate"] else _of_erf(at, value)
    more = at.call("Add", inner, at.numbers("one", 1.0), suffix="more")
    return at.value(at.call("Mul", at.call("Mul", value, more, suffix="twice"), at.numbers("half", 0.5)), at.layout)


def _of_erf(at: OnnxLoweringContext, value: str) -> str:
    return at.call("Erf", at.call("Div", value, at.numbers("root", sqrt(2)), suffix="scaled"), suffix="erf")


def _of_tanh(at: OnnxLoweringContext, value: str) -> str:
    cube = at.call("Pow", value, at.numbers("three", 3.0), suffix="cube")
    bent = at.call("Add", value, at.call("Mul", cube, at.numbers("share", 0.044715), suffix="bend"), suffix="bent")
    return at.call("Tanh", at.call("Mul", bent, at.numbers("root", sqrt(2 / pi)), suffix="scaled"), suffix="tanh")


def _softmax(at: OnnxLoweringContext) -> OnnxValue:
    """Across parts: the channels as (parts, channels of a part), and all positions in one line."""
    if not is_composite(at.node):
        return at.value(at.call("Softmax", at.tensor(at.layout), axis=at.input.axis(at.rank, at.layout)), at.layout)
    splits = at.args["splits"]
    size = at.whole("parts", [0, splits, at.entering // splits, *([-1] if at.rank else [])])
    parts = at.call("Reshape", at.tensor(), size, suffix="split")
    return at.value(reshaped_back(at, at.call("Softmax", parts, suffix="softmax", axis=1)))


def _spatial_softmax(at: OnnxLoweringContext) -> OnnxValue:
    line = at.call("Reshape", at.tensor(), at.whole("line_size", [0, 0, -1]), suffix="line")
    return at.value(reshaped_back(at, at.call("Softmax", line, suffix="softmax", axis=-1)))


def _batchnorm(at: OnnxLoweringContext) -> OnnxValue:
    """At inference, with the statistics that were kept."""
    gamma, beta = _gamma_and_beta(at)
    kept = [at.variable(name, at.weight(name)) for name in ("moving_mean", "moving_variance")]
    return at.value(at.call("BatchNormalization", at.tensor(), gamma, beta, *kept, epsilon=at.args["epsilon"]))


def _gamma_and_beta(at: OnnxLoweringContext) -> tuple[str, str]:
    """Ones, and zeros, where they are not learned: operators want both, or (LayerNormalization, in ONNX Runtime 1.18)
    bring the process down without."""
    gamma = at.weight("gamma") if at.args["scale"] else np.ones(at.entering, np.float32)
    beta = at.weight("beta") if at.args["center"] else np.zeros(at.entering, np.float32)
    return at.variable("gamma", gamma), at.variable("beta", beta)


def _layernorm(at: OnnxLoweringContext) -> OnnxValue:
    given = (at.tensor("last"), *_gamma_and_beta(at))
    return at.value(at.call("LayerNormalization", *given, axis=-1, epsilon=at.args["epsilon"]), "last")


def _instancenorm(at: OnnxLoweringContext) -> OnnxValue:
    return at.value(at.call("InstanceNormalization", at.tensor(), *_gamma_and_beta(at), epsilon=at.args["epsilon"]))


def _groupnorm(at: OnnxLoweringContext) -> OnnxValue:
    """The numbers of each group in one line, as if they were one channel."""
    groups = at.args["groups"]
    line = at.call("Reshape", at.tensor(), at.whole("line_size", [0, groups, -1]), suffix="line")
    plain = at.numbers("ones", np.ones(groups)), at.numbers("zeros", np.zeros(groups))
    normal = at.call("InstanceNormalization", line, *plain, suffix="normal", epsilon=at.args["epsilon"])
    learned = [("Mul", "gamma")] * at.args["scale"] + [("Add", "beta")] * at.args["center"]
    made = reshaped_back(at, normal, suffix="map" if learned else "")
    for kind, name in learned:
        array = at.variable(name, at.a_channel(at.weight(name), "first"))
        made = at.call(kind, made, array, suffix="" if (kind, name) == learned[-1] else "scaled")
    return at.value(made)


def normalized(at: OnnxLoweringContext, mean: Any, deviation: Any) -> OnnxValue:
    """Less a mean, over a deviation: a number each, or one a channel."""
    layout = at.layout
    means, deviations = (at.a_channel(np.array(one), layout) for one in (mean, deviation))
    less = at.call("Sub", at.tensor(layout), at.numbers("mean", means), suffix="centred")
    return at.value(at.call("Div", less, at.numbers("deviation", deviations)), layout)


def _fixed(kind: str) -> Rule:
    """The rule of one number for all, fixed or learned."""
    plain = with_number(kind, lambda at: at.args["value"])
    return lambda at: in_steps(at) if is_composite(at.node) else plain(at)


_IDENTITY = each("Identity")

RULES: Rules = {
    "add": _add,
    "sub": each("Sub"),
    "mul": _mul,
    "concat": _concat,
    "batchnorm": _batchnorm,
    "layernorm": _layernorm,
    "groupnorm": _groupnorm,
    "instancenorm": _instancenorm,
    "relu": each("Relu"),
    "relu6": _relu6,
    "leaky_relu": lambda at: each("LeakyRelu", alpha=float(at.args["slope"]))(at),
    "prelu": _prelu,
    "elu": each("Elu"),
    "selu": each("Selu"),
    "gelu": _gelu,
    "silu": _silu,
    "mish": each("Mish"),
    "softplus": each("Softplus"),
    "sigmoid": each("Sigmoid"),
    "hard_sigmoid": each("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_swish": each("HardSwish"),
    "tanh": each("Tanh"),
    "abs": each("Abs"),
    "softmax": _softmax,
    "spatial_softmax": _spatial_softmax,
    "normalize": lambda at: normalized(at, at.args["mean"], at.args["std"]),
    "scale": _fixed("Mul"),
    "shift": _fixed("Add"),
    **dict.fromkeys(("dropout", "drop_path", "dropblock"), _IDENTITY),
}
"""Noise is for training alone: at inference the value is as it was."""
