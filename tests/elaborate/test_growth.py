"""Ten thousand residual blocks at Python's own recursion limit, and work that grows in proportion.

Work is counted in calls of functions, not in seconds: the same on every machine and every run.
"""

from __future__ import annotations

import cProfile
import sys

import pytest

from resnet_dsl import pipeline
from resnet_dsl.targets.summary import as_data, write
from tests.elaborate.compiling import compiled

TEXT = """network deep {{ input 32x32x3
  stem {{ conv(16, 3) -> norm -> act }} stage a {{ {count} x basic(16) }}
  head {{ avgpool(global) -> dense(10) -> softmax }} expect blocks == {count} }}"""


def calls(count: int) -> int:
    """Calls of Python and C functions while a network of so many blocks is checked and summarised."""
    text = TEXT.format(count=count)
    profile = cProfile.Profile()
    profile.enable()
    write(pipeline.load_text(text).compile().facts, "stage", "json")
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def test_work_grows_linearly() -> None:
    calls(1)  # what is worked out once in a process
    small, middle, large = calls(100), calls(300), calls(1_000)
    assert (large - middle) / 700 == pytest.approx((middle - small) / 200, rel=0.05)


@pytest.mark.slow
def test_work_grows_linearly_up_to_10_000_blocks() -> None:
    calls(1)
    small, middle, large = calls(100), calls(1_000), calls(10_000)
    assert (large - middle) / 9_000 == pytest.approx((middle - small) / 900, rel=0.05)


def test_ten_thousand_blocks_touch_no_recursion_limit() -> None:
    before = sys.getrecursionlimit()
    network = compiled(TEXT.format(count=10_000))
    summary = as_data(network.facts)
    assert sys.getrecursionlimit() == before
    assert (summary["depth"], summary["blocks"]) == (20_002, 10_000)
    assert summary["params"] == 3 * 9 * 16 + 32 + 20_000 * (9 * 256 + 32) + 170


@pytest.mark.parametrize(
    "stages",
    [
        "stage a { repeat 3000 { conv(4, 1) -> act } }",
        "stage a { x0 = conv(4, 1) repeat 1000 as i { b[i] = x0 -> conv(4, 1) } concat(b) }",
        "stage a { repeat 30 { repeat 100 { basic(4) } } }",
        " ".join(f"stage s{i} {{ conv(4, 1) skip always from in via conv(4, 1) }}" for i in range(1000)),
        " ".join(f"stage s{i} {{ if {i} % 2 == 0 {{ conv(4, 1) }} else {{ relu }} }}" for i in range(1000)),
    ],
    ids=["a chain", "a fan", "nested repeats", "stages", "conditions"],
)
def test_other_ways_to_be_large(stages: str) -> None:
    network = compiled(f"network n {{ input 4x4x4 {stages} }}")
    assert len(network.graph.nodes) >= 1000
    write(network.facts, "layer", "csv")
