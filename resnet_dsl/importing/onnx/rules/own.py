"""What resnet-dsl wrote in many operators: known again by writing it once more, and comparing step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import first, last
from resnet_dsl.importing.onnx.place import Place, Rules, Tensor
from resnet_dsl.importing.onnx.rules.numbers import plain
from resnet_dsl.importing.onnx.source import Operator
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Output, Scope
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.onnx.calls import Layout, OperatorCall
from resnet_dsl.targets.onnx.lower import RULES as LOWERING
from resnet_dsl.targets.onnx.lower.place import LAYOUTS, OnnxLowering, OnnxLoweringContext, OnnxValue

_MARK = 7919.0
"""What stands for an operation's weights while it is written: no fixed number of ours."""


class WrittenOperation(NamedTuple):
    """An operation in operators of ONNX. marks: the names of weights by the number that fills them."""

    calls: Mapping[str, OperatorCall]
    arrays: Mapping[str, Array]
    tensor: str
    layout: Layout
    marks: Mapping[float, str]


def _own(at: Place) -> Tensor:
    steps: Mapping[str, Operator] = at.attribute("steps")
    arrays: Mapping[str, Array] = at.attribute("arrays")
    op = at.operator.of[1]
    values = [at.tensor(place) for place in range(len(at.inputs))]
    for order in permutations(range(len(values))):
        for args in _CANDIDATES[op](list(steps.values()), arrays):
            for layouts in (LAYOUTS, *((one,) for one in LAYOUTS)):
                found = _compared(at, op, args, [values[one] for one in order], order, layouts, steps, arrays)
                if found is not None:
                    return found
    raise at.refuse(f"says that it is `{op}`, and its operators compute something else")


def _compared(
    at: Place,
    op: str,
    args: Mapping[str, Any],
    values: Sequence[Tensor],
    order: Sequence[int],
    layouts: Sequence[Layout],
    steps: Mapping[str, Operator],
    arrays: Mapping[str, Array],
) -> Tensor | None:
    """The operation's value where its operators are those of the file; None where they are others."""
    written = _written(op, args, [at.shape(one) for one in values], layouts)
    if written is None:
        return None
    bound: dict[str, str] = {}
    if not _is(written, written.tensor, at.operator.output, steps, arrays, bound):
        return None
    names = at.operator.inputs
    nodes = []
    for place, value in enumerate(values):
        held = [one for one in LAYOUTS if f"{place} {one}" in bound] or [layouts[0]]
        if any(bound.get(f"{place} {one}", names[order[place]]) != names[order[place]] for one in held):
            return None
        nodes.append(at.held(value, _order(held[0], len(value.axes))))
    weights = {name: arrays[bound[name]] for name in written.marks.values() if name in bound}
    made = at.node(op, nodes, _shaped(op, args, [at.shape(one) for one in values], weights), **args)
    return at.like(made, _order(written.layout, len(at.reader.shapes[made])))


def _order(layout: Layout, axes: int) -> tuple[int, ...]:
    return first(axes - 1) if layout == "first" else last(axes - 1)


def _shaped(op: str, args: Mapping[str, Any], shapes: Sequence[Shape], weights: Mapping[str, Array]) -> dict[str, Any]:
    settled = _settled(op, args, tuple(shapes))
    wanted = {one.name: one.shape for one in OPERATIONS[op].weights(settled, tuple(shapes))}
    if op == "conv":  # its kernel stands there with its axes in ONNX's order
        weights = {**weights, "kernel": np.moveaxis(weights["kernel"], (0, 1), (-1, -2))}
    return {name: array.reshape(wanted[name]) for name, array in weights.items()}


def _settled(op: str, args: Mapping[str, Any], shapes: tuple[Shape, ...]) -> Mapping[str, Any]:
    defaults = {one.name: one.default for one in OPERATIONS[op].parameters}
    settled: Mapping[str, Any] = OPERATIONS[op].settle({**defaults, **args}, shapes)
    return settled


