"""What stages give and what tops take: against timm and keras.applications, and beside the interpreter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.passes.cutting import cut
from tests.elaborate.compiling import compiled
from tests.interpreter.interpret import interpret
from tests.interpreter.networks import network
from tests.ir.soundness import assert_sound

BASE = "input 32x32x3 stem { conv(4, 3) } stage a { conv(8, 3, stride = 2) } stage b { conv(16, 3, stride = 2) }"


def written(members: str) -> resnet_dsl.Network:
    return resnet_dsl.load(f"network n {{ {members} }}").network()


def shipped(name: str) -> resnet_dsl.Network:
    return resnet_dsl.load(name).networks[name]


def returned(found: resnet_dsl.Network) -> dict[str, tuple[str, Any]]:
    """What it returns by name: the node and its shape. It is a graph, with an origin for each node."""
    graph, shapes = found.graph, found.compiled.shapes
    assert_sound(graph, shapes)
    assert len(found.compiled.origins) == len(graph.nodes)
    return {output.name: (graph.nodes[output.node].name, shapes[output.node]) for output in graph.outputs}


# Features

TIMM = {
    # timm's `feature_info`: num_chs and reduction of its stages (levels 2 to 5 of DLA), as its models' constructors
    # write them. Most have an entry for the stem before its pooling, too, which is no stage here.
    "resnet18": ([64, 128, 256, 512], [4, 8, 16, 32]),
    "resnet50": ([256, 512, 1024, 2048], [4, 8, 16, 32]),
    "resnet50_os8": ([256, 512, 1024, 2048], [4, 8, 8, 8]),  # output_stride=8
    "resnet50_os16": ([256, 512, 1024, 2048], [4, 8, 16, 16]),  # output_stride=16
    "resnetv2_50x1_bit": ([256, 512, 1024, 2048], [4, 8, 16, 32]),
    "seresnet50": ([256, 512, 1024, 2048], [4, 8, 16, 32]),
    "convnext_tiny": ([96, 192, 384, 768], [4, 8, 16, 32]),
    "densenet121": ([256, 512, 1024, 1024], [4, 8, 16, 32]),
    "dla34": ([64, 128, 256, 512], [4, 8, 16, 32]),
    "regnety_032": ([72, 216, 576, 1512], [4, 8, 16, 32]),
    "botnet26t_256": ([256, 512, 1024, 2048], [4, 8, 16, 32]),
}


@pytest.mark.parametrize("name", TIMM)
def test_features_are_timm_s(name: str) -> None:
    found = shipped(name).features
    assert ([one.channels for one in found], [one.stride for one in found]) == TIMM[name]


def test_a_feature_has_a_name_and_a_shape() -> None:
    found = shipped("resnet50").features[1]
    assert (found.name, found.channels, found.stride, found.shape) == ("conv3", 512, 8, (28, 28, 512))


@pytest.mark.parametrize(
    ("stage", "stride"),
    [
        ("conv(4, 3, stride = 2x1)", 2),
        ("conv(4, 3, stride = 3) upsample(2)", 1.5),
        ("upsample(2)", 0.5),
        ("conv(12, 3, stride = 2) attention(2, 2) maxpool(2)", 4),
        ("v = conv(4, 3, stride = 2) g = v -> avgpool(global, keepdims = true) mul(v, g)", 2),
        ("v = conv(4, 3, stride = 2) g = v -> avgpool(global, keepdims = true) mul(g, v)", 2),
        ("avgpool(global)", None),
        ("avgpool(global, keepdims = true)", None),
        ("flatten dense(3)", None),
    ],
)
def test_strides(stage: str, stride: float | None) -> None:
    assert [one.stride for one in written(f"input 24x24x3 stage a {{ {stage} }}").features] == [stride]


def test_lengths_may_be_open() -> None:
    found = written(BASE.replace("32x32", "?x?") + "head { avgpool(global) }").features
    assert [(one.name, one.stride) for one in found] == [("a", 2), ("b", 4)]


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (True, {"a": "a_conv", "b": "b_conv"}),
        ("all", {"a": "a_conv", "b": "b_conv"}),
        ("a", {"a": "a_conv"}),
        (["b", "a"], {"b": "b_conv", "a": "a_conv"}),
        (("stem", "b"), {"stem": "stem_conv", "b": "b_conv"}),
        (["a", "head"], {"a": "a_conv", "head": "head_dense"}),
    ],
)
def test_what_stages_give_is_returned_in_the_order_that_was_asked_for(features: Any, expected: dict[str, str]) -> None:
    found = returned(written(BASE + "head { avgpool(global) dense(3) }").backbone(features))
    assert list(found) == list(expected)
    assert {name: node for name, (node, _) in found.items()} == expected


def test_what_no_feature_needs_is_left_out() -> None:
    found = shipped("resnet50").backbone(["conv3"])
    assert found.params == sum(part.params for part in shipped("resnet50").compiled.facts.stages[:3])
    assert {part.name for part in found.compiled.facts.stages} == {"stem", "conv2", "conv3"}
    assert [feature.name for feature in found.features] == ["conv2", "conv3"]


def test_a_stage_may_be_called_all() -> None:
    found = returned(written("input 8x8x3 stage all { conv(2, 3) } stage b { conv(4, 3) }").backbone(True))
    assert list(found) == ["all"]


def test_an_input_that_no_feature_needs_is_left_out() -> None:
    found = written(
        "input left 8x8x3 input right 8x8x2 stage a { conv(4, 3) } stage b { right -> conv(4, 3) }"
        " head { add(a, b) avgpool(global) }"
    )
    for stage, needed in (("a", "left"), ("b", "right")):
        part = found.backbone([stage])
        assert returned(part) == {stage: (f"{stage}_conv", (8, 8, 4))}
        assert list(part.input_shapes) == [needed]
        assert part.graph.scopes[-1].entry == 0


def test_a_network_of_several_outputs_has_features_too() -> None:
    text = BASE + "head { avgpool(global) dense(3) } head aux { a -> avgpool(global) dense(2) }"
    found = written(text)
    assert list(returned(found.backbone(["b", "a"]))) == ["b", "a"]
    assert list(returned(found.backbone(["aux"]))) == ["aux"]


# Tops


@pytest.mark.parametrize(
    ("head", "below", "avg"),
    [
        ("avgpool(global) dense(3) softmax", "b_conv", "head_avgpool"),
        ("norm act avgpool(global) dense(3) softmax", "head_relu", "head_avgpool"),
        ("conv(5, 1) act avgpool(global) dense(3)", "head_relu", "head_avgpool"),
        ("conv(3, 1) avgpool(global) softmax", "b_conv", "head_avgpool_"),
        ("conv(3, 1) softmax", "b_conv", "head_avgpool"),
        ("flatten dense(9) relu dense(3)", "b_conv", "head_avgpool"),
        ("maxpool(global) dense(3)", "b_conv", "head_avgpool"),
        ("maxpool(global) batchnorm dense(3)", "b_conv", "head_batchnorm"),
        ("avgpool(global) batchnorm dropout(0.1) dense(3)", "b_conv", "head_batchnorm"),
        ("avgpool(global, keepdims = true) conv(7, 1) act flatten dense(3)", "b_conv", "head_avgpool_"),
        ("avgpool(global, keepdims = true) flatten dense(3)", "b_conv", "head_flatten"),
        ("avgpool(2) act avgpool(global) dense(3)", "head_relu", "head_avgpool2"),
        ("p = avgpool(global) q = b -> maxpool(global) concat(p, q) dense(3)", "b_conv", "head_avgpool"),
        ("g = avgpool(global, keepdims = true) mul(b, g) avgpool(global) dense(3)", "head_mul", "head_avgpool2"),
        ("norm act", "head_relu", "head_avgpool"),
        ("conv(5, 1) norm act", "head_relu", "head_avgpool"),
        ("bottleneck(4) avgpool(global)", "head_bottleneck_relu3", "head_avgpool"),
        ("basic(16) avgpool(global) dense(3) relu", "head_basic_relu2", "head_avgpool"),
        ("conv(3, 1) relu avgpool(global) softmax", "b_conv", "head_avgpool_"),
        ("conv(3, 1) norm avgpool(global) sigmoid", "b_conv", "head_avgpool_"),
        ("conv(1, 1) sigmoid", "b_conv", "head_avgpool"),
        ("conv(3, 1) upsample(4)", "b_conv", "head_avgpool"),
        ("p = avgpool(global) g = p -> dense(16) -> sigmoid mul(p, g) dense(3)", "b_conv", "head_avgpool"),
        ("conv(48, 1) attention(2, 4) act avgpool(global) dense(3)", "head_relu", "head_avgpool"),
        ("maxpool(global, keepdims = true) flatten dense(3)", "b_conv", "head_flatten"),
    ],
)
def test_where_the_top_begins(head: str, below: str, avg: str) -> None:
    found = written(f"{BASE} head {{ {head} }}")
    ((name, (node, shape)),) = returned(found.backbone()).items()
    assert (node, name) == (below, below.partition("_")[0])
    ((name, pooled),) = returned(found.backbone(pooling="avg")).items()
    assert (name, pooled) == ("head", (avg, shape[-1:]))


def test_the_other_pooling_stands_where_the_head_s_own_did() -> None:
    found = written(f"{BASE} head {{ avgpool(global) batchnorm dense(3) }}").backbone(pooling="max")
    assert returned(found) == {"head": ("head_batchnorm", (16,))}
    assert [node.op for node in found.graph.nodes[-2:]] == ["maxpool", "batchnorm"]


def test_a_pooling_of_its_own_is_the_language_s() -> None:
    """The same arguments as a pooling that is written."""
    expected = written(f"{BASE} head {{ maxpool(global) }}").graph
    found = written(f"{BASE} head {{ flatten dense(3) }}").backbone(pooling="max").graph
    assert replace(found, doc=expected.doc).nodes == expected.nodes


def test_only_what_reads_the_map_is_its_pooling() -> None:
    """The map is an output itself, and the last node pools something else."""
    found = written(BASE + "head one { norm act } head two { one -> maxpool(global, keepdims = true) maxpool(global) }")
    assert returned(found.backbone()) == {"one": ("one_relu", (8, 8, 16))}
    assert returned(found.backbone(pooling="max")) == {"one": ("one_maxpool", (16,))}


def test_heads_that_take_one_value_are_one_top() -> None:
    found = written(BASE + "head one { avgpool(global) dense(3) } head two { flatten dense(2) }")
    assert returned(found.backbone()) == {"b": ("b_conv", (8, 8, 16))}


KERAS = {
    # keras.applications 3.15, `include_top=False` at the sizes of the specs: the last layer and its shape.
    "keras_resnet50": ("conv5_block3_out", (7, 7, 2048)),
    "keras_resnet50v2": ("post_relu", (7, 7, 2048)),
    "keras_densenet121": ("head_relu", (7, 7, 1024)),  # there `relu`, behind `bn`
    "convnext_tiny": ("conv4_block4_add", (7, 7, 768)),  # there followed by a norm of its own, which timm has not
}


@pytest.mark.parametrize("name", KERAS)
def test_tops_are_those_of_keras_applications(name: str) -> None:
    assert [*returned(shipped(name).backbone()).values()] == [KERAS[name]]


# Errors


@pytest.mark.parametrize(
    ("members", "asked", "message", "remedy"),
    [
        (BASE, {"features": ["c"]}, "`n` has no stage `c`", "there are stem, a, b"),
        (BASE.replace("stage a", "stage conv3"), {"features": ["conv4"]}, "no stage `conv4`", "did you mean `conv3`?"),
        (BASE, {"features": ["a", "a"]}, "names `a` twice", "once"),
        (BASE, {"features": ["a"] * 1001}, "names 1,001 stages, and 1,000 are the most", ""),
        (BASE, {"features": []}, "names no stage", "there are stem, a, b"),
        (BASE, {"features": [1, 2]}, "names of stages in order, or True", ""),
        (BASE, {"features": 4}, "names of stages in order, or True", ""),
        (BASE, {"features": {"a", "b"}}, "names of stages in order, or True", ""),
        (BASE, {"pooling": ["avg"]}, "`pooling` is 'avg' or 'max', not ['avg']", ""),
        ("input 8x8x3 head { conv(2, 3) }", {"features": True}, "`n` has no stages", "there are head"),
        (BASE, {}, "`n` has no head", ""),
        (BASE + "head { flatten }", {"pooling": "mean"}, "`pooling` is 'avg' or 'max', not 'mean'", ""),
        (BASE + "head { flatten }", {"pooling": "avg", "features": ["a"]}, "of the map that the top takes", "no `feat"),
        ("input 8x8x3 head { flatten dense(3) }", {}, "nothing but its top", ""),
        ("input v 8 stage a { dense(4) } head { dense(3) }", {"pooling": "avg"}, "nothing to pool", "leave the pool"),
        (BASE + "head { flatten } head y { a -> flatten }", {}, "takes several values: a_conv, b_conv", "`features`"),
        (BASE + "head { flatten } output a, head", {}, "takes several values: a_conv, b_conv", "`features`"),
        (
            BASE + "head { p = a -> avgpool(global) q = b -> avgpool(global) concat(p, q) dense(3) }",
            {},
            "takes several values: a_conv, b_conv",
            "`features`",
        ),
        (
            BASE
            + "head { p = conv(4, 1) -> act -> avgpool(global) "
            + "q = b -> conv(4, 3) -> act -> avgpool(global) mul(p, q) }",
            {},
            "takes several values: b_conv, head_relu1",
            "`features`",
        ),
        (
            "input left 8x8x3 input right 5 stage a { conv(5, 3) } head { p = avgpool(global) mul(p, right) dense(3) }",
            {},
            "takes several values: right, a_conv",
            "`features`",
        ),
    ],
)
def test_what_is_not_there_is_refused(members: str, asked: dict[str, Any], message: str, remedy: str) -> None:
    with pytest.raises(Failure) as refused:
        written(members).backbone(**asked)
    assert message in str(refused.value)
    assert remedy in (refused.value.remedy or "")


# Cutting


def weights_by_chance(graph: Graph, shapes: Any, random: np.random.Generator) -> dict[str, dict[str, Any]]:
    from resnet_dsl.ir.operations import OPERATIONS

    return {
        node.name: {
            one.name: random.uniform(0.5, 1.5, one.shape)
            for one in OPERATIONS[node.op].weights(node.args, tuple(shapes[i] for i in node.inputs))
        }
        for node in graph.nodes
    }


@pytest.mark.parametrize("seed", range(30))
def test_a_part_computes_what_the_whole_does_there(seed: int) -> None:
    """Networks by chance, cut at any nodes; by the interpreter, under the whole's weights."""
    random = np.random.default_rng(seed)
    graph, shapes = network(random, 2).graph()
    weights = weights_by_chance(graph, shapes, random)
    batch = random.normal(size=(2, *(8 if not isinstance(one, int) else one for one in shapes[0])))
    chosen = {f"o{index}": int(node) for index, node in enumerate(random.choice(len(graph.nodes), 2, replace=False))}
    part = cut(graph, shapes, chosen)
    assert_sound(part.graph, part.shapes)
    assert [graph.nodes[old].name for old in part.kept] == [node.name for node in part.graph.nodes]
    whole, here = interpret(graph, weights, batch), interpret(part.graph, weights, batch)
    for output in part.graph.outputs:
        np.testing.assert_array_equal(here[output.node], whole[chosen[output.name]])


