"""The variables of Keras' layers as data: their names, shapes and first values, in the order that Keras has them in.

Only Keras itself knows them of a layer that has no rule here: LeftToKerasError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import NamedTuple, TypeAlias

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Weight
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras.calls import Calls, Initializer, LayerCall, batched, is_layer

Lengths: TypeAlias = tuple[int | None, ...]
"""Of a value, without the batch axis; None where one is open."""

ZEROS, ONES = Initializer("Zeros"), Initializer("Ones")


class LeftToKerasError(Exception):
    """What is asked for is only known to Keras itself; the message says what it is."""


class Variable(NamedTuple):
    """One variable of a layer. ``name``: without the layer's (``kernel``)."""

    name: str
    shape: tuple[int, ...]
    first: Initializer

    @property
    def size(self) -> int:
        return prod(self.shape)


def variables_of(calls: Calls, call: LayerCall) -> tuple[Variable, ...]:
    """The variables of a call's layer, those that are trained first. Raises LeftToKerasError."""
    if not is_layer(call) or call.kind in _WITHOUT:
        return ()
    if call.kind not in _RULES:
        raise LeftToKerasError(f"the variables of {call.kind}")
    entering = batched(calls.calls[call.inputs[0]].shape)[1:]
    return tuple(_RULES[call.kind](call, entering))


def _channels(entering: Lengths) -> int:
    assert entering[-1] is not None
    return entering[-1]


def _bias(call: LayerCall, channels: int) -> Iterator[Variable]:
    if call.args["use_bias"]:
        yield Variable("bias", (channels,), ZEROS)


def _conv(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    args, filters = call.args, call.args["filters"]
    shape = (*args["kernel_size"], _channels(entering) // args["groups"], filters)
    yield Variable("kernel", shape, args["kernel_initializer"])
    yield from _bias(call, filters)
    if args.get("scaled"):
        yield Variable("gain", (filters,), ONES)


def _depthwise(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    channels, times = _channels(entering), call.args["depth_multiplier"]
    yield Variable("kernel", (*call.args["kernel_size"], channels, times), call.args["depthwise_initializer"])
    yield from _bias(call, channels * times)


def _transposed(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    args, filters = call.args, call.args["filters"]
    yield Variable("kernel", (*args["kernel_size"], filters, _channels(entering)), args["kernel_initializer"])
    yield from _bias(call, filters)


def _dense(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    units = call.args["units"]
    yield Variable("kernel", (_channels(entering), units), call.args["kernel_initializer"])
    yield from _bias(call, units)


def _einsum(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    """Of an equation like ``abk,kr->abr``, whose kernel goes from the last axis that enters to the last that leaves."""
    of_value, of_kernel, gives = call.args["equation"].replace("->", ",").split(",")
    lengths = {of_value[-1]: _channels(entering), gives[-1]: call.args["output_shape"][-1]}
    yield Variable("kernel", tuple(lengths[axis] for axis in of_kernel), call.args["kernel_initializer"])
    if call.args["bias_axes"] is not None:
        yield Variable("bias", tuple(lengths[axis] for axis in call.args["bias_axes"]), ZEROS)


def _affine(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    shape = (_channels(entering),)
    if call.args["scale"]:
        yield Variable("gamma", shape, call.args["gamma_initializer"])
    if call.args["center"]:
        yield Variable("beta", shape, ZEROS)


def _batchnorm(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    shape = (_channels(entering),)
    yield from _affine(call, entering)
    yield Variable("moving_mean", shape, ZEROS)
    yield Variable("moving_variance", shape, ONES)


def _prelu(call: LayerCall, entering: Lengths) -> Iterator[Variable]:
    """One number a channel: the axes of a map are shared."""
    shape = (*(1 for _ in entering[:-1]), _channels(entering))
    yield Variable("alpha", shape, call.args["alpha_initializer"])


_Rule: TypeAlias = Callable[[LayerCall, Lengths], Iterator[Variable]]
_AXES = (1, 2, 3)
_RULES: dict[str, _Rule] = {
    **{f"Conv{axes}D": _conv for axes in _AXES},
    **{f"own.StandardizedConv{axes}D": _conv for axes in _AXES},
    **{f"Conv{axes}DTranspose": _transposed for axes in _AXES},
    **{f"DepthwiseConv{axes}D": _depthwise for axes in _AXES[:2]},
    "Dense": _dense,
    "EinsumDense": _einsum,
    "BatchNormalization": _batchnorm,
    "LayerNormalization": _affine,
    "GroupNormalization": _affine,
    "PReLU": _prelu,
}
_WITHOUT = frozenset({
    *("Input", "Identity", "Flatten", "Reshape", "Permute", "Activation", "LeakyReLU", "Softmax", "Rescaling"),
    *("Add", "Subtract", "Multiply", "Concatenate", "Dropout", "Resizing", "Normalization"),
    *(f"{what}{axes}D" for what in ("ZeroPadding", "Cropping", "UpSampling") for axes in _AXES),
    *(f"{what}Pooling{axes}D" for what in ("Max", "Average", "GlobalMax", "GlobalAverage") for axes in _AXES),
    *("own.Resize", "own.Crop", "own.DepthToSpace", "own.SpaceToDepth"),
})  # fmt: skip
"""Layers that have none. A dropout's random state is no weight, and stands in no file."""
KINDS = _WITHOUT | _RULES.keys()
"""Of every layer that a network may be lowered to."""


class PlacedWeight(NamedTuple):
    """A weight of a node, and the variable of a layer that holds it, maybe in another shape."""

    node: str
    weight: Weight
    layer: str
    variable: str


def weights_of_nodes(calls: Calls, shapes: tuple[Shape, ...]) -> Iterator[PlacedWeight]:
    """Every weight of the graph with its place in the model; a shared one once. ``shapes``: of the graph's nodes."""
    kept = {(call.node, weight): (call.name, name) for call in calls.calls for weight, name in call.keeps.items()}
    for index, node in enumerate(calls.graph.nodes):
        if node.shares is not None:
            continue
        entering = tuple(shapes[one] for one in node.inputs)
        for weight in OPERATIONS[node.op].weights(node.args, entering):
            yield PlacedWeight(node.name, weight, *kept.get((index, weight.name), (node.name, weight.name)))
