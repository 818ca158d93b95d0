"""Whatever `check` calls fine compiles, whatever `compile` refuses `check` refuses, and each refusal says why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.pipeline import load, load_text
from tests.elaborate.compiling import argument, staged

CALL = "block b(width) {{ conv(width, 1) }} network n {{ input 8x8x4 stage s {{ b({}) }} }}"
PLACES = {
    "a let of a file": "let q = {} block b(width) {{ conv(width, 1) }} network n {{ input 8x8x4 stage s {{ b(q) }} }}",
    "a let of a network": "network n {{ input 8x8x4 let q = {} stage s {{ conv(q, 1) }} }}",
    "a let of a block": "block b {{ let q = {} conv(q, 1) }} network n {{ input 8x8x4 stage s {{ b }} }}",
    "a parameter of a network": "network n(q = {}) {{ input 8x8x4 stage s {{ conv(q, 1) }} }}",
    "a parameter of a block": "block b(q = {}) {{ conv(q, 1) }} network n {{ input 8x8x4 stage s {{ b }} }}",
    "an argument": CALL,
    "a repeat": "network n {{ input 8x8x4 stage s {{ relu repeat {} {{ relu }} }} }}",
    "a condition": "network n {{ input 8x8x4 stage s {{ relu if {} {{ relu }} }} }}",
    "an expectation": "network n {{ input 8x8x4 stage s {{ relu }} expect params == {} }}",
    "an input": "network n {{ input {} stage s {{ relu }} }}",
    "a setting": "network n {{ input 8x8x4 use act = scale({}) stage s {{ act }} }}",
    "a stride": "network n {{ input 8x8x4 stage s(stride = {}) {{ conv(4, 1) }} }}",
    "an index": "network n {{ input 8x8x4 stage s {{ a[{}] = relu a[1] -> relu }} }}",
}
SORTS = ("1", "2.5", "true", "half", '"s"', "[]", "[1, true]", "7x7", "?", "in", "in.shape", "progress")


def refusal(text: str) -> tuple[Diagnostic, ...]:
    """The errors of compiling; none where it compiles."""
    try:
        load_text(text).compile("n")
    except Refusal as refused:
        return tuple(one for one in refused.diagnostics if one.severity == "error")
    return ()


def calls() -> Iterator[str]:
    for function in FUNCTIONS:
        yield f"{function}()"
        yield from (f"{function}({one})" for one in SORTS)
        yield from (f"{function}({one}, {other})" for one, other in product(SORTS[:3], repeat=2))
    yield f"max({', '.join('1' * 65)})"


@pytest.mark.parametrize("place", PLACES)
def test_functions_of_wrong_arguments(place: str) -> None:
    for call in calls():
        text = PLACES[place].format(call)
        checked = [one for one in load_text(text).check() if one.severity == "error"]
        assert bool(checked) == bool(refusal(text)), text
        assert all(one.place and one.message for one in checked)


@pytest.mark.parametrize(("call", "value"), [("min(5)", 5), ("max(5)", 5), ("min([5])", 5), ("max(5, 7)", 7)])
def test_the_least_of_one_is_itself(call: str, value: int) -> None:
    assert argument(staged(f"conv({call}, 1)"), "s_conv", "channels") == value


@pytest.mark.parametrize(
    "lets", ["let a = a", "let a = b let b = a", "let a = max(b, 1) let b = c + 1 let c = a", "let a = [a]"]
)
@pytest.mark.parametrize("use", ["conv(a, 1)", "mine(a)", "mine", "repeat a { relu }", "if a == 1 { relu }"])
def test_lets_in_a_circle(lets: str, use: str) -> None:
    text = f"{lets} block mine(width = a) {{ conv(width, 1) }} network n {{ input 8x8x4 stage s {{ {use} }} }}"
    assert [one.code for one in refusal(text)] == ["E0243"]
    assert [one.code for one in load_text(text).check() if one.severity == "error"] == ["E0243"]


@pytest.mark.parametrize("mention", ["", "let b = a"])
def test_a_circle_that_no_network_asks_for(mention: str) -> None:
    assert [one.code for one in load_text(f"let a = a {mention}").check()] == ["E0243"]


def test_a_circle_in_an_imported_file(tmp_path: Path) -> None:
    (tmp_path / "lib.resnet").write_text("let a = b let b = a")
    main = tmp_path / "main.resnet"
    main.write_text('import "lib.resnet" network n { input 8x8x4 stage s { conv(a, 1) } }')
    assert [one.code for one in load(str(main)).check()] == ["E0243"]


def test_nothing_is_refused_without_a_reason() -> None:
    with pytest.raises(AssertionError, match="without a reason"):
        Refusal(())
