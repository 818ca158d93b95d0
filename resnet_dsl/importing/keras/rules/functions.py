"""Arithmetic of values with one another and with fixed numbers."""

from __future__ import annotations

from resnet_dsl.importing.keras.at import At, Rules


def _constant(at: At) -> tuple[str, float] | None:
    """The place and the number, where the function has one in place of a value."""
    found = next((name for name in ("x1", "x2") if at.called.settings.get(name) is not None), None)
    return None if found is None else (found, at.settings.number(found))


def _add(at: At) -> int:
    constant = _constant(at)
    return at.node("add", *at.inputs) if constant is None else at.node("shift", at.input, value=constant[1])


def _subtract(at: At) -> int:
    constant = _constant(at)
    if constant is None:
        return at.node("sub", *at.inputs)
    place, number = constant
    if place == "x2":
        return at.node("shift", at.input, value=-number)
    turned = at.node("scale", at.input, value=-1.0)
    return turned if number == 0 else at.node("shift", turned, value=number)


def _multiply(at: At) -> int:
    constant = _constant(at)
    return at.node("mul", *at.inputs) if constant is None else at.node("scale", at.input, value=constant[1])


def _divide(at: At) -> int:
    constant = _constant(at)
    if constant is None or constant[0] == "x1" or constant[1] == 0:
        raise at.cannot("divides by a value, and the language by fixed numbers alone")
    return at.node("scale", at.input, value=1 / constant[1])


def _extreme(at: At) -> int:
    constant = _constant(at)
    if constant is None or constant[1] != 0:
        raise at.cannot("takes the larger of two values, which the language does for 0 alone: `relu`")
    return at.node("relu", at.input)


def _clip(at: At) -> int:
    if (at.settings.number("x_min"), at.settings.number("x_max")) != (0, 6):
        raise at.cannot("clips at other numbers than `relu6` does")
    return at.node("relu6", at.input)


RULES: Rules = {
    "ops.add": _add,
    "ops.subtract": _subtract,
    "ops.multiply": _multiply,
    "ops.divide": _divide,
    "ops.maximum": _extreme,
    "ops.clip": _clip,
    "ops.negative": lambda at: at.node("scale", at.input, value=-1.0),
}
