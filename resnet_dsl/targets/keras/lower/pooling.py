"""Pools, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.ir.lengths import padded
from resnet_dsl.ir.windows import content
from resnet_dsl.passes.primitives import is_composite
from resnet_dsl.targets.keras.lower.border import bordered
from resnet_dsl.targets.keras.lower.convolution import explicit_same, is_same
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps

LOWEST = -3.4028234663852886e38
"""float32's lowest number: no value of a map is below it, and JSON can hold it (it cannot hold an infinity)."""


def _pool(at: LoweringContext, what: str, value: int, padding: str) -> int:
    return at.call(
        f"{what}Pooling{at.rank}D",
        value,
        pool_size=at.args["kernel"],
        strides=at.args["stride"],
        padding=padding,
        data_format="channels_last",
    )


def _global(at: LoweringContext, what: str) -> int:
    keepdims = at.args["keepdims"]
    return at.call(f"Global{what}Pooling{at.rank}D", at.input, data_format="channels_last", keepdims=keepdims)


def _maxpool(at: LoweringContext) -> int:
    pad = at.args["pad"]
    if at.args["kernel"] == "global":
        return _global(at, "Max")
    if at.args["fill"] in ("reflect", "edge"):
        return _pool(at, "Max", _filled(at), "valid")
    zeros_may_stand = at.args["fill"] == "zeros" or at.nonnegative
    if pad == "same" and at.args["fill"] == "zeros" and not at.nonnegative:
        pad = explicit_same(at.shapes[0], at.args["stride"], at.args["kernel"], "a stride and `fill = zeros`")
    if pad == "same" or (at.args["fill"] == "lowest" and is_same(pad, at.args["kernel"], at.args["stride"])):
        return _pool(at, "Max", at.input, "same")
    if zeros_may_stand or not any(map(any, pad)):
        return _pool(at, "Max", at.pad_with_zeros(pad), "valid")
    shape, widths = (*padded(at.shapes[0], pad), at.entering), ((0, 0), *pad, (0, 0))
    value = at.call("ops.pad", at.input, shape=shape, suffix="pad", pad_width=widths, constant_values=LOWEST)
    return _pool(at, "Max", value, "valid")


def _filled(at: LoweringContext) -> int:
    """The map with a border of its own numbers."""
    pad, fill = at.args["pad"], content(at.args)
    if pad == "same":
        pad = explicit_same(at.shapes[0], at.args["stride"], at.args["kernel"], f"a stride and `fill = {fill}`")
    return bordered(at, pad, fill)


def _avgpool(at: LoweringContext) -> int:
    pad = at.args["pad"]
    if at.args["kernel"] == "global":
        return _global(at, "Average")
    if content(at.args) != "zeros":
        return _pool(at, "Average", _filled(at), "valid")
    counted: bool = at.args["count_border"]
    if pad == "same" or (not counted and is_same(pad, at.args["kernel"], at.args["stride"])):
        return _pool(at, "Average", at.input, "same")
    if is_composite(at.node):
        return in_steps(at)
    return _pool(at, "Average", at.pad_with_zeros(pad), "valid")


RULES: Rules = {
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "channel_pool": lambda at: at.call(f"ops.{at.args['by']}", at.input, axis=-1, keepdims=True),
}
