"""Depth: weighted layers on the main path, as papers count them."""

from __future__ import annotations

import pytest

from resnet_dsl import shipped
from tests.analyses.classic_networks import ALEXNET, MOBILENET, VGG16
from tests.elaborate.compiling import blocked, compiled, staged
from tests.specs.family import spec


@pytest.mark.parametrize(
    ("text", "depth"), [(ALEXNET, 8), (VGG16, 16), (MOBILENET, 28)], ids=["alexnet", "vgg", "mobilenet"]
)
def test_classic_networks(text: str, depth: int) -> None:
    """8 layers (Krizhevsky et al. 2012), 16 (Simonyan & Zisserman 2015), 28 (Howard et al. 2017, section 3.2)."""
    assert compiled(text).facts.depth == depth


@pytest.mark.parametrize(
    "name",
    ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "plain18", "plain34"]
    + [f"cifar_{kind}{depth}" for kind in ("resnet", "plain") for depth in (20, 32, 44, 56, 110)],
)
def test_a_networks_number_is_its_depth(name: str) -> None:
    path = shipped.find(name)
    assert path is not None
    assert spec(path).compile(name).facts.depth == int("".join(filter(str.isdigit, name)))


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("conv(4, 3) skip", 1),
        ("conv(8, 3) skip", 1),
        ("conv(8, 3) skip always", 1),
        ("relu skip always via conv(4, 1) -> conv(4, 1)", 0),
        ("conv(4, 3) -> norm -> act -> maxpool(2)", 1),
        ("conv(4, 3) a = conv(4, 3) c = in -> conv(4, 3) add(a, c)", 2),
        ("conv(4, 3) se(2)", 1),
        ("conv_transpose(4, 2) avgpool(global) dense(4)", 2),
    ],
)
def test_adapters_and_gates_do_not_count(body: str, depth: int) -> None:
    assert blocked(body).facts.depth == depth


def test_of_parallel_branches_the_longest_counts() -> None:
    assert staged("a = conv(4, 3) b = in -> 3 x conv(4, 3) concat(a, b)").facts.depth == 3
