"""The assembler of flat networks: every shipped network, taken apart and put together again, is the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.importing.flat import Assembler, NotImportedError


@pytest.mark.parametrize(
    "name", ["resnet18", "densenet121", "unet_resnet34", "siamese_omniglot", "botnet26t_256", "tcn_music"]
)
def test_nodes_and_shapes_are_those_of_the_compiler(name: str) -> None:
    compiled = resnet_dsl.load(name).networks[name].compiled
    graph, assembler = compiled.graph, Assembler(name)
    for node in graph.nodes:
        if node.op == "input":
            assembler.input(node.name, node.args["shape"])
        else:
            assembler.node(node.op, node.inputs, node.name, shares=node.shares, **node.args)
    flat = assembler.finish(graph.name, {output.name: output.node for output in graph.outputs})
    assert flat.network.shapes == compiled.shapes
    assert [flat.labels[node.name] for node in flat.graph.nodes] == [node.name for node in graph.nodes]
    bare = [replace(node, name="", scope=0, skip=None) for node in graph.nodes]
    assert [replace(node, name="") for node in flat.graph.nodes] == bare


def test_what_does_not_fit_is_refused_beside_its_name_with_the_part_before_it() -> None:
    assembler = Assembler("model.onnx")
    image = assembler.input("x", (8, 8, 3))
    first = assembler.node("conv", [image], "Conv_0", {"kernel": np.ones((3, 3, 3, 4))}, channels=4, kernel=3)
    with pytest.raises(
        NotImportedError, match=r"`model.onnx` cannot be imported: `Conv_1` does not fit as `conv`"
    ) as raised:
        assembler.node("conv", [first], "Conv_1", channels=4, kernel=3, groups=3)
    assert raised.value.part is not None
    assert [node.op for node in raised.value.part.graph.nodes] == ["input", "conv"]
    with pytest.raises(NotImportedError, match=r"`Conv_2` has a kernel of 3x3x4x4, and `conv` needs 1x1x4x4"):
        assembler.node("conv", [first], "Conv_2", {"kernel": np.ones((3, 3, 4, 4))}, channels=4, kernel=1)


def test_what_no_output_needs_is_left_out() -> None:
    assembler = Assembler("model.onnx")
    image = assembler.input("x", (8, 8, 3))
    assembler.node("relu", [image], "unread")
    flat = assembler.finish("net", {"y": assembler.node("tanh", [image], "Tanh_0")})
    assert [node.op for node in flat.graph.nodes] == ["input", "tanh"]


@pytest.mark.parametrize(("op", "arguments", "known"), [("maxpool", {"kernel": 2}, True), ("batchnorm", {}, False)])
def test_weights_are_missing_only_where_an_operation_has_some(op: str, arguments: dict[str, int], known: bool) -> None:
    assembler = Assembler("model.onnx")
    image = assembler.input("x", (8, 8, 3))
    flat = assembler.finish("net", {"y": assembler.node(op, [image], "a", **arguments)})
    assert flat.network.weights == ({} if known else None)
