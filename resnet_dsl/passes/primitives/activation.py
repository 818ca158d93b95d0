"""Activations that learn, and softmax over parts of the channels."""

from __future__ import annotations

from resnet_dsl.ir.lengths import OpenLength, Shape, elements
from resnet_dsl.passes.primitives.step import Composite, Composites, Whole


def _tlu(of: Whole) -> None:
    """max(x, tau)."""
    shape = (*(1,) * of.rank, of.entering)
    tau = of.step("weight", shape=shape, weights={"kernel": "tau"}, init="zeros")
    of.step("maximum", 0, tau, name="max")


def _softmax(of: Whole) -> None:
    """Across parts: the channels as (parts, channels of a part), for all positions in one line."""
    splits, width = of.args["splits"], of.entering // of.args["splits"]
    shape: Shape = (elements(of.shape[:-1]) or OpenLength("positions"), splits, width)
    value = of.step("reshape", 0, shape=shape, name="split", size=(None, splits, width))
    value = of.step("softmax", value, shape=shape, axis=1)
    lengths = tuple(length if isinstance(length, int) else None for length in of.shape)
    of.step("reshape", value, name="join", size=lengths)


COMPOSITES: Composites = {
    "tlu": Composite(_tlu),
    "softmax": Composite(_softmax, lambda arguments: arguments["splits"] > 1),
}
