"""What stages give to whatever is built on them: channels, and the stride of the axis where neighbours lie farthest."""

from __future__ import annotations

import pytest

from resnet_dsl.analyses.features import features
from tests.elaborate.compiling import compiled

Found = tuple[str, int, float | None]


def of_stages(*stages: str, size: str = "64x32x3") -> list[Found]:
    body = "".join(f"  stage s{number} {{ {steps} }}\n" for number, steps in enumerate(stages, 1))
    network = compiled(f"network n {{\n  input {size}\n{body}}}")
    return [(one.name, one.channels, one.stride) for one in features(network.graph, network.shapes)]


def test_strides_multiply_along_each_axis_and_the_largest_counts() -> None:
    """By hand, height and width: 2 and 1, 2 and 4, 4 and 4, 4 and 16."""
    steps = ("2x1", "1x4", "2x1", "1x4")
    found = of_stages(*(f"conv({4 * number}, 3, stride = {step})" for number, step in enumerate(steps, 1)))
    assert found == [("s1", 4, 2), ("s2", 8, 4), ("s3", 12, 4), ("s4", 16, 16)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_map_that_is_finer_on_one_axis_alone_has_the_stride_of_the_other(turned: bool) -> None:
    """2 and 4, then half as much, then a quarter of that: half a position and one."""
    first, second = ("2x1", "1x4") if not turned else ("1x2", "4x1")
    found = of_stages(
        f"conv(4, 3, stride = {first}) conv(8, 3, stride = {second})", "upsample(2)", "upsample(2)", "relu"
    )
    assert [stride for *_, stride in found] == [4, 2, 1, 1]


def test_below_the_input_a_stride_is_a_fraction() -> None:
    assert of_stages("upsample(2)", "conv(4, 3) upsample(2)") == [("s1", 3, 0.5), ("s2", 4, 0.25)]


@pytest.mark.parametrize(
    ("steps", "size", "stride"),
    [
        ("maxpool(3, stride = 2) conv(4, 7, stride = 2)", "64x64x3", 4),
        ("conv(4, 3, stride = 3)", "?x?x3", 3),
        ("conv(4, 3, stride = 1x2x3)", "8x8x9x1", 3),
        ("conv(4, 3, stride = 5)", "100x2", 5),
        ("conv(4, 3, stride = 2) avgpool(global)", "64x64x3", None),
        ("conv(4, 3, stride = 2) avgpool(global, keepdims = true)", "64x64x3", None),
        ("a = conv(4, 3, stride = 4x2) b = a -> avgpool(global, keepdims = true) -> sigmoid mul(a, b)", "64x64x3", 4),
    ],
)
def test_by_hand(steps: str, size: str, stride: float | None) -> None:
    """A gate has no positions of its own: what it is multiplied with tells the stride."""
    assert [found for *_, found in of_stages(steps, size=size)] == [stride]
