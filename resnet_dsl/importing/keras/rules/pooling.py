"""Keras' pools, and means and maxima over axes."""

from __future__ import annotations

from typing import Any

from resnet_dsl.importing.keras.at import At, Rule, Rules
from resnet_dsl.importing.keras.rules.border import border_before, expect_rank, explicit_or_same
from resnet_dsl.ir.operation import OperationName


def _max(rank: int) -> Rule:
    def rule(at: At) -> int:
        kernel, stride, padding = _window(at, rank)
        if padding == "same":
            return at.node("maxpool", at.input, kernel=kernel, stride=stride, pad=_same(kernel, stride))
        if set(kernel) == {1}:
            return at.node("subsample", at.input, stride=stride)
        border = border_before(at, rank, "zeros", "lowest", "reflect")
        expect_rank(at, border.node, rank)
        seen = all(max(pad) < taps for pad, taps in zip(border.pad, kernel, strict=True))
        idle = at.is_nonnegative(border.node) or not any(map(any, border.pad))
        fill = "lowest" if border.fill == "zeros" and seen and idle else border.fill
        return at.node("maxpool", border.node, kernel=kernel, stride=stride, pad=border.pad, fill=fill)

    return rule


def _average(rank: int) -> Rule:
    def rule(at: At) -> int:
        kernel, stride, padding = _window(at, rank)
        if padding == "same":
            pad = _same(kernel, stride)
            return at.node("avgpool", at.input, kernel=kernel, stride=stride, pad=pad, count_border=pad == "same")
        border = border_before(at, rank, "zeros", "reflect")
        expect_rank(at, border.node, rank)
        more: dict[str, Any] = {} if border.fill == "zeros" else {"fill": border.fill}
        return at.node("avgpool", border.node, kernel=kernel, stride=stride, pad=border.pad, **more)

    return rule


def _same(kernel: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    return explicit_or_same(kernel, stride, (1,) * len(kernel))


def _window(at: At, rank: int) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    settings = at.settings
    kernel = settings.lengths("pool_size", rank, 2)
    stride = settings.lengths("strides", rank) if settings.says("strides") else kernel
    return kernel, stride, settings.word("padding", "valid", "same")


def _global(op: OperationName, rank: int) -> Rule:
    def rule(at: At) -> int:
        expect_rank(at, at.input, rank)
        return at.node(op, at.input, kernel="global", keepdims=at.settings.flag("keepdims"))

    return rule


def _over(op: OperationName, by: str) -> Rule:
    """Over all positions, or over the channels."""

    def rule(at: At) -> int:
        if not at.settings.says("axis"):
            raise at.cannot("runs along all axes, that of the samples too")
        axes, keepdims = at.settings.axes("axis", at.rank + 1), at.settings.flag("keepdims")
        if axes == (at.rank + 1,) and keepdims:
            return at.node("channel_pool", at.input, by=by)
        if axes == tuple(range(1, at.rank + 1)):
            return at.node(op, at.input, kernel="global", keepdims=keepdims)
        raise at.cannot("runs along some of the axes, and pools along all positions or the channels")

    return rule


RULES: Rules = {
    **{f"MaxPooling{rank}D": _max(rank) for rank in (1, 2, 3)},
    **{f"AveragePooling{rank}D": _average(rank) for rank in (1, 2, 3)},
    **{f"GlobalMaxPooling{rank}D": _global("maxpool", rank) for rank in (1, 2, 3)},
    **{f"GlobalAveragePooling{rank}D": _global("avgpool", rank) for rank in (1, 2, 3)},
    "ops.mean": _over("avgpool", "mean"),
    "ops.max": _over("maxpool", "max"),
}
