"""On which input positions a position of a value depends, found by going back from it through the graph.

One axis at a time, since every operation but those that see everything treats the axes apart: a row for each position
that is asked for marks what it depends on, in its own node, then in those that this one reads, and so on to the input.
Windows are marked tap by tap; no rule of receptive fields is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node

Rows: TypeAlias = NDArray[np.bool_]
"""(positions asked for, positions of a value)."""
Arguments: TypeAlias = Mapping[str, Any]

POSITIONS = 48
"""Neighbours in the middle of a value that are asked for."""


def extent(graph: Graph, lengths: Sequence[int], node: int, axis: int = 0) -> int:
    """The most input positions, from the first to the last, on which one position of a node depends.

    lengths: of every value along the axis (1 for vectors). A gate that is repeated along the axis is left out.
    """
    asked = min(lengths[node], POSITIONS)
    start = (lengths[node] - asked) // 2
    seen = {node: np.eye(lengths[node], dtype=bool)[start : start + asked]}
    for index in range(node, 0, -1):
        if index in seen:
            _go_back(graph.nodes[index], seen, seen.pop(index), lengths, axis)
    return max(int(np.ptp(np.flatnonzero(row))) + 1 for row in seen[0] if row.any())


def _go_back(node: Node, seen: dict[int, Rows], rows: Rows, lengths: Sequence[int], axis: int) -> None:
    for other in node.reads:
        if node.op == "mul" and lengths[other] < rows.shape[1]:
            continue
        found = _marked(node, rows, lengths[other], axis)
        seen[other] = seen[other] | found if other in seen else found


def _marked(node: Node, rows: Rows, length: int, axis: int) -> Rows:
    if (
        node.op in {"flatten", "reshape", "dense", "attention", "spatial_softmax"}
        or node.args.get("kernel") == "global"
    ):
        return np.repeat(rows.any(1, keepdims=True), length, 1)
    rule = _RULES.get(node.op)
    along = {name: value[axis] for name, value in node.args.items() if name in _EXTENTS}
    along["pad"] = node.args["pad"] if node.args.get("pad") == "same" else node.args.get("pad", (None,) * 3)[axis]
    return rows if rule is None else rule({**node.args, **along}, rows, length)


_EXTENTS = frozenset({"kernel", "stride", "dilation", "factor", "amounts"})


def _window(arguments: Arguments, rows: Rows, length: int) -> Rows:
    taps, stride, apart = arguments["kernel"], arguments["stride"], arguments.get("dilation", 1)
    before, after = _border(arguments, length)
    bordered = np.zeros((len(rows), before + length + after), dtype=bool)
    for tap in range(taps):
        bordered[:, tap * apart : tap * apart + (rows.shape[1] - 1) * stride + 1 : stride] |= rows
    return bordered[:, before : before + length]


def _border(arguments: Arguments, length: int) -> tuple[int, int]:
    """Before and behind; a blur's is mirrored, which is nothing new in the middle."""
    taps, stride, apart, pad = (arguments.get(name) for name in ("kernel", "stride", "dilation", "pad"))
    assert isinstance(taps, int)
    assert isinstance(stride, int)
    if pad is None:
        return (taps - 1) // 2, taps // 2
    if pad != "same":
        return tuple(pad)  # type: ignore[return-value]
    missing = max((-(-length // stride) - 1) * stride + (taps - 1) * (apart or 1) + 1 - length, 0)
    return missing // 2, missing - missing // 2


def _transposed(arguments: Arguments, rows: Rows, length: int) -> Rows:
    taps, stride = arguments["kernel"], arguments["stride"]
    found = np.zeros((len(rows), length), dtype=bool)
    for tap in range(taps):
        found |= rows[:, tap : tap + (length - 1) * stride + 1 : stride]
    return found


def _subsampled(arguments: Arguments, rows: Rows, length: int) -> Rows:
    found = np.zeros((len(rows), length), dtype=bool)
    found[:, :: arguments["stride"]] = rows
    return found


def _upsampled(arguments: Arguments, rows: Rows, length: int) -> Rows:
    """A copy depends on one position; between two middles a number depends on both."""
    factor = arguments["factor"]
    places = np.arange(length * factor)
    middle = (places + 0.5) / factor - 0.5
    found = np.zeros((len(rows), length), dtype=bool)
    near = (places // factor,) if arguments["method"] == "nearest" else (np.floor(middle), np.ceil(middle))
    for one in near:
        np.logical_or.at(found, (slice(None), np.clip(one, 0, length - 1).astype(int)), rows)
    return found


def _widened(arguments: Arguments, rows: Rows, length: int) -> Rows:
    front, _ = arguments["amounts"]
    return rows[:, front : front + length]


def _cropped(arguments: Arguments, rows: Rows, length: int) -> Rows:
    return np.pad(rows, ((0, 0), arguments["amounts"]))


def _spread(arguments: Arguments, rows: Rows, length: int) -> Rows:
    return np.asarray(rows.reshape(len(rows), length, arguments["factor"]).any(2))


def _resized(arguments: Arguments, rows: Rows, length: int) -> Rows:
    """As of an upsampled map, at any two lengths."""
    new = rows.shape[1]
    middle = (np.arange(new) + 0.5) * length / new - 0.5
    near = (np.floor(middle + 0.5),) if arguments["method"] == "nearest" else (np.floor(middle), np.ceil(middle))
    found = np.zeros((len(rows), length), dtype=bool)
    for one in near:
        np.logical_or.at(found, (slice(None), np.clip(one, 0, length - 1).astype(int)), rows)
    return found


_RULES: dict[str, Callable[[Arguments, Rows, int], Rows]] = {
    **dict.fromkeys(("conv", "maxpool", "avgpool", "blurpool"), _window),
    "conv_transpose": _transposed,
    "subsample": _subsampled,
    "upsample": _upsampled,
    "zero_pad": _widened,
    "resize": _resized,
    "crop": _cropped,
    "depth_to_space": _spread,
    "space_to_depth": lambda arguments, rows, length: np.repeat(rows, arguments["factor"], 1),
}
