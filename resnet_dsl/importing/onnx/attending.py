"""Attention in a file: the operators around a softmax of two values' product, as one.

Which one that is, or that it is none, is told by what they compute (resnet_dsl.importing.onnx.rules.attending).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from resnet_dsl.importing.onnx.operators import Operators
from resnet_dsl.importing.onnx.source import Operator

KIND = "_Attention"
_PRODUCTS = ("MatMul", "Einsum", "Gemm")
_VIEWS = ("Transpose", "Reshape", "Identity", "Squeeze", "Unsqueeze", "Flatten")
_STEPS = frozenset(
    {
        *(*_PRODUCTS, *_VIEWS, "Softmax", "Pad", "Slice", "Split", "Concat", "Gather", "Expand", "Cast"),
        *("Add", "Sub", "Mul", "Div", "Neg", "Sqrt", "Reciprocal", "Pow", "Equal", "Where", "ConstantOfShape", "Range"),
        *("Min", "Max", "Size"),
    }
)
"""What attentions are made of, and what exporters work lengths out with."""


_MOST_STEPS = 400
"""Of one attention: PyTorch's older exporter writes BoTNet's in 150."""


class _TooManyStepsError(Exception):
    pass


def attentions(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    """(the last operator, one in the place of all) for each that may be an attention."""
    reading = _reading(operators)
    for shares in [one for one in operators if one.kind == "Softmax"]:
        root = _weighed(operators, reading, shares)
        made = None if root is None else _whole(operators, root, shares)
        if root is not None and made is not None:
            yield root, made


def _reading(operators: Operators) -> dict[str, list[Operator]]:
    """Who reads each tensor."""
    found: dict[str, list[Operator]] = {}
    for one in operators:
        for name in one.inputs:
            found.setdefault(name, []).append(one)
    return found


def _weighed(of: Operators, reading: dict[str, list[Operator]], one: Operator) -> Operator | None:
    """The product of the shares with another value, or the last of the views that nothing else looks at."""
    while not _of_two(of, one) and one.kind in _STEPS:
        readers = reading.get(one.output, [])
        if len(readers) != 1 or of.readers.get(one.output) != 1:
            return None
        (one,) = readers
    while of.readers.get(one.output) == 1 and _is_view(reading.get(one.output, []), one.output):
        (one,) = reading[one.output]
    return one if one.kind in _STEPS else None


def _is_view(readers: list[Operator], name: str) -> bool:
    return len(readers) == 1 and readers[0].kind in _VIEWS and readers[0].inputs[0] == name


def _of_two(of: Operators, one: Operator) -> bool:
    return one.kind in _PRODUCTS and sum(name in of.by_output for name in one.inputs) > 1


def _whole(of: Operators, root: Operator, shares: Operator) -> Operator | None:
    """All that leads from values to the result; None where a part of it is read elsewhere, or scores are no product."""
    try:
        steps, values = _behind(of, root.output)
        scores, _ = _behind(of, shares.inputs[0])
    except _TooManyStepsError:
        return None
    if not any(_of_two(of, one) for one in scores.values()):
        return None
    lengths = dict.fromkeys(
        name for one in steps.values() for name in one.inputs if _is_shape(of, name) and name not in steps
    )
    ordered = [one for one in of if one.output in steps]
    inside = Counter(name for one in ordered for name in one.inputs)
    made = {name for one in ordered for name in one.outputs} - {root.output, ""}
    if any(inside[name] != of.readers.get(name, 0) for name in made):
        return None
    attributes = {"steps": ordered, "shares": shares, "arrays": of.arrays, "values": len(values)}
    return Operator(KIND, root.label, (*values, *lengths), root.outputs, attributes)


def _is_shape(of: Operators, name: str) -> bool:
    return name in of.by_output and of.by_output[name].kind == "Shape"


def _behind(of: Operators, name: str) -> tuple[dict[str, Operator], list[str]]:
    """The operators that lead to a tensor, by their first results, and the values that they begin with.

    A product with fixed numbers makes such a value, unless it is of one that is read already: then it is what queries
    say on distances. Lengths of what is read are worked out with the rest, those of other tensors are told.
    """
    steps, values = _walked(of, [name], set())
    for one in [one for one in values if of.by_output[one].kind in _PRODUCTS]:
        inner, begins = _walked(of, [one], {one})
        if begins and {*begins} <= {*values} - {one}:
            steps, values = {**steps, **inner}, [other for other in values if other != one]
    return _with_lengths(of, steps, values), values


def _with_lengths(of: Operators, steps: dict[str, Operator], values: list[str]) -> dict[str, Operator]:
    """With the lengths of what the steps make or read, or of other lengths."""
    waiting = [one for step in steps.values() for one in step.inputs]
    while waiting:
        name = waiting.pop()
        if not _is_shape(of, name) or name in steps:
            continue
        inner, begins = _walked(of, of.by_output[name].inputs, set())
        if {*begins} <= {*values}:
            new = {one: step for one, step in inner.items() if one not in steps}
            steps = {**steps, **new, name: of.by_output[name]}
            waiting += [one for step in new.values() for one in step.inputs]
    return steps


def _walked(of: Operators, names: Iterable[str], through: set[str]) -> tuple[dict[str, Operator], list[str]]:
    steps: dict[str, Operator] = {}
    values: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        made = of.by_output.get(name)
        if not name or name in of.arrays or _is_shape(of, name) or name in values:
            continue
        own = made is not None and made.kind in _PRODUCTS and not _of_two(of, made) and name not in through
        if made is None or own or made.kind not in _STEPS:
            values[name] = None
        elif made.output not in steps:
            steps[made.output] = made
            waiting += made.inputs
            if len(steps) > _MOST_STEPS:
                raise _TooManyStepsError
    return steps, list(values)
