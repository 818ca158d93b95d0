"""What a network takes and returns, for a person who calls it: by order or by name, in sizes that it can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import beside, fits, rule
from resnet_dsl.sentences import counted, either, listed


class Ends(NamedTuple):
    """inputs, outputs: names in order. named: whether what is returned is a dictionary by name.

    divisors: for each input, what its lengths must be multiples of; () where nothing is known of that.
    """

    network: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    named: bool
    divisors: tuple[tuple[int, ...], ...] = ()

    def given(self, values: Any) -> list[Any]:
        """The inputs in order. Raises Failure where something is missing, too much, or of a size that does not fit."""
        found = self._in_order(values)
        for one, divisors in zip(found, self.divisors, strict=False):
            size = tuple(map(int, getattr(one, "shape", ())[1:]))
            if not fits(size, divisors):
                fitting = either([show(other) for other in beside(size, divisors)])
                message = f"`{self.network}` does not take values of {show(size)}: {rule(divisors)}"
                raise Failure(message, f"give it {fitting}")
        return found

    def returned(self, results: Sequence[Any]) -> Any:
        """The results as they are returned."""
        return dict(zip(self.outputs, results, strict=True)) if self.named else results[0]

    def _in_order(self, values: Any) -> list[Any]:
        if isinstance(values, Mapping):
            self._check_names([*values])
            return [values[name] for name in self.inputs]
        if len(self.inputs) == 1:
            return [values]
        if not isinstance(values, list | tuple):  # an array is one input, and no list of them, however long it is
            raise self._wrong_inputs(f"one {type(values).__name__}")
        if len(values) != len(self.inputs):
            raise self._wrong_inputs(counted(len(values), "input"))
        return [*values]

    def _check_names(self, given: list[Any]) -> None:
        missing = [name for name in self.inputs if name not in given]
        others = [str(name) for name in given if name not in self.inputs]
        if missing or others:
            parts = (f"nothing for {listed(missing)}" if missing else "", f"also {listed(others)}" if others else "")
            raise self._wrong_inputs(", ".join(filter(None, parts)))

    def _wrong_inputs(self, given: str) -> Failure:
        by_name = "give a value for each by name"
        remedy = by_name if len(self.inputs) == 1 else "give a list in this order, or a value for each by name"
        return Failure(f"the model takes {listed(self.inputs)}, and is given {given}", remedy)
