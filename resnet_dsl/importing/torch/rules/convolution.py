"""Convolutions and dense layers. Kernels are turned from torch's order of axes to ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.border import Pads, entering
from resnet_dsl.importing.torch.rules.filters import is_blur, own_kernel
from resnet_dsl.importing.torch.standing import lines, places, plain, row
from resnet_dsl.importing.torch.values import Constant, Held
from resnet_dsl.importing.torch.views import whole

_Array: TypeAlias = np.ndarray[Any, Any]


def _conv(at: TracedCall) -> Held:
    if at.arguments.get("transposed"):
        return _transposed(at)
    kernel, rank = _constant(at, "weight", "a kernel"), len(at["weight"].tensor.shape) - 2
    if len(at.first.lengths) != rank + 2:
        raise at.refuse("convolves a value without a batch axis, or of other axes than its kernel")
    window = {name: per_axis(at[name], rank) for name in ("stride", "dilation")}
    node, pads, fill = entering(at, _pads(at, kernel, window["dilation"]))
    if is_blur(at, kernel, at.shape(node)[-1], pads, fill):
        return at.maps(at.node("blurpool", [node], kernel=kernel.tensor.shape[-1], stride=window["stride"]))
    return _convolved(at, node, kernel, {**window, "pad": pads, "fill": fill})


def _convolved(at: TracedCall, node: int, kernel: Constant, window: Mapping[str, Any]) -> Held:
    own, arguments = own_kernel(at, kernel)
    weights = {name: _turned(one) if name == "kernel" else one.array.ravel() for name, one in own.items()}
    made = at.layer(
        "conv",
        [node],
        {**weights, **_bias(at)},
        {**own, **_given(at, "bias")},
        channels=kernel.tensor.shape[0],
        kernel=tuple(kernel.tensor.shape[2:]),
        groups=at["groups"],
        bias=at["bias"] is not None,
        **window,
        **arguments,
    )
    return at.maps(made)


def _turned(kernel: Constant) -> _Array:
    """(channels, entering, lengths) as (lengths, entering, channels)."""
    return np.ascontiguousarray(np.moveaxis(kernel.array, (1, 0), (-2, -1)))


def _pads(at: TracedCall, kernel: Constant, dilation: Sequence[int]) -> Pads:
    """One pair a length; ``same`` has the odd one behind."""
    padding = at["padding"]
    if padding == "valid":
        return tuple((0, 0) for _ in dilation)
    if padding == "same":
        more = [(taps - 1) * one for taps, one in zip(kernel.tensor.shape[2:], dilation, strict=True)]
        return tuple((one // 2, one - one // 2) for one in more)
    return tuple((one, one) for one in per_axis(padding, len(dilation)))


def per_axis(given: Any, rank: int) -> tuple[int, ...]:
    """One number for all axes, or one an axis, as one an axis."""
    numbers = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    return numbers * rank if len(numbers) == 1 else numbers


def _constant(at: TracedCall, name: str, what: str) -> Constant:
    if not isinstance(at[name], Constant):
        raise at.refuse(f"computes {what} from what flows in")
    held: Constant = at[name]
    return held


def _given(at: TracedCall, name: str) -> dict[str, Constant]:
    return {} if at[name] is None else {name: _constant(at, name, f"a {name}")}


def _bias(at: TracedCall) -> dict[str, _Array]:
    return {name: one.array for name, one in _given(at, "bias").items()}


def _transposed(at: TracedCall) -> Held:
    """Without padding, as ours is; what torch pads is cropped."""
    kernel, rank = _constant(at, "weight", "a kernel"), len(at["weight"].tensor.shape) - 2
    stride, dilation, padding = (per_axis(at[name], rank) for name in ("stride", "dilation", "padding"))
    if at["groups"] != 1 or set(dilation) != {1}:
        raise at.refuse("is a transposed convolution in groups, or with a dilation")
    node, _, _ = entering(at, tuple((0, 0) for _ in stride), nothing=True)
    made = at.layer(
        "conv_transpose",
        [node],
        {"kernel": np.ascontiguousarray(np.moveaxis(kernel.array, (1, 0), (-2, -1))), **_bias(at)},
        {"kernel": kernel, **_given(at, "bias")},
        channels=kernel.tensor.shape[1],
        kernel=tuple(kernel.tensor.shape[2:]),
        stride=stride,
        bias=at["bias"] is not None,
    )
    return at.maps(_trimmed(at, made, padding))


def _trimmed(at: TracedCall, made: int, padding: Sequence[int]) -> int:
    """As long as torch's: that many in front away, and behind what is left over."""
    more = zip(at.shape(made), at.lengths[2:], padding, strict=False)
    amounts = tuple((front, longer - wanted - front) for longer, wanted, front in more)
    if any(behind < 0 for _, behind in amounts):
        raise at.refuse("is a transposed convolution with positions behind that no window reaches")
    return at.node("crop", [made], amounts=amounts) if any(map(any, amounts)) else made


