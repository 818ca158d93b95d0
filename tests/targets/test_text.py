"""The stages as text: nothing is left out, nothing can be taken for something else, nothing steers a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from resnet_dsl import pipeline
from resnet_dsl.ir.graph import Graph
from resnet_dsl.pipeline import Compiled
from resnet_dsl.syntax import tree
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.text import calls_text, graph_text, tree_text
from tests.elaborate.compiling import blocked, staged

ALL_OF_THE_GRAMMAR = """let n = [1, 2 + 3 * n // 4, -n, not true or n == 2 and false, "a", ?x3, n x 4]
slot act = relu -> norm
block b(width, of = 2) { a[1] = in -> 2 x conv(width, k = 3) as "here" skip always from a via b by mul let m = 1
  repeat 3 as i { stem } if a.channels > 2 { b } else if m { b } else { b } use act = relu default conv(bias = true)
  skips off skips always via pad }
network d from b(3) { input 8x8x3 stem { b } stage s(stride = 2) { b } head { b } expect params == 3 }
"""


def test_every_node_and_word_of_a_tree_is_in_its_text() -> None:
    """A line for each node, and each token that the tree keeps, once."""
    file, nodes, tokens = pipeline.load_text(ALL_OF_THE_GRAMMAR).module.file, 0, []
    pending: list[tree.SyntaxNode | tree.Token] = [file]
    while pending:
        one = pending.pop()
        if isinstance(one, tree.Token):
            tokens.append(one.text)
        else:
            nodes += 1
            pending += [child for _, child in one.children()]
    lines = tree_text(file).splitlines()
    words = [word for one in lines for word in re.findall(r" \w+=(.*?)(?= \w+=|$)", one)]
    alone = [one.split()[1] for one in lines if not re.search(r" \d+:\d+", one)]
    assert len(lines) == nodes + len(alone)
    assert sorted([*words, *alone]) == sorted(tokens)
    assert nodes > 100


def test_trees_that_differ_have_other_texts() -> None:
    texts = ("{ conv(4) }", "{ conv(-4) }", "{ conv(k = 4) }", "{ conv(4) -> conv(4) }", "{ conv(4) conv(4) }")
    shown = {tree_text(pipeline.load_text(f"block b {text}").module.file) for text in texts}
    assert len(shown) == len(texts)


def ops(network: Compiled) -> str:
    return graph_text(network.graph, network.shapes)


def test_a_line_of_a_graph_has_the_node_with_all_its_arguments() -> None:
    text = ops(staged("conv(6, 3x1, bias = true)", size="8x?x4"))
    assert text.splitlines()[-2] == (
        "s_conv = conv(input, channels=6, kernel=[3, 1], stride=[1, 1], dilation=[1, 1], groups=1, bias=true, "
        'pad=[[1, 1], [0, 0]], init="he_normal", standardize="none", epsilon=1e-06, gamma=1.0): 8x?x6 in /s'
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda g: replace(g, nodes=(*g.nodes[:2], replace(g.nodes[2], inputs=(0,)), *g.nodes[3:])),
        lambda g: replace(g, nodes=(*g.nodes[:2], replace(g.nodes[2], scope=0), *g.nodes[3:])),
        lambda g: replace(g, nodes=(*g.nodes[:2], replace(g.nodes[2], op="elu"), *g.nodes[3:])),
        lambda g: replace(g, nodes=(*g.nodes[:2], replace(g.nodes[2], args={"slope": 2}), *g.nodes[3:])),
        lambda g: replace(g, nodes=(*g.nodes[:-1], replace(g.nodes[-1], skip="adapted"))),
        lambda g: replace(g, scopes=(*g.scopes[:-1], replace(g.scopes[-1], entry=1))),
        lambda g: replace(g, scopes=(*g.scopes[:-1], replace(g.scopes[-1], exit=1))),
        lambda g: replace(g, scopes=(*g.scopes[:-1], replace(g.scopes[-1], counts=False))),
        lambda g: replace(g, scopes=(*g.scopes[:-1], replace(g.scopes[-1], args={"k": 1}))),
        lambda g: replace(g, scopes=(*g.scopes[:-1], replace(g.scopes[-1], kind="skip"))),
        lambda g: replace(g, outputs=(replace(g.outputs[0], node=1),)),
        lambda g: replace(g, name="other"),
    ],
)  # fmt: skip
def test_graphs_that_differ_have_other_texts(change) -> None:  # type: ignore[no-untyped-def]
    network = blocked("conv(4, 3) act skip")
    changed: Graph = change(network.graph)
    assert graph_text(changed, network.shapes) != graph_text(network.graph, network.shapes)


def test_two_skips_of_one_stage_are_told_apart() -> None:
    text = ops(staged("a = conv(6, 3) conv(8, 3) skip from a conv(9, 3) skip from a"))
    assert re.findall(r"^scope (\S*skip\S*):", text, re.MULTILINE) == [
        "/s/skip", "/s/skip/project", "/s/skip_2", "/s/skip_2/project",
    ]  # fmt: skip
    assert " in /s/skip_2/project\n" in text


def test_what_could_steer_a_terminal_is_spelt_out() -> None:
    network = staged("conv(4, 3)")
    hostile = replace(network.graph, name="n\x1b[2Jn\nreturn x")
    lines = graph_text(hostile, network.shapes).splitlines()
    assert lines[0] == "graph n\\u001b[2Jn\\u000areturn x"
    assert len(lines) == len(ops(network).splitlines())


def test_calls_name_their_node_the_weights_that_are_kept_and_initialisers() -> None:
    network = staged("conv(6, 3, stride = 2, init = truncated_normal) frn")
    calls = lower(network.graph, network.shapes)
    text = calls_text(calls)
    assert "s_conv_pad = ZeroPadding2D(input, padding=[[1, 1], [1, 1]]" in text
    assert ": 10x10x4 for s_conv\n" in text
    assert "kernel_initializer=TruncatedNormal(random, stddev=0.02)" in text
    assert " for s_frn, its kernel is gamma, its bias is beta\n" in text
    assert len(text.splitlines()) == len(calls.calls) + 2


def test_open_lengths_are_no_numbers() -> None:
    network = staged("conv(6, 3, stride = 2)", size="?x8x4")
    assert "input = Input(size=[null, 8, 4]): ?x8x4\n" in calls_text(lower(network.graph, network.shapes))
