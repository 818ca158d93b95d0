"""The operators of a file with what reads what, while steps that belong together are made one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.folding import Given, NotFoldedError, fold
from resnet_dsl.importing.onnx.source import OnnxSource, Operator, readers

MOST_FOLDED = 2**26
"""Numbers that a file without any may let be worked out, in all; one with weights may so often as many as it has more,
for kernels that are standardised in the graph."""
_TIMES = 32


class Operators:
    """by_output: the operator that makes a tensor. arrays: fixed numbers, also those that were worked out."""

    def __init__(self, source: OnnxSource) -> None:
        self.source = source
        self.arrays: dict[str, Array] = dict(source.arrays)
        self.by_output: dict[str, Operator] = {}
        self._left = MOST_FOLDED + _TIMES * sum(one.size for one in source.arrays.values())
        self._waiting = readers(source.operators, source.outputs)
        for operator in source.operators:
            self._add(operator)
        self._count()

    def _add(self, operator: Operator) -> None:
        """Adds an operator, or what it makes where that follows from fixed numbers."""
        given = [self.arrays.get(name) for name in operator.inputs]
        known = all(name in self.arrays or not name for name in operator.inputs)
        try:
            made = self.fold(operator, given) if known else None
        except NotFoldedError:
            made = None  # told where it is read: nothing may need it
        if made is None:
            self.by_output.update((name, operator) for name in operator.outputs if name)
        else:
            self.arrays.update(zip(operator.outputs, made, strict=False))
            self._forget(operator.inputs)

    def fold(self, operator: Operator, given: Given) -> list[Array] | None:
        """What an operator makes of fixed numbers; None where that is not worked out. Raises NotFoldedError."""
        made = fold(operator, given)
        self._left -= sum(one.size for one in made or ())
        if self._left < 0:
            raise NotFoldedError("makes more numbers out of fixed ones than a file of this size may ask for")
        return made

    def _forget(self, names: Iterable[str]) -> None:
        """Lets go of fixed numbers that nothing else reads."""
        for name in names:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                self.arrays.pop(name, None)

    def _count(self) -> None:
        left = {id(one): one for one in self.by_output.values()}
        self.readers = readers(left.values(), self.source.outputs)

    def __iter__(self) -> Iterator[Operator]:
        return iter({id(one): one for one in self.by_output.values()}.values())

    def alone(self, name: str) -> Operator | None:
        """What makes a tensor that is read once."""
        return self.by_output.get(name) if self.readers.get(name) == 1 else None

    def number(self, name: str) -> float | None:
        """The one fixed number of a tensor; None where it is none, or has several."""
        array = self.arrays.get(name)
        return (
            float(array.reshape(-1)[0]) if array is not None and array.size == 1 and array.dtype.kind == "f" else None
        )

    def put(self, root: Operator, made: Operator) -> None:
        """One operator in the place of the steps that end in ``root``."""
        self.by_output[root.output] = replace(made, outputs=(root.output,), label=root.label, of=root.of)

    def prune(self) -> None:
        """Without the operators that no output needs."""
        needed = {one.name for one in self.source.outputs}
        for operator in reversed([*self]):
            if needed & {*operator.outputs}:
                needed.update(operator.inputs)
        self.by_output = {name: one for name, one in self.by_output.items() if needed & {*one.outputs}}
        self._count()
