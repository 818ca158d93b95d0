"""The shortest arguments that mean the same: what settles to a node's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_dsl.importing.normal import resolved
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Operation, UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument, Parameter


def short(op: str, args: Sequence[tuple[str, Argument]], shapes: tuple[Shape, ...]) -> dict[str, Argument]:
    """Of settled arguments in normal form those that must be written, each in its shortest form."""
    operation, wanted = OPERATIONS[op], dict(args)
    given: dict[str, Argument] = {one.name: wanted.get(one.name, one.default) for one in operation.parameters}
    for parameter in operation.parameters:
        for simpler in _simpler(parameter, given[parameter.name]):
            tried = {**given, parameter.name: simpler}
            if _settles(operation, tried, wanted, shapes):
                given = tried
                break
    usual = {one.name: one.default for one in operation.parameters if not one.required}
    return {name: value for name, value in given.items() if name not in usual or not _same(value, usual[name])}


def _simpler(parameter: Parameter, value: Argument) -> Iterator[Argument]:
    if not parameter.required:
        yield parameter.default
    yield from (word for word in parameter.kind.words if word != value and isinstance(value, tuple))
    if isinstance(value, tuple) and value and len({*value}) == 1:
        yield value[0] if not isinstance(value[0], tuple) or value[0][0] != value[0][1] else value[0][0]
        yield value[:1]
    if isinstance(value, tuple) and all(isinstance(one, tuple) and len({*one}) == 1 for one in value):
        yield tuple(one[0] for one in value)


def _settles(operation: Operation, given: dict[str, Any], wanted: dict[str, Any], shapes: tuple[Shape, ...]) -> bool:
    try:
        found = operation.settle(given, shapes)
    except UnfitError:
        return False
    usual = {one.name: one.default for one in operation.parameters}
    full = resolved(operation.name, usual | dict(found), shapes[0]) if shapes else usual | dict(found)
    idle = operation.ignored(found)
    return all(_same(full[name], value) for name, value in wanted.items() if name not in idle)


def _same(one: Argument, other: Argument) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)
