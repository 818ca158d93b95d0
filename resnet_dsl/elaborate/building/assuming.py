"""What flows behind a mistake: the shapes that it may have, so that further mistakes are found and none follows.

Each of these shapes is tried with what comes next, and only what fits none of them is a mistake of its own. Nothing is
known here of an operation: its own rules are asked, under other arguments and other shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import zip_longest
from math import prod
from typing import Any, TypeAlias

from resnet_dsl.elaborate.values import Value
from resnet_dsl.ir.lengths import Length, Shape
from resnet_dsl.ir.operation import Operation, UnfitError, positions
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Parameter

_LENGTH, _CHANNELS = 240, 960  # longer than most windows, and divided by much
_PLENTY = 720_720**2  # longer than what any text asks for, divided by all squares up to 16 * 16, and said by no text
ANYTHING: tuple[Shape, ...] = tuple(
    (*(length,) * axes, channels)
    for axes in (2, 0, 1, 3)
    for length, channels in ((_LENGTH, _CHANNELS), (_LENGTH // 2, _CHANNELS // 2))
)
_MOST = 12  # shapes that a value is followed with
_ROUNDS = 6
_TRIED = (1, 2, 3, 64, 0.5, (1, 1), True, False)  # in place of an argument that has a mistake

_Arguments: TypeAlias = dict[str, Any]
_Lengths: TypeAlias = tuple[Length | None, ...]
"""Of a value: None for one that is not known."""
_Row: TypeAlias = tuple[Shape, ...]
"""The shapes of an operation's inputs."""


def any_shape(value: Value) -> Value:
    """What flows behind a step of which nothing is known."""
    return value._replace(others=ANYTHING)


def any_channels(value: Value) -> Value:
    """The same lengths, and channels that are not known."""
    *lengths, channels = value.shape
    return value._replace(others=(*value.others, (*lengths, _another(channels, _CHANNELS))))


def any_lengths(value: Value) -> Value:
    """The same channels, and lengths that are not known."""
    *lengths, channels = value.shape
    return value._replace(others=(*value.others, (*(_another(one, _LENGTH) for one in lengths), channels)))


def _another(length: Length, usual: int) -> int:
    return usual // 2 if length == usual else usual


def may_be(value: Value, shape: Shape) -> bool:
    """Whether a value may have a shape, as far as its lengths are known."""
    known = _known(value, len(shape))
    return known is not None and all(own is None or own == length for own, length in zip(known, shape, strict=True))


def behind_mistake(
    operation: Operation, arguments: tuple[tuple[str, Any], ...], inputs: tuple[Value, ...]
) -> tuple[Shape, ...]:
    """What an operation may give of inputs behind a mistake; nothing where it fits none of their shapes."""
    return _behind_mistake(operation.name, arguments, tuple(one._replace(node=0) for one in inputs))


@lru_cache(maxsize=1024)
def _behind_mistake(name: str, arguments: tuple[tuple[str, Any], ...], inputs: tuple[Value, ...]) -> tuple[Shape, ...]:
    operation = OPERATIONS[name]
    found = _results(operation, [dict(arguments)], [*_rows(inputs), *_rows_for(dict(arguments), inputs)])
    found = found or _results(operation, [dict(arguments)], _rows(inputs, _PLENTIFUL))
    return _first(one for shape in found for one in (shape, _clouded(shape, inputs))) if operation.many else found


def _clouded(shape: Shape, inputs: tuple[Value, ...]) -> Shape:
    """Of a merge: a length that is not known of one of its inputs is not known because another has it."""
    known = [one for one in (_known(value, len(shape)) for value in inputs) if one is not None]
    usual = (*(_LENGTH for _ in shape[:-1]), _CHANNELS)
    return tuple(
        _another(length, usual[place]) if any(one[place] is None for one in known) else length
        for place, length in enumerate(shape)
    )


def why_unfit(operation: Operation, arguments: _Arguments, inputs: tuple[Value, ...]) -> UnfitError | None:
    """Why an operation fits none of the shapes of inputs behind a mistake: a length that is not known is `…`."""
    for row in _rows(inputs, _PLENTIFUL):
        try:
            operation.infer(operation.settle(arguments, row), row)
        except UnfitError as unfit:
            return UnfitError(
                unfit.code, _veiled(unfit.message, arguments), _veiled(unfit.remedy or "", arguments) or None
            )
    return None


def _veiled(words: str, arguments: _Arguments) -> str:
    """Words that were said of plenty, without the numbers that only stand for what is not known."""
    own = set(re.findall(r"\d+", repr(arguments)))
    return re.sub(r"\d{11,}", lambda found: found[0] if found[0] in own else "…", words)


def shown(value: Value) -> str:
    """A shape as far as it is known; `…` stands for each length that is not."""
    axes = {len(shape) for shape in (value.shape, *value.others)}
    known = _known(value, len(value.shape)) if len(axes) == 1 else None
    return "x".join("…" if one is None else str(one) for one in known) if known else "not known"


def behind_unfit(operation: Operation, arguments: _Arguments, inputs: tuple[Value, ...]) -> tuple[Shape, ...]:
    """What an operation may give where it does not fit: with one argument less, or other shapes flowing in."""
    fewer = [{**arguments, one.name: one.default} for one in operation.parameters if not one.required]
    other = [(*_results(operation, fewer, _rows(inputs)), *_results(operation, [arguments], _varied(inputs)))]
    return _first(other[0]) or _results(operation, [arguments], _anything(inputs)) or ANYTHING


