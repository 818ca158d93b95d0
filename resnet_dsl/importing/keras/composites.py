"""Which operation of several calls may end at a call: guesses, each of which the pattern then proves or not.

A guess reads an operation's arguments off the calls that it would be made of, following what each reads first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.importing.keras.called import Called
from resnet_dsl.importing.keras.pattern import Found, find
from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.ir.parameters import is_integer, is_number

MOST_CALLS = 16
"""Calls from the end of an operation to its input, each the first that the one behind it reads."""


class Seen(NamedTuple):
    """A call of the model with all the others, to look at from there."""

    calls: Sequence[Called]
    place: int

    @property
    def kind(self) -> str:
        return self.calls[self.place].kind

    def get(self, name: str) -> Any:
        return self.calls[self.place].settings.get(name)

    def row(self, name: str) -> tuple[Any, ...]:
        """A setting of several numbers; () where it is none."""
        value = self.get(name)
        return tuple(value) if isinstance(value, list | tuple) else ()

    def inputs(self) -> list[Seen]:
        return [Seen(self.calls, one) for one in self.calls[self.place].inputs]

    def path(self) -> list[Seen]:
        """This call and those in front of it, each the first that the one behind it reads."""
        found = [self]
        while len(found) <= MOST_CALLS and self.calls[found[-1].place].inputs:
            found.append(Seen(self.calls, self.calls[found[-1].place].inputs[0]))
        return found

    def nearest(self, *kinds: str) -> Seen | None:
        """The first call of these kinds on the path."""
        return next((one for one in self.path() if one.kind in kinds), None)

    def second(self) -> Seen | None:
        inputs = self.inputs()
        return inputs[1] if len(inputs) > 1 else None


Guess: TypeAlias = tuple[OperationName, Mapping[str, Any]]
_Guessing: TypeAlias = Callable[[Seen, Shape], Iterator[Guess]]
"""From the call that would be the last, and the shape of the value that enters."""


def recognised(calls: Sequence[Called], end: int, shape_of: Callable[[int], Shape | None]) -> Found | None:
    """The operation whose value call ``end`` has; None where it is none, or one call by itself.

    shape_of: of the values of calls that are nodes; None of others.
    """
    guessing = _GUESSES.get(calls[end].kind, ())
    path = Seen(calls, end).path()[1:] if guessing else []
    for source in path:
        shape = shape_of(source.place)
        if shape is None:
            continue
        for guess in guessing:
            for op, args in guess(Seen(calls, end), shape):
                found = find(op, args, calls, end, source.place, shape)
                if found is not None:
                    return found
    return None


def _einsum(end: Seen, shape: Shape) -> Iterator[Guess]:
    """Layer scale; FRN and EvoNorm, which end in their factors and offsets."""
    yield "channel_scale", {"init": _constant(end)}
    divided = end.inputs()[0]
    factor = divided.second()
    variance = None if factor is None or factor.kind != "ops.rsqrt" else factor.nearest("ops.add")
    if variance is None:
        return
    epsilon = variance.get("x2")
    grouped = [one for one in variance.path() if one.kind == "Reshape"][:2]
    if len(grouped) == 2 and len(grouped[1].row("target_shape")) == 2:
        yield "evonorm", {"groups": grouped[1].row("target_shape")[0], "epsilon": epsilon}
    zeros = _class(end.get("kernel_initializer")) == "Zeros"
    yield "frn", {"epsilon": epsilon, "gamma": "zeros" if zeros else "ones"}


def _class(described: Any) -> Any:
    return described.get("class_name") if isinstance(described, dict) else described


def _constant(layer: Seen) -> float:
    """What a layer's kernel starts from, where that is a number: 1 else."""
    described = layer.get("kernel_initializer")
    config = described.get("config") if isinstance(described, dict) else None
    value = config.get("value") if isinstance(config, dict) else None
    return value if isinstance(value, int | float) else {"Zeros": 0.0}.get(str(_class(described)), 1.0)


def _learned(op: OperationName) -> _Guessing:
    def guess(end: Seen, shape: Shape) -> Iterator[Guess]:
        other = end.second()
        if other is not None and other.kind == "Dense":
            yield op, {"learned": True, "value": _constant(other)}

    return guess


def _tlu(end: Seen, shape: Shape) -> Iterator[Guess]:
    yield "tlu", {}


