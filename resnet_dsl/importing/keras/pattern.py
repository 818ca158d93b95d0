"""An operation as our own target writes it, found again among the calls of a model.

Many operations are several calls of Keras: attention, a blur, a border of other numbers than zeros. There is no second
list of them here: an operation that may be meant is lowered as for a model (resnet_dsl.targets.keras.lower), and it is
the one where each of its calls stands in the model, with the same settings, reading the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from resnet_dsl.failure import Failure
from resnet_dsl.importing.keras.called import Called, UnknownError
from resnet_dsl.importing.keras.settings import LayerSettings
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Scope
from resnet_dsl.ir.operation import OperationName, UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.sizes import written_size
from resnet_dsl.targets.keras.calls import Calls, Initializer, LayerCall
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.variables import variables_of, weights_of_nodes


class Lowered(NamedTuple):
    """One operation behind an input, and the calls that compute it; ``shapes``: of the input and of its value."""

    calls: Calls
    shapes: tuple[Shape, Shape]


def lowered(op: str, args: Mapping[str, Any], shape: Shape) -> Lowered:
    """Raises UnfitError where the operation does not fit a value of this shape, and Failure where Keras cannot."""
    operation = OPERATIONS[op]
    given = {one.name: args.get(one.name, one.default) for one in operation.parameters}
    settled = operation.settle(given, (shape,))
    shapes = (shape, operation.infer(settled, (shape,)))
    entering = Node(name="in", op="input", args={"shape": written_size(shape)}, inputs=(), scope=0)
    node = Node(name="it", op=op, args=settled, inputs=(0,), scope=0)
    graph = Graph(name="it", nodes=(entering, node), scopes=(Scope(kind="network", name="it"),), outputs=())
    return Lowered(lower(graph, shapes), shapes)


def fits(op: str, name: str, value: Any) -> bool:
    """Whether an operation takes this as an argument, or it is left to its default."""
    parameter = OPERATIONS[op].parameter(name)
    assert parameter is not None, (op, name)
    return (value is None and not parameter.required) or bool(parameter.kind.fits(value))


class Found(NamedTuple):
    """An operation among the calls of a model.

    source: the call whose value it takes. weights: for each of its weights the call that has it, and which of the
    variables of that call's layer it is.
    """

    op: OperationName
    args: Mapping[str, Any]
    source: int
    weights: Mapping[str, tuple[int, int]]


def find(
    op: OperationName, args: Mapping[str, Any], calls: Sequence[Called], end: int, source: int, shape: Shape
) -> Found | None:
    """The operation with these arguments, where call ``end`` has its value, of that of call ``source``."""
    if not all(fits(op, *argument) for argument in args.items()):
        return None
    try:
        pattern = lowered(op, args, shape)
    except (UnfitError, Failure):
        return None
    match = _Match(pattern.calls, calls, source)
    if not match.agrees(pattern.calls.result[1], end):
        return None
    return Found(op, args, source, _weights(pattern, match.places))


class _Match:
    """Which call of a model each call of the pattern is."""

    def __init__(self, pattern: Calls, calls: Sequence[Called], source: int) -> None:
        self._pattern = pattern
        self._calls = calls
        self.places = {0: source}

    def agrees(self, end: int, place: int) -> bool:
        """Whether a call of the pattern, and all that it reads, is that of the model, and what that reads."""
        pending = [(end, place)]
        while pending:
            own, other = pending.pop()
            if own in self.places:
                if self.places[own] != other:
                    return False
                continue
            call, called = self._pattern.calls[own], self._calls[other]
            if len(call.inputs) != len(called.inputs) or not is_same(call, called):
                return False
            self.places[own] = other
            pending += zip(call.inputs, called.inputs, strict=True)
        return True


def is_same(call: LayerCall, called: Called) -> bool:
    """Whether a call of ours is one of the model, but for names, and what its weights start from."""
    if call.kind != called.kind:
        return False
    try:
        settings = LayerSettings(called)
        for name, value in call.args.items():
            if not isinstance(value, Initializer) and not _is_equal(settings.take(name), value):
                return False
        settings.done()
    except UnknownError:
        return False
    return True


def _is_equal(value: Any, other: Any) -> bool:
    """Settings are equal where lists are tuples, and where one of one number is that number."""
    value, other = _plain(value), _plain(other)
    return bool(value == other)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return _plain(value[0]) if len(value) == 1 else tuple(map(_plain, value))
    return value


def _weights(pattern: Lowered, places: Mapping[int, int]) -> dict[str, tuple[int, int]]:
    by_name = {call.name: index for index, call in enumerate(pattern.calls.calls)}
    found = {}
    for one in weights_of_nodes(pattern.calls, pattern.shapes):
        index = by_name[one.layer]
        names = [variable.name for variable in variables_of(pattern.calls, pattern.calls.calls[index])]
        found[one.weight.name] = places[index], names.index(one.variable)
    return found