def _linear(at: TracedCall) -> Held:
    kernel = _constant(at, "weight", "a kernel").array
    return dense(at, at.first, kernel.T, {"kernel": at["weight"], **_given(at, "bias")}, _bias(at))


def dense(at: TracedCall, held: Held, kernel: _Array, of: Mapping[str, Constant], bias: Mapping[str, _Array]) -> Held:
    """A dense layer on a row of numbers, or a convolution of 1 on the last axis of more, and of rows of positions."""
    if len(held.lengths) == 2 and held.axes[0] == whole(0, held.lengths[0]):
        vector, turned = row(at, held), np.empty_like(kernel)
        turned[places(vector)] = kernel
        weights = {"kernel": np.ascontiguousarray(turned), **bias}
        return at.natural(at.layer("dense", [vector.node], weights, of, units=kernel.shape[1], bias=bool(bias)))
    return _pointwise(at, plain(at, held), kernel, of, bias)


def _pointwise(
    at: TracedCall, held: Held, kernel: _Array, of: Mapping[str, Constant], bias: Mapping[str, _Array]
) -> Held:
    held = held if held.axes[-1] == whole(*_channels(at, held.node)) else at.natural(lines(at, held))
    rank = len(at.shape(held.node)) - 1
    if not rank:
        raise at.refuse("works on a tensor whose axes a value of ours does not have")
    weights = {"kernel": np.ascontiguousarray(kernel).reshape((*(1,) * rank, *kernel.shape)), **bias}
    node = at.layer("conv", [held.node], weights, of, channels=kernel.shape[1], kernel=1, bias=bool(bias))
    axes = (*held.axes[:-1], whole(*_channels(at, node)))
    return Held(node, axes, at.lengths)


def _channels(at: TracedCall, node: int) -> tuple[int, int]:
    """The axis of a value's channels, and how many there are."""
    shape = at.shape(node)
    return len(shape), shape[-1]


def product(at: TracedCall) -> Held:
    """A product of matrices of which the second is the module's own: a dense layer."""
    first, second = at.first, at[at.second]
    if not isinstance(second, Constant) or not isinstance(first, Held) or second.tensor.dim() != 2:
        raise at.refuse("multiplies its own matrices by ones that follow from what flows in")
    return dense(at, first, second.array, {"kernel": second}, {})


def _product_and_offset(at: TracedCall) -> Held:
    offset = at["self"]
    if at["beta"] != 1 or at["alpha"] != 1 or not isinstance(offset, Constant) or offset.tensor.dim() != 1:
        raise at.refuse("adds something else than one offset a unit to a product of matrices")
    if not isinstance(at["mat1"], Held) or not isinstance(at["mat2"], Constant):
        raise at.refuse("multiplies its own matrices by ones that follow from what flows in")
    return dense(at, at["mat1"], at["mat2"].array, {"kernel": at["mat2"], "bias": offset}, {"bias": offset.array})


RULES: Rules = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "convolution"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed),
    "linear": _linear,
    "addmm": _product_and_offset,
}
