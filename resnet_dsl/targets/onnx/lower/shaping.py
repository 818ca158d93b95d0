"""Operations that rearrange a value, as operators of ONNX."""

from __future__ import annotations

from itertools import chain
from math import prod

from resnet_dsl.ir.lengths import channels
from resnet_dsl.targets.onnx.lower.operators import END, Lengths, each, in_a_line, lengths_of, padded, size_of, sliced
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rules


def _reshape(at: OnnxLoweringContext) -> OnnxValue:
    size = at.args["size"]
    whole = at.whole("size", [0, *(size if isinstance(size, tuple) else (size,))])
    return at.value(at.call("Reshape", in_a_line(at), whole), "last")


def _channels(at: OnnxLoweringContext) -> OnnxValue:
    start, count = at.args["start"], at.args["count"]
    return sliced(at, [at.rank], [start], [start + count])


def _pad_channels(at: OnnxLoweringContext) -> OnnxValue:
    extra = at.args["channels"] - at.entering
    before = extra // 2 if at.args["side"] == "both" else 0
    return padded(at, {at.rank: (before, extra - before)})


def _subsample(at: OnnxLoweringContext) -> OnnxValue:
    return sliced(at, range(at.rank), [0] * at.rank, [END] * at.rank, *at.args["stride"])


def _is_square(at: OnnxLoweringContext) -> bool:
    """Whether ONNX has an operator for these blocks."""
    return at.rank == 2 and len({*at.args["factor"]}) == 1


def _depth_to_space(at: OnnxLoweringContext) -> OnnxValue:
    """Of (factors, channels, lengths), or (channels, factors, lengths) in PyTorch's order, each factor goes behind its
    length."""
    factor, count = [*at.args["factor"]], channels(at.shape)
    if _is_square(at):
        mode = {"tensorflow": "DCR", "pytorch": "CRD"}[at.args["order"]]
        return at.value(at.call("DepthToSpace", at.tensor(), blocksize=factor[0], mode=mode))
    lengths, (own, places) = lengths_of(at, at.input), _deep_axes(at)
    depth = [*factor, count] if own > 1 else [count, *factor]
    deep = at.call("Reshape", at.tensor(), size_of(at, "deep_size", [0, *depth], lengths), suffix="deep")
    behind = zip(range(at.rank + 2, 2 * at.rank + 2), places, strict=True)
    wide = at.call("Transpose", deep, suffix="wide", perm=(0, own, *chain.from_iterable(behind)))
    size = size_of(at, "size", [0, count], _times(at, lengths, factor))
    return at.value(at.call("Reshape", wide, size))


def _space_to_depth(at: OnnxLoweringContext) -> OnnxValue:
    """The way back: each length in (length, factor), and the factors in front of the channels, or behind them."""
    factor = [*at.args["factor"]]
    if _is_square(at) and at.args["order"] == "tensorflow":
        return at.value(at.call("SpaceToDepth", at.tensor(), blocksize=factor[0]))
    lengths = _over(at, lengths_of(at, at.input), factor)
    wide = at.call("Reshape", at.tensor(), size_of(at, "wide_size", [0, 0], _pairs(at, lengths, factor)), suffix="wide")
    order, places = range(2, 2 * at.rank + 2), _deep_axes(at)[1]
    depth = [*order[1::2], 1] if places[0] == 1 else [1, *order[1::2]]
    deep = at.call("Transpose", wide, suffix="deep", perm=(0, *depth, *order[::2]))
    return at.value(at.call("Reshape", deep, size_of(at, "size", [0, at.entering * prod(factor)], lengths)))


def _deep_axes(at: OnnxLoweringContext) -> tuple[int, range]:
    """Where channels stand, and where factors do, when both have axes of their own in front of the lengths."""
    rank = at.rank
    return (rank + 1, range(1, rank + 1)) if at.args["order"] == "tensorflow" else (1, range(2, rank + 2))


def _times(at: OnnxLoweringContext, lengths: Lengths, factor: list[int]) -> Lengths:
    if isinstance(lengths, str):
        return at.call("Mul", lengths, at.whole("factor", factor), suffix="spread")
    return [length * step for length, step in zip(lengths, factor, strict=True)]


def _over(at: OnnxLoweringContext, lengths: Lengths, factor: list[int]) -> Lengths:
    if isinstance(lengths, str):
        return at.call("Div", lengths, at.whole("factor", factor), suffix="gathered")
    return [length // step for length, step in zip(lengths, factor, strict=True)]


def _pairs(at: OnnxLoweringContext, lengths: Lengths, factor: list[int]) -> Lengths:
    """Each length, and its factor behind it."""
    if not isinstance(lengths, str):
        return [*chain.from_iterable(zip(lengths, factor, strict=True))]
    column = at.call("Unsqueeze", lengths, at.whole("column", [1]), suffix="column")
    pairs = at.call("Concat", column, at.numbers("factors", [[one] for one in factor], "int64"), suffix="pairs", axis=1)
    return at.call("Reshape", pairs, at.whole("row", [-1]), suffix="row")


RULES: Rules = {
    "identity": each("Identity"),
    "flatten": lambda at: at.value(at.call("Flatten", in_a_line(at), axis=1)),
    "reshape": _reshape,
    "channels": _channels,
    "pad_channels": _pad_channels,
    "subsample": _subsample,
    "depth_to_space": _depth_to_space,
    "space_to_depth": _space_to_depth,
}