def behind_arguments(
    operation: Operation, arguments: _Arguments, mistaken: list[Parameter], inputs: tuple[Value, ...]
) -> tuple[Shape, ...]:
    """What an operation may give where some arguments have a mistake: the others are sound."""
    return _results(operation, _rounds(arguments, mistaken), _rows(inputs)) or ANYTHING


def _rounds(arguments: _Arguments, mistaken: list[Parameter]) -> Iterator[_Arguments]:
    """Sound arguments: others of one parameter after the other."""
    tried = {one.name: _tried(one) for one in mistaken}
    if all(tried.values()):
        first = {**arguments, **{name: values[0] for name, values in tried.items()}}
        yield from ({**first, name: value} for name, values in tried.items() for value in values[:_ROUNDS])


def _tried(parameter: Parameter) -> list[Any]:
    """Values that a parameter may have."""
    default = () if parameter.required else (parameter.default,)
    mixed = [one for pair in zip_longest(parameter.kind.words, _TRIED) for one in pair]
    return [*default, *filter(parameter.kind.fits, mixed)]


def _results(operation: Operation, rounds: Iterable[_Arguments], rows: Iterable[_Row]) -> tuple[Shape, ...]:
    found: list[Shape] = []
    rows = list(rows)
    for arguments in rounds:
        for row in rows:
            with suppress(UnfitError):
                found.append(operation.infer(operation.settle(arguments, row), row))
    return _first(found)


def _first(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    return tuple(dict.fromkeys(shapes))[:_MOST]


# The shapes that inputs may have


def _known(value: Value, axes: int) -> _Lengths | None:
    """A value's lengths where it has so many axes, with None for one that is not known; else None."""
    shapes = [one for one in (value.shape, *value.others) if len(one) == axes]
    return tuple(row[0] if len({*row}) == 1 else None for row in zip(*shapes, strict=True)) if shapes else None


_Way: TypeAlias = tuple[int, int, bool]
"""A length and channels where they are not known, and whether channels come from the other values first."""
_WAYS: tuple[_Way, ...] = (
    (_LENGTH, _CHANNELS, True),
    (_LENGTH // 2, _CHANNELS // 2, True),
    (_LENGTH, _CHANNELS, False),
)
_PLENTIFUL: tuple[_Way, ...] = ((_PLENTY, _PLENTY, True), (2 * _PLENTY, 2 * _PLENTY, True))


def _rows(inputs: tuple[Value, ...], ways: Iterable[_Way] = _WAYS) -> list[_Row]:
    """What may flow in. Of several values, each takes what is not known of it from those of which it is."""
    if not any(one.others for one in inputs):
        return [tuple(one.shape for one in inputs)]
    found: list[_Row] = []
    for axes in dict.fromkeys(len(shape) for one in inputs for shape in (one.shape, *one.others)):
        lengths = [known for one in inputs if (known := _known(one, axes)) is not None]
        if len(lengths) == len(inputs):
            found += [tuple(_completed(one, lengths, *how) for one in lengths) for how in ways]
    return found


def _rows_for(arguments: _Arguments, inputs: tuple[Value, ...]) -> Iterator[_Row]:
    """What may flow in for these arguments: as many channels as one of them says or lists, or the numbers of a size."""
    if len(inputs) > 1:
        return
    (value,) = inputs
    for given in arguments.values():
        count = len(given) if isinstance(given, tuple) else given if isinstance(given, int) else 0
        wanted: list[Shape] = [(*shape[:-1], count) for shape in _first((value.shape, *value.others)) if count > 1]
        if isinstance(given, tuple) and all(isinstance(one, int) for one in given):
            wanted += _holding(given, value)
        yield from ((shape,) for shape in wanted if may_be(value, shape))


def _holding(size: Shape, value: Value) -> Iterator[Shape]:
    """What holds as many numbers as a size: a vector, the size itself, and maps of the value's lengths."""
    count = prod(one for one in size if isinstance(one, int))
    yield from ((count,), size)
    for shape in _first((value.shape, *value.others)):
        if (places := positions(shape)) and count % places == 0:
            yield (*shape[:-1], count // places)


def _completed(known: _Lengths, others: list[_Lengths], length: int, channels: int, alike: bool) -> Shape:
    """Lengths, where not known those of the other values, and where these are not known either, such as fit most.

    ``alike``: whether channels come from the others, too, as in a sum.
    """
    found = []
    for place, own in enumerate(known):
        is_last = place == len(known) - 1
        theirs = [one[place] for one in others] if alike or not is_last else [own]
        found.append(next((one for one in (own, *theirs) if one is not None), channels if is_last else length))
    return tuple(found)


def _varied(inputs: tuple[Value, ...]) -> Iterator[_Row]:
    """Other lengths, or other channels; of several values those, or the whole shape, of one of them."""
    if len(inputs) == 1:
        shape = inputs[0].shape
        yield ((*(_another(one, _LENGTH) for one in shape[:-1]), shape[-1]),)
        yield ((*(_another(one, _PLENTY) for one in shape[:-1]), shape[-1]),)
        yield ((*shape[:-1], _another(shape[-1], _CHANNELS)),)
        return
    for shape in _first(shape for one in inputs for shape in (one.shape, *one.others)):
        yield tuple((*shape[:-1], one.shape[-1]) for one in inputs)
        yield tuple(shape for _ in inputs)


def _anything(inputs: tuple[Value, ...]) -> list[_Row]:
    return [(shape,) * len(inputs) for shape in ANYTHING]
