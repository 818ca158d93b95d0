"""Regions that would be one block, did some of them not lack a step: there it stands as one that does nothing.

Networks without normalisation scale each residual path by a number that follows from its depth, which is 1 in the first
block of a stage: no step in a file, and none to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.mining.unifying import skeleton

IDLE: Mapping[str, tuple[str, float]] = {"scale": ("value", 1.0), "shift": ("value", 0.0)}
"""Steps that do nothing with a number: the argument, and which."""


def evened(program: Program) -> Program:
    """With idle steps in regions that are alike another but for these."""
    longer = {
        shorter: (body, at) for body in _bodies(program) for at in _idle(body) for shorter in [_without(body, at)]
    }
    lines = tuple(_evened(line, longer) for line in program.lines)
    return Program(program.entries, lines, program.outputs, program.nodes)


def _bodies(program: Program) -> Iterator[Program]:
    for line in program.lines:
        if line.name == JOINT and line.body is not None:
            yield line.body


def _idle(body: Program) -> Iterator[int]:
    """The values of steps that could do nothing."""
    for value, line in body.values():
        if line.name in IDLE and [*line.args] == [IDLE[line.name][0]] and isinstance(line.args["value"], float):
            yield value


def _without(body: Program, left_out: int) -> tuple[object, ...]:
    """The skeleton of a region without a step."""
    source = body.lines[left_out - len(body.entries)].reads[0]

    def moved(value: int) -> int:
        return moved(source) if value == left_out else value - (value > left_out)

    lines = tuple(line.reading(map(moved, line.reads)) for value, line in body.values() if value != left_out)
    return skeleton(Program(body.entries, lines, (moved(body.end),)))


def _evened(line: Line, longer: Mapping[tuple[object, ...], tuple[Program, int]]) -> Line:
    body = line.body
    found = longer.get(skeleton(body)) if line.name == JOINT and body is not None else None
    return line if body is None or found is None else line.within(_with_step(body, *found))


def _with_step(body: Program, like: Program, added: int) -> Program:
    """The region with the step that another has at a value, as one that does nothing."""
    lines: list[Line] = []
    left = iter(body.lines)
    for value, line in like.values():
        if value == added:
            key, number = IDLE[line.name]
            read = Program(body.entries, tuple(lines), ()).shape(line.reads[0])
            lines.append(Line(line.name, {key: number}, line.reads, read, ()))
        else:
            lines.append(next(left).reading(line.reads))
    return Program(body.entries, tuple(lines), (like.end,), body.nodes)