def _dropblock(end: Seen, shape: Shape) -> Iterator[Guess]:
    factor = end.second()
    regions = None if factor is None or factor.kind != "ops.divide" else factor.nearest("MaxPooling2D")
    drawn = None if regions is None else regions.nearest("Dropout")
    size = regions.row("pool_size")[:1] if regions is not None else ()
    if drawn is None or not size:
        return
    for rate in _rates(drawn.get("rate"), size[0], shape):
        yield "dropblock", {"rate": rate, "size": size[0]}


def _rates(drawn: Any, size: Any, shape: Shape) -> Iterator[float]:
    """What share is dropped where seeds fall so often: a seed clears a region, and lies where one fits."""
    height, width = shape[:2]
    if isinstance(height, int) and isinstance(width, int) and is_integer(size) and is_number(drawn):
        rate = drawn * size * size * (height - size + 1) * (width - size + 1) / (height * width)
        yield from dict.fromkeys(float(f"{rate:.{digits}g}") for digits in range(1, 18))


def _softmax(end: Seen, shape: Shape) -> Iterator[Guess]:
    """Over parts of the channels: behind a Reshape, or slice by slice."""
    if end.kind == "Concatenate":
        yield "softmax", {"splits": len(end.inputs())}
        return
    softmax, *before = end.path()[1:3]
    if softmax.kind == "Softmax" and before and len(before[0].row("target_shape")) == 3:
        yield "softmax", {"splits": before[0].row("target_shape")[1]}


def _blocks(end: Seen, shape: Shape) -> Iterator[Guess]:
    """Channels as places, and places as channels."""
    permuted, *before = end.path()[1:3]
    if permuted.kind != "Permute" or not before:
        return
    lengths, rank = before[0].row("target_shape"), len(shape) - 1
    if len(lengths) != 2 * rank + 1:
        return
    yield "depth_to_space", {"factor": lengths[rank : 2 * rank], "order": "tensorflow"}
    yield "depth_to_space", {"factor": lengths[rank + 1 :], "order": "pytorch"}
    for order in ("tensorflow", "pytorch"):
        yield "space_to_depth", {"factor": lengths[1::2], "order": order}


def _attention(end: Seen, shape: Shape) -> Iterator[Guess]:
    path = end.path()
    heads = next((one for one in reversed(path) if one.kind == "Reshape" and len(one.row("target_shape")) == 3), None)
    if heads is None or not any(one.kind == "ops.matmul" for one in path):
        return
    position = "relative" if any(one.kind == "Add" for one in path) else "none"
    _, count, key = heads.row("target_shape")
    yield "attention", {"heads": count, "key": key, "position": position}


def _mean(end: Seen, shape: Shape) -> Iterator[Guess]:
    """A mean that leaves the border out: over the share of the window that lies on the map."""
    pool = end.inputs()[0]
    border = pool.inputs()[0] if pool.kind.startswith("AveragePooling") else None
    if border is not None and border.kind.startswith("ZeroPadding"):
        window = {"kernel": pool.row("pool_size"), "stride": pool.row("strides")}
        padding = border.row("padding")
        yield "avgpool", {**window, "pad": _pairs(padding), "count_border": False}


def _pairs(padding: tuple[Any, ...]) -> tuple[Any, ...]:
    pairs = padding if padding and all(isinstance(one, list | tuple) for one in padding) else (padding,)
    return tuple(map(tuple, pairs))


def _blur(end: Seen, shape: Shape) -> Iterator[Guess]:
    pools = [*takewhile(lambda one: one.kind == end.kind, end.path())]
    yield "blurpool", {"kernel": len(pools) + 1, "stride": end.row("strides")}


def _bordered(op: OperationName, window: Callable[[Seen, Shape], Mapping[str, Any]]) -> _Guessing:
    """A window over a map whose border is made of slices: the map's own numbers."""

    def guess(end: Seen, shape: Shape) -> Iterator[Guess]:
        first = end.inputs()[0]
        widths = _widths(first, len(shape) - 1)
        for fill in ("edge", "reflect") if any(map(any, widths)) else ():
            yield op, {**window(end, shape), "pad": widths, "fill": fill}

    return guess


