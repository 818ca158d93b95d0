"""Randomness while training, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.lower.place import Place, Rules


def _drop_path(at: Place) -> int:
    """Dropout with one draw a sample."""
    return at.call("Dropout", at.input, rate=at.args["rate"], noise_shape=(None, *(1,) * len(at.shape)))


def _dropblock(at: Place) -> int:
    """DropBlock: seeds fall where a whole region fits, each clears its region, the rest is scaled up.

    The seeds are Dropout's, on a map of ones as large as the regions' corners; Ghiasi et al. (2018), algorithm 1 and
    equation 1. At inference nothing is dropped and all factors are 1.
    """
    height, width, channels = at.shape
    if not (isinstance(height, int) and isinstance(width, int)):
        raise Failure("Keras needs known lengths for `dropblock`", "give the input a size: `--input 224x224x3`")
    size = min(at.args["size"], height, width)
    corners: Shape = (height - size + 1, width - size + 1, channels)
    rate = at.args["rate"] * height * width / (size * size * (height - size + 1) * (width - size + 1))
    key = ((size - 1, None, None), (size - 1, None, None), (None, None, None))
    value = at.part(at.input, key, corners, "corners")
    ones = at.call("ops.ones_like", value, shape=corners, suffix="ones")
    drawn = at.call("Dropout", ones, shape=corners, suffix="seeds", rate=min(rate, 1 - 1e-6))
    dropped = _are_zero(at, drawn, corners, "dropped")
    dropped = at.pad_with_zeros(dropped, ((size - 1, size - 1),) * 2, "border", corners)
    regions = at.call(
        "MaxPooling2D",
        dropped,
        suffix="regions",
        pool_size=(size, size),
        strides=(1, 1),
        padding="valid",
        data_format="channels_last",
    )
    return _keep(at, _are_zero(at, regions, at.shape, "kept"))


def _are_zero(at: Place, value: int, shape: Shape, suffix: str) -> int:
    """1 where the value is 0, 0 elsewhere."""
    truth = at.call("ops.equal", value, shape=shape, suffix=f"{suffix}_or_not", x2=0.0)
    return at.call("ops.cast", truth, shape=shape, suffix=suffix, dtype="float32")


def _keep(at: Place, kept: int) -> int:
    """What is kept, divided by the share of the sample's numbers that is kept."""
    one: Shape = (1,) * len(at.shape)
    share = at.call("ops.mean", kept, shape=one, suffix="share", axis=(1, 2, 3), keepdims=True)
    share = at.call("ops.maximum", share, shape=one, suffix="least_share", x2=1e-7)
    factor = at.call("ops.divide", kept, share, suffix="factor")
    return at.call("Multiply", at.input, factor)


RULES: Rules = {
    "dropout": lambda at: at.call("Dropout", at.input, rate=at.args["rate"]),
    "drop_path": _drop_path,
    "dropblock": _dropblock,
}
