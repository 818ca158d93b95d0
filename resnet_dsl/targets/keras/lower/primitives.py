"""Composite operations by their steps: each primitive as calls of Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import OpenLength
from resnet_dsl.passes.primitives import take_apart
from resnet_dsl.passes.primitives.step import Primitive, PrimitiveStep, each_primitive
from resnet_dsl.targets.keras.calls import Value, batched
from resnet_dsl.targets.keras.lower.border import mirrored_by_slices
from resnet_dsl.targets.keras.lower.place import WHOLE, LoweringContext, initializer


class _At(NamedTuple):
    """One step at its place: how it is called, and what it reads."""

    place: LoweringContext
    step: PrimitiveStep
    inputs: tuple[int, ...]

    @property
    def args(self) -> Mapping[str, Any]:
        return self.step.args

    def call(self, kind: str, **args: Value) -> int:
        keeps = {own: name for name, own in self.step.weights.items()}
        step = self.step
        return self.place.call(kind, *self.inputs, shape=step.shape, suffix=step.name, keeps=keeps, **args)


_Rule: TypeAlias = Callable[[_At], int]


def in_steps(at: LoweringContext) -> int:
    """The operation taken apart."""
    values = [*at.inputs]
    for step in take_apart(at.node, at.shapes, at.shape):
        values.append(_RULES[step.kind](_At(at, step, tuple(values[one] for one in step.inputs))))
    return values[-1]


def _add(of: _At) -> int:
    """A layer, as people write sums of maps; the function for values of more axes than a map has."""
    return of.call("Add" if len(of.step.shape) <= 4 else "ops.add")


def _mean(of: _At) -> int:
    axes = of.args["axes"]
    axis = -1 if axes == (len(of.step.shape) - 1,) else tuple(one + 1 for one in axes)
    return of.call("ops.mean", axis=axis, keepdims=True)


def _slice(of: _At) -> int:
    return of.call("slice", key=(WHOLE, *((start, stop, None) for start, stop in of.args["key"])))


def _reshape(of: _At) -> int:
    return of.call("Reshape", target_shape=tuple(-1 if length is None else length for length in of.args["size"]))


def _border(of: _At) -> int:
    widths = of.args["widths"]
    padding = widths[0] if len(widths) == 1 else widths
    return of.call(f"ZeroPadding{len(widths)}D", padding=padding, data_format="channels_last")


def _extend(of: _At) -> int:
    return of.call("ops.pad", pad_width=((0, 0),) * len(of.step.shape) + ((0, of.args["by"]),))


def _mirror(of: _At) -> int:
    if len(of.args["widths"]) == 3:
        assert of.inputs == (of.place.input,)
        return mirrored_by_slices(of.place, of.args["widths"])
    return of.call("ops.pad", pad_width=((0, 0), *of.args["widths"], (0, 0)), mode="reflect")


def _pool(what: str) -> _Rule:
    def pooled(of: _At) -> int:
        window = {"pool_size": of.args["kernel"], "strides": of.args["stride"]}
        kind = f"{what}Pooling{len(of.args['kernel'])}D"
        return of.call(kind, padding="valid", data_format="channels_last", **window)

    return pooled


def _is_zero(of: _At) -> int:
    suffix, shape = of.step.name, of.step.shape
    truth = of.place.call("ops.equal", *of.inputs, shape=shape, suffix=f"{suffix}_or_not", x2=0.0)
    return of.place.call("ops.cast", truth, shape=shape, suffix=suffix, dtype="float32")


def _project(of: _At) -> int:
    axes = "abcd"[: len(of.step.shape)]
    equation = f"{axes}k,kr->{axes}r"
    init = initializer(of.args["init"])
    return of.call(
        "EinsumDense", equation=equation, output_shape=of.step.shape, bias_axes=None, kernel_initializer=init
    )


def _weigh(of: _At) -> int:
    """Keras' layer keeps the lengths that it was made for: one that is called with several leaves them open."""
    step, known = of.step, batched(of.step.shape)[1:]
    if not of.place.varies or set(known[:-1]) == {None}:
        return _weighed(of)
    if known.count(None) > 1:
        raise Failure(
            f"Keras cannot call the layer of `{of.place.node.name}` with lengths of which some are open",
            "give the input a size, or leave all its lengths open",
        )
    open_lengths = tuple(OpenLength(f"length {axis}") for axis in range(len(known) - 1))
    value = _weighed(_At(of.place, step._replace(shape=(*open_lengths, step.shape[-1])), of.inputs))
    target = tuple(-1 if length is None else length for length in known)
    return of.place.call("Reshape", value, shape=step.shape, suffix=f"{step.name}_map".lstrip("_"), target_shape=target)


def _weighed(of: _At) -> int:
    axes = "abcd"[: len(of.step.shape)]
    return of.call(
        "EinsumDense",
        equation=f"{axes}z,z->{axes}z",
        output_shape=batched(of.step.shape)[1:],
        bias_axes="z" if "bias" in of.step.weights else None,
        kernel_initializer=initializer(of.args["init"]),
    )


def _weight(of: _At) -> int:
    """The kernel of a Dense layer that is fed with a one.

    So it has a layer with the node's name, trains, is counted and is saved as any weight, and needs no layer of ours.
    """
    at = of.place
    lengths = tuple(1 if isinstance(length, int) else length for length in at.shapes[0][:-1])
    one = (*lengths, 1)  # Keras knows no better of a slice
    value = at.part(at.input, ((0, 1, None),) * len(one), one, "first")
    ones = at.call("ops.ones_like", value, shape=one, suffix="one")
    fed = _At(at, of.step._replace(shape=(*lengths, of.step.shape[-1])), (ones,))
    return fed.call("Dense", units=of.step.shape[-1], use_bias=False, kernel_initializer=initializer(of.args["init"]))


_TABLE: dict[Primitive, _Rule] = {
    "slice": _slice,
    "reshape": _reshape,
    "permute": lambda of: of.call("Permute", dims=tuple(one + 1 for one in of.args["order"])),
    "repeat": lambda of: of.call("ops.repeat", repeats=of.args["times"], axis=-1),
    "border": _border,
    "mirror": _mirror,
    "extend": _extend,
    "add": _add,
    "subtract": lambda of: of.call("Subtract"),
    "multiply": lambda of: of.call("Multiply"),
    "divide": lambda of: of.call("ops.divide"),
    "maximum": lambda of: of.call("ops.maximum"),
    "plus": lambda of: of.call("ops.add", x2=of.args["number"]),
    "times": lambda of: of.call("Rescaling", scale=of.args["number"]),
    "at_least": lambda of: of.call("ops.maximum", x2=of.args["number"]),
    "square": lambda of: of.call("ops.square"),
    "rsqrt": lambda of: of.call("ops.rsqrt"),
    "sigmoid": lambda of: of.call("Activation", activation="sigmoid"),
    "softmax": lambda of: of.call("Softmax", axis=of.args["axis"] - len(of.step.shape)),
    "is_zero": _is_zero,
    "ones_like": lambda of: of.call("ops.ones_like"),
    "dropout": lambda of: of.call("Dropout", rate=of.args["rate"]),
    "mean": _mean,
    "maxpool": _pool("Max"),
    "avgpool": _pool("Average"),
    "matmul": lambda of: of.call("ops.matmul"),
    "project": _project,
    "weigh": _weigh,
    "weight": _weight,
}
_RULES = each_primitive("resnet_dsl/targets/keras/lower/primitives.py", _TABLE)
