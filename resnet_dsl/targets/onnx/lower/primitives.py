"""Composite operations by their steps: each primitive as operators of ONNX."""

from __future__ import annotations

import numpy as np

from resnet_dsl.passes.primitives import take_apart
from resnet_dsl.passes.primitives.step import Primitive, each_primitive
from resnet_dsl.targets.onnx.calls import Layout
from resnet_dsl.targets.onnx.lower.operators import END, each, in_a_line, padded, reduced, sliced, with_number
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rule


def in_steps(at: OnnxLoweringContext) -> OnnxValue:
    """The operation taken apart."""
    values = [*at.inputs]
    for step in take_apart(at.node, at.shapes, at.shape):
        inputs = tuple(values[one] for one in step.inputs)
        values.append(_RULES[step.kind](at.part(step.name, inputs, step.shape, step.args, step.weights)))
    return values[-1]


def _slice(at: OnnxLoweringContext) -> OnnxValue:
    cut = {axis: ends for axis, ends in enumerate(at.args["key"]) if ends != (None, None)}
    return sliced(at, [*cut], [start or 0 for start, _ in cut.values()], [stop or END for _, stop in cut.values()])


def _reshape(at: OnnxLoweringContext) -> OnnxValue:
    """What becomes a single position has one order of its numbers: it stands with its channels first, as maps do."""
    size = [-1 if length is None else length for length in at.args["size"]]
    layout: Layout = "first" if all(length == 1 for length in size[:-1]) else "last"
    size = [size[-1], *size[:-1]] if layout == "first" else size
    return at.value(at.call("Reshape", in_a_line(at), at.whole("size", [0, *size])), layout)


def _permute(at: OnnxLoweringContext) -> OnnxValue:
    places = [at.input.axis(axis, at.layout) for axis in at.args["order"]]
    return at.value(at.call("Transpose", at.tensor(at.layout), perm=(0, *places)), "last")


def _repeat(at: OnnxLoweringContext) -> OnnxValue:
    axis = at.input.axis(at.rank, at.layout)
    places = at.whole("places", np.repeat(np.arange(at.entering), at.args["times"]))
    return at.value(at.call("Gather", at.tensor(at.layout), places, axis=axis), at.layout)


def _bordered(mode: str) -> Rule:
    return lambda at: padded(at, dict(enumerate(at.args["widths"])), mode)


def _rsqrt(at: OnnxLoweringContext) -> OnnxValue:
    return at.value(at.call("Reciprocal", at.call("Sqrt", at.tensor(at.layout), suffix="root")), at.layout)


def _is_zero(at: OnnxLoweringContext) -> OnnxValue:
    truth = at.call("Equal", at.tensor(at.layout), at.numbers("zero", 0.0), suffix="or_not")
    return at.value(at.call("Cast", truth, to=1), at.layout)


def _ones_like(at: OnnxLoweringContext) -> OnnxValue:
    shape = at.call("Shape", at.tensor(at.layout), suffix="shape")
    return at.value(at.call("Expand", at.numbers("one", 1.0), shape), at.layout)


def _pool(kind: str) -> Rule:
    def pooled(at: OnnxLoweringContext) -> OnnxValue:
        return at.value(at.call(kind, at.tensor(), kernel_shape=at.args["kernel"], strides=at.args["stride"]))

    return pooled


def _softmax(at: OnnxLoweringContext) -> OnnxValue:
    axis = at.input.axis(at.args["axis"], at.layout)
    return at.value(at.call("Softmax", at.tensor(at.layout), axis=axis), at.layout)


def _matmul(at: OnnxLoweringContext) -> OnnxValue:
    return at.value(at.call("MatMul", *at.tensors("last")), "last")


def _project(at: OnnxLoweringContext) -> OnnxValue:
    kernel = at.variable("kernel", at.weight("kernel"))
    return at.value(at.call("MatMul", at.tensor("last"), kernel), "last")


def _weigh(at: OnnxLoweringContext) -> OnnxValue:
    kernel = at.variable("kernel", at.a_channel(at.weight("kernel"), at.layout))
    if not at.has("bias"):
        return at.value(at.call("Mul", at.tensor(at.layout), kernel), at.layout)
    bias = at.variable("bias", at.a_channel(at.weight("bias"), at.layout))
    return at.value(at.call("Add", at.call("Mul", at.tensor(at.layout), kernel, suffix="weighed"), bias), at.layout)


_TABLE: dict[Primitive, Rule] = {
    "slice": _slice,
    "reshape": _reshape,
    "permute": _permute,
    "repeat": _repeat,
    "border": _bordered("constant"),
    "mirror": _bordered("reflect"),
    "extend": lambda at: padded(at, {at.rank: (0, at.args["by"])}),
    "add": each("Add"),
    "subtract": each("Sub"),
    "multiply": each("Mul"),
    "divide": each("Div"),
    "maximum": each("Max"),
    "plus": with_number("Add", lambda at: at.args["number"]),
    "times": with_number("Mul", lambda at: at.args["number"]),
    "at_least": with_number("Max", lambda at: at.args["number"]),
    "square": lambda at: at.value(at.call("Mul", *at.tensors(at.layout) * 2), at.layout),
    "rsqrt": _rsqrt,
    "sigmoid": each("Sigmoid"),
    "softmax": _softmax,
    "is_zero": _is_zero,
    "ones_like": _ones_like,
    "dropout": each("Identity"),
    "mean": reduced("ReduceMean", lambda at: at.args["axes"]),
    "maxpool": _pool("MaxPool"),
    "avgpool": _pool("AveragePool"),
    "matmul": _matmul,
    "project": _project,
    "weigh": _weigh,
    "weight": lambda at: at.learned("kernel"),
}
_RULES = each_primitive("resnet_dsl/targets/onnx/lower/primitives.py", _TABLE)
