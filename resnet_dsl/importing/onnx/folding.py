"""What follows from fixed numbers alone is worked out with NumPy while the file is read, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.source import Operator
from resnet_dsl.sentences import an

LARGEST_FOLDED = 2**26
"""Numbers that an operator may make of fixed ones."""

Given: TypeAlias = Sequence[Array | None]
_Rule: TypeAlias = Callable[[Operator, Given], Any]


class NotFoldedError(Exception):
    """What an operator makes of fixed numbers is not worked out. The message completes "`NAME` …"."""


def fold(operator: Operator, given: Given) -> list[Array] | None:
    """What it makes; None where it is no operator that is worked out. Raises NotFoldedError where it fails."""
    rule = _RULES.get(operator.kind)
    if rule is None:
        return None
    try:
        with np.errstate(all="ignore"):
            made = rule(operator, given)
    except NotFoldedError:
        raise
    except (ValueError, IndexError, TypeError, KeyError, AttributeError, OverflowError, MemoryError):
        raise NotFoldedError(f"is {an(operator.kind)} of numbers that do not fit") from None
    return [np.asarray(one) for one in (made if isinstance(made, list) else [made])]


def bounded(*size: int) -> tuple[int, ...]:
    """The size, where it is not too large."""
    if any(one < 0 for one in size) or prod(size) > LARGEST_FOLDED:
        raise NotFoldedError(f"makes more than {LARGEST_FOLDED:,} numbers out of a few")
    return size


def axes_of(operator: Operator, given: Given, place: int = 1) -> tuple[int, ...] | None:
    """The argument ``axes``: an attribute, later an input."""
    said = operator.attributes.get("axes")
    if said is None and len(given) > place and given[place] is not None:
        said = np.asarray(given[place]).reshape(-1).tolist()
    return None if said is None else tuple(int(one) for one in said)


def row(array: Array | None) -> list[Any]:
    """Its numbers in a line."""
    assert array is not None
    found: list[Any] = array.reshape(-1).tolist()
    return found


def _each(function: Callable[..., Any]) -> _Rule:
    def rule(operator: Operator, given: Given) -> Any:
        present = [one for one in given if one is not None]
        bounded(*np.broadcast_shapes(*(one.shape for one in present)))
        return function(*present)

    return rule


def _divided(first: Array, second: Array) -> Array:
    if first.dtype.kind in "iuO" and second.dtype.kind in "iuO":
        return np.asarray(first // second)
    return np.asarray(first / second)


def _constant(operator: Operator, given: Given) -> Any:
    values = operator.attributes
    kinds = {"value_float": np.float32, "value_floats": np.float32, "value_int": np.int64, "value_ints": np.int64}
    if "value" in values:
        return values["value"]
    name = next(name for name in kinds if name in values)
    return np.array(values[name], kinds[name])


def _of_shape(operator: Operator, given: Given) -> Any:
    value = np.asarray(operator.attributes.get("value", np.zeros(1, np.float32)))
    return np.full(bounded(*map(int, row(given[0]))), value.reshape(-1)[0])


def cast(operator: Operator, given: Given) -> Any:
    from resnet_dsl.targets.onnx.model import import_onnx

    array = given[0]
    assert array is not None
    kind = import_onnx().helper.tensor_dtype_to_np_dtype(operator.attributes["to"])
    if array.dtype == object:
        return array
    return array.astype(np.float32 if kind.kind == "f" or kind.name == "bfloat16" else kind)


def _unsqueezed(operator: Operator, given: Given) -> Any:
    return np.expand_dims(np.asarray(given[0]), axes_of(operator, given) or ())


def _squeezed(operator: Operator, given: Given) -> Any:
    return np.squeeze(np.asarray(given[0]), axes_of(operator, given))


def _reshaped(operator: Operator, given: Given) -> Any:
    array, size = np.asarray(given[0]), row(given[1])
    if not operator.attributes.get("allowzero", 0):
        size = [array.shape[place] if one == 0 else one for place, one in enumerate(size)]
    return array.reshape(tuple(map(int, size)))


def _gathered(operator: Operator, given: Given) -> Any:
    array, places = np.asarray(given[0]), np.asarray(given[1])
    axis = operator.attributes.get("axis", 0)
    bounded(*array.shape[:axis], *places.shape, *array.shape[axis:][1:])
    return np.take(array, places.astype(np.int64), axis=axis)


def slices(operator: Operator, given: Given, rank: int) -> dict[int, slice]:
    """From axes to what is taken of them."""
    if "starts" in operator.attributes:
        starts, ends = operator.attributes["starts"], operator.attributes["ends"]
        axes, steps = operator.attributes.get("axes"), None
    else:
        starts, ends = row(given[1]), row(given[2])
        axes = row(given[3]) if len(given) > 3 and given[3] is not None else None
        steps = row(given[4]) if len(given) > 4 and given[4] is not None else None
    axes, steps = axes or range(len(starts)), steps or [1] * len(starts)
    cuts = zip(axes, starts, ends, steps, strict=True)
    return {int(axis) % rank: slice(int(start), int(end), int(step)) for axis, start, end, step in cuts}


def _sliced(operator: Operator, given: Given) -> Any:
    array = np.asarray(given[0])
    cuts = slices(operator, given, array.ndim)
    for axis, cut in cuts.items():
        if cut.step < 0 and cut.stop <= -(2**31):
            cuts[axis] = slice(cut.start, None, cut.step)
    return array[tuple(cuts.get(axis, slice(None)) for axis in range(array.ndim))]


def _expanded(operator: Operator, given: Given) -> Any:
    array = np.asarray(given[0])
    return np.broadcast_to(array, bounded(*np.broadcast_shapes(array.shape, tuple(map(int, row(given[1]))))))


def _ranged(operator: Operator, given: Given) -> Any:
    start, end, step = (row(one)[0] for one in given)
    bounded(max(0, int((end - start) / step) + 1))
    return np.arange(start, end, step).astype(np.asarray(given[0]).dtype)


def _split(operator: Operator, given: Given) -> Any:
    array, axis = np.asarray(given[0]), operator.attributes.get("axis", 0)
    return np.split(array, np.cumsum(parts_of(operator, given, array.shape[axis]))[:-1], axis)


def parts_of(operator: Operator, given: Given, whole: int) -> list[int]:
    """The lengths into which an axis is split."""
    said = operator.attributes.get("split") or (row(given[1]) if len(given) > 1 and given[1] is not None else None)
    if said is None:
        count = len(operator.outputs)
        said = [-(-whole // count)] * (count - 1)
        said.append(whole - sum(said))
    if sum(said) != whole or min(said) < 0:
        raise NotFoldedError(f"splits {whole} into other parts than it says")
    return [int(one) for one in said]


def _shape(operator: Operator, given: Given) -> Any:
    start, end = operator.attributes.get("start", 0), operator.attributes.get("end")
    return np.array(np.asarray(given[0]).shape, np.int64)[start:end]


def _reduced(function: Callable[..., Any]) -> _Rule:
    def rule(operator: Operator, given: Given) -> Any:
        keep = bool(operator.attributes.get("keepdims", 1))
        return function(np.asarray(given[0]), axis=axes_of(operator, given), keepdims=keep)

    return rule


def _multiplied(operator: Operator, given: Given) -> Any:
    first, second = np.asarray(given[0]), np.asarray(given[1])
    bounded(*first.shape[:-1], *second.shape[-1:])
    return first @ second


def _normalised(operator: Operator, given: Given) -> Any:
    """Batch normalisation of a kernel that is computed in the graph: how PyTorch standardises its filters."""
    array, *learned = (np.asarray(one, np.float64) for one in given if one is not None)
    if operator.attributes.get("training_mode", 0):
        rest = (0, *range(2, array.ndim))
        learned[2:] = [array.mean(rest), array.var(rest)]
    gamma, beta, mean, variance = (one.reshape(-1, *(1,) * (array.ndim - 2)) for one in learned)
    scaled = (array - mean) / np.sqrt(variance + operator.attributes.get("epsilon", 1e-5)) * gamma + beta
    return scaled.astype(np.float32)


def _instance_normalised(operator: Operator, given: Given) -> Any:
    array, *learned = (np.asarray(one, np.float64) for one in given)
    gamma, beta = (one.reshape(-1, *(1,) * (array.ndim - 2)) for one in learned)
    rest = tuple(range(2, array.ndim))
    mean, variance = array.mean(rest, keepdims=True), array.var(rest, keepdims=True)
    scaled = (array - mean) / np.sqrt(variance + operator.attributes.get("epsilon", 1e-5)) * gamma + beta
    return scaled.astype(np.float32)


def _clipped(operator: Operator, given: Given) -> Any:
    low, high = (given[place] if len(given) > place else None for place in (1, 2))
    low = operator.attributes.get("min", -np.inf) if low is None else low
    high = operator.attributes.get("max", np.inf) if high is None else high
    array = np.asarray(given[0])
    return np.clip(array, low, high).astype(array.dtype)


_RULES: Mapping[str, _Rule] = {
    "Constant": _constant,
    "ConstantOfShape": _of_shape,
    "Cast": cast,
    "Identity": lambda operator, given: given[0],
    "Unsqueeze": _unsqueezed,
    "Squeeze": _squeezed,
    "Reshape": _reshaped,
    "Flatten": lambda operator, given: np.asarray(given[0]).reshape(
        prod(np.asarray(given[0]).shape[: operator.attributes.get("axis", 1)]), -1
    ),
    "Transpose": lambda operator, given: np.transpose(np.asarray(given[0]), operator.attributes.get("perm")),
    "Concat": lambda operator, given: np.concatenate(given, axis=operator.attributes["axis"]),  # type: ignore[arg-type]
    "Gather": _gathered,
    "Slice": _sliced,
    "Split": _split,
    "Expand": _expanded,
    "Range": _ranged,
    "Shape": _shape,
    "Size": lambda operator, given: np.array(np.asarray(given[0]).size),
    "Add": _each(lambda *given: sum(given[1:], given[0])),
    "Sum": _each(lambda *given: sum(given[1:], given[0])),
    "Sub": _each(lambda first, second: first - second),
    "Mul": _each(lambda first, second: first * second),
    "Div": _each(_divided),
    "Pow": _each(lambda first, second: np.power(first, second).astype(first.dtype)),
    "Mod": _each(np.mod),
    "Max": _each(lambda *given: np.max(np.broadcast_arrays(*given), axis=0)),
    "Min": _each(lambda *given: np.min(np.broadcast_arrays(*given), axis=0)),
    "Sqrt": _each(np.sqrt),
    "Reciprocal": _each(lambda one: (1 / one).astype(one.dtype)),
    "Neg": _each(np.negative),
    "Abs": _each(np.abs),
    "Exp": _each(np.exp),
    "Log": _each(np.log),
    "Clip": _clipped,
    "Relu": _each(lambda one: np.maximum(one, np.zeros((), one.dtype))),
    "Floor": _each(np.floor),
    "Ceil": _each(np.ceil),
    "Equal": _each(lambda first, second: np.asarray(first == second)),
    "Less": _each(lambda first, second: np.asarray(first < second)),
    "Greater": _each(lambda first, second: np.asarray(first > second)),
    "Not": _each(np.logical_not),
    "And": _each(np.logical_and),
    "Or": _each(np.logical_or),
    "Where": _each(np.where),
    "ReduceMean": _reduced(np.mean),
    "ReduceSum": _reduced(np.sum),
    "ReduceProd": _reduced(np.prod),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "ReduceL2": _reduced(lambda array, axis, keepdims: np.sqrt(np.sum(array * array, axis=axis, keepdims=keepdims))),
    "MatMul": _multiplied,
    "BatchNormalization": _normalised,
    "InstanceNormalization": _instance_normalised,
}
