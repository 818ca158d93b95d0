"""Formulas of blocks are true: worked out as written, they give what the graph gives, whatever its layers do."""

import math
import re

import pytest
from hypothesis import HealthCheck, given, settings

import resnet_dsl
from resnet_dsl.targets.figure import block_figure
from resnet_dsl.targets.figure.outline.formula import formula_of
from resnet_dsl.targets.figure.outline.networks import gather_blocks
from resnet_dsl.targets.figure.outline.scopes import find_block, read_scopes
from tests.targets.figure.overlaps import faults
from tests.targets.figure.test_any_graph import STEPS, network

GAMMA, BETA = 0.7, 0.3


def _apply(index, op, values, args):
    """A layer is some function of its own; merges and numbers that scale do what they say."""
    first = values[0]
    rules = {
        "add": lambda: sum(values),
        "mul": lambda: math.prod(values),
        "sub": lambda: values[0] - values[1],
        "concat": lambda: _concat(*values),
        "scale": lambda: first * (GAMMA if args["learned"] else args["value"]),
        "shift": lambda: first + (BETA if args["learned"] else args["value"]),
        "channel_scale": lambda: first * GAMMA,
        "identity": lambda: first,
        "drop_path": lambda: first,
        "dropout": lambda: first,
    }
    return rules.get(op, lambda: math.tanh(first * (1 + index % 7) / 4 + index % 5 / 3))()


def _concat(*values):
    return sum((place + 1.5) * value for place, value in enumerate(values))


def _work_out(text, names):
    text = text.replace("−", "-").replace("·", "*").replace("γ", str(GAMMA)).replace("β", str(BETA))
    text = re.sub(r"W([xyzuvst])\b", r"W(\1)", text)
    text = text.replace("[", "_concat(").replace("]", ")")
    text = re.sub(r"(?<![\w])(\d[\d.e]*|)( )(?=[\w(])(?<=[\d] )", r"\1*", text)
    return eval(text, {"_concat": _concat, **names})


def check(graph, entries, inside):
    """Each merge as the graph gives it and as the formula does."""
    formula = formula_of(graph, read_scopes(graph), entries, inside)
    if formula is None:
        return None
    values = {entry: 0.4 + 0.3 * place for place, entry in enumerate(entries)}
    names = {formula.values[entry]: values[entry] for entry in entries}
    for index in sorted(inside):
        node = graph.nodes[index]
        values[index] = _apply(index, node.op, [values[other] for other in node.inputs], node.args)

    def function(nodes):
        def applied(value):
            for index in nodes:
                value = _apply(index, graph.nodes[index].op, [value], graph.nodes[index].args)
            return value

        return applied

    names |= {letter: function(nodes) for letter, nodes in formula.functions.items()}
    symbols = {index: text for index, text in formula.values.items() if text.isalpha()}
    names |= {symbol: values[index] for index, symbol in symbols.items()}
    for merge, text in formula.merges.items():
        assert _work_out(text.split(" = ")[-1], names) == pytest.approx(values[merge], abs=0.02), (merge, text)
    for letter, text in formula.applied.items():
        last = formula.functions[letter][-1]
        assert _work_out(text.split(" = ")[-1], names) == pytest.approx(values[last], abs=1e-9), (letter, text)
    return formula


BLOCKS = (
    *(
        ("resnet34", "basic"),
        ("seresnet50", "conv3_block1"),
        ("dm_nfnet_f0", "nf_block"),
        ("densenet121", "dense_layer"),
    ),
    *(("skresnet18", "selective_basic"), ("res2net50_26w_4s", "conv2_block2"), ("fixup_resnet50", "fixup_bottleneck")),
    *(("convnext_tiny", "conv2_block1"), ("cbam_resnet50", "conv2_block2"), ("dla34", "tree")),
)


def _inside(graph, name):
    scope = find_block(graph, name)
    within = {scope}
    within.update(n for n, one in enumerate(graph.scopes) if one.parent in within)
    inside = [n for n, node in enumerate(graph.nodes) if node.scope in within]
    read = {other for n in inside for other in graph.nodes[n].inputs} - set(inside)
    return sorted(read), inside


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_a_shipped_block_is_what_its_formula_says(name, block):
    graph = resnet_dsl.load(name).network(name).graph
    assert check(graph, *_inside(graph, block)) is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_graph_is_what_its_formula_says(steps):
    graph = network(steps).graph
    check(graph, [0], range(1, len(graph.nodes)))


def written(chain):
    text = f"block own(width) {{\n {chain}\n}}\nnetwork net {{ input 8x8x16  stage one {{ own(16) }} }}"
    return resnet_dsl.load(text).network("net")


CASES = {
    "conv(16, 3) -> scale(0.1)\n skip": "x + 0.1 F(x)",
    "conv(16, 3) -> scale(-1)\n skip": "x − F(x)",
    "conv(16, 3) -> scale(0.5, learned = true)\n skip": "x + γ F(x)",
    "conv(16, 3) -> channel_scale\n skip": "x + γ F(x)",
    "conv(16, 3) -> drop_path(0.2)\n skip": "F(x) + x",
    "conv(8, 3)\n skip by concat": "[F(x), x]",
    "gate = in -> conv(16, 1) -> sigmoid\n mul(in, gate)": "x · F(x)",
    "half = in -> scale(0.5)\n deep = in -> conv(16, 3)\n add(half, deep)": "F(x) + 0.5 x",
    "deep = in -> conv(16, 3)\n sub(in, deep)": "x − F(x)",
    "half = in -> scale(0.5)\n deep = in -> conv(16, 3)\n sub(deep, half)": "F(x) − 0.5 x",
    "deep = in -> conv(16, 3)\n both = add(in, deep)\n sub(in, both)": "x − (x + F(x))",
    "deep = in -> conv(16, 3)\n both = add(in, deep) -> scale(2)\n add(both, in)": "x + 2 (x + F(x))",
}


@pytest.mark.parametrize("chain", CASES)
def test_numbers_that_scale_and_every_kind_of_merge_are_written_out(chain):
    net = written(chain)
    formula = check(net.graph, *_inside(net.graph, "own"))
    assert [*formula.merges.values()][-1] == CASES[chain]
    for wide in (False, True):
        drawn = block_figure(net.compiled.facts, ["own"], wide=wide, formula=True)
        assert CASES[chain] in [text.words for text in drawn.geometry.texts]
        assert faults(drawn.geometry) == []


@pytest.mark.parametrize("chain", [chain for chain in CASES if "scale" in chain and "channel" not in chain])
@pytest.mark.parametrize("level", ["block", "layer"])
def test_numbers_that_scale_are_drawn_in_close_ups(chain, level):
    said = [
        item.lines[0]
        for item in gather_blocks([written(chain).compiled.facts], ["own"], level, (), False).columns[0].items
    ]
    assert [words for words in said if any(sign in words for sign in ("× 0.1", "× −1", "× γ", "× 0.5", "× 2"))]


def test_a_block_with_more_parts_than_letters_says_so():
    chain = "\n ".join(f"v{n} = in -> conv(16, {n % 3 * 2 + 1}) -> relu" for n in range(20))
    net = written(chain + "\n add(" + ", ".join(f"v{n}" for n in range(20)) + ")")
    shown = gather_blocks([net.compiled.facts], ["own"], None, (), True)
    assert shown.remarks == ("too many parts for a formula",)
