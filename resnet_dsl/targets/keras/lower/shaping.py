"""Operations that rearrange a value, as calls of Keras."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, slide
from resnet_dsl.targets.keras.calls import batched
from resnet_dsl.targets.keras.lower.place import WHOLE, LoweringContext, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps


def _channels(at: LoweringContext) -> int:
    start, count = at.args["start"], at.args["count"]
    return at.part(at.input, (*[WHOLE] * at.rank, (start, start + count, None)), at.shape)


def _pad_channels(at: LoweringContext) -> int:
    extra = at.args["channels"] - at.entering
    before = extra // 2 if at.args["side"] == "both" else 0
    pad = (*[(0, 0)] * (at.rank + 1), (before, extra - before))
    return at.call("ops.pad", at.input, pad_width=pad)


def subsample(at: LoweringContext, value: int, shape: Shape, stride: tuple[int, ...], suffix: str = "") -> int:
    """Every stride-th position, the first included: a pool with a window of one, as keras.applications writes it."""
    rank = len(stride)
    lengths = (slide(length, 1, step, 0) for length, step in zip(shape, stride, strict=False))
    return at.call(
        f"MaxPooling{rank}D",
        value,
        shape=(*lengths, shape[-1]),
        suffix=suffix,
        pool_size=(1,) * rank,
        strides=stride,
        padding="valid",
        data_format="channels_last",
    )


def _upsample(at: LoweringContext) -> int:
    factor = at.args["factor"]
    if at.args["method"] == "bilinear" and at.rank != 2:
        raise Failure(
            f"Keras has no bilinear upsampling over {at.rank} axes", "use `upsample(…)` with `method = nearest`"
        )
    if at.rank == 1:
        return at.call("UpSampling1D", at.input, size=factor[0])
    interpolation = {"interpolation": at.args["method"]} if at.rank == 2 else {}
    return at.call(f"UpSampling{at.rank}D", at.input, size=factor, data_format="channels_last", **interpolation)


def _rearranged(kind: str) -> Callable[[LoweringContext], int]:
    """The rule of blocks of positions: Keras' Reshape takes no more than one length that is not known."""

    def rule(at: LoweringContext) -> int:
        if batched(at.shapes[0])[1:].count(None) < 2:
            return in_steps(at)
        return at.call(f"own.{kind}", at.input, factor=at.args["factor"], order=at.args["order"])

    return rule


RULES: Rules = {
    "input": lambda at: at.call("Input", size=batched(at.shape)[1:]),
    "identity": lambda at: at.call("Identity", at.input),
    "flatten": lambda at: at.call("Flatten", at.input, data_format="channels_last"),
    "reshape": lambda at: at.call("Reshape", at.input, target_shape=batched(at.shape)[1:]),
    "channels": _channels,
    "pad_channels": _pad_channels,
    "subsample": lambda at: subsample(at, at.input, at.shapes[0], at.args["stride"]),
    "upsample": _upsample,
    "depth_to_space": _rearranged("DepthToSpace"),
    "space_to_depth": _rearranged("SpaceToDepth"),
}
