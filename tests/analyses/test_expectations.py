"""`expect` lines: every quantity and comparison, what the digits of `~=` mean, and what a failure says."""

from __future__ import annotations

import pytest

from resnet_dsl import pipeline
from tests.elaborate.compiling import compiled, reasons, refused

NETWORK = """network n {{ input {size} stem {{ conv(8, 3) -> norm -> act }}
  stage a {{ 2 x basic(8) }} stage b(stride = 2) {{ 2 x basic(16) }}
  head {{ avgpool(global) -> dense(10) -> softmax }} expect {expectation} }}"""
# By hand: 3*3*3*8 + 16; 4 * (3*3*8*8 + 16); 3*3*8*16 + 3 * 3*3*16*16 + 4 * 32, and the projection 8*16 + 32; 160 + 10.
PARAMS = 216 + 16 + 4 * (576 + 16) + 1152 + 3 * 2304 + 4 * 32 + 128 + 32 + 170
MOVING = 16 + 4 * 16 + 5 * 32


def outcome(expectation: str, size: str = "32x32x3") -> list[str]:
    return refused(NETWORK.format(expectation=expectation, size=size))


@pytest.mark.parametrize(
    "expectation",
    [
        f"params == {PARAMS}",
        f"total_params == {PARAMS + MOVING}",
        "macs == 1024 * (216 + 4 * 576) + 256 * (1152 + 3 * 2304 + 128) + 160",
        "depth == 10",
        "blocks == 4",
        "output == 10",
        "receptive_field == 3 + 4 * 2 + 2 + 3 * 4",
        "output_stride == 2",
        "stem.output == 32x32x8",
        "stem.params == 232",
        "a.output == 32x32x8",
        "a.params == 4 * (576 + 16)",
        "a.total_params == 4 * (576 + 32)",
        "a.macs == 1024 * 4 * 576",
        "a.blocks == 2",
        "b.output == 16x16x16",
        "b.output != 16x16x8",
    ],
)
def test_quantities(expectation: str) -> None:
    assert outcome(expectation) == []


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        ("depth != 10", False),
        ("depth != 9", True),
        ("depth < 11", True),
        ("depth < 10", False),
        ("depth <= 10", True),
        ("depth > 10", False),
        ("depth >= 10", True),
        ("depth == 10.0", True),
        ("depth == 10.5", False),
        ("b.output == 16x16", False),
        ("b.output == 8x8x16", False),
        ("depth == 2 * (3 + 2)", True),
    ],
)
def test_comparisons(expectation: str, holds: bool) -> None:
    assert outcome(expectation) == ([] if holds else ["E0401"])


@pytest.mark.parametrize(
    ("digits", "count", "holds"),
    [
        ("11.2K", 11_150, True),
        ("11.2K", 11_249, True),
        ("11.2K", 11_251, False),
        ("11.2K", 11_149, False),
        ("11K", 11_499, True),
        ("11K", 11_501, False),
        ("11.20K", 11_205, True),
        ("11.20K", 11_206, False),
        ("11_200", 11_200, True),
        ("11_200", 11_201, False),
        ("0.01M", 14_999, True),
        ("0.011M", 11_501, False),
    ],
)
def test_about_is_equal_to_the_digits_written(digits: str, count: int, holds: bool) -> None:
    """A count to order: a dense layer of that many weights."""
    text = f"network n {{ input 1x1x1 head {{ flatten dense({count}, bias = false) }} expect params ~= {digits} }}"
    assert refused(text) == ([] if holds else ["E0401"])


@pytest.mark.parametrize("digits", ["1K", "1.1K", "1.15K", "0.001M"])
@pytest.mark.parametrize("count", [499, 951, 1001, 1049, 1051, 1099, 1101, 1149, 1151, 1155, 1156, 1201, 1499, 1501])
def test_the_digits_that_are_written_are_offered_where_they_hold(digits: str, count: int) -> None:
    """``~=`` in the place of ``==``: offered exactly where the text is then fine."""
    text = f"network n {{ input 1x1x1 head {{ flatten dense({count}, bias = false) }} expect params == {digits} }}"
    (failed,) = pipeline.load_text(text).check()
    offered = f"expect params ~= {digits}`" in (failed.help or "")
    assert offered == (pipeline.load_text(text.replace("==", "~=")).check() == ())


@pytest.mark.parametrize(
    ("expectation", "code"),
    [
        ("colour == 1", "E0402"),
        ("a.depth == 1", "E0402"),
        ("a.b.output == 1", "E0402"),
        ("2 == 2", "E0402"),
        ("nowhere.output == 1x1", "E0208"),
        ("depth ~= 5 + 5", "E0403"),
        ("output ~= 10", "E0221"),
        ("output < 10", "E0221"),
        ("output == half", "E0221"),
        ("depth == half", "E0221"),
        ("depth == 7x7", "E0221"),
        ("depth == true", "E0221"),
        ("depth == missing", "E0208"),
    ],
)
def test_what_cannot_be_expected(expectation: str, code: str) -> None:
    assert outcome(expectation) == [code]


def test_a_failure_shows_both_values_at_its_place() -> None:
    (found,) = pipeline.load_text(NETWORK.format(expectation="a.output == 16x16x8", size="32x32x3")).check()
    assert found.place is not None
    assert found.place.span.text == "expect a.output == 16x16x8"
    assert "32x32x8" in found.message
    assert "16x16x8" in found.message


def test_each_failed_expectation_is_reported() -> None:
    assert outcome("depth == 1 expect blocks == 1 expect params > 0 expect output == 5") == ["E0401"] * 3


def test_open_lengths() -> None:
    assert outcome("b.output == ?x?x16", "?x?x3") == []
    assert outcome("b.output == 16x16x16", "?x?x3") == ["E0401"]
    assert outcome("params == 0", "?x?x3") == ["E0401"]
    assert outcome("macs > 0", "?x?x3") == ["E0401"]
    assert "unknown" in reasons(NETWORK.format(expectation="macs > 0", size="?x?x3"))


def test_they_hold_for_the_network_as_written_not_under_other_parameters() -> None:
    text = "network n(w = 4) { input 8x8x3 stage s { conv(w, 1) } expect params == 12 }"
    assert refused(text) == []
    assert refused(text, w=5) == []
    assert compiled(text, size=(8, 8, 5)).facts.count.params == 20


@pytest.mark.parametrize(
    "parts",
    [
        "stem { } stage s { conv(8, 3) } expect stem.output == 8x8x3",
        "stage s { mid = conv(8, 3) relu } expect mid.output == 8x8x8",
        "stage s { conv(8, 3) } stage t { } expect t.output == 8x8x8",
        "stage s { a = conv(8, 3) } stage t { input -> relu } expect s.output == 8x8x8",
    ],
)
def test_nothing_can_be_expected_of_a_value_or_of_a_part_without_steps(parts: str) -> None:
    assert refused(f"network n {{ input 8x8x3 {parts} }}") == ["E0208"]
