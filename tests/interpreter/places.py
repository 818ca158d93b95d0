"""What moves numbers from place to place: rearrangement, merges, dense layers and attention, in NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import product
from math import prod

import numpy as np

from tests.interpreter.windows import Arguments, Array, Weights


def _same(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Noise is for training alone: at inference the value is as it was (dropout is scaled up while training)."""
    return x


def reshape(arguments: Arguments, x: Array, weights: Weights) -> Array:
    size = arguments["size"]
    return x.reshape(len(x), *(size if isinstance(size, tuple) else (size,)))


def channels(arguments: Arguments, x: Array, weights: Weights) -> Array:
    return x[..., arguments["start"] : arguments["start"] + arguments["count"]]


def pad_channels(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """He et al. (2015), section 4.1, option A; on both sides as in torchvision's successors."""
    missing = arguments["channels"] - x.shape[-1]
    before = missing // 2 if arguments["side"] == "both" else 0
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, missing - before)])


def subsample(arguments: Arguments, x: Array, weights: Weights) -> Array:
    return x[(slice(None), *(slice(None, None, step) for step in arguments["stride"]))]


def upsample(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Axis by axis: bilinear interpolation is linear interpolation along each axis."""
    along = {"nearest": np.repeat, "bilinear": _linear}[arguments["method"]]
    return reduce(lambda value, axis: along(value, axis[1], axis[0] + 1), enumerate(arguments["factor"]), x)


def _linear(x: Array, factor: int, axis: int) -> Array:
    """Positions are the middles of equal cells: new position i lies at (i + 1/2) / factor - 1/2, held at the edges."""
    length = x.shape[axis]
    at = np.clip((np.arange(length * factor) + 0.5) / factor - 0.5, 0, length - 1)
    below = np.floor(at).astype(int)
    above = np.minimum(below + 1, length - 1)
    share = (at - below).reshape([-1 if one == axis else 1 for one in range(x.ndim)])
    return np.take(x, below, axis) * (1 - share) + np.take(x, above, axis) * share


def resize(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """PyTorch's `interpolate`: bilinear with align_corners=False, and nearest-exact; axis by axis."""
    along = {"nearest": _nearest_to, "bilinear": _linear_to}[arguments["method"]]
    return reduce(lambda value, axis: along(value, axis[1], axis[0] + 1), enumerate(arguments["size"]), x)


def _nearest_to(x: Array, length: int, axis: int) -> Array:
    """The old cell in which the middle of a new one lies; on a border, the one behind it."""
    old = x.shape[axis]
    return np.take(
        x, [sum(1 for end in range(1, old) if 2 * end * length <= (2 * i + 1) * old) for i in range(length)], axis
    )


def _linear_to(x: Array, length: int, axis: int) -> Array:
    old = x.shape[axis]
    at, middles = (np.arange(length) + 0.5) * old / length, np.arange(old) + 0.5
    return np.apply_along_axis(lambda column: np.interp(at, middles, column), axis, x)


def zero_pad(arguments: Arguments, x: Array, weights: Weights) -> Array:
    return np.pad(x, [(0, 0), *arguments["amounts"], (0, 0)])


def crop(arguments: Arguments, x: Array, weights: Weights) -> Array:
    if arguments["amounts"] is None:
        more = [old - new for old, new in zip(x.shape[1:-1], arguments["size"], strict=True)]
        amounts = [(one // 2, one - one // 2) for one in more]
    else:
        amounts = arguments["amounts"]
    inside = (slice(before, old - after) for old, (before, after) in zip(x.shape[1:-1], amounts, strict=True))
    return x[(slice(None), *inside)]


def _places(arguments: Arguments, wide: Array, deep: Array) -> Iterator[tuple[Array, Array]]:
    """For each place of a block, what the wide map and the deep map hold of it, to be read or written. Channels of the
    deep map are (place, channel) in TensorFlow's tf.nn.depth_to_space, (channel, place) in PyTorch's pixel_shuffle."""
    factor = arguments["factor"]
    for number, place in enumerate(product(*map(range, factor))):
        cut = (slice(None), *(slice(at, None, step) for at, step in zip(place, factor, strict=True)))
        count = wide.shape[-1]
        own = slice(number * count, (number + 1) * count)
        yield wide[cut], deep[..., own if arguments["order"] == "tensorflow" else slice(number, None, prod(factor))]


def depth_to_space(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Shi et al. (2016), equation 4, over any number of axes."""
    lengths = [length * step for length, step in zip(x.shape[1:-1], arguments["factor"], strict=True)]
    result = np.zeros((len(x), *lengths, x.shape[-1] // prod(arguments["factor"])))
    for wide, deep in _places(arguments, result, x):
        wide[:] = deep
    return result


def space_to_depth(arguments: Arguments, x: Array, weights: Weights) -> Array:
    lengths = [length // step for length, step in zip(x.shape[1:-1], arguments["factor"], strict=True)]
    result = np.zeros((len(x), *lengths, x.shape[-1] * prod(arguments["factor"])))
    for wide, deep in _places(arguments, x, result):
        deep[:] = wide
    return result


def dense(arguments: Arguments, x: Array, weights: Weights) -> Array:
    return x @ weights["kernel"] + weights.get("bias", 0.0)


def channel_pool(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Woo et al. (2018), equation 3."""
    return np.asarray({"mean": np.mean, "max": np.max}[arguments["by"]](x, axis=-1, keepdims=True))


def attention(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Vaswani et al. (2017), equation 1, in each head; the channels hold queries, then keys, then values."""
    heads, key = arguments["heads"], arguments["key"]
    rows = x.reshape(len(x), -1, x.shape[-1])
    cuts = np.split(rows, [heads * key, 2 * heads * key], axis=-1)
    queries, keys, values = (one.reshape(*one.shape[:2], heads, -1).swapaxes(1, 2) for one in cuts)
    scores = queries @ keys.swapaxes(2, 3) / np.sqrt(key)
    if arguments["position"] == "relative":
        scores = scores + _distances(queries, x.shape[1:3], weights)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (powers / powers.sum(-1, keepdims=True)) @ values
    return mixed.swapaxes(1, 2).reshape(*x.shape[:-1], -1)


def _distances(queries: Array, size: tuple[int, ...], weights: Weights) -> Array:
    """Srivastava et al. (2021), figure 4 (Shaw et al. 2018): a query times the vector of its distance to the key in
    height, and the same in width. A table's columns run from the distance -(length - 1) to length - 1."""
    places = np.stack(np.unravel_index(np.arange(size[0] * size[1]), size))
    total = np.zeros(())
    for axis, name in enumerate(("height", "width")):
        away = places[axis][None, :] - places[axis][:, None] + size[axis] - 1
        towards = queries @ weights[name]
        total = total + np.take_along_axis(towards, np.broadcast_to(away, (*towards.shape[:2], *away.shape)), -1)
    return total


RULES = {
    **dict.fromkeys(("identity", "dropout", "drop_path", "dropblock"), _same),
    "flatten": lambda arguments, x, weights: x.reshape(len(x), -1),
    "reshape": reshape,
    "channels": channels,
    "pad_channels": pad_channels,
    "subsample": subsample,
    "upsample": upsample,
    "resize": resize,
    "zero_pad": zero_pad,
    "crop": crop,
    "depth_to_space": depth_to_space,
    "space_to_depth": space_to_depth,
    "dense": dense,
    "channel_pool": channel_pool,
    "attention": attention,
}
MERGES = {
    "add": lambda values: reduce(np.add, values),
    "sub": lambda values: values[0] - values[1],
    "mul": lambda values: reduce(np.multiply, values),
    "concat": lambda values: np.concatenate(values, axis=-1),
}
