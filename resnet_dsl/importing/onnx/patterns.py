"""Steps that are one operation here: a bias that is added behind, activations and norms that were written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import numpy as np

from resnet_dsl.importing.onnx import pointwise
from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.attending import attentions
from resnet_dsl.importing.onnx.operators import Operators
from resnet_dsl.importing.onnx.source import Operator

_IN_PARTS = {
    **dict.fromkeys(("attention", "evonorm"), "Reshape"),
    **dict.fromkeys(("conv", "maxpool", "avgpool"), "Shape"),
    "resize": "Range",
}
"""What resnet-dsl writes in parts that have no rules of their own, and an operator by which this is known."""


def fuse(operators: Operators) -> None:
    """Puts one operator in the place of the steps that are one."""
    for step in (_own, _views, _biases, attentions, pointwise.activations, _norms):
        for root, made in step(operators):
            operators.put(root, made)
        operators.prune()


def _own(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    """What resnet-dsl wrote in parts that have no rules of their own: all of it as one, for each operation."""
    groups: dict[str, list[Operator]] = {}
    for one in operators:
        if one.of[1] in _IN_PARTS:
            groups.setdefault(one.of[0], []).append(one)
    for name, steps in groups.items():
        root = next((one for one in steps if one.name == name), None)
        if root is None or _IN_PARTS[root.of[1]] not in {one.kind for one in steps}:
            continue
        made = {one.output: one for one in steps[: steps.index(root) + 1]}
        read = dict.fromkeys(name for one in made.values() for name in one.inputs)
        entering = tuple(name for name in read if name and name not in made and name not in operators.arrays)
        yield root, Operator("_Own", root.label, entering, root.outputs, {"steps": made, "arrays": operators.arrays})


def _views(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    """``Gather`` of all numbers in their order is a ``Reshape``: what PyTorch's ``as_strided`` becomes."""
    for root in operators:
        places = operators.arrays.get(root.inputs[1]) if root.kind == "Gather" else None
        line = operators.by_output.get(root.inputs[0])
        size = None if line is None or len(line.inputs) < 2 else operators.arrays.get(line.inputs[1])
        if places is None or line is None or line.kind != "Reshape" or size is None or size.tolist() != [-1]:
            continue
        if np.array_equal(places.reshape(-1), np.arange(places.size)):
            name = f"{root.output} as strided"
            operators.arrays[name] = np.array(places.shape, np.int64)
            yield root, Operator("Reshape", root.label, (line.inputs[0], name), root.outputs)


