"""Pools with a border, or with weights, that common layers do not have."""

from __future__ import annotations

from resnet_dsl.ir.lengths import padded, slide
from resnet_dsl.ir.operation import Arguments
from resnet_dsl.passes.primitives.step import ALL, Composite, Composites, Whole


def _avgpool(of: Whole) -> None:
    """The mean over the window with zeros, divided by the part of the window that lies on the map."""
    window = {"kernel": of.args["kernel"], "stride": of.args["stride"]}
    pad, one_channel = of.args["pad"], (*of.shapes[0][:-1], 1)
    lengths = padded(of.shapes[0], pad)
    value = of.step("border", 0, shape=(*lengths, of.entering), name="pad", widths=pad)
    first = of.step("slice", 0, shape=one_channel, name="channel", key=(*[ALL] * of.rank, (0, 1)))
    ones = of.step("ones_like", first, shape=one_channel, name="ones")
    ones = of.step("border", ones, shape=(*lengths, 1), name="ones_pad", widths=pad)
    share = of.step("avgpool", ones, shape=(*of.shape[:-1], 1), name="share", **window)
    mean = of.step("avgpool", value, **window)
    of.step("divide", mean, share, name="mean")


def _blurpool(of: Whole) -> None:
    """A binomial filter of length k is k - 1 means of two neighbours one after another; the last takes the stride."""
    pad = tuple(((taps - 1) // 2, taps // 2) for taps in of.args["kernel"])
    lengths = padded(of.shapes[0], pad)
    value = of.step("mirror", 0, shape=(*lengths, of.entering), name="pad", widths=pad)
    pair, ones = (2,) * of.rank, (1,) * of.rank
    for _ in range(of.args["kernel"][0] - 2):
        lengths = tuple(slide(length, 2, 1, 0) for length in lengths)
        value = of.step("avgpool", value, shape=(*lengths, of.entering), name="blur", kernel=pair, stride=ones)
    of.step("avgpool", value, kernel=pair, stride=of.args["stride"])


def _leaves_the_border_out(arguments: Arguments) -> bool:
    if arguments["count_border"] or arguments["pad"] in ("same", "valid"):
        return False
    return any(map(any, arguments["pad"]))


COMPOSITES: Composites = {"avgpool": Composite(_avgpool, _leaves_the_border_out), "blurpool": Composite(_blurpool)}
