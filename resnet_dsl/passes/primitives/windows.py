"""Windows on a map that common layers do not have: pools with a border or with weights, and noise by regions."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, padded, slide
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


def _leaves_the_border_out(arguments: Arguments) -> bool:
    if arguments["count_border"] or arguments["pad"] in ("same", "valid"):
        return False
    return any(map(any, arguments["pad"]))


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


def _dropblock(of: Whole) -> None:
    """DropBlock: seeds fall where a whole region fits, each clears its region, the rest is scaled up: divided by the
    share of the sample's numbers that is kept.

    The seeds are dropout's, on a map of ones as large as the regions' corners; Ghiasi et al. (2018), algorithm 1 and
    equation 1. At inference nothing is dropped and all factors are 1.
    """
    height, width, channels = of.shape
    assert isinstance(height, int)
    assert isinstance(width, int)
    size = min(of.args["size"], height, width)
    corners: Shape = (height - size + 1, width - size + 1, channels)
    rate = of.args["rate"] * height * width / (size * size * (height - size + 1) * (width - size + 1))
    value = of.step("slice", 0, shape=corners, name="corners", key=((size - 1, None), (size - 1, None), ALL))
    ones = of.step("ones_like", value, shape=corners, name="ones")
    drawn = of.step("dropout", ones, shape=corners, name="seeds", rate=min(rate, 1 - 1e-6))
    dropped = of.step("is_zero", drawn, shape=corners, name="dropped")
    if size > 1:
        wide: Shape = (height + size - 1, width + size - 1, channels)
        dropped = of.step("border", dropped, shape=wide, name="border", widths=((size - 1, size - 1),) * 2)
    regions = of.step("maxpool", dropped, name="regions", kernel=(size, size), stride=(1, 1))
    kept = of.step("is_zero", regions, name="kept")
    share = of.step("mean", kept, shape=(1, 1, 1), name="share", axes=(0, 1, 2))
    share = of.step("at_least", share, shape=(1, 1, 1), name="least_share", number=1e-7)
    of.step("multiply", 0, of.step("divide", kept, share, name="factor"))


COMPOSITES: Composites = {
    "avgpool": Composite(_avgpool, _leaves_the_border_out),
    "blurpool": Composite(_blurpool),
    "dropblock": Composite(_dropblock),
}