def _biases(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    """Of convolutions and products: what is added to each channel directly behind."""
    for root in [*operators]:
        if root.kind != "Add" or len(root.inputs) != 2:
            continue
        for value, added in (root.inputs, root.inputs[::-1]):
            before, array = operators.alone(value), operators.arrays.get(added)
            if before is not None and array is not None and _takes(operators, before, array):
                yield root, replace(before, inputs=(*before.inputs[:2], added))
                break


def _takes(operators: Operators, before: Operator, array: Array) -> bool:
    """Whether the array has a number for each channel of the result, on its axis."""
    kernel = operators.arrays.get(before.inputs[1]) if len(before.inputs) > 1 else None
    if kernel is None or len(before.inputs) > 2:
        return False
    if before.kind == "MatMul" and kernel.ndim == 2:
        return array.shape[-1:] == kernel.shape[1:] and array.size == kernel.shape[1]
    if before.kind not in ("Conv", "ConvTranspose"):
        return False
    count, rank = kernel.shape[0 if before.kind == "Conv" else 1], kernel.ndim - 2
    behind = array.shape[max(0, array.ndim - rank) :]
    return array.ndim > rank and prod(behind) == 1 and array.shape[-rank - 1] == count == array.size


def _norms(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    for root in [*operators]:
        for rule in (_channel_norm, _response_norm):
            found = rule(operators, root)
            if found is not None:
                yield root, found
                break


def _channel_norm(of: Operators, root: Operator) -> Operator | None:
    """``(x - mean(x)) / sqrt(mean((x - mean(x)) ** 2) + epsilon)``."""
    if root.kind == "Div":
        centred, deviation = root.inputs
        inside = _under_root(of, deviation)
    elif root.kind == "Mul":
        pairs = ((one, _under_inverse_root(of, other)) for one, other in (root.inputs, root.inputs[::-1]))
        centred, inside = next(((one, found) for one, found in pairs if found), ("", None))
    else:
        return None
    less = of.by_output.get(centred)
    if inside is None or less is None or less.kind != "Sub":
        return None
    variance, epsilon = inside
    mean = of.by_output.get(less.inputs[1])
    square = None if variance.kind not in ("ReduceMean",) else of.by_output.get(variance.inputs[0])
    if mean is None or mean.kind != "ReduceMean" or mean.inputs[0] != less.inputs[0] or square is None:
        return None
    axes = _axes(of, mean)
    if axes is None or axes != _axes(of, variance) or not _squares(of, square, centred):
        return None
    return Operator("_ChannelNorm", root.label, (less.inputs[0],), root.outputs, {"axes": axes, "epsilon": epsilon})


def _response_norm(of: Operators, root: Operator) -> Operator | None:
    """``x / sqrt(mean(x ** 2) + epsilon) * gamma + beta``."""
    found = _with_array(of, root, "Add")
    scaled = None if found is None else of.by_output.get(found[0])
    factor = None if scaled is None else _with_array(of, scaled, "Mul")
    quotient = None if factor is None else of.by_output.get(factor[0])
    if found is None or factor is None or quotient is None or quotient.kind not in ("Mul", "Div"):
        return None
    for value, other in (quotient.inputs, quotient.inputs[::-1]):
        inside = (_under_inverse_root if quotient.kind == "Mul" else _under_root)(of, other)
        square = of.by_output.get(inside[0].inputs[0]) if inside and inside[0].kind == "ReduceMean" else None
        if inside and square is not None and _squares(of, square, value):
            attributes = {"axes": _axes(of, inside[0]), "epsilon": inside[1]}
            return Operator("_ResponseNorm", root.label, (value, factor[1], found[1]), root.outputs, attributes)
    return None


def _with_array(of: Operators, operator: Operator, kind: str) -> tuple[str, str] | None:
    """(what flows, the fixed array) of an operator that takes both."""
    if operator.kind != kind or len(operator.inputs) != 2:
        return None
    for value, array in (operator.inputs, operator.inputs[::-1]):
        if array in of.arrays and value not in of.arrays:
            return value, array
    return None


def _under_root(of: Operators, name: str) -> tuple[Operator, float] | None:
    """(what makes a variance, epsilon) of ``sqrt(variance + epsilon)``."""
    root = of.by_output.get(name)
    if root is None:
        return None
    if root.kind != "Sqrt" and not (root.kind == "Pow" and of.number(root.inputs[1]) == 0.5):
        return None
    added = of.by_output.get(root.inputs[0])
    found = None if added is None else _number_beside(of, added)
    made = None if found is None else of.by_output.get(found[0])
    return None if found is None or made is None else (made, found[1])


def _under_inverse_root(of: Operators, name: str) -> tuple[Operator, float] | None:
    inverse = of.by_output.get(name)
    if inverse is not None and inverse.kind == "Reciprocal":
        return _under_root(of, inverse.inputs[0])
    if inverse is not None and inverse.kind == "Div" and of.number(inverse.inputs[0]) == 1:
        return _under_root(of, inverse.inputs[1])
    return None


def _number_beside(of: Operators, operator: Operator) -> tuple[str, float] | None:
    if operator.kind != "Add":
        return None
    for value, other in (operator.inputs, operator.inputs[::-1]):
        number = of.number(other)
        if number is not None:
            return value, number
    return None


def _squares(of: Operators, operator: Operator, name: str) -> bool:
    """Whether an operator squares this tensor."""
    if operator.kind == "Pow":
        return _same(of, operator.inputs[0], name) and of.number(operator.inputs[1]) == 2
    return operator.kind == "Mul" and all(_same(of, one, name) for one in operator.inputs)


def _same(of: Operators, one: str, other: str) -> bool:
    """Whether two tensors hold the same: an exporter may write one difference twice."""
    first, second = of.by_output.get(one), of.by_output.get(other)
    return one == other or (
        first is not None
        and second is not None
        and (first.kind, first.inputs) == (second.kind, second.inputs)
        and first.kind == "Sub"
    )


def _axes(of: Operators, operator: Operator) -> tuple[int, ...] | None:
    said = operator.attributes.get("axes")
    if said is None and len(operator.inputs) > 1 and operator.inputs[1] in of.arrays:
        said = of.arrays[operator.inputs[1]].reshape(-1).tolist()
    return None if said is None or not operator.attributes.get("keepdims", 1) else tuple(said)
