"""Factors and offsets: fixed, learned, one for all or one a channel."""

from __future__ import annotations

from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.notation import signed
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, Weight
from resnet_dsl.ir.parameters import FLAG, REAL, Parameter

_LEARNED = Parameter("learned", FLAG, "Whether the number trains.", False)


def _scalar(name: str, arguments: Arguments) -> tuple[Weight, ...]:
    return (Weight(name, (1,), float(arguments["value"])),) if arguments["learned"] else ()


def _channel_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    return (Weight("gamma", (channels(shapes[0]),), float(arguments["init"])),)


def _offset(value: float) -> str:
    return f"+ {signed(value)}" if value >= 0 else f"− {signed(-value)}"


OPERATIONS = (
    Operation(
        "scale",
        "Times one number, fixed or learned (Fixup: Zhang et al. 2019).",
        "scale",
        (Parameter("value", REAL, "The factor, or what it starts from.", 1.0), _LEARNED),
        weights=lambda arguments, shapes: _scalar("factor", arguments),
        label=lambda arguments: "× γ" if arguments["learned"] else f"× {signed(arguments['value'])}",
        affine=True,
        idle=lambda arguments: not arguments["learned"] and arguments["value"] == 1,
    ),
    Operation(
        "shift",
        "Plus one number, fixed or learned (Fixup: Zhang et al. 2019).",
        "scale",
        (Parameter("value", REAL, "The offset, or what it starts from.", 0.0), _LEARNED),
        weights=lambda arguments, shapes: _scalar("offset", arguments),
        label=lambda arguments: "+ β" if arguments["learned"] else _offset(arguments["value"]),
        affine=True,
        idle=lambda arguments: not arguments["learned"] and arguments["value"] == 0,
    ),
    Operation(
        "channel_scale",
        "Times a learned number for each channel (layer scale: Touvron et al. 2021).",
        "scale",
        (Parameter("init", REAL, "What the factors start from.", 1e-6),),
        weights=_channel_weights,
        label=lambda arguments: "layer scale",
        affine=True,
    ),
)
