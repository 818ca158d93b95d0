"""Noise that is more than dropout."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes.primitives.step import ALL, Composite, Composites, Whole


def _dropblock(of: Whole) -> None:
    """DropBlock: seeds fall where a whole region fits, each clears its region, the rest is scaled up.

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
    _keep(of, of.step("is_zero", regions, name="kept"))


def _keep(of: Whole, kept: int) -> None:
    """What is kept, divided by the share of the sample's numbers that is kept."""
    one: Shape = (1, 1, 1)
    share = of.step("mean", kept, shape=one, name="share", axes=(0, 1, 2))
    share = of.step("at_least", share, shape=one, name="least_share", number=1e-7)
    factor = of.step("divide", kept, share, name="factor")
    of.step("multiply", 0, factor)


COMPOSITES: Composites = {"dropblock": Composite(_dropblock)}
