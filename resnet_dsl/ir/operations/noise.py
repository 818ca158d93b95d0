"""Randomness while training: nothing at inference."""

from __future__ import annotations

from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError, always
from resnet_dsl.ir.parameters import COUNT, RATE, Parameter, required

_RATE = required("rate", RATE, "The probability to drop.")


def _image(arguments: Arguments, shapes: Shapes) -> tuple[object, ...]:
    if len(shapes[0]) != 3:
        raise UnfitError(
            "E0301", f"`dropblock` works on images, and what flows in is {show(shapes[0])}", "use `dropout`"
        )
    return shapes[0]


OPERATIONS = (
    Operation(
        "dropout",
        "Sets numbers to zero and scales up the rest (Srivastava et al. 2014).",
        "noise",
        (_RATE,),
        label=lambda arguments: f"dropout {arguments['rate']:g}",
        keeps_sign=True,
        affine=True,
        idle=always,
    ),
    Operation(
        "drop_path",
        "Sets a whole sample's value to zero and scales up the rest (stochastic depth, Huang et al. 2016).",
        "noise",
        (_RATE,),
        label=lambda arguments: f"drop path {arguments['rate']:.3g}",
        keeps_sign=True,
        affine=True,
        idle=always,
    ),
    Operation(
        "dropblock",
        "Sets square regions to zero and scales up the rest (Ghiasi et al. 2018).",
        "noise",
        (_RATE, Parameter("size", COUNT, "Length of a region.", 7)),
        infer=_image,  # type: ignore[arg-type]
        label=lambda arguments: f"drop block {arguments['rate']:.3g}",
        keeps_sign=True,
        affine=True,
        idle=always,
    ),
)
