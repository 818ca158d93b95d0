"""The graph: to JSON and back, the same bytes each time, its schema, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from resnet_dsl import pipeline, shipped
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.serialization import schema
from resnet_dsl.targets.summary import as_data
from tests.elaborate.compiling import compiled

SHIPPED = [(file.path, name) for file in shipped.shipped_files() for name in file.networks]
LIGHT = [(path, name) for path, name in SHIPPED if "1202" not in name and "1001" not in name]

TEXT = """# One of everything that a graph holds.
network n(width = 8) { input ?x32x3 use drop = drop_path(0.2 * progress)
  stem { conv(width, 7x3, stride = 2) -> norm as "bn" -> act maxpool(3, stride = 2) }
  stage a { 2 x bottleneck(4) } stage b(stride = 2) { basic(2 * width) -> se(2) }
  stage c { upsample(2) skip from a by concat }
  head { avgpool(global) -> dense(10, bias = false) -> softmax } }"""


def graph() -> Graph:
    return compiled(TEXT.replace("stage c { upsample(2) skip from a by concat }", "")).graph


@pytest.mark.parametrize(("path", "name"), LIGHT, ids=[name for _, name in LIGHT])
def test_every_shipped_network_goes_to_json_and_back_equal(path: str, name: str) -> None:
    network = spec(path).compile(name)
    read = Graph.model_validate_json(network.graph.model_dump_json())
    assert read == network.graph
    assert infer_shapes(read) == network.shapes


SPECS: dict[str, pipeline.LoadedSpec] = {}


def spec(path: str) -> pipeline.LoadedSpec:
    if path not in SPECS:
        SPECS[path] = pipeline.load(path)
    return SPECS[path]


def test_a_graph_of_every_kind_goes_to_json_and_back_equal() -> None:
    before = graph()
    after = Graph.model_validate_json(before.model_dump_json(indent=1))
    assert after == before
    assert after.model_dump_json() == before.model_dump_json()


def test_a_graph_that_was_read_has_the_same_facts() -> None:
    network = spec({name: path for path, name in SHIPPED}["resnet50"]).compile("resnet50")
    read = Graph.model_validate_json(network.graph.model_dump_json())
    assert as_data(Facts(read, infer_shapes(read)), "layer") == as_data(network.facts, "layer")


def test_the_same_spec_gives_the_same_bytes_in_another_process() -> None:
    """Nothing depends on the order of a set or on an address: hashes are seeded otherwise there."""
    program = f"from resnet_dsl import pipeline; print(pipeline.load_text({TEXT!r}).compile().graph.model_dump_json())"
    program = program.replace("stage c { upsample(2) skip from a by concat }", "")
    found = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {graph().model_dump_json().encode() + b"\n"}


def test_the_schema_is_one_and_graphs_conform_to_it() -> None:
    found = schema(Graph)
    jsonschema.Draft202012Validator.check_schema(found)
    validator = jsonschema.Draft202012Validator(found)
    validator.validate(json.loads(graph().model_dump_json()))


@pytest.mark.parametrize(
    ("key", "value"), [("colour", 1), ("nodes", "none"), ("outputs", -1), ("output", 1), ("format", 1), ("name", None)]
)
def test_the_schema_refuses_what_is_no_graph(key: str, value: object) -> None:
    data = {**json.loads(graph().model_dump_json()), key: value}
    assert list(jsonschema.Draft202012Validator(schema(Graph)).iter_errors(data)) != []


Tamper = Callable[[dict[str, Any]], object]

TAMPERED: dict[str, Tamper] = {
    "an unknown field of the graph": lambda g: g.update(colour="red"),
    "an unknown field of a node": lambda g: g["nodes"][1].update(colour="red"),
    "an unknown field of a scope": lambda g: g["scopes"][1].update(colour="red"),
    "another format": lambda g: g.update(format=3),
    "the first format with outputs by name": lambda g: g.update(format=1),
    "an output without a name beside those with one": lambda g: g.update(output=1),
    "no nodes": lambda g: g.update(nodes=[]),
    "no scopes": lambda g: g.update(scopes=[]),
    "an edge forward": lambda g: g["nodes"][2].update(inputs=[5]),
    "an edge to itself": lambda g: g["nodes"][2].update(inputs=[2]),
    "an edge from nowhere": lambda g: g["nodes"][2].update(inputs=[-1]),
    "no input": lambda g: g["nodes"][2].update(inputs=[]),
    "two inputs of a convolution": lambda g: g["nodes"][2].update(inputs=[0, 1]),
    "an unknown operation": lambda g: g["nodes"][1].update(op="convolve"),
    "an input behind an operation": lambda g: g["nodes"][2].update(op="input", inputs=[], args={"shape": [8, 8, 3]}),
    "an input that reads": lambda g: g["nodes"][1].update(op="input", args={"shape": [8, 8, 3]}),
    "no outputs": lambda g: g.update(outputs=[]),
    "two outputs of one name": lambda g: g.update(outputs=2 * g["outputs"]),
    "an output without a name": lambda g: g["outputs"][0].pop("name"),
    "a layer shared with a later node": lambda g: g["nodes"][2].update(shares=3),
    "a layer shared with itself": lambda g: g["nodes"][2].update(shares=2),
    "a layer shared with another operation": lambda g: g["nodes"][2].update(shares=1),
    "a layer shared with an input": lambda g: g["nodes"][1].update(shares=0),
    "an unknown argument": lambda g: g["nodes"][1]["args"].update(colour=1),
    "an argument that is missing": lambda g: g["nodes"][1]["args"].pop("groups"),
    "an argument of another type": lambda g: g["nodes"][1]["args"].update(channels="many"),
    "a fraction for a number": lambda g: g["nodes"][1]["args"].update(channels=8.5),
    "an argument out of range": lambda g: g["nodes"][1]["args"].update(channels=0),
    "a word that is none": lambda g: g["nodes"][1]["args"].update(init="best"),
    "a required argument without a value": lambda g: g["nodes"][1]["args"].update(channels=None),
    "arguments that are a list": lambda g: g["nodes"][1].update(args=[1, 2]),
    "two nodes of one name": lambda g: g["nodes"][2].update(name=g["nodes"][1]["name"]),
    "an unknown way to skip": lambda g: g["nodes"][1].update(skip="sometimes"),
    "an output that is no node": lambda g: g["outputs"][0].update(node=10_000),
    "a scope that is none": lambda g: g["nodes"][1].update(scope=10_000),
    "an unknown kind of scope": lambda g: g["scopes"][1].update(kind="room"),
    "a scope in itself": lambda g: g["scopes"][1].update(parent=1),
    "a scope without a parent": lambda g: g["scopes"][1].update(parent=None),
    "a scope that ends nowhere": lambda g: g["scopes"][1].update(exit=10_000),
    "a stage in a stage": lambda g: g["scopes"][2].update(parent=1),
    "a block in the network": lambda g: g["scopes"][1].update(kind="block"),
    "a second network": lambda g: g["scopes"][-1].update(kind="network"),
    "a network that is a stage": lambda g: g["scopes"][0].update(kind="stage"),
    "a stage that counts as a block": lambda g: g["scopes"][1].update(counts=True),
    "a scope that ends before it begins": lambda g: g["scopes"][1].update(entry=5, exit=4),
    "a skip connection into a convolution": lambda g: g["nodes"][1].update(skip="identity"),
    "an index as text": lambda g: g["outputs"][0].update(node="3"),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_graph_is_refused(tamper: Tamper) -> None:
    data = json.loads(graph().model_dump_json())
    tamper(data)
    with pytest.raises(ValidationError):
        Graph.model_validate_json(json.dumps(data))


@pytest.mark.parametrize("row", ["nodes", "scopes"])
def test_of_a_long_row_only_the_first_mistake_is_kept(row: str) -> None:
    """A stranger's million mistakes would take gigabytes."""
    data = {**json.loads(graph().model_dump_json()), row: [{}] * 100_000}
    with pytest.raises(ValidationError) as refused:
        Graph.model_validate_json(json.dumps(data))
    assert {error["loc"][:2] for error in refused.value.errors()} == {(row, 0)}


def test_nothing_can_be_changed() -> None:
    found = graph()
    with pytest.raises(AttributeError):
        found.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        found.nodes[0].op = "conv"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.nodes[1].args["channels"] = 3  # type: ignore[index]


def test_a_graph_is_equal_to_one_of_the_same_content_only() -> None:
    data = json.loads(graph().model_dump_json())
    data["nodes"][1]["args"]["channels"] = 9
    assert Graph.model_validate_json(json.dumps(data)) != graph()


def test_a_node_reads_nodes_before_it_in_every_network() -> None:
    for index, node in enumerate(graph().nodes):
        assert isinstance(node, Node)
        assert all(other < index for other in node.inputs)
