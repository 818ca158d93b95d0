"""The text of a network: its inputs, its parts, what it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.program import Program
from resnet_dsl.importing.mining.writing import Writer
from resnet_dsl.importing.words import size
from resnet_dsl.ir.graph import Graph


class MinedPart(NamedTuple):
    """kind: ``stem``, ``stage`` or ``head``. end: the value that it gives. stride: given to its first step.

    settings: those that hold in it.
    """

    kind: str
    name: str
    end: int
    stride: str = ""
    settings: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        return self.kind if self.kind != "stage" else f"stage {self.name}{self.stride}"


def network_text(
    name: str,
    flat: FlatNetwork,
    program: Program,
    parts: Sequence[MinedPart],
    free: Names,
    lines: Sequence[str] = (),
    parameters: Mapping[str, int] = MappingProxyType({}),
    named: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """``lines``: the settings. ``free``: names that are still to be had. ``named``: values that have one already.

    parameters: the network's, with their defaults.
    """
    inputs = names_of_inputs(flat.graph, free)
    names = {**dict(enumerate(inputs)), **named}
    names |= {part.end: part.name for part in parts}
    returned = _outputs(flat.graph, program, names, free, parts[-1].end)
    writer = Writer(program, names | returned, free, [part.end for part in parts], returned)
    written = writer.parts()
    body = [*_input_lines(flat, inputs), *lines]
    for part, statements in zip(parts, written, strict=True):
        body += [f"{part.header} {{", *part.settings, *statements, "}"]
    body += _output_line(program, parts, writer)
    given = ", ".join(f"{key} = {number}" for key, number in parameters.items())
    return f"network {name}{f'({given})' if given else ''} {{\n" + "\n".join(body) + "\n}\n"


def names_of_inputs(graph: Graph, free: Names) -> list[str]:
    """One alone needs no name, unless it is a vector: that is not said without one."""
    first, *others = graph.nodes[: graph.inputs]
    if not others and len(first.args["shape"]) > 1:
        return ["input"]
    return [free.take(node.name if node.name != "input" else "features") for node in (first, *others)]


def _input_lines(flat: FlatNetwork, inputs: Sequence[str]) -> list[str]:
    sizes = [size(node.args["shape"]) for node in flat.graph.nodes[: len(inputs)]]
    if inputs == ["input"]:
        return [f"input {sizes[0]}"]
    return [f"input {one} {it}" for one, it in zip(inputs, sizes, strict=True)]


def _outputs(graph: Graph, program: Program, names: dict[int, str], free: Names, end: int) -> dict[int, str]:
    """Several outputs keep the source's names, where these are free, and so does the end of the last part."""
    if len(graph.outputs) == 1:
        return {}
    found: dict[int, str] = {}
    for output, value in zip(graph.outputs, program.outputs, strict=True):
        if (value not in names or value == end) and value not in found:
            found[value] = free.take(output.name)
    return found


def _output_line(program: Program, parts: Sequence[MinedPart], writer: Writer) -> list[str]:
    """Nothing where the network returns its head, or its last stage."""
    if len(program.outputs) == 1 and parts and program.outputs[0] == parts[-1].end:
        return []
    return [f"output {', '.join(writer.names[one] for one in program.outputs)}"]
