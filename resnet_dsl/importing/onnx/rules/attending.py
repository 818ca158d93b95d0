"""The operators of an attention, computed with NumPy on random values within bounds, as the operation that they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from resnet_dsl.importing.attending import (
    MOST_SCORES,
    NO_OTHER,
    REMEDY,
    TOO_LARGE,
    Attention,
    AttentionSteps,
    applied,
    attention_of,
)
from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.attending import KIND
from resnet_dsl.importing.onnx.axes import Factor, reshaped, whole
from resnet_dsl.importing.onnx.folding import Given, NotFoldedError, bounded, fold, row
from resnet_dsl.importing.onnx.place import Place, Rules, Tensor
from resnet_dsl.importing.onnx.source import Operator
from resnet_dsl.importing.onnx.symbols import LengthSymbol

MOST_HELD = 2**25
"""Numbers that the steps of one attention may hold at a time: 256 megabytes."""
_STEPS_A_SCORE = 16
"""By how much more looking at a score takes than making a number."""
_SEVERAL = 2
"""Samples where a file takes any number of them: more than one, so that none is taken for another axis."""


class _TooLargeError(Exception):
    """More would be computed than may be, of one attention or of all."""


def _attention(at: Place) -> Tensor:
    """Raises NotImportedError where it is none that the language has."""
    values = [at.tensor(place) for place in range(at.attribute("values"))]
    shapes = [at.shape(one) for one in values]
    if not all(isinstance(length, int) for shape in shapes for length in shape):
        raise at.refuse("attends to places whose number is open", "export it with inputs of a fixed size")
    running = _Running(at, values)
    try:
        steps = running.steps() if all(len(shape) > 1 for shape in shapes) else None
        found = None if steps is None else attention_of(steps)
    except _TooLargeError:
        raise at.refuse(TOO_LARGE) from None
    except (NotFoldedError, ValueError, IndexError, TypeError, KeyError, AttributeError, MemoryError):
        found = None
    made = None if found is None else _made(at, found, values, running.lengths)
    if made is None:
        raise at.refuse(NO_OTHER, REMEDY)
    return made


def _made(at: Place, found: Attention, values: Sequence[Tensor], lengths: Sequence[int]) -> Tensor | None:
    """The operation's value as the tensor of these lengths; None where its samples are not in front."""
    order = found.result
    if order[0] != 0:
        return None
    node = applied(found, at.reader, at.operator.label, [one.node for one in values])
    *places, channels = at.reader.shapes[node]
    assert isinstance(channels, int)
    rank, share = len(places), channels // found.heads
    heads = (Factor(rank, share, found.heads),) if found.heads > 1 else ()
    axes = [(), *(whole(axis, length) for axis, length in enumerate(places)), heads, whole(rank, share)]
    lying = reshaped(tuple(axes[one] for one in order[1:]), lengths)
    return None if lying is None else Tensor(node, lying)


class _Running:
    """The steps, with numbers in the place of the values that they read."""

    def __init__(self, at: Place, values: Sequence[Tensor]) -> None:
        self._at, self._values = at, values
        self._samples = at.reader.batch or _SEVERAL
        self._steps: Sequence[Operator] = at.attribute("steps")
        self._arrays: Mapping[str, Array] = at.attribute("arrays")
        self._last = {name: place for place, one in enumerate(self._steps) for name in one.inputs}
        self.lengths: tuple[int, ...] = ()

    def steps(self) -> AttentionSteps | None:
        shapes: list[Any] = [self._at.shape(one) for one in self._values]
        scores, result = self._run([np.zeros((self._samples, *shape)) for shape in shapes])
        if scores.size > MOST_SCORES:
            raise _TooLargeError
        samples, *lengths = result.shape
        self.lengths = tuple(lengths)
        fixed = dict.fromkeys(name for one in self._steps for name in one.inputs if name in self._arrays)
        learned = [self._arrays[name] for name in fixed if self._arrays[name].dtype.kind == "f"]
        if samples != self._samples:
            return None
        return AttentionSteps(self._run, shapes, samples, learned, scores.size, result.size)

    def _run(self, given: Sequence[Array]) -> tuple[Array, Array]:
        """As resnet_dsl.importing.attending has it. Raises _TooLargeError."""
        names = self._at.operator.inputs
        pairs = zip(names, self._values, given, strict=False)
        made: dict[str, Array] = {name: _laid(array, value) for name, value, array in pairs}
        told = zip(names[len(given) :], self._at.inputs[len(given) :], strict=True)
        made |= {name: self._numbers(one) for name, one in told}
        scores = np.zeros(0)
        for place, step in enumerate(self._steps):
            if step is self._at.attribute("shares"):
                scores = _axis_last(step, made[step.inputs[0]], self._at.opset)
            self._step(step, made)
            self._forget(step, place, made)
        self._charge(_STEPS_A_SCORE * scores.size)
        return scores, made[self._at.operator.output]

    def _step(self, step: Operator, made: dict[str, Array]) -> None:
        given = [made.get(name, self._arrays.get(name)) if name else None for name in step.inputs]
        rule = _RULES.get(step.kind)
        found = fold(step, given) if rule is None else [rule(step, given)]
        made.update(zip(step.outputs, found or (), strict=False))
        self._charge(sum(one.size for one in found or ()))
        if sum(one.size for one in made.values()) > MOST_HELD:
            raise _TooLargeError

    def _charge(self, numbers: int) -> None:
        self._at.reader.attending -= numbers
        if self._at.reader.attending < 0:
            raise _TooLargeError

    def _forget(self, step: Operator, place: int, made: dict[str, Array]) -> None:
        for name in {*step.inputs}:
            if self._last[name] == place:
                made.pop(name, None)

    def _numbers(self, lengths: Any) -> Array:
        """Lengths, with so many samples as the values have."""
        return np.array([self._samples if isinstance(one, LengthSymbol) else int(one) for one in lengths], np.int64)


