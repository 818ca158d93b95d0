"""What a network takes and returns, for a person who calls it: by order or by name, in sizes that it can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.failure import Failure, reason
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import Size, beside, fits, multiples, rule, takes
from resnet_dsl.sentences import counted, either, listed


class RunnerInput(NamedTuple):
    """One input. size: of a sample, in the order of its axes; lengths that are not known are open."""

    name: str
    size: Size


class Ends(NamedTuple):
    """inputs, outputs: in order. named: whether what is returned is a dictionary by name."""

    network: str
    inputs: tuple[RunnerInput, ...]
    outputs: tuple[str, ...]
    named: bool

    def given(self, values: Any) -> list[Any]:
        """The inputs in order, as arrays or tensors.

        Raises Failure where something is missing, too much, no numbers, or of a shape that does not fit.
        """
        found = [_array(one) for one in self._in_order(values)]
        for one, value in zip(self.inputs, found, strict=True):
            self._check_numbers(one, value)
            self._check_shape(one, tuple(value.shape))
        self._check_samples([value.shape[0] for value in found])
        return found

    def returned(self, results: Sequence[Any]) -> Any:
        """The results as they are returned."""
        return dict(zip(self.outputs, results, strict=True)) if self.named else results[0]

    def _in_order(self, values: Any) -> list[Any]:
        if isinstance(values, Mapping):
            self._check_names([*values])
            return [values[one.name] for one in self.inputs]
        if len(self.inputs) == 1:
            return [values]
        if not isinstance(values, list | tuple):  # an array is one input, and no list of them, however long it is
            raise self._wrong_inputs(f"one {type(values).__name__}")
        if len(values) != len(self.inputs):
            raise self._wrong_inputs(counted(len(values), "input"))
        return [*values]

    def _check_names(self, given: list[Any]) -> None:
        missing = [name for name in self._names if name not in given]
        others = [str(name) for name in given if name not in self._names]
        if missing or others:
            parts = (f"nothing for {listed(missing)}" if missing else "", f"also {listed(others)}" if others else "")
            raise self._wrong_inputs(", ".join(filter(None, parts)))

    def _wrong_inputs(self, given: str) -> Failure:
        by_name = "give a value for each by name"
        remedy = by_name if len(self.inputs) == 1 else "give a list in this order, or a value for each by name"
        return Failure(f"the model takes {listed(self._names)}, and is given {given}", remedy)

    def _check_numbers(self, one: RunnerInput, value: Any) -> None:
        """Tensors of a backend say themselves what does not fit."""
        if isinstance(value, np.ndarray) and not np.can_cast(value.dtype, np.float32, "same_kind"):
            message = f"`{self.network}` computes with real numbers, and its `{one.name}` is given {value.dtype.name}"
            raise Failure(message, 'turn it into numbers first: `array.astype("float32")`')

    def _check_shape(self, one: RunnerInput, shape: tuple[int, ...]) -> None:
        size, divisors = shape[1:], multiples(one.size)
        if len(size) == len(one.size) and not fits(size, divisors):
            fitting = either([show(other) for other in beside(size, divisors)])
            message = f"`{self.network}` does not take values of {show(size)}: {rule(divisors)}"
            raise Failure(message, f"give it {fitting}")
        if not shape or not takes(one.size, size):
            message = f"`{one.name}` of `{self.network}` is a batch of {show(one.size)}, and is given {_said(shape)}"
            raise Failure(
                message, "put the axis of the batch in front: `array[None]`" if takes(one.size, shape) else None
            )

    def _check_samples(self, numbers: list[int]) -> None:
        """An engine would repeat the one sample of an input beside the several of another."""
        if len(set(numbers)) > 1:
            given = listed([f"{name}: {number}" for name, number in zip(self._names, numbers, strict=True)])
            raise Failure(f"the inputs of `{self.network}` are of one batch, and have different lengths: {given}")

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.inputs)


def _array(value: Any) -> Any:
    """Arrays and tensors as they are, numbers in lists as an array."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return value
    try:
        return np.asarray(value)
    except ValueError as error:
        raise Failure(f"an input is no array of numbers: {reason(error)}") from None


def _said(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "no array"
