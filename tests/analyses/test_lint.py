"""Warnings: what compiles but is probably not meant."""

from __future__ import annotations

import pytest

from resnet_dsl import pipeline, shipped
from tests.elaborate.compiling import staged


def warned(body: str, size: str = "32x32x3", before: str = "") -> list[str]:
    text = f"{before}\nnetwork n {{ input {size} stage s {{ {body} }} }}"
    return [one.code for one in pipeline.load_text(text).check()]


@pytest.mark.parametrize(
    ("body", "size", "codes"),
    [
        ("conv(4, 3, stride = 2)", "32x32x3", []),
        ("conv(4, 3, stride = 2)", "33x33x3", ["W0302"]),
        ("conv(4, 3, stride = 2)", "33x3", ["W0302"]),
        ("conv(4, 3, stride = 2)", "?x?x3", []),
        ("conv(4, 3)", "33x33x3", []),
        ("conv(4, 3, stride = 1x2)", "33x32x3", []),
        ("conv(4, 3, stride = 2) conv(4, 3, stride = 2)", "35x35x3", ["W0302"]),
        ("5 x conv(4, 3, stride = 2)", "32x32x3", ["W0301"]),
        ("maxpool(4)", "4x4x3", ["W0301"]),
        ("conv(4, 4, pad = valid)", "4x4x3", ["W0301"]),
        ("avgpool(global)", "32x32x3", []),
        ("avgpool(global, keepdims = true)", "32x32x3", []),
        ("conv(4, 3)", "1x1x3", []),
    ],
)
def test_maps(body: str, size: str, codes: list[str]) -> None:
    assert warned(body, size) == codes


def test_a_map_may_collapse_in_the_head() -> None:
    text = "network n { input 4x4x3 stage s { conv(4, 3) } head { avgpool(4) flatten dense(3) } }"
    assert pipeline.load_text(text).check() == ()


def test_a_gate_is_no_collapse() -> None:
    assert warned("conv(16, 3) se(4)") == []


def test_a_block_whose_skip_is_never_used_is_no_surprise_under_skips_off() -> None:
    assert warned("b", before="block b { skips off conv(3, 3) skip }") == []


def test_a_skip_that_adds_a_value_to_itself() -> None:
    assert warned("b", before="block b { skip relu }") == ["W0303"]


def test_warnings_of_a_compiled_network_are_those_of_its_shapes() -> None:
    assert [one.code for one in staged("conv(4, 3, stride = 2)", size="33x33x3").warnings] == ["W0302"]


def test_warnings_are_no_errors() -> None:
    (found,) = staged("conv(4, 3, stride = 2)", size="33x33x3").warnings
    assert found.severity == "warning"


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20", "first_network", "ecg_network"])
def test_networks_that_ship_give_none_but_rounded_sizes(name: str) -> None:
    path = shipped.find(name)
    assert path is not None
    assert {one.code for one in pipeline.load(path).compile(name).warnings} <= {"W0302"}
