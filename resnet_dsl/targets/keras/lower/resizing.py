"""Operations that bring a value to another size, as calls of Keras: its own layers where the ratio is known."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.ir.lengths import factor_between
from resnet_dsl.targets.keras.calls import Value
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules


def _resize(at: LoweringContext) -> int:
    factors = [factor_between(*axis) for axis in zip(at.shapes[0][:-1], at.shape[:-1], strict=True)]
    if None not in factors and not at.alone_lends:
        return _enlarge(at, tuple(factors))
    method, size = at.args["method"], at.args["size"]
    known = all(isinstance(length, int) for length in at.shapes[0])
    if method == "bilinear" and size is not None and known:
        return at.call(
            "Resizing", at.input, height=size[0], width=size[1], interpolation=method, data_format="channels_last"
        )
    return at.call("own.Resize", *at.inputs, size=size, method=method)


def _enlarge(at: LoweringContext, factors: tuple[int | None, ...]) -> int:
    if at.rank == 1:
        return at.call("UpSampling1D", at.input, size=factors[0])
    interpolation = {"interpolation": at.args["method"]} if at.rank == 2 else {}
    return at.call(f"UpSampling{at.rank}D", at.input, size=factors, data_format="channels_last", **interpolation)


def _sides(kind: str, argument: str) -> Callable[[LoweringContext], int]:
    """The rule of a layer that adds or takes positions in front and behind."""

    def rule(at: LoweringContext) -> int:
        layer, amounts = f"{kind}{at.rank}D", at.args["amounts"]
        given: dict[str, Value] = {argument: amounts[0] if at.rank == 1 else amounts}
        if layer != "Cropping1D":  # which has no other order
            given["data_format"] = "channels_last"
        return at.call(layer, at.input, **given)

    return rule


_CROPPING = _sides("Cropping", "cropping")


def _crop(at: LoweringContext) -> int:
    return at.call("own.Crop", *at.inputs) if at.args["like"] else _CROPPING(at)


RULES: Rules = {
    "resize": _resize,
    "zero_pad": _sides("ZeroPadding", "padding"),
    "crop": _crop,
}
