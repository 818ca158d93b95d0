"""Graphs that nobody thought of: whatever reads whatever, the figure is clean and every format comes out."""

import xml.etree.ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_dsl.targets.figure import figure, write_page
from resnet_dsl.targets.table import tabulate, write
from tests.targets.figure.drawn_networks import Hand
from tests.targets.figure.overlaps import faults

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["conv", "relu", "batchnorm", "add", "concat", "mul", "sub", "open", "close", "stage"]),
        st.lists(st.integers(0, 50), min_size=2, max_size=4),
    ),
    max_size=25,
)


def network(steps):
    """A network of equal shapes whose merges read values from anywhere before them, but not out of a block's inside."""
    hand = Hand("any", (8, 8, 4))
    hand.open("stage", "stage0")
    for number, (op, picks) in enumerate(steps):
        fitting = [index for index, shape in enumerate(hand.shapes) if shape == (8, 8, 4) and _is_seen(hand, index)]
        earlier = [fitting[pick % len(fitting)] for pick in picks]
        if op == "open":
            hand.open("block", f"block{number}", f"own{number}")
        elif op == "close" and len(hand.stack) > 2:
            _close_block(hand)
        elif op == "stage" and len(hand.stack) == 2:
            hand.close()
            hand.open("stage", f"stage{number}")
        elif op in {"add", "mul"}:
            hand.add(op, *earlier, skip=(None, "identity", "adapted")[picks[0] % 3] if op == "add" else None)
        elif op == "sub":
            hand.add(op, *earlier[:2])
        elif op == "concat":
            hand.add(op, *earlier)
            hand.add("conv", channels=4, kernel=1)
        elif op in {"conv", "relu", "batchnorm"}:
            hand.now = earlier[0] if picks[0] > 45 else hand.now
            hand.add(op, **({"channels": 4, "kernel": 3} if op == "conv" else {}))
    while len(hand.stack) > 2:
        _close_block(hand)
    _gather(hand, _unread(hand))
    hand.close()
    return hand.facts()


def _is_seen(hand, index):
    """Whether a value can be named here: a block shows its result alone."""
    scope = hand.nodes[index].scope
    exits = {one.get("exit") for one in hand.scopes if one["kind"] == "block"}
    while hand.scopes[scope]["kind"] == "block" and scope not in hand.stack:
        if index != hand.scopes[scope].get("exit") or index not in exits:
            return False
        scope = hand.scopes[scope]["parent"]
    return True


def _close_block(hand):
    _gather(hand, [index for index in _unread(hand) if hand.nodes[index].scope == hand.stack[-1] or index == hand.now])
    hand.close()


def _unread(hand):
    read = {other for node in hand.nodes for other in node.inputs}
    return [index for index in range(len(hand.nodes)) if index not in read]


def _gather(hand, values):
    """The compiler leaves out what nothing reads."""
    if len(values) > 1:
        hand.add("add", *values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_every_level_of_any_network_is_clean(steps):
    facts = network(steps)
    for level, wide in (("stage", True), ("block", False), ("block", True), ("layer", False)):
        assert faults(figure(facts, level, wide).geometry) == [], (level, wide)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.text(max_size=60))
def test_every_format_of_any_network_comes_out(steps, title):
    facts = network(steps)
    drawn = figure(facts, "block", titles=[title])
    ET.fromstring(drawn.svg().encode())
    assert drawn.tex().endswith("\\end{tikzpicture}\n")
    assert "</html>" in write_page([facts])
    assert ET.fromstring(write(tabulate([facts], [title]), "html")).tag == "table"
