"""Factors and offsets: fixed, learned, one for all or one a channel."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.notation import signed
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError, Weight, spatial
from resnet_dsl.ir.parameters import FLAG, POSITIVE, REAL, Argument, Parameter, per_channel, required
from resnet_dsl.sentences import counted

_LEARNED = Parameter("learned", FLAG, "Whether the number trains.", False)


def _scalar(name: str, arguments: Arguments) -> tuple[Weight, ...]:
    return (Weight(name, (1,), float(arguments["value"])),) if arguments["learned"] else ()


def _channel_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    return (Weight("gamma", (channels(shapes[0]),), float(arguments["init"])),)


def _offset(value: float) -> str:
    return f"+ {signed(value)}" if value >= 0 else f"− {signed(-value)}"


def _normalized(arguments: Arguments, shapes: Shapes) -> Shape:
    spatial(shapes[0], "normalize")
    entering = channels(shapes[0])
    for name in ("mean", "std"):
        row = arguments[name]
        if isinstance(row, tuple) and len(row) != entering:
            has = f"has {counted(len(row), 'number')}, and what flows in has {counted(entering, 'channel')}"
            raise UnfitError("E0286", f"`{name}` of `normalize` {has}", "write one number, or one a channel")
    return shapes[0]


def _all(value: Argument, number: float) -> bool:
    return all(one == number for one in (value if isinstance(value, tuple) else (value,)))


OPERATIONS = (
    Operation(
        "normalize",
        "Less a mean, over a deviation: fixed numbers in the units of what flows in, for images as they come.",
        "scale",
        (
            required("mean", per_channel(REAL), "What is taken away."),
            required("std", per_channel(POSITIVE), "What the rest is divided by."),
        ),
        infer=_normalized,
        label=lambda arguments: "normalize",
        affine=True,
        idle=lambda arguments: _all(arguments["mean"], 0) and _all(arguments["std"], 1),
    ),
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