def _written(
    op: str, args: Mapping[str, Any], shapes: Sequence[Shape], layouts: Sequence[Layout]
) -> WrittenOperation | None:
    """The operation alone, as our own target writes it; None where it does not fit the shapes."""
    try:
        fits = all(one.kind.fits(args[one.name]) for one in OPERATIONS[op].parameters if one.name in args)
        settled = _settled(op, args, tuple(shapes))
        shape = OPERATIONS[op].infer(settled, tuple(shapes))
        wanted = OPERATIONS[op].weights(settled, tuple(shapes))
    except UnfitError:
        return None
    if not fits:
        return None
    count = len(shapes)
    entering = [
        Node(name=f"in{place}", op="input", args={"shape": one}, inputs=(), scope=0) for place, one in enumerate(shapes)
    ]
    node = Node(name="own", op=op, args=settled, inputs=tuple(range(count)), scope=0)
    scope = Scope(kind="network", name="alone", entry=0, exit=count)
    graph = Graph(name="alone", nodes=(*entering, node), scopes=(scope,), outputs=(Output(name="y", node=count),))
    marks = {_MARK + place: one for place, one in enumerate(wanted)}
    weights = {"own": {one.name: np.full(one.shape, mark, np.float32) for mark, one in marks.items()}}
    lowering = OnnxLowering(graph, (*shapes, shape), weights)
    for place, one in enumerate(shapes):
        lowering.values.append(OnnxValue(one, place, {layout: f"{place} {layout}" for layout in layouts}))
    value = LOWERING[op](OnnxLoweringContext(lowering, count))
    layout: Layout = next(iter(value.tensors))
    calls = {one.output: one for one in lowering.calls}
    return WrittenOperation(
        calls, lowering.arrays, value.tensors[layout], layout, {mark: one.name for mark, one in marks.items()}
    )


def _is(
    written: WrittenOperation,
    ours: str,
    theirs: str,
    steps: Mapping[str, Operator],
    arrays: Mapping[str, Array],
    bound: dict[str, str],
) -> bool:
    """Whether two tensors are made alike; ``bound``: inputs and weights of ours -> tensors of theirs."""
    waiting = [(ours, theirs)]
    while waiting:
        one, other = waiting.pop()
        if one in written.arrays:
            if other not in arrays or not _same_array(written, one, arrays[other], other, bound):
                return False
        elif one not in written.calls:
            if bound.setdefault(one, other) != other:
                return False
        else:
            call, step = written.calls[one], steps.get(other)
            if step is None or not _same_step(call, step):
                return False
            waiting += zip(call.inputs, step.inputs, strict=True)
    return True


def _same_array(written: WrittenOperation, ours: str, array: Array, name: str, bound: dict[str, str]) -> bool:
    mine = written.arrays[ours]
    mark = written.marks.get(float(mine.flat[0])) if mine.size else None
    if mark is not None:
        return array.shape == mine.shape and bound.setdefault(mark, name) == name
    return mine.shape == array.shape and bool(np.array_equal(mine, array))


def _same_step(call: OperatorCall, step: Operator) -> bool:
    kind, count = (call.kind, len(call.inputs)) == (step.kind, len(step.inputs)), len(call.attributes)
    alike = (_plain(value) == _plain(step.attributes.get(name)) for name, value in call.attributes.items())
    return kind and count == len(step.attributes) and all(alike)


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    return [plain(one) for one in np.asarray(value).reshape(-1)]


def _sizes(steps: list[Operator], arrays: Mapping[str, Array]) -> list[list[int]]:
    """What the steps reshape to."""
    named = (arrays.get(one.inputs[1]) for one in steps if one.kind == "Reshape")
    return [[int(length) for length in one] for one in named if one is not None]


def _attentions(steps: list[Operator], arrays: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    relative = any(one.kind == "MatMul" and one.inputs[1] in arrays for one in steps)
    heads = next((size for size in _sizes(steps, arrays) if len(size) == 4), None)
    if heads is not None:
        yield {"heads": heads[2], "key": heads[3], "position": "relative" if relative else "none"}


def _evonorms(steps: list[Operator], arrays: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    groups = next((size for size in _sizes(steps, arrays) if len(size) == 3), None)
    added = [arrays[name] for one in steps if one.kind == "Add" for name in one.inputs if name in arrays]
    for number in (one for one in added if one.size == 1):
        if groups is not None:
            yield {"groups": groups[1], "epsilon": plain(number.reshape(-1)[0])}


def _resizes(steps: list[Operator], arrays: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    yield {"like": True, "method": "nearest"}


def _windows(steps: list[Operator], arrays: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    """Of convolutions and pools whose border follows from a length that is open."""
    window = next(one for one in steps if "kernel_shape" in one.attributes)
    said: dict[str, Any] = {
        "kernel": tuple(window.attributes["kernel_shape"]),
        "stride": tuple(window.attributes["strides"]),
    }
    mode = next((one.attributes.get("mode", "constant") for one in steps if one.kind == "Pad"), "constant")
    if window.kind == "Conv":
        more = {"channels": len(arrays[window.inputs[1]]), "bias": len(window.inputs) > 2}
        said |= {"dilation": tuple(window.attributes["dilations"]), "groups": window.attributes["group"], **more}
    for fill in ("zeros", "lowest") if mode == "constant" else (mode,):
        yield {**said, "pad": "same", "fill": fill}


_CANDIDATES = {
    "attention": _attentions,
    "evonorm": _evonorms,
    "resize": _resizes,
    **dict.fromkeys(("conv", "maxpool", "avgpool"), _windows),
}
"""Operations that are written in parts which have no rules of their own, with the arguments that they may have."""

RULES: Rules = {"_Own": _own}
