"""What our Keras target writes is read back: every network that ships, and so every operation that one of them has."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

import resnet_dsl
from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.keras.files import read_described
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.pipeline import Compiled
from resnet_dsl.shipped import names
from resnet_dsl.targets.keras.direct.configuration import configuration
from resnet_dsl.targets.keras.lower import lower

QUICK = {
    *("resnet18", "resnetv2_18", "densenet121", "siamese_omniglot", "botnet26t_256", "tcn_music", "skresnet18"),
    *("resnet50_dropblock", "resnetv2_50d_evos", "resnet50_fpn", "edsr_x2", "fixup_resnet50", "dla34", "cbam_resnet50"),
}
"""The kinds among the ordinary tests."""

EQUAL_IN_NUMBERS = {
    **dict.fromkeys(("keras_resnet50", "keras_resnet101", "keras_resnet152"), "fill"),
    "dm_nfnet_f0": "pad",
}
"""An argument that comes back as another that computes the same: a border of zeros around what is never negative, and
``same`` with a stride of one."""


def _compiled(name: str) -> Compiled:
    return resnet_dsl.load(name).networks[name].compiled


def read_back(compiled: Compiled) -> FlatNetwork:
    """The network that Keras' configuration of a compiled one is read as."""
    described = "".join(configuration(lower(compiled.graph, compiled.shapes), seed=None))
    return read_described(compiled.name, json.loads(described), None)


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, tuple) else float(value) if is_number(value) else value


def histories(graph: Graph, but: str | None) -> list[str]:
    """Of each node all that its value depends on, in short; sums in any order, names left out."""
    found: list[str] = []
    for node in graph.nodes:
        args = sorted((name, _plain(value)) for name, value in node.args.items() if name != but)
        reads = [found[one] for one in node.inputs]
        owner = None if node.shares is None or not OPERATIONS[node.op].has_weights else found[node.shares]
        told = repr((node.op, args, sorted(reads) if node.op == "add" else reads, owner))
        found.append(sha256(told.encode()).hexdigest())
    return found


@pytest.mark.parametrize("name", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in names()])
def test_every_network_that_ships_comes_back_equal(name: str) -> None:
    compiled = _compiled(name)
    flat = read_back(compiled)
    but = EQUAL_IN_NUMBERS.get(name)
    own, read = histories(compiled.graph, but), histories(flat.graph, but)
    assert sorted(read) == sorted(own)
    assert [read[one.node] for one in flat.graph.outputs] == [own[one.node] for one in compiled.graph.outputs]
    weighted = {node.name for node in compiled.graph.nodes if OPERATIONS[node.op].has_weights}
    assert weighted - {node.name for node in compiled.graph.nodes if node.shares is not None} <= {*flat.labels.values()}
