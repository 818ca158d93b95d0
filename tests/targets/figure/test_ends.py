"""Networks of several inputs and outputs: every one of them is drawn once, by its name, where its value is."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.nodes import Output
from resnet_dsl.ir.notation import times
from resnet_dsl.targets.figure import figure
from resnet_dsl.targets.figure.formats.page.tree import network_data
from resnet_dsl.targets.figure.outline.networks import gather_networks
from tests.targets.figure.audit import audit
from tests.targets.figure.ended_networks import ENDED, written
from tests.targets.figure.overlaps import faults
from tests.targets.figure.test_any_graph import STEPS, network

LEVELS = ("stage", "block", "layer")
ALL = pytest.mark.parametrize("name", ENDED)
LEVEL = pytest.mark.parametrize("level", LEVELS)


def compiled(name):
    return resnet_dsl.load(written(name)).network(name).compiled.facts


def column(facts, level, wide=False):
    return gather_networks([facts], [facts.graph.name], level, (), wide).columns[0]


def shape(facts, node):
    found = facts.shapes[node]
    return times(found) if len(found) > 1 else f"{found[0]}-d"


@ALL
def test_the_figures_are_the_network(name):
    facts = compiled(name)
    assert [
        fault for level in LEVELS for fault in audit(facts, column(facts, level), level) if "blocks" not in fault
    ] == []


@ALL
@LEVEL
@pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
def test_the_figures_are_clean(name, level, wide):
    assert faults(figure(compiled(name), level, wide, show=("params",)).geometry) == []


@ALL
@LEVEL
def test_every_output_is_an_end_of_its_name_behind_the_row_that_makes_it(name, level):
    facts = compiled(name)
    drawn = column(facts, level)
    rows = {link.target: link.source for link in drawn.links}
    going = {link.source for link in drawn.links}
    found = [(item.lines, drawn.items[rows[n]].nodes) for n, item in enumerate(drawn.items) if n not in going]
    if len(facts.graph.outputs) == 1:
        assert [nodes[-1] for _, nodes in [(None, drawn.items[-1].nodes)]] == [facts.graph.outputs[0].node]
        return
    assert [lines for lines, _ in found] == [(one.name, shape(facts, one.node)) for one in facts.graph.outputs]
    for (_, nodes), output in zip(found, facts.graph.outputs, strict=True):
        assert output.node in nodes
        assert nodes[-1] == output.node or level == "stage"


@ALL
@LEVEL
def test_every_input_is_drawn_once_by_its_name(name, level):
    facts = compiled(name)
    inputs = facts.graph.inputs
    said = [item.lines[0] for item in column(facts, level).items if item.kind == "text" and item.nodes]
    assert said == [f"{facts.graph.nodes[n].name if inputs > 1 else 'input'} {shape(facts, n)}" for n in range(inputs)]


@ALL
@LEVEL
def test_inputs_and_outputs_have_a_box_each_in_every_format(name, level):
    facts = compiled(name)
    drawn = figure(facts, level)
    boxes = Counter(box.key for box in drawn.geometry.boxes)
    assert max(boxes.values()) == 1
    ends = facts.output_shapes if len(facts.output_shapes) > 1 else {}
    for end, text in [(end, text) for end in ends for text in (drawn.svg(), drawn.dot(), drawn.tex())]:
        assert end.replace("_", "\\_") in text or end in text
    assert all(f"{name}/output {end}" in boxes for end in ends)


@LEVEL
def test_a_second_head_stands_beside_what_goes_on(level):
    """It begins below the stage that it reads and above the end of the main path, and the brackets leave it out."""
    geometry = figure(compiled("auxiliary"), level).geometry
    place = {box.key: box for box in geometry.boxes}
    (aux,) = [path for path in geometry.paths if path.target.startswith("auxiliary/aux_") and "conv3" in path.source]
    head = place["auxiliary/output head"]
    assert place[aux.source].y < place[aux.target].y < head.y
    assert place[aux.target].x > head.x
    brackets = [text.words for text in geometry.texts if text.anchor == "end"]
    assert "head" in brackets
    assert "aux" not in brackets


@LEVEL
def test_an_input_that_comes_in_late_stands_beside_what_reads_it(level):
    geometry = figure(compiled("changed"), level).geometry
    place = {box.key: box.y for box in geometry.boxes}
    assert place["changed/before"] == place["changed/after"] < place["changed/facts"] - 60
    (way,) = [path.points for path in geometry.paths if path.source == "changed/facts"]
    (start, above), (end, below) = way
    assert start == end
    assert 0 < below - above < 60


def test_what_is_returned_before_an_activation_is_drawn_before_it():
    """The value that enters `relu` is returned, so that `relu` has a row of its own."""
    drawn = column(compiled("before_activations"), "block")
    items = [item.lines[0] for item in drawn.items]
    assert (items.count("relu"), items.count("batch norm")) == (1, 2)


def test_the_description_names_all_ends():
    said = column(compiled("changed"), "stage").summary
    ends = "from before 64×64×3, after 64×64×3, facts 8-d to head 2-d, where 32×32×1,"
    assert ends in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.lists(st.integers(0, 60), min_size=1, max_size=4))
def test_any_value_of_any_network_may_be_returned(steps, picks):
    facts = network(steps)
    nodes = [facts.graph.outputs[0].node, *(pick % len(facts.graph.nodes) for pick in picks)]
    outputs = tuple(Output(name=f"out{number}", node=node) for number, node in enumerate(nodes))
    several = Facts(replace(facts.graph, outputs=outputs), facts.shapes)
    for level in LEVELS:
        drawn = column(several, level)
        assert [item.lines[0] for item in drawn.items[-len(nodes) :]] == [output.name for output in outputs]
        assert faults(figure(several, level).geometry) == []
        found = [fault for fault in audit(several, drawn, level) if "outputs" in fault or "nodes" in fault]
        assert found == []


def parts_of(graph):
    """The part of each node as its scope below the network says; None for the inputs."""
    found = []
    for node in graph.nodes:
        scope = node.scope
        while graph.scopes[scope].parent:
            scope = graph.scopes[scope].parent
        found.append(None if node.op == "input" else scope)
    return found


@ALL
def test_a_page_says_what_flows_between_the_parts(name):
    """Arrows between neighbours, jumps over others, and the names of the inputs that jump."""
    graph = compiled(name).graph
    data = network_data(compiled(name), ())
    parts = parts_of(graph)
    order = [None, *dict.fromkeys(part for part in parts if part is not None)]
    there = {
        (order.index(parts[other]) - 1, order.index(parts[index]) - 1)
        for index, node in enumerate(graph.nodes)
        for other in node.inputs
        if parts[other] != parts[index]
    }
    drawn = {(number - 1, number) for number, part in enumerate(data["parts"]) if part["follows"]}
    jumps = {(source, target): words for source, target, _, words in data["jumps"]}
    assert drawn | jumps.keys() == there
    assert not drawn & jumps.keys()
    assert all(bool(words) == (source < 0 and graph.inputs > 1) for (source, _), words in jumps.items())


@ALL
def test_a_page_names_inputs_and_outputs(name):
    facts = compiled(name)
    data = network_data(facts, ())
    inputs = [f"{facts.graph.nodes[n].name} {shape(facts, n)}" for n in range(facts.graph.inputs)]
    assert data["input"] == (" · ".join(inputs) if len(inputs) > 1 else f"input {shape(facts, 0)}")
    several = facts.graph.outputs if len(facts.graph.outputs) > 1 else ()
    assert [words for _, words in data["outputs"]] == [f"{one.name} {shape(facts, one.node)}" for one in several]
    for (part, _), output in zip(data["outputs"], several, strict=True):
        assert output.node in (data["parts"][part]["nodes"] if part >= 0 else range(facts.graph.inputs))


def test_a_page_tells_the_receptive_field_on_each_input():
    facts = compiled("siamese")
    data = network_data(facts, ())
    seen = {name: words for name, _, _, _, _, words, _ in data["facts"]}
    assert (seen["head_tower_conv1"], seen["head_tower2_conv2"]) == ("left 3 × 3", "right 7 × 7")
    assert seen[facts.graph.nodes[-1].name] == "left the whole input, right the whole input"


def test_a_part_that_begins_twice_is_drawn_as_it_is_wired():
    """Neither path of the head reads the other, so that it is no chain."""
    text = """network net {
      input left 8x8x1
      input right 8x8x1
      head { a = left -> conv(2, 3)  b = right -> conv(2, 3) }
    }"""
    hand = resnet_dsl.load(text.replace("(2, 3) }", "(2, 3)  add(a, b) }")).network("net").compiled.facts
    graph = hand.graph
    nodes, last = graph.nodes[:-1], len(graph.nodes) - 2
    outputs = (Output(name="a", node=2), Output(name="b", node=3))
    scopes = tuple(replace(scope, exit=min(scope.exit, last)) for scope in graph.scopes)
    parted = Facts(replace(graph, nodes=nodes, scopes=scopes, outputs=outputs), hand.shapes[:-1])
    (part,) = network_data(parted, ())["parts"]
    assert "drawing" in part
