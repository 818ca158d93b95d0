"""Functions of an open length: sound against plain arithmetic at many lengths, and known to meet where U-Nets meet."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.ir.lengths import Length, OpenLength, difference, longer, never_shorter, slide, stretch

_SLIDES = st.tuples(st.just(slide), st.integers(1, 9), st.integers(1, 6), st.integers(0, 9))
_STRETCHES = st.tuples(st.just(stretch), st.integers(1, 6), st.integers(-3, 5))
_STEPS = st.lists(st.one_of(_SLIDES, _STRETCHES, st.tuples(st.just(longer), st.integers(-4, 4))), max_size=7)


def changed(length: Length, steps: list[tuple[Any, ...]]) -> Length:
    for change, *numbers in steps:
        length = change(length, *numbers)
    return length


def worth(formula: str, length: int) -> Fraction:
    """A formula of a message, worked out as a reader would."""
    return Fraction(eval(formula, {"__builtins__": {}}, {"floor": floor, "h": Fraction(length)}))


@given(_STEPS, st.sampled_from((1, 2, 3, 6, 8, 32)), st.integers(1, 200))
def test_a_function_is_worth_what_the_arithmetic_gives(steps: list[tuple[Any, ...]], multiple: int, count: int) -> None:
    opened = changed(OpenLength("h", step=multiple, multiple=multiple), steps)
    known = changed(multiple * count, steps)
    assert isinstance(opened, OpenLength)
    assert isinstance(known, int)
    assert worth(opened.formula, multiple * count) == known
    assert known % opened.divisor == 0


@given(_STEPS, _STEPS, st.sampled_from((1, 2, 3, 6, 8, 32)))
def test_what_is_equal_is_equal_at_every_length(
    one: list[tuple[Any, ...]], other: list[tuple[Any, ...]], multiple: int
) -> None:
    opened = OpenLength("h", step=multiple, multiple=multiple)
    if changed(opened, one) == changed(opened, other):
        for count in range(1, 40):
            assert changed(multiple * count, one) == changed(multiple * count, other)


_CHAINS = st.lists(st.one_of(_SLIDES, st.tuples(st.just(longer), st.integers(-4, 4))), max_size=4)


@given(_CHAINS, _CHAINS, st.sampled_from((1, 2, 3, 6, 8, 32)))
def test_windows_that_are_equal_at_every_length_are_known_to_be(
    one: list[tuple[Any, ...]], other: list[tuple[Any, ...]], multiple: int
) -> None:
    """Windows behind each other, with nothing stretched, have a form each."""
    opened = OpenLength("h", step=multiple, multiple=multiple)
    meets = all(changed(multiple * n, one) == changed(multiple * n, other) for n in range(1, 1_300))
    known = {changed(opened, steps) for steps in (one, other)}
    assert all(length.symbol == "h" for length in known if isinstance(length, OpenLength))
    assert (len(known) == 1) is meets


HALVINGS = {
    "maxpool(2)": lambda length: slide(length, 2, 2, 0),
    "conv(3, stride 2)": lambda length: slide(length, 3, 2, 2),
    "conv(7, stride 2)": lambda length: slide(length, 7, 2, 6),
    "pad = same": lambda length: slide(length, 1, 2, 0),
}


@pytest.mark.parametrize("halving", HALVINGS.values(), ids=HALVINGS)
@pytest.mark.parametrize("depth", range(1, 7))
def test_a_u_net_meets_where_its_depth_is_in_the_multiple(depth: int, halving: Any) -> None:
    for multiple in (2**depth, 3 * 2**depth):
        levels: list[Length] = [OpenLength("h", step=multiple, multiple=multiple)]
        for _ in range(depth):
            levels.append(halving(levels[-1]))
        for above, below in pairwise(levels):
            assert stretch(below, 2) == above
        assert stretch(levels[-1], 2**depth) == levels[0]


@pytest.mark.parametrize("depth", range(1, 7))
def test_half_the_multiple_is_not_enough(depth: int) -> None:
    length: Length = OpenLength("h", step=2 ** (depth - 1), multiple=2 ** (depth - 1))
    for _ in range(depth):
        before, length = length, slide(length, 2, 2, 0)
    assert stretch(length, 2) != before


@pytest.mark.parametrize(
    ("length", "formula", "shown"),
    [
        (OpenLength("h"), "h", "?"),
        (OpenLength("h", step=2, multiple=32), "h / 16", "2?"),
        (OpenLength("h", step=3, multiple=2), "3 * h / 2", "3?"),
        (OpenLength("h", step=3, by=4, before=1, multiple=2), "floor((3 * h + 2) / 8)", "?"),
        (OpenLength("h", times=2, by=2, before=1, after=-1), "2 * floor((h + 1) / 2) - 1", "?"),
        (OpenLength("h", times=6, by=2, after=4), "6 * floor(h / 2) + 4", "2?"),
    ],
)
def test_how_a_function_is_written(length: OpenLength, formula: str, shown: str) -> None:
    assert length.formula == formula
    assert str(length) == shown


@given(_STEPS, _STEPS, st.sampled_from((1, 2, 6, 32)))
def test_what_is_never_shorter_is_not(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]], multiple: int) -> None:
    opened = OpenLength("h", step=multiple, multiple=multiple)
    longer_one, shorter = changed(opened, one), changed(opened, other)
    gaps = [_gap(changed(multiple * n, one), changed(multiple * n, other)) for n in range(1, 60)]
    if never_shorter(longer_one, shorter):
        assert min(gaps) >= 0
    known = difference(longer_one, shorter)
    assert known is None or set(gaps) == {known}


def _gap(one: Length, other: Length) -> int:
    assert isinstance(one, int)
    assert isinstance(other, int)
    return one - other


H = OpenLength("h")
HALF, CEILED = slide(H, 2, 2, 0), slide(H, 1, 2, 0)


@pytest.mark.parametrize(
    ("length", "other", "known"),
    [
        (stretch(CEILED, 2), H, True),
        (H, stretch(HALF, 2), True),
        (stretch(HALF, 2), H, False),
        (stretch(CEILED, 2), stretch(HALF, 2), True),
        (CEILED, HALF, True),
        (HALF, HALF, True),
        (H, HALF, True),
        (stretch(slide(H, 4, 4, 3), 4), stretch(slide(H, 2, 2, 1), 2), True),
        (longer(H, 2), H, True),
        (longer(H, -2), H, False),
        (stretch(H, 2), longer(H, 1), True),
        (stretch(H, 2), longer(H, 2), False),
        (stretch(H, 2), 2, True),
        (stretch(H, 2), 3, False),
        (4, H, False),
        (OpenLength("h", step=32, multiple=32), 32, True),
        (OpenLength("w"), H, False),
        (7, 7, True),
        (6, 7, False),
    ],
)
def test_which_lengths_are_known_to_be_as_long(length: Length, other: Length, known: bool) -> None:
    assert never_shorter(length, other) is known
