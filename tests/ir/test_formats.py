"""Graphs of the first format are read, and what format 2 holds goes to JSON and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.computed import computed
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Output
from resnet_dsl.ir.operation import UnfitError
from tests.elaborate.compiling import compiled

ONE = "network n { input 8x8x3 stage s { conv(4, 3) } head { avgpool(global) -> dense(2) } }"
TWO = """network n { input a 8x8x3 input b 8x8x3
head { left = a -> conv(4, 3) right = b -> conv(4, 3) add(left, right) } head z { a -> relu } }"""


def first_format(graph: Graph) -> dict[str, Any]:
    """As 0.1's first versions wrote it."""
    data = json.loads(graph.model_dump_json())
    (output,) = data.pop("outputs")
    for node in data["nodes"]:
        del node["shares"]
    return {**data, "format": 1, "output": output["node"]}


@pytest.mark.parametrize(("text", "name"), [(ONE, "head"), (ONE.split(" head", maxsplit=1)[0] + " }", "s")])
def test_the_first_format_is_read_and_its_output_gets_the_name_of_its_part(text: str, name: str) -> None:
    graph = compiled(text).graph
    read = Graph.model_validate_json(json.dumps(first_format(graph)))
    assert read == graph
    assert read.outputs == (Output(name=name, node=len(graph.nodes) - 1),)


def test_a_text_that_names_no_format_has_the_first() -> None:
    data = first_format(compiled(ONE).graph)
    del data["format"]
    assert Graph.model_validate_json(json.dumps(data)) == compiled(ONE).graph


@pytest.mark.parametrize("change", [{"format": 2}, {"output": None}, {"outputs": [{"name": "a", "node": 1}]}])
def test_formats_are_not_mixed(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="`output"):
        Graph.model_validate_json(json.dumps({**first_format(compiled(ONE).graph), **change}))


def test_a_graph_of_several_inputs_and_outputs_goes_to_json_and_back() -> None:
    network = compiled(TWO)
    read = Graph.model_validate_json(network.graph.model_dump_json())
    assert read == network.graph
    assert infer_shapes(read) == network.shapes


def test_a_shared_layer_goes_to_json_and_back_where_its_weights_fit() -> None:
    data = json.loads(compiled(TWO).graph.model_dump_json())
    (first, second) = (index for index, node in enumerate(data["nodes"]) if node["op"] == "conv")
    data["nodes"][second]["shares"] = first
    read = Graph.model_validate_json(json.dumps(data))
    assert read.nodes[second].shares == first
    infer_shapes(read)
    data["nodes"][1]["args"]["shape"] = [8, 8, 2]
    with pytest.raises(UnfitError, match="cannot share the weights of `head_conv1`"):
        infer_shapes(Graph.model_validate_json(json.dumps(data)))


def test_what_a_graph_computes_is_the_text_of_the_first_format_where_that_could_hold_it() -> None:
    graph = compiled(ONE).graph
    expected = first_format(graph)
    for scope in expected["scopes"]:
        del scope["counts"]
    assert json.dumps(json.loads(computed(graph))) == json.dumps(expected)
    assert json.loads(computed(compiled(TWO).graph))["format"] == 2
