"""Activations, and arithmetic of values with one another and with fixed numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isclose
from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import Factor, arranged, order_of, whole
from resnet_dsl.importing.onnx.place import Place, Rule, Rules, Tensor
from resnet_dsl.importing.onnx.rules.numbers import FixedNumbers, fixed, plain, row_of, split
from resnet_dsl.ir.lengths import channels
from resnet_dsl.sentences import an

_NORMS = ("batchnorm", "layernorm", "groupnorm", "instancenorm")
_UNIT_EPSILON = 1e-5


def _plain(op: str, **wanted: float) -> Rule:
    """An activation; ``wanted``: attributes that must have these values."""

    def rule(at: Place) -> Tensor:
        for name, value in wanted.items():
            found = at.attribute(name, _DEFAULTS.get((at.operator.kind, name), value))
            if not isclose(found, value, rel_tol=1e-5):
                raise at.refuse(f"is {an(at.operator.kind)} with {name} = {plain(found):g}, and `{op}` has {value:g}")
        return at.each(op)

    return rule


_DEFAULTS = {("HardSigmoid", "alpha"): 0.2, ("HardSigmoid", "beta"): 0.5}


def _clip(at: Place) -> Tensor:
    low, high = _bound(at, 1, "min", -inf), _bound(at, 2, "max", inf)
    if (low, high) == (0, 6):
        return at.each("relu6")
    if low == 0 and high >= 3e38:
        return at.each("relu")
    raise at.refuse(f"clips at {low:g} and {high:g}, and here are `relu` (from 0) and `relu6` (0 to 6)")


def _bound(at: Place, place: int, name: str, none: float) -> float:
    array = at.array(place, name).reshape(-1) if at.given(place) is not None else np.array([at.attribute(name, none)])
    return float(array[0])


def _gelu(at: Place) -> Tensor:
    return at.each("gelu", approximate=at.attribute("approximate", "none") == "tanh")


def _prelu(at: Place) -> Tensor:
    value = at.tensor()
    slope = fixed(at, value, at.array(1, "slope"))
    row = np.full(channels(at.shape(value)), slope.number, np.float32) if slope.row is None else slope.row
    node = at.layer("prelu", value.node, [at.operator.inputs[1]], {"alpha": row})
    return Tensor(node, value.axes)


def _softmax(at: Place) -> Tensor:
    """Along channels, parts of them, or all positions; before version 13 along all axes from one on."""
    value = at.tensor()
    start = at.axis(at.attribute("axis", -1 if at.opset >= 13 else 1), value)
    along = [axis for axis in (value.axes[start:] if at.opset < 13 else value.axes[start : start + 1]) if axis]
    last = len(at.shape(value)) - 1
    entering = channels(at.shape(value))
    over = [factor for axis in along for factor in axis]
    positions = [factor for axis in arranged(at.shape(value)[:-1], tuple(range(last))) for factor in axis]
    if over == [*whole(last, entering)]:
        return Tensor(at.node("softmax", [value.node]), value.axes)
    if over == positions and last:
        return Tensor(at.node("spatial_softmax", [value.node]), value.axes)
    if len(over) == 1 and over[0].axis == last and over[0].step * over[0].length == entering:
        return Tensor(at.node("softmax", [value.node], splits=over[0].length), value.axes)
    raise at.refuse("is a `Softmax` along an axis that is neither the channels, nor parts of them, nor all positions")


def _add(at: Place) -> Any:
    if not all(isinstance(one, Tensor) for one in at.inputs):
        value, array, _ = split(at)
        return _shifted(at, value, fixed(at, value, array))
    return _merged(at, "add")


def _sub(at: Place) -> Any:
    if all(isinstance(one, Tensor) for one in at.inputs):
        return _merged(at, "sub")
    value, array, turned = split(at)
    number = fixed(at, value, array)
    if turned:
        value = Tensor(at.node("scale", [value.node], value=-1.0), value.axes)
        return _shifted(at, value, number)
    if number.row is None and not number.learned:
        return _shifted(at, value, FixedNumbers(None, -number.number, False))
    if len(at.shape(value)) > 1:
        mean = number.number if number.row is None else row_of(number.row)
        return Tensor(at.node("normalize", [value.node], mean=mean, std=1.0), value.axes)
    return _shifted(at, value, _turned(number))


def _turned(number: FixedNumbers) -> FixedNumbers:
    return number._replace(row=None if number.row is None else -number.row, number=-number.number)


def _shifted(at: Place, value: Tensor, number: FixedNumbers) -> Tensor:
    """Plus fixed numbers: the offset of the layer before, where it has none, or an operation of their own."""
    node, entering = at.of(value), channels(at.shape(value))
    row = _one_a_channel(number, entering)
    if row is not None and value.sole and node.op in _NORMS and not node.args["center"]:
        at.reader.amend(value.node, node.op, at.operator.label, {"beta": row}, **{**node.args, "center": True})
        return Tensor(value.node, value.axes)
    if row is not None and value.sole and node.op == "channel_scale":
        gamma = at.reader.weights[node.name]["gamma"]
        at.reader.amend(value.node, "batchnorm", at.operator.label, {"gamma": gamma, "beta": row, **_still(entering)})
        return Tensor(value.node, value.axes)
    if number.row is None:
        offset = {"offset": np.full(1, number.number, np.float32)} if number.learned else {}
        made = at.node("shift", [value.node], offset, value=number.number, learned=number.learned)
        return Tensor(made, value.axes)
    return _offset(at, value, number.row)


def _offset(at: Place, value: Tensor, row: Array) -> Tensor:
    if at.of(value).op == "input" and len(at.shape(value)) > 1:
        return Tensor(at.node("normalize", [value.node], mean=row_of(-row), std=1.0), value.axes)
    weights = {"beta": row, **_still(len(row))}
    return Tensor(at.node("batchnorm", [value.node], weights, scale=False, epsilon=_UNIT_EPSILON), value.axes)


def _still(count: int) -> dict[str, Array]:
    """Statistics under which batch normalisation changes nothing."""
    variance = np.full(count, 1 - _UNIT_EPSILON, np.float32)
    return {"moving_mean": np.zeros(count, np.float32), "moving_variance": variance}


def _one_a_channel(number: FixedNumbers, count: int) -> Array | None:
    """The row, also where there is one channel."""
    return np.full(1, number.number, np.float32) if number.learned and count == 1 else number.row


def _mul(at: Place) -> Any:
    if all(isinstance(one, Tensor) for one in at.inputs):
        return _product(at)
    value, array, _ = split(at)
    return _scaled(at, value, fixed(at, value, array))


def _power(at: Place) -> Tensor:
    """A square is a product with itself."""
    exponent = at.array(1, "exponent")
    if exponent.size != 1 or exponent.reshape(-1)[0] != 2:
        raise at.refuse("raises to another power than 2, or more than one")
    at.inputs = [at.tensor(), at.tensor()]
    return _product(at)


def _product(at: Place) -> Tensor:
    """A gate that is repeated first is repeated by `mul` itself, where the other value is as long."""
    repeated = [one.repeated for one in at.inputs if isinstance(one, Tensor) and one.repeated]
    at.inputs = [one._replace(repeated=None) if isinstance(one, Tensor) else one for one in at.inputs]
    made = _merged(at, "mul")
    if any(one != tuple(at.lengths(made)) for one in repeated):
        raise at.refuse("multiplies with a value that is repeated further than the other is long")
    return made


def _div(at: Place) -> Any:
    value, array, turned = split(at) if any(not isinstance(one, Tensor) for one in at.inputs) else (None, None, True)
    if value is None or array is None or turned:
        raise at.refuse("divides by what flows, and no operation here does")
    number = fixed(at, value, array)
    node, entering = at.of(value), len(at.shape(value))
    if value.sole and node.op == "normalize" and node.args["std"] == 1 and entering > 1:
        std = plain(number.number) if number.row is None else row_of(number.row)
        at.reader.amend(value.node, "normalize", at.operator.label, {}, mean=node.args["mean"], std=std)
        return Tensor(value.node, value.axes)
    row = None if number.row is None else (1 / number.row.astype(np.float64)).astype(np.float32)
    inverse = plain(1 / number.number) if number.row is None else 0.0
    return _scaled(at, value, number._replace(row=row, number=inverse))


def _scaled(at: Place, value: Tensor, number: FixedNumbers) -> Tensor:
    """Times fixed numbers: the factor of the normalisation before, where it has none, or an operation of their own."""
    node = at.of(value)
    row = _one_a_channel(number, channels(at.shape(value)))
    if row is not None and value.sole and node.op in _NORMS and not (node.args["scale"] or node.args["center"]):
        at.reader.amend(value.node, node.op, at.operator.label, {"gamma": row}, **{**node.args, "scale": True})
        return Tensor(value.node, value.axes)
    if number.row is not None:
        return Tensor(at.node("channel_scale", [value.node], {"gamma": number.row}), value.axes)
    factor = {"factor": np.full(1, number.number, np.float32)} if number.learned else {}
    made = at.node("scale", [value.node], factor, value=number.number, learned=number.learned)
    return Tensor(made, value.axes)


def _merged(at: Place, op: str) -> Tensor:
    rank = max(len(at.shape(one)) for one in at.tensors) - 1
    tensors = [at.lifted(one, rank) if len(one.axes) > rank + 1 else one for one in at.tensors]
    if _alike(at, tensors):
        node = at.node(op, [one.node for one in tensors])
        axes = zip(*(one.axes for one in tensors), strict=True)
        return Tensor(node, tuple(max(axis, key=len) for axis in axes))
    nodes, order = at.met(tensors)
    return at.like(at.node(op, nodes), order)


def _alike(at: Place, tensors: list[Tensor]) -> bool:
    """Whether the values are cut and turned in one way, but for axes of length 1: then they meet as they are."""
    if len({len(one.axes) for one in tensors}) > 1 or len({len(at.shape(one)) for one in tensors}) > 1:
        return False
    return all(len({one for one in axis if one}) <= 1 for axis in zip(*(one.axes for one in tensors), strict=True))


def _sum(at: Place) -> Any:
    if len(at.inputs) == 1:
        return at.tensor()
    return _merged(at, "add") if all(isinstance(one, Tensor) for one in at.inputs) else _add(at)


def _max(at: Place) -> Tensor:
    """Of a value and a fixed number a channel: a thresholded linear unit."""
    if len(at.inputs) != 2 or all(isinstance(one, Tensor) for one in at.inputs):
        raise at.refuse("takes the larger of values that flow, and no operation here does")
    value, array, _ = split(at)
    number = fixed(at, value, array)
    if number.row is None and number.number == 0 and not number.learned:
        return Tensor(at.node("relu", [value.node]), value.axes)
    entering = channels(at.shape(value))
    row = np.full(entering, number.number, np.float32) if number.row is None else number.row
    return Tensor(at.node("tlu", [value.node], {"tau": row.reshape(1, -1)}), value.axes)


def _concat(at: Place) -> Tensor:
    tensors = at.tensors
    axis = at.axis(at.attribute("axis"), tensors[0])
    if len(tensors) == 1:
        return tensors[0]
    if not any(one.axes[axis] for one in tensors) and order_of(tensors[0].axes, at.shape(tensors[0])) is None:
        return _stacked(at, tensors, axis)
    nodes, order = at.met(tensors)
    if order[-1] != axis:
        raise at.refuse("joins values along an axis that is not the channels'")
    return at.like(at.node("concat", nodes), order)


def _stacked(at: Place, tensors: list[Tensor], axis: int) -> Tensor:
    """Values side by side along an axis of their own: along the channels, cut into so many parts."""
    bare = [one._replace(axes=one.axes[:axis] + one.axes[axis + 1 :]) for one in tensors]
    nodes, order = at.met(bare)
    joined = at.like(at.node("concat", nodes), order)
    channel = order[-1]
    width = channels(at.reader.shapes[nodes[0]])
    if any(channels(at.reader.shapes[one]) != width for one in nodes):
        raise at.refuse("stacks values with other counts of channels")
    last = len(at.shape(joined)) - 1
    parts, inner = (Factor(last, width, len(nodes)),), whole(last, width) if width > 1 else ()
    axes = [inner if place == channel else one for place, one in enumerate(joined.axes)]
    return joined._replace(axes=(*axes[:axis], parts, *axes[axis:]))


def _neg(at: Place) -> Tensor:
    return at.each("scale", value=-1.0)


_SIMPLE: dict[str, Callable[[Place], Any]] = {
    "Relu": _plain("relu"),
    "Elu": _plain("elu", alpha=1.0),
    "Selu": _plain("selu", alpha=1.6732632, gamma=1.0507010),
    "Sigmoid": _plain("sigmoid"),
    "Tanh": _plain("tanh"),
    "Softplus": _plain("softplus"),
    "Mish": _plain("mish"),
    "HardSwish": _plain("hard_swish"),
    "HardSigmoid": _plain("hard_sigmoid", alpha=1 / 6, beta=0.5),
    "Swish": _plain("silu", alpha=1.0),
    "Abs": _plain("abs"),
    "LeakyRelu": lambda at: at.each("leaky_relu", slope=plain(at.attribute("alpha", 0.01))),
}

RULES: Rules = {
    **_SIMPLE,
    "Clip": _clip,
    "Gelu": _gelu,
    "PRelu": _prelu,
    "Softmax": _softmax,
    "Add": _add,
    "Sub": _sub,
    "Mul": _mul,
    "Pow": _power,
    "Div": _div,
    "Sum": _sum,
    "Max": _max,
    "Neg": _neg,
    "Concat": _concat,
}
