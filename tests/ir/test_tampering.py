"""Graphs from files, changed at random: each is read with sound facts or refused; nothing else happens."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.targets.summary import as_data
from tests.elaborate.compiling import compiled

TEXT = """network n(width = 8) { input 32x32x3 use drop = drop_path(0.2 * progress)
  stem { conv(width, 7x3, stride = 2) -> norm -> act maxpool(3, stride = 2) blurpool }
  stage a { bottleneck(4) conv(12, 1) attention(2, 2, relative) conv_transpose(4, 2) groupnorm(2) }
  stage b(stride = 2) { basic(2 * width) -> se(2) }
  stage c { pad_channels(40) channels(1, 32) upsample subsample(2) reshape(4x8x16) }
  head { avgpool(global) -> dense(10, bias = false) -> softmax } }"""
VALUES: tuple[Any, ...] = (
    None, -1, 0, 1, 3,
    "x", "half", "global", [], {}, 1.5, True, 10**20, 1e300,
    [1], [3, 3], [3, 3, 3], [None, 3], [0, 0], [[1, 2]], [[1, 2], [1, 2]],
)  # fmt: skip


def places(data: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values below the top."""
    if path:
        yield path
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from places(data[key], (*path, key))


def outcome(data: dict[str, Any]) -> str:
    try:
        graph = Graph.model_validate_json(json.dumps(data))
        as_data(Facts(graph, infer_shapes(graph)), "layer")
    except ValidationError:
        return "no graph"
    except UnfitError:
        return "a graph that does not fit"
    return "sound"


def test_changed_at_random() -> None:
    text = compiled(TEXT).graph.model_dump_json()
    everywhere, chance, outcomes = list(places(json.loads(text))), random.Random(1), Counter[str]()
    for _ in range(600):
        data = json.loads(text)
        *way, last = chance.choice(everywhere)
        inside = data
        for key in way:
            inside = inside[key]
        inside[last] = chance.choice(VALUES)
        outcomes[outcome(data)] += 1
    assert outcomes["no graph"] > 300
    assert outcomes["a graph that does not fit"] > 5


@pytest.mark.parametrize(
    ("op", "name", "value"),
    [
        ("conv", "kernel", 3),
        ("conv", "kernel", [3]),
        ("conv", "stride", [1, 1, 1]),
        ("conv", "dilation", 1),
        ("conv", "pad", "half"),
        ("conv", "pad", [[1, 1]]),
        ("maxpool", "stride", None),
        ("avgpool", "kernel", [3, 3]),
        ("upsample", "factor", 2),
    ],
)
def test_arguments_that_are_not_settled_are_unfit(op: str, name: str, value: object) -> None:
    data = json.loads(compiled(TEXT).graph.model_dump_json())
    next(node for node in data["nodes"] if node["op"] == op)["args"][name] = value
    assert outcome(data) == "a graph that does not fit"
