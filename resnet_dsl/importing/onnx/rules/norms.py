"""Normalisation, and means over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import Axis, arranged, first, last, lies, line, whole
from resnet_dsl.importing.onnx.folding import axes_of
from resnet_dsl.importing.onnx.place import Place, Rules, Tensor
from resnet_dsl.importing.onnx.rules.numbers import plain
from resnet_dsl.ir.lengths import channels
from resnet_dsl.sentences import an


def _epsilon(at: Place) -> float:
    return plain(at.attribute("epsilon", 1e-5))


def _batchnorm(at: Place) -> Tensor:
    if at.attribute("training_mode", 0):
        raise at.refuse("normalises by each batch, as while training", "export the model for inference")
    value = at.map()
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    weights = {name: _row(at, place, name, value) for place, name in enumerate(names, 1)}
    return at.first(at.layer("batchnorm", value, at.operator.inputs[1:], weights, epsilon=_epsilon(at)))


def _row(at: Place, place: int, name: str, value: int) -> Array:
    row = at.array(place, name).astype(np.float32).reshape(-1)
    count = channels(at.reader.shapes[value])
    if row.size != count:
        raise at.refuse(f"has a {name} of {row.size} numbers for {count} channels")
    return row


def _instancenorm(at: Place) -> Tensor:
    tensor = at.tensor()
    shape = at.shape(tensor)
    channel = whole(len(shape) - 1, channels(shape))
    if lies(tensor.axes, shape, first(len(shape) - 1)) or tensor.axes[0] == channel:
        weights = {name: _row(at, place, name, tensor.node) for place, name in ((1, "gamma"), (2, "beta"))}
        node = at.layer("instancenorm", tensor.node, at.operator.inputs[1:], weights, epsilon=_epsilon(at))
        return Tensor(node, tensor.axes)
    return _in_groups(at, tensor, channel)


def _in_groups(at: Place, tensor: Tensor, channel: Axis) -> Tensor:
    """Channels that were cut into groups, each in one line: group normalisation, whose factors come behind."""
    outer = tensor.axes[0]
    parts = outer[0].length if outer else 1
    entering = channels(at.shape(tensor))
    cut = not outer or (len(outer) == 1 and outer[0].axis == len(at.shape(tensor)) - 1 and _outermost(outer, entering))
    plain_numbers = np.all(at.array(1, "scale") == 1) and np.all(at.array(2, "bias") == 0)
    if not cut or not plain_numbers or not isinstance(parts, int):
        raise at.refuse("normalises parts of a value that are no groups of its channels")
    made = at.node("groupnorm", [tensor.node], groups=parts, epsilon=_epsilon(at), scale=False, center=False)
    return Tensor(made, tensor.axes)


def _outermost(axis: Axis, entering: int) -> bool:
    return axis[0].step * axis[0].length == entering


def _groupnorm(at: Place) -> Tensor:
    value, groups = at.map(), at.attribute("num_groups")
    entering = channels(at.reader.shapes[value])
    rows = {name: at.array(place, name).astype(np.float32) for place, name in ((1, "gamma"), (2, "beta"))}
    weights = {name: np.repeat(row, entering // max(1, len(row))) for name, row in rows.items()}
    return at.first(at.layer("groupnorm", value, at.operator.inputs[1:], weights, groups=groups, epsilon=_epsilon(at)))


def _layernorm(at: Place) -> Tensor:
    tensor = at.tensor()
    shape = at.shape(tensor)
    axis = at.axis(at.attribute("axis", -1), tensor)
    if axis != len(tensor.axes) - 1 or tensor.axes[-1] != whole(len(shape) - 1, channels(shape)):
        raise at.refuse("normalises more than the channels of a position, or other axes")
    weights = {"gamma": at.array(1, "scale").astype(np.float32).reshape(-1)}
    if at.given(2) is not None:
        weights["beta"] = at.array(2, "bias").astype(np.float32).reshape(-1)
    more = {"center": "beta" in weights, "epsilon": _epsilon(at)}
    return Tensor(at.layer("layernorm", tensor.node, at.operator.inputs[1:], weights, **more), tensor.axes)


def _channel_norm(at: Place) -> Tensor:
    """Found in its parts (resnet_dsl.importing.onnx.patterns), whose factors come behind."""
    tensor = at.tensor()
    shape = at.shape(tensor)
    axes = {at.axis(one, tensor) for one in at.attribute("axes")}
    if line([tensor.axes[one] for one in sorted(axes)]) != whole(len(shape) - 1, channels(shape)):
        raise at.refuse("normalises more than the channels of a position, or other axes")
    made = at.node("layernorm", [tensor.node], epsilon=_epsilon(at), scale=False, center=False)
    return Tensor(made, tensor.axes)


def _response_norm(at: Place) -> Tensor:
    """Filter response normalisation, found in its parts."""
    tensor = at.tensor()
    shape = at.shape(tensor)
    axes = sorted({at.axis(one, tensor) for one in at.attribute("axes")})
    if {f.axis for one in axes for f in tensor.axes[one]} != {i for i, n in enumerate(shape[:-1]) if n != 1}:
        raise at.refuse("divides by the mean square of other axes than all positions")
    names = ((1, "gamma"), (2, "beta"))
    weights = {name: at.array(place, name).astype(np.float32).reshape(-1) for place, name in names}
    return Tensor(at.node("frn", [tensor.node], weights, epsilon=_epsilon(at)), tensor.axes)


def _reduced(pool: str, by: str) -> Any:
    def rule(at: Place) -> Any:
        tensor = at.tensor()
        shape = at.shape(tensor)
        axes = _axes(at, tensor)
        over = [factor for axis in axes for factor in tensor.axes[axis]]
        channel, positions = whole(len(shape) - 1, channels(shape)), _positions(shape)
        if not over:
            return at.vector(_without(at, tensor, axes))
        if sorted(over) == sorted(positions):
            node = at.node(pool, [tensor.node], kernel="global", keepdims=True)
        elif over == [*channel]:
            node = at.node("channel_pool", [tensor.node], by=by)
        else:
            raise at.refuse(f"is {an(at.operator.kind)} over axes that are neither all positions nor all channels")
        return at.vector(_without(at, tensor._replace(node=node, sole=True), axes))

    return rule


def _positions(shape: Any) -> list[Any]:
    return [factor for axis in arranged(shape, last(len(shape) - 1))[:-1] for factor in axis]


def _axes(at: Place, tensor: Tensor) -> list[int]:
    given = [one if isinstance(one, np.ndarray) else None for one in at.inputs]
    said = axes_of(at.operator, given)
    if said is None:
        raise at.refuse(f"is {an(at.operator.kind)} over all axes, and the batch's among them")
    return sorted({at.axis(one, tensor) for one in said})


def _without(at: Place, tensor: Tensor, axes: list[int]) -> Tensor:
    """The tensor with these axes reduced: of length 1, or gone."""
    if at.attribute("keepdims", 1):
        return tensor._replace(axes=tuple(() if place in axes else one for place, one in enumerate(tensor.axes)))
    return tensor._replace(axes=tuple(one for place, one in enumerate(tensor.axes) if place not in axes))


def _sum(at: Place) -> Any:
    """Over parts of the channels: the slices, added."""
    tensor = at.tensor()
    shape, axes = at.shape(tensor), _axes(at, tensor)
    over = line([tensor.axes[axis] for axis in axes])
    entering = channels(shape)
    if len(over) != 1 or over[0].axis != len(shape) - 1 or not _outermost(over, entering) or over[0].step == 1:
        raise at.refuse("adds up numbers of one value that are no parts of its channels")
    parts = _parts(at, tensor, over[0].step)
    node = at.node("add", parts) if len(parts) > 1 else parts[0]
    return _without(at, tensor._replace(node=node, sole=True), axes)


def _parts(at: Place, tensor: Tensor, width: int) -> list[int]:
    """Slices of the channels; of values that were joined, these themselves."""
    node, shapes = at.of(tensor), at.reader.shapes
    if node.op == "concat" and all(channels(shapes[one]) == width for one in node.inputs):
        return [*node.inputs]
    starts = range(0, channels(shapes[tensor.node]), width)
    return [at.node("channels", [tensor.node], start=start, count=width) for start in starts]


RULES: Rules = {
    "BatchNormalization": _batchnorm,
    "InstanceNormalization": _instancenorm,
    "GroupNormalization": _groupnorm,
    "LayerNormalization": _layernorm,
    "_ChannelNorm": _channel_norm,
    "_ResponseNorm": _response_norm,
    "ReduceMean": _reduced("avgpool", "mean"),
    "ReduceMax": _reduced("maxpool", "max"),
    "ReduceSum": _sum,
}
