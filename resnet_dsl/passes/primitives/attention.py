"""Self-attention over the positions of a map."""

from __future__ import annotations

from math import prod

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes.primitives.step import ALL, Composite, Composites, Whole


def _attention(of: Whole) -> None:
    """softmax(q k / sqrt(d) + distances) v, with the heads as the first axis."""
    heads, key = of.args["heads"], of.args["key"]
    lengths: tuple[int, ...] = of.shapes[0][:-1]  # type: ignore[assignment]
    places, share = prod(lengths), of.shape[-1] // heads
    queries = _heads(of, "query", 0, key, (1, 0, 2))
    keys = _heads(of, "key", heads * key, key, (1, 2, 0))
    values = _heads(of, "value", 2 * heads * key, share, (1, 0, 2))
    square: Shape = (heads, places, places)
    scores = of.step("matmul", queries, keys, shape=square, name="scores")
    scores = of.step("times", scores, shape=square, name="scale", number=key**-0.5)
    if of.args["position"] == "relative":
        scores = of.step("add", scores, _distances(of, queries, lengths), shape=square, name="place")
    scores = of.step("softmax", scores, shape=square, name="softmax", axis=2)
    mixed = of.step("matmul", scores, values, shape=(heads, places, share), name="mixed")
    mixed = _permuted(of, mixed, (heads, places, share), "back", (1, 0, 2))
    of.step("reshape", mixed, size=of.shape)


def _permuted(of: Whole, value: int, shape: Shape, name: str, order: tuple[int, ...]) -> int:
    return of.step("permute", value, shape=tuple(shape[one] for one in order), name=name, order=order)


def _reshaped(of: Whole, value: int, shape: Shape, name: str) -> int:
    return of.step("reshape", value, shape=shape, name=name, size=shape)


def _heads(of: Whole, what: str, start: int, width: int, order: tuple[int, ...]) -> int:
    """A part of the channels as (places, heads, width), its axes in the order wanted."""
    heads, lengths = of.args["heads"], of.shapes[0][:-1]
    end = start + heads * width
    part = of.step("slice", 0, shape=(*lengths, end - start), name=what, key=(*[ALL] * of.rank, (start, end)))
    split = (prod(lengths), heads, width)
    return _permuted(of, _reshaped(of, part, split, f"{what}_heads"), split, f"{what}_first", order)


def _distances(of: Whole, queries: int, lengths: tuple[int, ...]) -> int:
    """What each query has to say on the distance in height and in width to each key: (heads, places, places)."""
    heads, key = of.args["heads"], of.args["key"]
    height, width = lengths
    grid = _reshaped(of, queries, (heads, height, width, key), "grid")
    across = _shifted(of, _towards(of, grid, "width", width, (heads, height)), "width", (heads, height, width))
    across = _reshaped(of, across, (heads, height, width, 1, width), "width_spread")
    turned = _permuted(of, grid, (heads, height, width, key), "turned", (0, 2, 1, 3))
    down = _shifted(of, _towards(of, turned, "height", height, (heads, width)), "height", (heads, width, height))
    down = _permuted(of, down, (heads, width, height, height), "height_back", (0, 2, 1, 3))
    down = _reshaped(of, down, (heads, height, width, height, 1), "height_spread")
    both = of.step("add", across, down, shape=(heads, height, width, height, width), name="both")
    return _reshaped(of, both, (heads, height * width, height * width), "distances")


def _towards(of: Whole, grid: int, axis: str, length: int, before: tuple[int, int]) -> int:
    """The product of each query with the vector learned for each distance, -(length - 1) to length - 1."""
    shape = (*before, length, 2 * length - 1)
    return of.step("project", grid, shape=shape, name=axis, weights={"kernel": axis}, init="lecun_normal")


def _shifted(of: Whole, value: int, axis: str, shape: tuple[int, int, int]) -> int:
    """From distances to keys: row q of (length, 2 length - 1) becomes its columns length - 1 - q onwards.

    With one more column and all rows in one line, cutting the line into rows of the old width shifts each row by one
    (Shaw et al. 2018; Bello et al. 2019, Attention Augmented Convolutional Networks, appendix).
    """
    heads, lines, length = shape
    wide, line = 2 * length - 1, length * 2 * length
    value = of.step("extend", value, shape=(heads, lines, length, wide + 1), name=f"{axis}_wider", by=1)
    value = _reshaped(of, value, (heads, lines, line), f"{axis}_line")
    longer = (heads, lines, line + length - 1)
    value = of.step("extend", value, shape=longer, name=f"{axis}_longer", by=length - 1)
    value = _reshaped(of, value, (heads, lines, length + 1, wide), f"{axis}_rows")
    key = (ALL, ALL, (0, length), (length - 1, None))
    return of.step("slice", value, shape=(heads, lines, length, length), name=f"{axis}_shifted", key=key)


COMPOSITES: Composites = {"attention": Composite(_attention)}
