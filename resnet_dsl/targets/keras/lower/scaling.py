"""Factors and offsets, as calls of Keras.

A learned number is the kernel of a Dense layer from one unit to one, fed with a one: so it has a layer with the node's
name, trains, is counted and is saved as any weight, and needs no layer of our own.
"""

from __future__ import annotations

from resnet_dsl.targets.keras.calls import batched
from resnet_dsl.targets.keras.lower.place import Place, Rules, initializer


def a_one(at: Place) -> int:
    """A one of one position and one channel a sample: what a layer is fed with that is to return its kernel."""
    one = tuple(1 if isinstance(length, int) else length for length in at.shapes[0])  # Keras knows no better of a slice
    value = at.part(at.input, ((0, 1, None),) * len(one), one, "first")
    return at.call("ops.ones_like", value, shape=one, suffix="one")


def _learned(at: Place, name: str) -> int:
    """The learned number of this name, as a value of one position and one channel a sample."""
    value = a_one(at)
    one = tuple(1 if isinstance(length, int) else length for length in at.shapes[0])
    init = initializer(float(at.args["value"]))
    return at.call("Dense", value, shape=one, keeps={name: "kernel"}, units=1, use_bias=False, kernel_initializer=init)


def _scale(at: Place) -> int:
    if at.args["learned"]:
        return at.call("Multiply", at.input, _learned(at, "factor"), suffix="times")
    return at.call("Rescaling", at.input, scale=float(at.args["value"]))


def _shift(at: Place) -> int:
    if at.args["learned"]:
        return at.call("Add", at.input, _learned(at, "offset"), suffix="plus")
    return at.call("Rescaling", at.input, scale=1.0, offset=float(at.args["value"]))


def _channel_scale(at: Place) -> int:
    axes = "abcd"[: at.rank + 1]
    return at.call(
        "EinsumDense",
        at.input,
        equation=f"{axes}z,z->{axes}z",
        output_shape=batched(at.shape)[1:],
        bias_axes=None,
        kernel_initializer=initializer(float(at.args["init"])),
        keeps={"gamma": "kernel"},
    )


RULES: Rules = {"scale": _scale, "shift": _shift, "channel_scale": _channel_scale}
