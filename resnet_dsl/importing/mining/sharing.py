"""Layers that are called several times become shared blocks: a strand of steps that every call goes through alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program, rebuilt
from resnet_dsl.importing.words import same
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS

Strands = list[list[int]]
"""For each call the values that it goes through."""


def with_shared_blocks(program: Program, graph: Graph, free: Names) -> tuple[Program, list[BlockDefinition]]:
    """The program with calls of shared blocks, and these."""
    groups = _groups(program, graph)
    definitions: list[BlockDefinition] = []
    lines: dict[int, Line | None] = dict(program.values())
    grown: set[int] = set()
    for group in sorted(groups.values()):
        if not grown.isdisjoint(group):
            continue
        strands = _grown(program, [[one] for one in group], groups)
        grown.update(one for strand in strands for one in strand)
        name = free.take("tower" if len(strands[0]) > 1 else _called(program, strands))
        definitions.append(BlockDefinition(name, (), _body(program, strands[0]), shared=True))
        for strand in strands:
            lines.update(dict.fromkeys(strand[:-1]))
            lines[strand[-1]] = _call(program, strand, name)
    return rebuilt(program, [(value, line) for value, line in lines.items() if line is not None]), definitions


def _groups(program: Program, graph: Graph) -> dict[int, list[int]]:
    """The calls of each layer that is called more than once, by the layer's node."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for value, line in program.values():
        if OPERATIONS[line.name].has_weights:
            found[graph.owner(line.nodes[0])].append(value)
    return {owner: calls for owner, calls in found.items() if len(calls) > 1}


def _grown(program: Program, strands: Strands, groups: dict[int, list[int]]) -> Strands:
    """Strands with all that follows alike in each: steps without weights, and calls of one layer."""
    calls = {tuple(group) for group in groups.values()}
    within = {one for group in calls for one in group}
    readers = program.readers()
    while True:
        following = [readers[strand[-1]] for strand in strands]
        if any(len(one) != 1 or one[0] == -1 for one in following):
            return _trimmed(strands, within)
        ahead = [one[0] for one in following]
        if len({*ahead}) < len(ahead) or not _alike(program, ahead, calls, within):
            return _trimmed(strands, within)
        strands = [[*strand, one] for strand, one in zip(strands, ahead, strict=True)]


def _alike(program: Program, values: Sequence[int], calls: set[tuple[int, ...]], within: set[int]) -> bool:
    lines = [line for line in map(program.line, values) if line is not None]
    first = lines[0]
    if any(len(line.reads) > 1 or line.name != first.name or not same(line.args, first.args) for line in lines):
        return False
    if OPERATIONS[first.name].has_weights:
        return tuple(values) in calls
    return within.isdisjoint(values)


def _trimmed(strands: Strands, within: set[int]) -> Strands:
    """Without what follows the last layer."""
    kept = max(place for place, one in enumerate(strands[0]) if one in within) + 1
    return [strand[:kept] for strand in strands]


def _called(program: Program, strands: Strands) -> str:
    line = program.line(strands[0][0])
    assert line is not None
    return f"shared_{line.name}"


def _body(program: Program, strand: Sequence[int]) -> Program:
    lines = [line for line in map(program.line, strand) if line is not None]
    inner = tuple(line.reading([place]) for place, line in enumerate(lines))
    first = lines[0].reads[0]
    return Program((program.shape(first),), inner, (len(inner),))


def _call(program: Program, strand: Sequence[int], name: str) -> Line:
    lines = [line for line in map(program.line, strand) if line is not None]
    nodes = tuple(one for line in lines for one in line.nodes)
    return Line(name, {}, lines[0].reads[:1], lines[-1].shape, nodes)
