"""Every network that ships, at every level, tall and wide: no overlap, no text cut off, no line through a box."""

import pytest

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.outline.scopes import blocks_of
from tests.targets.figure.overlaps import faults


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def measure(facts, level):
    for wide in (False, True):
        assert faults(figure(facts, level, wide).geometry) == [], (level, wide)


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_network_is_drawn_without_a_fault(name):
    facts = compiled(name)
    levels = ("stage", "block") if len(facts.graph.nodes) < 1200 else ("stage",)
    for level in levels:
        measure(facts, level)


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_network_is_drawn_without_a_fault_at_every_level(name):
    facts = compiled(name)
    for level in ("block", "layer"):
        measure(facts, level)
    for block in blocks_of(facts.graph)[:12]:
        assert faults(block_figure(facts, [block]).geometry) == [], block
