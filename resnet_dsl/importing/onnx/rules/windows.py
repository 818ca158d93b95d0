"""Convolutions, pools and what stands around a map."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import order_of
from resnet_dsl.importing.onnx.folding import axes_of
from resnet_dsl.importing.onnx.place import OnnxBorder, Place, Rules, Tensor
from resnet_dsl.ir.lengths import Length, channels
from resnet_dsl.ir.windows import border_of_same, reach
from resnet_dsl.sentences import counted

Pairs = tuple[tuple[int, int], ...]
_LOWEST = -3e38


def _conv(at: Place) -> Tensor:
    array = at.array(1, "kernel")
    kernel = array.shape[2:]
    value, border = _entering(at)
    stride, dilation = _numbers(at, "strides", kernel), _numbers(at, "dilations", kernel)
    pad, fill = _padding(at, value, border, tuple(map(reach, kernel, dilation)), stride)
    groups = at.attribute("group", 1)
    blur = _blur(at, value, array, pad, fill)
    if blur is not None and set(dilation) == {1}:
        return at.first(at.node("blurpool", [value], kernel=blur, stride=stride))
    weights = {"kernel": np.moveaxis(array, (0, 1), (-1, -2)), **_bias(at, 2, array.shape[0])}
    arguments = {"channels": array.shape[0], "kernel": kernel, "stride": stride, "dilation": dilation, "groups": groups}
    names = at.operator.inputs[1:]
    more = {"bias": "bias" in weights, "pad": pad, "fill": fill}
    return at.first(at.layer("conv", value, names, weights, **arguments, **more))


def _entering(at: Place) -> tuple[int, OnnxBorder | None]:
    """The map, and the border around its positions."""
    tensor = at.bordered()
    if tensor.border is None or any(tensor.border.widths[-1]):
        return at.map(), None
    order = order_of(tensor.axes, at.shape(tensor))
    bare = tensor._replace(border=None)
    inside = at.map(bare)
    assert order is not None
    return inside, tensor.border


def _bias(at: Place, place: int, count: int) -> dict[str, Array]:
    if at.given(place) is None:
        return {}
    found = at.array(place, "bias").astype(np.float32).reshape(-1)
    return {"bias": np.broadcast_to(found, (count,))}


def _numbers(at: Place, name: str, kernel: tuple[int, ...]) -> tuple[int, ...]:
    found = tuple(at.attribute(name) or (1,) * len(kernel))
    if len(found) != len(kernel):
        raise at.refuse(f"has {len(found)} {name}, and its window has {counted(len(kernel), 'axis')}")
    return found


def _padding(
    at: Place,
    value: int,
    border: OnnxBorder | None,
    reaches: tuple[int, ...],
    stride: tuple[int, ...],
    own: str = "zeros",
) -> tuple[Any, str]:
    """(the pairs, what they hold); the word `same` where they follow from a length that is open."""
    pads = _own_padding(at, value, reaches, stride)
    if border is None:
        return pads, own
    if pads == "same" or (any(map(any, pads)) and border.fill != own):
        raise at.refuse(f"pads a map that has a border of `{border.fill}` already")
    widths = zip(pads, border.widths[:-1], strict=True)
    return tuple((a + c, b + d) for (a, b), (c, d) in widths), border.fill


def _own_padding(at: Place, value: int, reaches: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    shape = at.reader.shapes[value]
    auto, rank = at.attribute("auto_pad", "NOTSET"), len(reaches)
    if len(shape) - 1 != rank:
        raise at.refuse(f"has a window of {counted(rank, 'axis')}, and what flows in has {len(shape) - 1}")
    if auto == "VALID":
        return ((0, 0),) * rank
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        return _same(at, shape[:-1], reaches, stride, auto == "SAME_LOWER")
    row = list(at.attribute("pads") or [0] * (2 * rank))
    return tuple(zip(row[:rank], row[rank:], strict=True))


def _same(
    at: Place, lengths: tuple[Length, ...], reaches: tuple[int, ...], stride: tuple[int, ...], lower: bool
) -> Any:
    if not all(isinstance(one, int) for one in lengths):
        if lower:
            raise at.refuse("pads more in front than behind (SAME_LOWER) by a length that is open")
        return "same"
    pairs = tuple(border_of_same(*axis) for axis in zip(lengths, reaches, stride, strict=True))
    return tuple((behind, front) for front, behind in pairs) if lower else pairs


def _blur(at: Place, value: int, kernel: Array, pad: Any, fill: str) -> int | None:
    """The length of the binomial filter that a convolution is; None where it is another one."""
    lengths, groups = kernel.shape[2:], at.attribute("group", 1)
    size = lengths[0]
    wanted = (((size - 1) // 2, size // 2),) * len(lengths)
    alike = groups == len(kernel) == channels(at.reader.shapes[value]) and kernel.shape[1] == 1
    if not (alike and len(set(lengths)) == 1 and 2 <= size <= 7 and (pad, fill) == (wanted, "reflect")):
        return None
    line = reduce(np.convolve, [np.array([0.5, 0.5])] * (size - 1))
    binomial = reduce(np.multiply.outer, [line] * len(lengths))
    same = at.given(2) is None and np.allclose(kernel[:, 0], binomial, rtol=1e-5, atol=0)
    return size if same else None


def _conv_transpose(at: Place) -> Tensor:
    array, value = at.array(1, "kernel"), at.map()
    kernel = array.shape[2:]
    if at.attribute("group", 1) != 1 or set(_numbers(at, "dilations", kernel)) != {1}:
        raise at.refuse("is a transposed convolution in groups, or dilated, and here it is neither")
    stride = _numbers(at, "strides", kernel)
    weights = {"kernel": np.moveaxis(array, (0, 1), (-1, -2)), **_bias(at, 2, array.shape[1])}
    arguments = {"channels": array.shape[1], "kernel": kernel, "stride": stride, "bias": "bias" in weights}
    made = at.layer("conv_transpose", value, at.operator.inputs[1:], weights, **arguments)
    amounts = _cropped(at, kernel, stride)
    return at.first(at.node("crop", [made], amounts=amounts) if any(map(any, amounts)) else made)


def _cropped(at: Place, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Pairs:
    """What the padding of a transposed convolution takes away from its result."""
    rank = len(kernel)
    more = at.attribute("output_padding") or [0] * rank
    row = list(at.attribute("pads") or [0] * (2 * rank))
    if at.attribute("output_shape") or at.attribute("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise at.refuse("is a transposed convolution to a size that is given, and here it follows from the kernel")
    amounts = tuple((front, behind - one) for front, behind, one in zip(row[:rank], row[rank:], more, strict=True))
    if min(map(min, amounts)) < 0:
        raise at.refuse("makes its result longer than the kernel does (`output_padding`)")
    return amounts


def _maxpool(at: Place) -> Tensor:
    if set(at.attribute("dilations") or [1]) != {1}:
        raise at.refuse("is a dilated pool, which there is none of here")
    kernel, stride, pad, fill, _ = _pool(at, "lowest")
    return at.first(at.node("maxpool", [_entering(at)[0]], kernel=kernel, stride=stride, pad=pad, fill=fill))


def _avgpool(at: Place) -> Tensor:
    if set(at.attribute("dilations") or [1]) != {1}:
        raise at.refuse("is a dilated pool, which there is none of here")
    counted = bool(at.attribute("count_include_pad", 0))
    kernel, stride, pad, fill, extra = _pool(at, "zeros")
    border = at.bordered().border
    if border is not None:
        if any(map(any, _own_padding(at, _entering(at)[0], kernel, stride))) and not counted:
            raise at.refuse("leaves its own border out of the mean, and not the one around its map")
        counted = True
    bare = pad != "same" and not any(map(any, pad))
    if extra:
        if counted and not _is_bare(at):
            raise at.refuse("counts its border in the mean, and not what `ceil_mode` adds to it")
        counted = False
    count = True if bare or pad == "same" else counted
    value = _entering(at)[0]
    return at.first(at.node("avgpool", [value], kernel=kernel, stride=stride, pad=pad, fill=fill, count_border=count))


def _is_bare(at: Place) -> bool:
    return at.bordered().border is None and not any(at.attribute("pads") or [0])


def _pool(at: Place, own: str) -> tuple[tuple[int, ...], tuple[int, ...], Any, str, bool]:
    """(kernel, stride, padding, what it holds, whether `ceil_mode` added to it)."""
    kernel = tuple(at.attribute("kernel_shape") or ())
    value, border = _entering(at)
    stride = _numbers(at, "strides", kernel)
    pad, fill = _padding(at, value, border, kernel, stride, own)
    if not at.attribute("ceil_mode", 0) or pad == "same":
        return kernel, stride, pad, fill, False
    lengths = at.reader.shapes[value][:-1]
    if not all(isinstance(one, int) for one in lengths):
        raise at.refuse("rounds a length up that is open (`ceil_mode`)", "export it for one size of its input")
    more = tuple(_rounded_up(*axis) for axis in zip(lengths, kernel, stride, pad, strict=True))
    if any(map(any, pad)) and more != pad and fill != own:
        raise at.refuse("rounds up the length of a map with a border")
    return kernel, stride, more, fill, more != pad


def _rounded_up(length: Length, taps: int, stride: int, pad: tuple[int, int]) -> tuple[int, int]:
    """The padding under which a last window that is not whole is one, too; it must begin on the map."""
    assert isinstance(length, int)
    front, behind = pad
    steps = -(-(length + front + behind - taps) // stride)
    if steps * stride >= length + front:
        steps -= 1
    return front, max(behind, steps * stride + taps - length - front)


def _global(op: str) -> Any:
    return lambda at: at.first(at.node(op, [at.map()], kernel="global", keepdims=True))


def _pad(at: Place) -> Any:
    """A border, kept beside the value: its reader may take it as its own."""
    tensor, row = at.tensor(), _pads(at)
    count = len(tensor.axes) + 1
    order = order_of(tensor.axes, at.shape(tensor))
    if len(row) != 2 * count or row[0] or row[count] or order is None:
        raise at.refuse("pads other axes than those of a map and its channels")
    widths = tuple((row[place + 1], row[place + 1 + count]) for place in order)
    if not any(map(any, widths)):
        return tensor
    if min(map(min, widths)) < 0:
        return _shortened(at, tensor, widths)
    bordered = tensor._replace(border=OnnxBorder(widths, _fill(at)))
    asked = at.operator.of[1] in ("zero_pad", "pad_channels")
    at.inputs[0] = bordered
    return at.tensor() if asked or any(widths[-1]) else bordered


def _pads(at: Place) -> list[int]:
    if "pads" in at.operator.attributes:
        return list(at.attribute("pads"))
    row = [int(one) for one in at.array(1, "border").reshape(-1)]
    axes = axes_of(at.operator, [one if isinstance(one, np.ndarray) else None for one in at.inputs], 3)
    if axes is None:
        return row
    count = len(at.tensor().axes) + 1
    full = [0] * (2 * count)
    for place, axis in enumerate(axes):
        full[axis % count], full[axis % count + count] = row[place], row[place + len(axes)]
    return full


def _shortened(at: Place, tensor: Tensor, widths: Pairs) -> Tensor:
    order = order_of(tensor.axes, at.shape(tensor))
    if any(widths[-1]) or max(map(max, widths)) > 0 or order is None:
        raise at.refuse("lengthens some axes and shortens others")
    amounts = tuple((-front, -behind) for front, behind in widths[:-1])
    return at.like(at.node("crop", [tensor.node], amounts=amounts), order)


def _fill(at: Place) -> str:
    mode = at.attribute("mode", "constant")
    if mode != "constant":
        if mode not in ("reflect", "edge"):
            raise at.refuse(f"has a border of `{mode}`, and here it holds zeros, `reflect` or `edge`")
        return str(mode)
    number = float(at.array(2, "border").reshape(-1)[0]) if at.given(2) is not None else at.attribute("value", 0.0)
    if number and number > _LOWEST:
        raise at.refuse(f"has a border of {number:g}, and here it holds zeros")
    return "lowest" if number else "zeros"


RULES: Rules = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _maxpool,
    "AveragePool": _avgpool,
    "GlobalAveragePool": _global("avgpool"),
    "GlobalMaxPool": _global("maxpool"),
    "Pad": _pad,
}
