"""Where an input has its channels: what reads it tells, since the file does not."""

from __future__ import annotations

from resnet_dsl.importing.onnx.axes import Order, first, last
from resnet_dsl.importing.onnx.operators import Operators
from resnet_dsl.importing.onnx.source import OnnxEnd, Operator

_ON_MAPS = frozenset(
    {
        *("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"),
        *("BatchNormalization", "InstanceNormalization", "GroupNormalization", "Resize", "Upsample"),
        *("DepthToSpace", "SpaceToDepth"),
    }
)
"""Operators whose channels stand directly behind the batch."""
_ENDS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Shape", "Gather", "MatMul", "Gemm"})
"""Behind these axes are others."""


def layout_of(operators: Operators, end: OnnxEnd) -> Order:
    """Which axis behind the batch's each axis of the language's is: followed to the first operator that takes maps.

    Where there is none they stand first, as in PyTorch, and in files of ours last. Lengths stay in the file's order:
    an image of another height and width is another image.
    """
    rank = len(end.size) - 2
    readers: dict[str, list[Operator]] = {}
    for operator in operators:
        for name in operator.inputs:
            readers.setdefault(name, []).append(operator)
    waiting = [(end.name, tuple(range(rank + 1)))]
    seen = {end.name}
    while waiting:
        name, axes = waiting.pop(0)
        for operator in readers.get(name, []):
            if operator.kind in _ON_MAPS:
                return (*sorted(axes[1:]), axes[0])
            after = _moved(operator, axes)
            if after is not None and operator.output not in seen:
                seen.add(operator.output)
                waiting.append((operator.output, after))
    return last(rank) if any(one.of[0] for one in operators) else first(rank)


def _moved(operator: Operator, axes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Which axes of the input those of an operator's result are; None where they are lost."""
    if operator.kind == "Transpose":
        order: list[int] = list(operator.attributes.get("perm") or [])
        fits = sorted(order) == list(range(len(axes) + 1)) and order[0] == 0
        return tuple(axes[place - 1] for place in order[1:]) if fits else None
    return None if operator.kind in _ENDS else axes