def _widths(joined: Seen, rank: int) -> tuple[tuple[int, int], ...]:
    """The border on each axis that a chain of Concatenates adds, each on an axis of its own, the last first."""
    found = [(0, 0)] * rank
    while joined.kind == "Concatenate":
        parts, axis = joined.inputs(), joined.get("axis")
        if not isinstance(axis, int) or not 1 <= axis <= rank:
            break
        main = next((number for number, one in enumerate(parts) if _length(one, axis) is None), 0)
        sides = [sum(_length(one, axis) or 0 for one in side) for side in (parts[:main], parts[main + 1 :])]
        found[axis - 1] = sides[0], sides[1]
        joined = parts[main]
    return tuple(found)


def _length(part: Seen, axis: int) -> int | None:
    """How many positions a part of a border has along an axis; None of the map itself."""
    if part.kind == "ops.repeat":
        times = part.get("repeats")
        return times if isinstance(times, int) else None
    if part.kind == "ops.flip":
        return _length(part.inputs()[0], axis)
    key = part.get("key")
    if part.kind != "slice" or not isinstance(key, tuple) or len(key) <= axis:
        return None
    start, stop, *_ = key[axis] if isinstance(key[axis], tuple) and len(key[axis]) == 3 else (None, None)
    if not isinstance(start, int) or not isinstance(stop, int | None):
        return None
    return (0 if stop is None else stop) - start


def _convolution(end: Seen, shape: Shape) -> Mapping[str, Any]:
    found = {"kernel": end.row("kernel_size"), "stride": end.row("strides")}
    is_plain = end.get("scaled") is False
    standardize = "none" if end.get("scaled") is None else "plain" if is_plain else "scaled"
    more = {name: end.get(name) for name in ("epsilon", "gamma")} if standardize != "none" else {}
    rest = {"dilation": end.row("dilation_rate"), "bias": end.get("use_bias"), "standardize": standardize, **more}
    if not end.kind.startswith("Depthwise"):
        return {**found, **rest, "channels": end.get("filters"), "groups": end.get("groups")}
    times = end.get("depth_multiplier")
    return {
        **found,
        **rest,
        "channels": channels(shape) * (times if is_integer(times) else 1),
        "groups": channels(shape),
    }


def _pool(end: Seen, shape: Shape) -> Mapping[str, Any]:
    return {"kernel": end.row("pool_size"), "stride": end.row("strides")}


def _strided(end: Seen, shape: Shape) -> Iterator[Guess]:
    """A convolution with a stride and a dilation: Keras has no such, and takes the positions out behind it."""
    first = end.inputs()[0]
    if not first.kind.endswith(f"Conv{len(shape) - 1}D") or first.get("dilation_rate") is None:
        return
    before = first.inputs()[0]
    explicit = before.kind.startswith("ZeroPadding")
    for border in (_pairs(before.row("padding")),) if explicit else ("half", "same", "valid"):
        yield "conv", {**_convolution(first, shape), "stride": end.row("strides"), "pad": border}


def _cropped(end: Seen, shape: Shape) -> Iterator[Guess]:
    """A transposed convolution whose stride is longer than its kernel: Keras gives each position all of it."""
    first = end.inputs()[0]
    if first.kind == f"Conv{len(shape) - 1}DTranspose":
        window = {"kernel": first.row("kernel_size"), "stride": first.row("strides")}
        yield "conv_transpose", {**window, "channels": first.get("filters"), "bias": first.get("use_bias")}


_AXES = (1, 2, 3)
_GUESSES: Mapping[str, Sequence[_Guessing]] = {
    "EinsumDense": (_einsum,),
    "Multiply": (_learned("scale"), _dropblock),
    "Add": (_learned("shift"),),
    "ops.maximum": (_tlu,),
    "Reshape": (_softmax, _blocks, _attention),
    "Concatenate": (_softmax,),
    "ops.divide": (_mean,),
    **{f"AveragePooling{rank}D": (_blur, _bordered("avgpool", _pool)) for rank in _AXES},
    **{f"MaxPooling{rank}D": (_strided, _bordered("maxpool", _pool)) for rank in _AXES},
    **{f"Conv{rank}D": (_bordered("conv", _convolution),) for rank in _AXES},
    **{f"DepthwiseConv{rank}D": (_bordered("conv", _convolution),) for rank in _AXES},
    **{f"own.StandardizedConv{rank}D": (_bordered("conv", _convolution),) for rank in _AXES},
    **{f"Cropping{rank}D": (_cropped,) for rank in _AXES},
}
