"""Expressions: exact integers, fractions by `/` alone, comparisons, functions, attributes."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import argument, blocked, operations, refused_stage, staged


def integer(expression: str) -> int:
    """A whole number's worth, read off a convolution's channels."""
    return int(argument(staged(f"conv({expression}, 1)"), "s_conv", "channels"))


def real(expression: str) -> float:
    return float(argument(staged(f"scale({expression})"), "s_scale", "value"))


def truth(expression: str) -> bool:
    return operations(staged(f"if {expression} {{ relu }} else {{ tanh }}")) == ["relu"]


@pytest.mark.parametrize(
    ("expression", "worth"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("2 ** 3 ** 2", 512),
        ("2 * 3 ** 2 * 2", 36),
        ("100 - 2 ** 2 ** 2", 84),
        ("2 ** (1 + 2)", 8),
        ("in.channels ** 2", 16),
        ("(-2) ** 2 + 0 ** 0", 5),
        ("3 ** 0 + (-1) ** 999_999_999_999_999_999 + 1", 1),
        ("2 ** 62 // 2 ** 60", 4),
        ("round(100 * 2 ** -1)", 50),
        ("round(10 * 4 ** 0.5)", 20),
        ("-2 ** 2 + 5", 1),
        ("100 // 7", 14),
        ("100 % 7", 2),
        ("7 - -3", 10),
        ("100 // 7 // 2", 7),
        ("2 * 7 % 5", 4),
        ("1_000 + 24", 1024),
        ("4K", 4000),
        ("1.5K", 1500),
        ("round(6.5)", 7),
        ("round(2.4)", 2),
        ("floor(7 / 2)", 3),
        ("ceil(7 / 2)", 4),
        ("min(5, 3, 4)", 3),
        ("max(5, 3, 4)", 5),
        ("max([5, 9, 4])", 9),
        ("len([5, 9, 4])", 3),
        ("round(64 * 26 / 64) * 4", 104),
        ("floor(sqrt(17))", 4),
        ("round(log2(256))", 8),
    ],
)
def test_whole_numbers(expression: str, worth: int) -> None:
    assert integer(expression) == worth


@pytest.mark.parametrize(
    ("expression", "worth"),
    [("1 / 4", 0.25), ("0.2 * 3", 0.2 * 3), ("7 // 2.0", 3.0), ("1e-3", 0.001), ("-0.5", -0.5), ("1.001e-5", 1.001e-5)],
)
def test_fractions(expression: str, worth: float) -> None:
    assert real(expression) == worth


@pytest.mark.parametrize("expression", ["6 / 2", "6 * 0.5", "4.0", "16.5", "2.5K / 10", "7 // 2.0", "sqrt(16)"])
def test_a_fraction_where_an_integer_is_needed_is_an_error_not_a_truncation(expression: str) -> None:
    assert refused_stage(f"conv({expression}, 3)") == ["E0206"]
    assert refused_stage(f"repeat {expression} {{ relu }}") == ["E0221"]


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("1 < 2", True),
        ("2 <= 2", True),
        ("2 > 2", False),
        ("2 >= 3", False),
        ("2 == 2.0", True),
        ("2 != 2", False),
        ("7x7 == 7x7", True),
        ("7x7 != 7x8", True),
        ("not 1 == 2", True),
        ("1 == 1 and 2 == 3", False),
        ("1 == 1 or 2 == 3", True),
        ("true and not false", True),
        ("false or false or true", True),
        ("not (true and false)", True),
    ],
)
def test_comparisons_and_truth(expression: str, holds: bool) -> None:
    assert truth(expression) is holds


@pytest.mark.parametrize(
    ("expression", "worth"),
    [
        ("if 1 < 2 { 3 } else { 4 }", 3),
        ("if 1 > 2 { 3 } else { 4 }", 4),
        ("if false { 1 } else if true { 2 } else { 3 }", 2),
        ("if false { 1 } else if false { 2 } else { 3 }", 3),
        ("if false { 1 } else { if true { 2 } else { 3 } }", 2),
        ("if if true { false } else { true } { 1 } else { 2 }", 2),
        ("2 * if true { 3 } else { 4 } + 1", 7),
        ("-if true { -3 } else { 4 }", 3),
        ("max(if true { 3 } else { 4 }, if false { 1 } else { 9 })", 9),
    ],
)
def test_a_value_is_chosen(expression: str, worth: int) -> None:
    assert integer(expression) == worth


def test_only_the_value_that_is_chosen_is_worked_out() -> None:
    assert integer("if true { 3 } else { 1 // 0 }") == 3
    assert integer("if in.channels == 4 { 3 } else { 10 ** 99 }") == 3
    assert refused_stage("conv(if false { 3 } else { 1 // 0 }, 1)") == ["E0222"]
    assert refused_stage("conv(if 1 { 3 } else { 4 }, 1)") == ["E0221"]


def test_any_value_may_be_chosen() -> None:
    chosen = blocked("a = conv(4, 3) c = conv(4, 1) add(if in.channels == 4 { a } else { c }, c)")
    assert operations(chosen) == ["conv", "conv", "add"]
    assert argument(
        staged("conv(4, if true { 3x1 } else { 1 }, pad = if true { valid } else { half })"), "s_conv", "pad"
    )
    assert integer("len(if true { [1, 2] } else { [] })") == 2


def test_what_is_not_chosen_is_looked_through_for_unknown_names() -> None:
    text = "network n { input 8x8x4 stage s { conv(if true { 3 } else { misspelt }, 1) } }"
    assert [one.code for one in load_text(text).check()] == ["E0208"]


def test_or_and_and_stop_where_the_answer_is_known() -> None:
    assert truth("true or 1 / 0 == 1")
    assert not truth("false and 1 / 0 == 1")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 / 0", "E0222"),
        ("1 // 0", "E0222"),
        ("1 % 0", "E0222"),
        ("true + 1", "E0220"),
        ("half + 1", "E0220"),
        ("7x7 + 1", "E0220"),
        ("9_000_000_000_000_000 * 9_000_000_000_000_000", "E0223"),
        ("2 ** 63", "E0223"),
        ("10 ** 999_999_999_999_999_999", "E0223"),
        ("9 ** 9 ** 9 ** 9", "E0223"),
        ("1.5 ** 1e18", "E0223"),
        ("0.5 ** -1e18", "E0223"),
        ("(-8) ** (1 / 3)", "E0220"),
        ("0 ** -1", "E0220"),
        ("true ** 2", "E0220"),
        ("2 ** half", "E0220"),
        ("missing", "E0208"),
        ("sqr(4)", "E0208"),
        ("round(1, 2)", "E0203"),
        ("round(half)", "E0221"),
        ("sqrt(0 - 1)", "E0221"),
        ("in.width", "E0219"),
    ],
)
def test_mistakes_in_expressions(expression: str, code: str) -> None:
    assert refused_stage(f"conv({expression}, 3)") == [code]


@pytest.mark.parametrize("test", ["1 < half", "7x7 < 8x8", "1 == true", "half == 1", "1 ~= 1"])
def test_what_cannot_be_compared(test: str) -> None:
    assert refused_stage(f"if {test} {{ relu }}") == ["E0220"]


def test_attributes_of_values() -> None:
    network = blocked("a = conv(in.channels * 3, 3) conv(a.channels + 1, 1)")
    assert network.facts.output_shape == (8, 8, 13)
    assert operations(blocked("if in.shape == 8x8x4 { relu } else { tanh }")) == ["relu"]
    assert operations(blocked("let s = in.shape if s[0] == 8 and len(s) == 3 { relu }")) == ["relu"]


def test_words_stand_for_themselves_where_a_parameter_expects_them() -> None:
    assert argument(staged("conv(4, 3, pad = valid)"), "s_conv", "pad") == ((0, 0), (0, 0))
    assert refused_stage("conv(4, 3, pad = halve)") == ["E0206"]
    assert refused_stage("conv(4, 3, pad = global)") == ["E0206"]


def test_a_let_is_not_a_copy_of_its_text() -> None:
    assert argument(staged("conv(2 * k, 1)", before="let k = 1 + 2"), "s_conv", "channels") == 6


def test_sizes_are_made_of_expressions() -> None:
    network = staged("conv(4, k x 1) conv(4, (k + 2) x (k))", before="let k = 3")
    assert argument(network, "s_conv1", "kernel") == (3, 1)
    assert argument(network, "s_conv2", "kernel") == (5, 3)


@pytest.mark.parametrize("number", ["1e999999999", "1e999999999K", "1e-999999999K", "1e40000T", "1e400"])
def test_numbers_beyond_all_measure_are_refused_and_nothing_else_happens(number: str) -> None:
    assert refused_stage(f"conv({number}, 3)") in (["E0223"], ["E0206"], ["E0207"])


FRACTIONS = "network n(w = 10, f = 1.25) { input 8x8x3 let v = w * f let l = [8, 16] stage s { %s } }"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("conv(w * f, 3)", "conv(round(w * f), 3)"),
        ("conv(v, 3)", "conv(round(v), 3)"),
        ("conv(8, 3, dilation = w * 0.25)", "conv(8, 3, dilation = round(w * 0.25))"),
        ("conv(w * 3 / 4 / 2, 3)", "conv(round(w * 3 / 4 / 2), 3)"),
        ("conv(w ** 0.5, 3)", "conv(round(w ** 0.5), 3)"),
        ("conv(w / 4, 3)", "conv(w // 4, 3)"),
    ],
)
def test_a_fraction_is_rounded_by_what_fits_its_expression(wrong: str, right: str) -> None:
    (found,) = load_text(FRACTIONS % wrong).check()
    assert "//" in right or "//" not in (found.help or "")
    (edit,) = found.edits
    span = edit.span
    fixed = f"{span.source.text[: span.start]}{edit.text}{span.source.text[span.end :]}"
    assert fixed == FRACTIONS % right
    assert not any(one.severity == "error" for one in load_text(fixed).check())


@pytest.mark.parametrize(
    ("steps", "remedy"),
    [
        ("conv(2.5, 3)", "write `2` or `3`"),
        ("conv(8, 3, stride = 1.5)", "write `1` or `2`"),
        ("2.5 x basic(8)", "write `2` or `3`"),
        ("w * 0.25 x basic(8)", "write `round(w * 0.25)`, or `floor(…)` or `ceil(…)`"),
        ("basic(v)", "give it a whole number, or round it: `round(…)`, `floor(…)` or `ceil(…)`"),
        ("repeat 4 as i { conv(l[i], 3) }", "`l` holds 2, counted from 0: write `repeat len(l) as i`, or add to it"),
        ("repeat 4 as i { conv(l[i + 1], 3) }", "there are `l[0]`, `l[1]`"),
        ("conv(l[w], 3)", "there are `l[0]`, `l[1]`"),
    ],
)
def test_what_is_said_of_numbers_that_do_not_fit(steps: str, remedy: str) -> None:
    (found, *_) = [one for one in load_text(FRACTIONS % steps).check() if one.severity == "error"]
    assert found.help == remedy
