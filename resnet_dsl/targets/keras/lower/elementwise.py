"""Merges, normalisation, activations, factors and noise: what leaves the lengths as they are, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.passes.primitives import is_composite
from resnet_dsl.targets.keras.calls import Value, batched
from resnet_dsl.targets.keras.lower.place import WHOLE, LoweringContext, Rule, Rules, initializer
from resnet_dsl.targets.keras.lower.primitives import in_steps


def _add(at: LoweringContext) -> int:
    """A sum. A skip connection's value comes first, as in keras.applications: it decides the order of a model's layers,
    and with it where the arrays of their weight files belong."""
    return at.call("Add", *(at.inputs if at.node.skip is None else at.inputs[::-1]))


def _affine(at: LoweringContext) -> dict[str, Value]:
    return {
        "axis": -1,
        "epsilon": at.args["epsilon"],
        "center": at.args["center"],
        "scale": at.args["scale"],
        "gamma_initializer": initializer(at.args["gamma"]),
    }


_ACTIVATIONS: tuple[OperationName, ...] = (
    "relu", "relu6", "elu", "selu", "silu", "mish", "softplus", "sigmoid", "hard_sigmoid", "tanh",
)  # fmt: skip
"""Those that Keras has under the same name."""


def _activation(name: str) -> Rule:
    return lambda at: at.call("Activation", at.input, activation=name)


def _gelu(at: LoweringContext) -> int:
    return at.call("ops.gelu", at.input, approximate=True) if at.args["approximate"] else _activation("gelu")(at)


def _leaky_relu(at: LoweringContext) -> int:
    """Keras' layer takes no negative slope, its function does."""
    kind = "LeakyReLU" if at.args["slope"] >= 0 else "ops.leaky_relu"
    return at.call(kind, at.input, negative_slope=at.args["slope"])


def _prelu(at: LoweringContext) -> int:
    shared = tuple(range(1, at.rank + 1)) or None
    return at.call("PReLU", at.input, alpha_initializer=initializer(0.25), shared_axes=shared)


def _softmax(at: LoweringContext) -> int:
    if not is_composite(at.node):
        return _activation("softmax")(at)
    return _softmax_of_slices(at) if batched(at.shape)[1:].count(None) > 1 else in_steps(at)


def _softmax_of_slices(at: LoweringContext) -> int:
    """Part by part: Keras' Reshape takes no more than one length that is not known."""
    width = at.entering // at.args["splits"]
    part: Shape = (*at.shape[:-1], width)
    cuts = [(*[WHOLE] * at.rank, (start, start + width, None)) for start in range(0, at.entering, width)]
    parts = [at.part(at.input, cut, part, "split") for cut in cuts]
    largest = parts[0]
    for one in parts[1:]:
        largest = at.call("ops.maximum", largest, one, shape=part, suffix="largest")
    below = [at.call("ops.subtract", one, largest, shape=part, suffix="below") for one in parts]
    powers = [at.call("ops.exp", one, shape=part, suffix="exp") for one in below]
    total = at.call("Add", *powers, shape=part, suffix="sum")
    shares = [at.call("ops.divide", one, total, shape=part, suffix="share") for one in powers]
    return at.call("Concatenate", *shares, axis=-1)


def _scale(at: LoweringContext) -> int:
    return in_steps(at) if is_composite(at.node) else at.call("Rescaling", at.input, scale=float(at.args["value"]))


def _shift(at: LoweringContext) -> int:
    if is_composite(at.node):
        return in_steps(at)
    return at.call("Rescaling", at.input, scale=1.0, offset=float(at.args["value"]))


def _normalize(at: LoweringContext) -> int:
    """Rescaling by numbers for each channel: with axes of length 1 before them it takes them as they stand, also where
    images have their channels first by default."""
    mean, std = (_row(at, name) for name in ("mean", "std"))
    scale = tuple(1 / one for one in std)
    offset = tuple(-one / other for one, other in zip(mean, std, strict=True))
    if len({*zip(scale, offset, strict=True)}) == 1:
        return at.call("Rescaling", at.input, scale=scale[0], offset=offset[0])
    return at.call("Rescaling", at.input, scale=((scale,),), offset=((offset,),))


def _row(at: LoweringContext, name: str) -> tuple[float, ...]:
    """A number for each channel."""
    value = at.args[name]
    return value if isinstance(value, tuple) else (float(value),) * at.entering


def _drop_path(at: LoweringContext) -> int:
    """Dropout with one draw a sample."""
    return at.call("Dropout", at.input, rate=at.args["rate"], noise_shape=(None, *(1,) * len(at.shape)))


def _dropblock(at: LoweringContext) -> int:
    if not all(isinstance(length, int) for length in at.shape):
        raise Failure("Keras needs known lengths for `dropblock`", "give the input a size: `--input 224x224x3`")
    return in_steps(at)


RULES: Rules = {
    "add": _add,
    "sub": lambda at: at.call("Subtract", *at.inputs),
    "mul": lambda at: at.call("Multiply", *at.inputs),
    "concat": lambda at: at.call("Concatenate", *at.inputs, axis=-1),
    "batchnorm": lambda at: at.call("BatchNormalization", at.input, momentum=at.args["momentum"], **_affine(at)),
    "layernorm": lambda at: at.call("LayerNormalization", at.input, **_affine(at)),
    "groupnorm": lambda at: at.call("GroupNormalization", at.input, groups=at.args["groups"], **_affine(at)),
    "instancenorm": lambda at: at.call("GroupNormalization", at.input, groups=at.entering, **_affine(at)),
    **{name: _activation(name) for name in _ACTIVATIONS},
    "hard_swish": _activation("hard_silu"),
    "abs": lambda at: at.call("ops.abs", at.input),
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "gelu": _gelu,
    "softmax": _softmax,
    "spatial_softmax": lambda at: at.call("Softmax", at.input, axis=tuple(range(1, at.rank + 1))),
    "normalize": _normalize,
    "scale": _scale,
    "shift": _shift,
    "dropout": lambda at: at.call("Dropout", at.input, rate=at.args["rate"]),
    "drop_path": _drop_path,
    "dropblock": _dropblock,
}
