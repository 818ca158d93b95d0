"""Products with a fixed matrix: dense layers, and convolutions of single positions."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import Axis, arranged, last, line, whole
from resnet_dsl.importing.onnx.place import Place, Rules, Tensor
from resnet_dsl.ir.lengths import channels
from resnet_dsl.sentences import counted


def _gemm(at: Place) -> Tensor:
    kernel = at.array(1, "matrix")
    if at.attribute("transA", 0):
        raise at.refuse("turns what flows in before it multiplies")
    kernel = kernel.T if at.attribute("transB", 0) else kernel
    if at.attribute("alpha", 1.0) != 1:
        kernel = kernel * np.float32(at.attribute("alpha"))
    bias: dict[str, Array] = {}
    if at.given(2) is not None:
        added = at.array(2, "bias") * np.float32(at.attribute("beta", 1.0))
        bias = {"bias": _a_unit(at, added, kernel.shape[1])}
    return _product(at, kernel, bias)


def _a_unit(at: Place, bias: Array, count: int) -> Array:
    if bias.size not in (1, count):
        raise at.refuse(f"has a bias of {bias.size} numbers for {count} units")
    return np.broadcast_to(bias.astype(np.float32).reshape(-1), (count,))


def _matmul(at: Place) -> Tensor:
    if all(isinstance(one, Tensor) for one in at.inputs):
        raise at.refuse("multiplies two values as matrices, and is no attention that is known")
    if not isinstance(at.given(0), Tensor):
        raise at.refuse("has its fixed matrix in front")
    kernel = at.array(1, "matrix")
    bias = {} if at.given(2) is None else {"bias": _a_unit(at, at.array(2, "bias"), kernel.shape[-1])}
    return _product(at, kernel, bias)


def _product(at: Place, kernel: Array, bias: dict[str, Array]) -> Tensor:
    tensor = at.tensor()
    if kernel.ndim != 2:
        raise at.refuse(f"multiplies with fixed numbers of {counted(kernel.ndim, 'axis')}, and not with a matrix")
    kernel = np.ascontiguousarray(kernel, np.float32)
    return _of_vector(at, tensor, kernel, bias) if len(tensor.axes) == 1 else _of_positions(at, tensor, kernel, bias)


def _of_vector(at: Place, tensor: Tensor, kernel: Array, bias: dict[str, Array]) -> Tensor:
    shape = at.shape(tensor)
    axis = tensor.axes[0]
    if line([axis]) != line(arranged(shape, last(len(shape) - 1))):
        kernel = _turned(at, axis, kernel)
        shape_line = line(arranged(shape, last(len(shape) - 1)))
        tensor = tensor._replace(axes=(shape_line,))
    value = at.held(tensor, (0,))
    arguments: dict[str, Any] = {"units": kernel.shape[1], "bias": bool(bias)}
    return at.first(at.layer("dense", value, at.operator.inputs[1:], {"kernel": kernel, **bias}, **arguments))


def _turned(at: Place, axis: Axis, kernel: Array) -> Array:
    """The rows of a matrix in the order in which `flatten` has their numbers: channels last."""
    lengths = [factor.length for factor in axis]
    if not all(isinstance(one, int) for one in lengths) or prod(lengths) != len(kernel):
        raise at.refuse(f"has a matrix of {len(kernel)} rows for another count of numbers")
    order = sorted(range(len(axis)), key=lambda place: (axis[place].axis, -axis[place].step))
    parts = kernel.reshape(*lengths, -1).transpose(*order, len(axis))  # type: ignore[arg-type]
    return parts.reshape(kernel.shape)


def _of_positions(at: Place, tensor: Tensor, kernel: Array, bias: dict[str, Array]) -> Tensor:
    """A dense layer on each position, wherever the positions stand in the tensor."""
    shape = at.shape(tensor)
    rank = len(shape) - 1
    if tensor.axes[-1] != whole(rank, channels(shape)) or not rank:
        raise at.refuse("multiplies another axis than the channels with a matrix")
    weights = {"kernel": kernel.reshape(*(1,) * rank, *kernel.shape), **bias}
    arguments: dict[str, Any] = {"channels": kernel.shape[1], "kernel": (1,) * rank, "bias": bool(bias)}
    node = at.layer("conv", tensor.node, at.operator.inputs[1:], weights, **arguments)
    return Tensor(node, (*tensor.axes[:-1], whole(rank, kernel.shape[1])))


RULES: Rules = {"Gemm": _gemm, "MatMul": _matmul}
