"""Factors and offsets that are learned."""

from __future__ import annotations

from resnet_dsl.ir.operation import Arguments
from resnet_dsl.passes.primitives.step import Composite, Composites, Whole


def _learned(of: Whole, name: str) -> int:
    """The one number, for all positions and channels."""
    shape = (1,) * len(of.shape)
    return of.step("weight", shape=shape, weights={"kernel": name}, init=float(of.args["value"]))


def _scale(of: Whole) -> None:
    of.step("multiply", 0, _learned(of, "factor"), name="times")


def _shift(of: Whole) -> None:
    of.step("add", 0, _learned(of, "offset"), name="plus")


def _channel_scale(of: Whole) -> None:
    of.step("weigh", 0, weights={"kernel": "gamma"}, init=float(of.args["init"]))


def _is_learned(arguments: Arguments) -> bool:
    return bool(arguments["learned"])


COMPOSITES: Composites = {
    "scale": Composite(_scale, _is_learned),
    "shift": Composite(_shift, _is_learned),
    "channel_scale": Composite(_channel_scale),
}
