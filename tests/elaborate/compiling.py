"""Texts compiled for tests, and their graphs written down: one line a node."""

from __future__ import annotations

from typing import Any

from resnet_dsl import pipeline
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.ir.lengths import show
from resnet_dsl.pipeline import Compiled
from tests.ir.soundness import assert_sound


def compiled(
    text: str, network: str | None = None, size: tuple[int | None, ...] | None = None, **given: Any
) -> Compiled:
    """A network of a text, under parameters and an input size; its graph is a sound one."""
    found = pipeline.load_text(text).compile(network, given, size)
    assert_sound(found.graph, found.shapes)
    return found


def staged(body: str, size: str = "8x8x4", before: str = "") -> Compiled:
    """A network of one stage `s` with this body."""
    return compiled(f"{before}\nnetwork n {{ input {size} stage s {{ {body} }} }}")


def blocked(body: str, size: str = "8x8x4", call: str = "b", parameters: str = "") -> Compiled:
    """A network of one stage that calls a block `b` with this body."""
    return staged(call, size, f"block b{parameters} {{ {body} }}")


def refused(text: str, network: str | None = None, **given: Any) -> list[str]:
    """The codes of the errors for which a text is refused."""
    try:
        compiled(text, network, **given)
    except Refusal as refusal:
        return [one.code for one in refusal.diagnostics if one.severity == "error"]
    return []


def refused_stage(body: str, size: str = "8x8x4", before: str = "") -> list[str]:
    return refused(f"{before}\nnetwork n {{ input {size} stage s {{ {body} }} }}")


def reasons(text: str, network: str | None = None) -> str:
    """All that a refusal says, in one string."""
    try:
        compiled(text, network)
    except Refusal as refusal:
        found = []
        for one in refusal.diagnostics:
            labels = ([one.place] if one.place else []) + list(one.others)
            found += [one.message, *(label.text for label in labels), *one.notes, one.help or ""]
        return "\n".join(found)
    return ""


def operations(network: Compiled) -> list[str]:
    """The operations in order, the input left out."""
    return [node.op for node in network.graph.nodes[1:]]


def drawn(network: Compiled) -> list[str]:
    """Each node with what it reads and the shape of its value: ``s_add(s_conv, input) 8x8x4``."""
    nodes = network.graph.nodes
    return [
        f"{node.name}({', '.join(nodes[index].name for index in node.inputs)}) {show(shape)}"
        for node, shape in zip(nodes[1:], network.shapes[1:], strict=True)
    ]


def argument(network: Compiled, node: str, name: str) -> Any:
    """A settled argument of the node of a name."""
    return next(one.args[name] for one in network.graph.nodes if one.name == node)


def shapes_of(network: Compiled) -> dict[str, str]:
    """The shape of each node's value by the node's name."""
    return {node.name: show(shape) for node, shape in zip(network.graph.nodes, network.shapes, strict=True)}
