"""From a file in ONNX to a flat network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.onnx.axes import Order, arranged, first, order_of
from resnet_dsl.importing.onnx.folding import NotFoldedError
from resnet_dsl.importing.onnx.layouts import layout_of
from resnet_dsl.importing.onnx.operators import Operators
from resnet_dsl.importing.onnx.patterns import fuse
from resnet_dsl.importing.onnx.place import Place, Reader, Tensor, Value
from resnet_dsl.importing.onnx.rules import RULES
from resnet_dsl.importing.onnx.running import run_of
from resnet_dsl.importing.onnx.source import OnnxEnd, OnnxSource, Operator, read_source
from resnet_dsl.importing.onnx.symbols import UnknownLengthError
from resnet_dsl.sentences import an, counted, listed

UNSAID = frozenset({"init", "momentum", "gamma"})
"""Arguments of which ONNX says nothing: what an array starts from, and how statistics move while training."""

_QUANTISED = (
    "QuantizeLinear",
    "DequantizeLinear",
    "QLinearConv",
    "QLinearMatMul",
    "ConvInteger",
    "DynamicQuantizeLinear",
)

_HALVES = {10: "float16", 16: "bfloat16"}
"""Types of numbers by ONNX's codes for them."""


def read_onnx(path: str | os.PathLike[str]) -> FlatNetwork:
    """The network in a file in ONNX.

    Its numbers stand first in the batch; maps may have their channels first or last, and have them last here.

    Raises OSError where the file cannot be opened, Failure where it is damaged or no such file, NotImportedError (with
    the part that could be read) where it holds what the language cannot say, and MissingPackageError without `onnx`.
    """
    return _Reading(read_source(os.fspath(path))).done()


class _Reading:
    """One file while it is read. values: what its tensors are, by name."""

    def __init__(self, source: OnnxSource) -> None:
        self.source = source
        self.operators = Operators(source)
        self.reader = Reader(source.path)
        self.values: dict[str, Value] = {}
        self.orders: list[Order] = []

    def done(self) -> FlatNetwork:
        self._refuse_quantised()
        self._inputs()
        fuse(self.operators)
        for operator in self.operators:
            self._read(operator)
        return self._finished()

    def _refuse_quantised(self) -> None:
        for operator in self.source.operators:
            if operator.kind in _QUANTISED:
                raise self.reader.refuse(
                    operator.label, f"is {an(operator.kind)}: the model is quantised", "import the model in float32"
                )

    def _inputs(self) -> None:
        batches = {one.size[0] for one in self.source.inputs if one.size}
        if not self.source.inputs:
            raise self.reader.refuse(self.source.name or "the graph", "has no input")
        if len(batches) == 1 and isinstance(batch := batches.pop(), int):
            self.reader.batch = batch
        taken: set[str] = set()
        for one in self.source.inputs:
            self._input(one, taken)

    def _input(self, end: OnnxEnd, taken: set[str]) -> None:
        if end.kind not in ("float", "float16", "bfloat16", "double"):
            why = f"takes numbers of the type {end.kind}, and inputs here take real numbers"
            raise self.reader.refuse(
                end.name, why, "a language model takes words by their numbers, and is none of ours"
            )
        if not 2 <= len(end.size) <= 5:
            raise self.reader.refuse(
                end.name, f"has {counted(len(end.size), 'axis')}, and inputs here have 2 to 5, the batch's first"
            )
        order = layout_of(self.operators, end)
        lengths = tuple(end.size[place + 1] for place in order)
        if not isinstance(lengths[-1], int):
            raise self.reader.refuse(end.name, "has a count of channels that is open", "export it with fixed channels")
        node = self.reader.input(_name(end.name, taken), lengths)
        self.orders.append(order)
        self.values[end.name] = Tensor(node, arranged(self.reader.shapes[node], order), sole=False)

    def _read(self, operator: Operator) -> None:
        """What an operator makes: worked out of fixed numbers, or by its rule."""
        given = [self._value(name) for name in operator.inputs]
        place = Place(self.reader, operator, given, self.source.opset)
        made = self._folded(place) if not any(isinstance(one, Tensor) for one in given) else None
        if made is None:
            made = self._by_rule(place)
        for name, one in zip(operator.outputs, made, strict=False):
            self.values[name] = self._counted(name, one)

    def _value(self, name: str) -> Value | None:
        if not name:
            return None
        found = self.values.get(name, self.operators.arrays.get(name))
        if found is None:
            raise self.reader.refuse(name, "is a further result of an operator, of which only the first is known here")
        return found

    def _counted(self, name: str, value: Value) -> Value:
        if isinstance(value, Tensor):
            return value._replace(sole=value.sole and self.operators.readers.get(name) == 1)
        return value

    def _folded(self, place: Place) -> list[Any] | None:
        try:
            return self.operators.fold(
                place.operator, [one if isinstance(one, np.ndarray) else None for one in place.inputs]
            )
        except (NotFoldedError, UnknownLengthError) as wrong:
            raise place.refuse(str(wrong)) from None

    def _by_rule(self, place: Place) -> list[Any]:
        rule = RULES.get(place.operator.kind)
        if rule is None:
            raise place.refuse(f"is {an(place.operator.kind)}, and no operation here computes that")
        try:
            made = rule(place)
        except (KeyError, ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError, AttributeError) as wrong:
            raise place.refuse(f"is {an(place.operator.kind)} whose arguments do not fit ({wrong})") from None
        return made if isinstance(made, list) else [made]

    def _finished(self) -> FlatNetwork:
        taken: set[str] = set()
        outputs: dict[str, int] = {}
        orders: list[Order] = []
        for end in self.source.outputs:
            node, order = self._output(end)
            outputs[_name(end.name, taken)] = node
            orders.append(order)
        run = run_of(self.source, self.reader.batch, self.orders, orders)
        name = _name(_title(self.source), set())
        return self.reader.finish(name, outputs, UNSAID, run, tuple(self._said()))

    def _output(self, end: OnnxEnd) -> tuple[int, Order]:
        value = self._value(end.name)
        if not isinstance(value, Tensor):
            raise self.reader.refuse(end.name, "is returned, and is fixed: it does not follow from the input")
        place = Place(self.reader, Operator("", end.name, (), ()), [value], self.source.opset)
        value = place.tensor()
        order = order_of(value.axes, place.shape(value))
        if order is None or list(order[:-1]) != sorted(order[:-1]):
            order = first(len(value.axes) - 1)
        return place.held(value, order), order

    def _said(self) -> Iterable[str]:
        casts = (_HALVES.get(one.attributes.get("to", 0)) for one in self.source.operators if one.kind == "Cast")
        widened = dict.fromkeys((*self.source.widened, *filter(None, casts)))
        if widened:
            yield f"numbers in {listed([*widened])} were made float32"
        if isinstance(self.reader.batch, int) and self.reader.batch > 1:
            yield f"the file takes {self.reader.batch} samples at a time; the network takes any number"


def _title(source: OnnxSource) -> str:
    """What the network is called: as the file, unless resnet-dsl wrote it, which names its graphs."""
    ours = any(one.of[0] for one in source.operators)
    return source.name if ours and source.name else os.path.splitext(os.path.basename(source.path))[0]


def _name(said: str, taken: set[str]) -> str:
    """A name of the language that is like one in the file."""
    name = re.sub(r"\W+", "_", said, flags=re.ASCII).strip("_") or "value"
    name = name if name[0].isalpha() else f"n{name}"
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}{count}"
    taken.add(found)
    return found
