"""The parameters of operations: their names, kinds, ranges and defaults.

An argument's value is plain data: an int, a float, a bool, a str (a word or a string), or a tuple of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.sentences import either, listed

Argument: TypeAlias = Any
"""int | float | bool | str | tuple[Argument, ...] | None."""

LARGEST = 2**31 - 1


class Kind(NamedTuple):
    """What a parameter takes. ``wants`` completes "takes …"; ``words`` are the names that stand for themselves here.

    ``fits`` says whether a value is of the right type and in range; ``of_type`` whether its type alone is right.
    ``of_list`` makes such a value of a list, ``[1, 2]``; None where lists are refused.
    """

    wants: str
    of_type: Callable[[Argument], bool]
    fits: Callable[[Argument], bool]
    words: tuple[str, ...] = ()
    of_list: Callable[[tuple[Any, ...]], Argument] | None = None


class Parameter(NamedTuple):
    """``required`` parameters have no default. ``doc`` is one sentence for the reference.

    ``computed``: what a default of None stands for, in the words of a signature: ``stride = kernel``.
    ``later``: graphs were written before the operation had it; they, and all others, hold it where it is not at its
    default, and only there.
    """

    name: str
    kind: Kind
    doc: str
    default: Argument = None
    required: bool = False
    computed: str = ""
    later: bool = False


def is_integer(value: Argument) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Argument) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_lengths(value: Argument) -> bool:
    return is_integer(value) or (isinstance(value, tuple) and 1 <= len(value) <= 3 and all(map(is_integer, value)))


def _each(value: Argument, low: int) -> bool:
    return all(low <= one <= LARGEST for one in (value if isinstance(value, tuple) else (value,)))


def _is_padding(value: Argument) -> bool:
    if isinstance(value, tuple) and value and all(isinstance(side, tuple) for side in value):
        return all(len(side) == 2 and all(map(is_integer, side)) for side in value)
    return _is_lengths(value)


def _fits_padding(value: Argument) -> bool:
    if isinstance(value, tuple):
        return all(_fits_padding(side) for side in value)
    return bool(0 <= value <= LARGEST)


def integer(low: int, wants: str) -> Kind:
    return Kind(wants, is_integer, lambda value: is_integer(value) and low <= value <= LARGEST)


def words(*choices: str) -> Kind:
    wants = either([f"`{word}`" for word in choices])
    return Kind(wants, lambda value: isinstance(value, str), lambda value: value in choices, choices)


def or_words(kind: Kind, *choices: str) -> Kind:
    """The same kind, or one of these words."""
    return Kind(
        f"{kind.wants}, or {listed(choices)}",
        lambda value: isinstance(value, str) or kind.of_type(value),
        lambda value: value in choices if isinstance(value, str) else kind.of_type(value) and kind.fits(value),
        choices,
        kind.of_list,
    )


def _pairs(items: tuple[Any, ...]) -> Argument:
    """``[1, 2]`` is one pair for all axes, ``[[1, 2], [0, 0]]`` are pairs for each: tuples of pairs both."""
    rows = items if items and all(isinstance(one, tuple) for one in items) else (items,)
    return tuple(tuple(row) for row in rows)


COUNT = integer(1, "a whole number of at least 1")
NATURAL = integer(0, "a whole number of at least 0")
EXTENT = Kind(
    "a whole number of at least 1, or one an axis (`3x1`)", _is_lengths, lambda v: _is_lengths(v) and _each(v, 1)
)
BORDER = Kind(
    "a whole number of at least 0, one an axis (`1x0`), `[front, behind]`, or such a pair an axis (`[[1, 0], [0, 2]]`)",
    _is_padding,
    lambda value: _is_padding(value) and _fits_padding(value),
    of_list=_pairs,
)
PADDING = or_words(BORDER, "half", "same", "valid", "causal")
FLAG = Kind("`true` or `false`", lambda v: isinstance(v, bool), lambda v: isinstance(v, bool))
LIKE = Kind("a value (`in`, a stage, a named result)", lambda v: False, lambda v: v is True)
"""A value that flows; in the graph, that the node reads one for its size."""
REAL = Kind("a number", is_number, lambda v: is_number(v) and abs(v) < 1e30)
POSITIVE = Kind("a number above 0", is_number, lambda v: is_number(v) and 0 < v < 1e30)


def per_channel(kind: Kind) -> Kind:
    """A number, or a list with one a channel. Such a list holds floats, so that it is no extent."""

    def is_row(value: Argument) -> bool:
        return isinstance(value, tuple) and bool(value) and all(isinstance(one, float) for one in value)

    return Kind(
        f"{kind.wants}, or one a channel (`[0.5, 0.4, 0.3]`)",
        lambda value: kind.of_type(value) or is_row(value),
        lambda value: kind.fits(value) or (is_row(value) and all(map(kind.fits, value))),
        of_list=lambda items: tuple(float(one) if is_number(one) else one for one in items),
    )


RATE = Kind("a number from 0 up to (not including) 1", is_number, lambda v: is_number(v) and 0 <= v < 1)
INITIALISER = words(
    "he_normal", "he_normal_out", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal", "lecun_uniform",
    "truncated_normal", "zeros", "ones",
)  # fmt: skip


def required(name: str, kind: Kind, doc: str) -> Parameter:
    return Parameter(name, kind, doc, None, True)