SHARED = """input left 8x8x3 input right 8x8x3
  stage a { left -> conv(4, 3) -> norm } stage b { right -> conv(4, 3) -> norm } head { add(a, b) conv(2, 1) }"""


def test_a_layer_whose_first_call_is_left_out_keeps_its_name() -> None:
    """The right branch calls the layers of the left one: alone it has them, and takes their weights."""
    graph = compiled(f"network n {{ {SHARED} }}").graph
    names = [node.name for node in graph.nodes]
    nodes = [
        replace(node, shares=names.index(node.name.replace("b_", "a_"))) if node.name.startswith("b_") else node
        for node in graph.nodes
    ]
    shared = replace(graph, nodes=tuple(nodes))
    shapes = compiled(f"network n {{ {SHARED} }}").shapes
    assert_sound(shared, shapes)
    alone = cut(shared, shapes, {"b": names.index("b_batchnorm")})
    assert_sound(alone.graph, alone.shapes)
    assert [(node.name, node.shares) for node in alone.graph.nodes] == [
        ("right", None),
        ("a_conv", None),
        ("a_batchnorm", None),
    ]
    both = cut(shared, shapes, {"a": names.index("a_batchnorm"), "b": names.index("b_batchnorm")})
    assert_sound(both.graph, both.shapes)
    assert [node.shares for node in both.graph.nodes] == [None, None, None, None, 2, 3]


def test_a_part_whose_end_is_left_out_ends_with_what_is_left_of_it() -> None:
    """The stage's last value is a sum whose first term stands before the stage; only its second is asked for."""
    found = written(BASE.replace("conv(16, 3, stride = 2)", "y = conv(8, 3) add(a, y)") + "head { flatten }")
    names = [node.name for node in found.graph.nodes]
    part = cut(found.graph, found.compiled.shapes, {"y": names.index("b_conv")})
    assert_sound(part.graph, part.shapes)
    assert [part.graph.nodes[scope.exit].name for scope in part.graph.scopes if scope.name == "b"] == ["b_conv"]