def _laid(array: Array, value: Tensor) -> Array:
    """The numbers of a value, (samples, lengths…, channels), as the tensor that holds them."""
    factors = [one for axis in value.axes for one in axis]
    own = sorted(factors, key=lambda one: (one.axis, -one.step))
    lengths: list[Any] = [one.length for one in own]
    turned = array.reshape(len(array), *lengths).transpose(0, *(own.index(one) + 1 for one in factors))
    sizes: list[Any] = [prod(one.length or 1 for one in axis) for axis in value.axes]
    return np.ascontiguousarray(turned).reshape(len(array), *sizes)


def _axis_last(step: Operator, array: Array, opset: int) -> Array:
    """What a softmax reads. Before version 13 it went over all axes from its own on."""
    axis = step.attributes.get("axis", -1 if opset >= 13 else 1) % array.ndim
    if opset < 13 and axis != array.ndim - 1:
        raise NotFoldedError("is a softmax over several axes")
    return np.moveaxis(array, axis, -1)


def _softmax(step: Operator, given: Given) -> Array:
    array = np.asarray(given[0])
    axis = step.attributes.get("axis", -1)
    shares = np.exp(array - array.max(axis, keepdims=True))
    return np.asarray(shares / shares.sum(axis, keepdims=True))


def _summed(step: Operator, given: Given) -> Array:
    """An Einsum of two, whose work is bounded as what it makes is."""
    equation, arrays = step.attributes["equation"].replace(" ", ""), [np.asarray(one) for one in given]
    before, _, after = equation.partition("->")
    terms = before.split(",")
    pairs = [pair for term, one in zip(terms, arrays, strict=True) for pair in zip(term, one.shape, strict=True)]
    lengths = dict(pairs)
    if len(terms) != 2 or prod(lengths.values()) > 64 * MOST_HELD or prod(lengths[one] for one in after) > MOST_HELD:
        raise _TooLargeError
    return np.asarray(np.einsum(equation, *arrays, optimize=True))


def _padded(step: Operator, given: Given) -> Array:
    if step.attributes.get("mode", "constant") != "constant" or (len(given) > 3 and given[3] is not None):
        raise NotFoldedError("pads with something else than a number")
    array, said = np.asarray(given[0]), step.attributes.get("pads")
    widths = [int(one) for one in (row(given[1]) if said is None else said)]
    fill = given[2] if len(given) > 2 and given[2] is not None else np.zeros(1)
    pairs = list(zip(widths[: array.ndim], widths[array.ndim :], strict=True))
    bounded(*(length + front + behind for length, (front, behind) in zip(array.shape, pairs, strict=True)))
    return np.pad(array, pairs, constant_values=float(np.asarray(fill).reshape(-1)[0]))


def _product(step: Operator, given: Given) -> Array:
    first, second = np.asarray(given[0]), np.asarray(given[1])
    size = (*np.broadcast_shapes(first.shape[:-2], second.shape[:-2]), first.shape[-2], second.shape[-1])
    if prod(size) > MOST_HELD:
        raise _TooLargeError
    added = given[2] if len(given) > 2 and given[2] is not None else 0
    return np.asarray(first @ second + added)


_RULES: Mapping[str, Callable[[Operator, Given], Array]] = {
    "Softmax": _softmax,
    "Einsum": _summed,
    "Pad": _padded,
    "MatMul": _product,
}
"""What is worked out here beside what follows from fixed numbers (resnet_dsl.importing.onnx.folding)."""

RULES: Rules = {KIND: _attention}
