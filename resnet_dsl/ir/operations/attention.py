"""Self-attention over the positions of a map. Queries, keys and values come out of a convolution before it."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, channels, show
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError, Weight, spatial
from resnet_dsl.ir.parameters import COUNT, Parameter, required, words


def value_channels(arguments: Arguments, shape: Shape) -> int:
    """The channels that are left for the values, of all heads."""
    return channels(shape) - 2 * int(arguments["heads"]) * int(arguments["key"])


def _infer(arguments: Arguments, shapes: Shapes) -> Shape:
    shape = shapes[0]
    spatial(shape, "attention")
    heads, key, values = arguments["heads"], arguments["key"], value_channels(arguments, shape)
    if values <= 0 or values % heads:
        raise UnfitError(
            "E0304",
            f"{heads} heads with keys of {key} take {2 * heads * key} of the {channels(shape)} channels that flow in, "
            f"and the {max(values, 0)} left for values cannot be shared by the heads",
            f"let a convolution make {3 * heads * key} channels: queries, keys and values",
        )
    if not all(isinstance(length, int) for length in shape):
        raise UnfitError(
            "E0301", f"`attention` needs known lengths, and what flows in is {show(shape)}", "give the input a size"
        )
    if arguments["position"] == "relative" and len(shape) != 3:
        raise UnfitError(
            "E0301", f"relative positions are for images, and what flows in is {show(shape)}", "`position = none`"
        )
    return (*shape[:-1], values)


def _weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    if arguments["position"] == "none":
        return ()
    height, width, key = shapes[0][0], shapes[0][1], arguments["key"]
    assert isinstance(height, int)
    assert isinstance(width, int)
    return (
        Weight("height", (key, 2 * height - 1), "lecun_normal"),
        Weight("width", (key, 2 * width - 1), "lecun_normal"),
    )


ATTENTION = Operation(
    "attention",
    "Multi-head self-attention of all positions (Vaswani et al. 2017); the channels that flow in are queries, keys and "
    "values side by side, each head after head.",
    "attention",
    (
        Parameter("heads", COUNT, "Parts that attend by themselves.", 4),
        required("key", COUNT, "Channels of one head's queries and keys."),
        Parameter(
            "position",
            words("none", "relative"),
            "`relative` adds a learned term for each distance in height and in width (BoTNet: Srinivas et al. 2021).",
            "none",
        ),
    ),
    infer=_infer,
    weights=_weights,
    window=lambda arguments, shape: "all",
    label=lambda arguments: f"attention, {arguments['heads']} heads",
)


def _on_a_map(arguments: Arguments, shapes: Shapes) -> Shape:
    spatial(shapes[0], "spatial_softmax")
    return shapes[0]


SPATIAL_SOFTMAX = Operation(
    "spatial_softmax",
    "exp(x) over its sum along all positions, for each channel: how much a position counts (GCNet: Cao et al. 2019).",
    "attention",
    infer=_on_a_map,
    window=lambda arguments, shape: "all",
    label=lambda arguments: "softmax over positions",
    range=(0, 1),
)

OPERATIONS = (ATTENTION, SPATIAL_SOFTMAX)
