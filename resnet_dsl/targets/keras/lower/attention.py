"""Self-attention over the positions of a map, as calls of Keras."""

from __future__ import annotations

from math import prod

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.lower.place import Place, Rules, initializer

_WHOLE = (None, None, None)


def _attention(at: Place) -> int:
    """softmax(q k / sqrt(d) + distances) v, with the heads as the first axis."""
    heads, key = at.args["heads"], at.args["key"]
    lengths: tuple[int, ...] = at.shapes[0][:-1]  # type: ignore[assignment]
    places, share = prod(lengths), at.shape[-1] // heads
    queries = _heads(at, "query", 0, key, (2, 1, 3))
    keys = _heads(at, "key", heads * key, key, (2, 3, 1))
    values = _heads(at, "value", 2 * heads * key, share, (2, 1, 3))
    square: Shape = (heads, places, places)
    scores = at.call("ops.matmul", queries, keys, shape=square, suffix="scores")
    scores = at.call("Rescaling", scores, shape=square, suffix="scale", scale=key**-0.5)
    if at.args["position"] == "relative":
        scores = at.call("Add", scores, _distances(at, queries, lengths), shape=square, suffix="place")
    scores = at.call("Softmax", scores, shape=square, suffix="softmax", axis=-1)
    mixed = at.call("ops.matmul", scores, values, shape=(heads, places, share), suffix="mixed")
    mixed = at.call("Permute", mixed, shape=(places, heads, share), suffix="back", dims=(2, 1, 3))
    return at.call("Reshape", mixed, target_shape=at.shape)


def _heads(at: Place, what: str, start: int, width: int, order: tuple[int, ...]) -> int:
    """A part of the channels as (places, heads, width), its axes in the order wanted."""
    heads = at.args["heads"]
    end = start + heads * width
    part = at.part(at.input, (*[_WHOLE] * at.rank, (start, end, None)), (*at.shapes[0][:-1], end - start), what)
    split = (prod(at.shapes[0][:-1]), heads, width)
    value = at.call("Reshape", part, shape=split, suffix=f"{what}_heads", target_shape=split)
    return at.call("Permute", value, shape=tuple(split[one - 1] for one in order), suffix=f"{what}_first", dims=order)


def _distances(at: Place, queries: int, lengths: tuple[int, ...]) -> int:
    """What each query has to say on the distance in height and in width to each key: (heads, places, places)."""
    heads, key = at.args["heads"], at.args["key"]
    height, width = lengths
    shape = (heads, height, width, key)
    grid = at.call("Reshape", queries, shape=shape, suffix="grid", target_shape=shape)
    across = _shifted(at, _towards(at, grid, "width", width, shape), "width", (heads, height, width))
    across_shape = (heads, height, width, 1, width)
    across = at.call("Reshape", across, shape=across_shape, suffix="width_spread", target_shape=across_shape)
    turned = at.call("Permute", grid, shape=(heads, width, height, key), suffix="turned", dims=(1, 3, 2, 4))
    down = _towards(at, turned, "height", height, (heads, width, height, key))
    down = _shifted(at, down, "height", (heads, width, height))
    down = at.call("Permute", down, shape=(heads, height, width, height), suffix="height_back", dims=(1, 3, 2, 4))
    down_shape = (heads, height, width, height, 1)
    down = at.call("Reshape", down, shape=down_shape, suffix="height_spread", target_shape=down_shape)
    both = at.call("ops.add", across, down, shape=(heads, height, width, height, width), suffix="both")
    square = (heads, height * width, height * width)
    return at.call("Reshape", both, shape=square, suffix="distances", target_shape=square)


def _towards(at: Place, grid: int, axis: str, length: int, shape: tuple[int, ...]) -> int:
    """The product of each query with the vector learned for each distance, -(length - 1) to length - 1."""
    result = (*shape[:-1], 2 * length - 1)
    return at.call(
        "EinsumDense",
        grid,
        shape=result,
        suffix=axis,
        equation="abcdk,kr->abcdr",
        output_shape=result,
        bias_axes=None,
        kernel_initializer=initializer("lecun_normal"),
        keeps={axis: "kernel"},
    )


def _shifted(at: Place, value: int, axis: str, shape: tuple[int, int, int]) -> int:
    """From distances to keys: row q of (length, 2 length - 1) becomes its columns length - 1 - q onwards.

    With one more column and all rows in one line, cutting the line into rows of the old width shifts each row by one
    (Shaw et al. 2018; Bello et al. 2019, Attention Augmented Convolutional Networks, appendix).
    """
    heads, lines, length = shape
    wide = 2 * length - 1
    value = at.call(
        "ops.pad",
        value,
        shape=(heads, lines, length, wide + 1),
        suffix=f"{axis}_wider",
        pad_width=((0, 0),) * 4 + ((0, 1),),
    )
    line = length * (wide + 1)
    flat = (heads, lines, line)
    value = at.call("Reshape", value, shape=flat, suffix=f"{axis}_line", target_shape=flat)
    flat = (heads, lines, line + length - 1)
    value = at.call("ops.pad", value, shape=flat, suffix=f"{axis}_longer", pad_width=((0, 0),) * 3 + ((0, length - 1),))
    rows = (heads, lines, length + 1, wide)
    value = at.call("Reshape", value, shape=rows, suffix=f"{axis}_rows", target_shape=rows)
    key = (_WHOLE, _WHOLE, (0, length, None), (length - 1, None, None))
    return at.part(value, key, (heads, lines, length, length), f"{axis}_shifted")


RULES: Rules = {"attention": _attention}
