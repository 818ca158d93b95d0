"""Shipped networks as a source has them: the graph alone, with no stages and no blocks."""

from __future__ import annotations

import resnet_dsl
from resnet_dsl.importing.flat import Assembler, FlatNetwork
from resnet_dsl.pipeline import Compiled


def shipped(name: str) -> Compiled:
    return resnet_dsl.load(name).networks[name].compiled


def flat(compiled: Compiled) -> FlatNetwork:
    graph, assembler = compiled.graph, Assembler(compiled.name)
    for node in graph.nodes:
        if node.op == "input":
            assembler.input(node.name, node.args["shape"])
        else:
            assembler.node(node.op, node.inputs, node.name, shares=node.shares, **node.args)
    return assembler.finish(graph.name, {output.name: output.node for output in graph.outputs})
