"""Steps in a row that occur again: what makes a plain network's unit, and what stands between two stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.mining.unifying import skeleton, unified
from resnet_dsl.ir.operations import OPERATIONS

WEIGHTED = {name for name, operation in OPERATIONS.items() if operation.role == "weighted"}

PERIODS = range(2, 9)
"""Steps of a unit."""

LEAST = 8
"""Steps of all segments together that are worth a unit."""

SHORTEST = 3
"""Steps between two stages that are worth a block of their own."""


def with_units(program: Program) -> Program:
    """Of a chain without blocks: what stands three times behind itself, and more, as one line each."""
    chain = trunk(program)
    segments: list[list[int]] = []
    at = 0
    while at < len(chain):
        found = _best(program, chain, at)
        segments += found
        at = chain.index(found[-1][-1]) + 1 if found else at + 1
    return chained(program, segments)


def with_transitions(program: Program) -> Program:
    """What stands between blocks in the same way twice, and more, as one line each."""
    groups: defaultdict[object, list[list[int]]] = defaultdict(list)
    for gap in _gaps(program):
        groups[_form(program, gap)].append(gap)
    return chained(program, [one for group in groups.values() if len(group) > 1 for one in group])


def trunk(program: Program) -> list[int]:
    """The values that follow one another from the input on, none of which is read elsewhere."""
    readers = program.readers()
    found: list[int] = []
    for value, line in program.values():
        if line.reads != (value - 1,) or (found and readers[value - 1] != [value]):
            break
        found.append(value)
    return found


def _best(program: Program, chain: Sequence[int], at: int) -> list[list[int]]:
    """The rows of segments from a place on that save most; none where nothing occurs again there."""
    found = [_repeats(program, chain, at, period) for period in PERIODS]
    later = [
        _repeats(program, chain, at + start, period)
        for period in (PERIODS if any(found) else ())
        for start in range(1, period)
    ]
    return max((*found, *later), key=lambda one: _saved(program, one))


def _saved(program: Program, segments: Sequence[Sequence[int]]) -> tuple[int, bool]:
    """What is not written where segments are calls of one block: steps, less what the calls take.

    Of two that save alike the one that begins with a layer.
    """
    if not segments:
        return 0, False
    bodies = [_body(program, one) for one in segments]
    _, calls = unified("unit", bodies)
    written = sum(1 + len(args) for args, _ in groupby(calls))
    return len(segments[0]) * (len(segments) - 1) - written, bodies[0].lines[0].name in WEIGHTED


def _repeats(program: Program, chain: Sequence[int], at: int, period: int) -> list[list[int]]:
    """The segments of this length, from a place on, that are alike; none where they are too few to be worth it."""
    found: list[list[int]] = []
    for start in range(at, len(chain) - period + 1, period):
        segment = [*chain[start : start + period]]
        if _has_block(program, segment) or (found and _form(program, segment) != _form(program, found[0])):
            break
        found.append(segment)
    return found if len(found) > 2 and len(found) * period >= LEAST else []


def _has_block(program: Program, segment: Sequence[int]) -> bool:
    return any(line is None or line.body is not None for line in map(program.line, segment))


def _gaps(program: Program) -> Iterator[list[int]]:
    """Between two blocks, the steps that lead from one to the other, where nothing else reads them."""
    gap: list[int] = []
    behind_block = False
    row = {*trunk(program)}
    for value, line in program.values():
        if value not in row:
            return
        if line.body is None:
            gap.append(value)
            continue
        if behind_block and len(gap) >= SHORTEST:
            yield gap
        gap, behind_block = [], True


def _form(program: Program, segment: Sequence[int]) -> object:
    return skeleton(_body(program, segment))


def _body(program: Program, segment: Sequence[int]) -> Program:
    lines = [line for line in map(program.line, segment) if line is not None]
    moved = tuple(line.reading([place]) for place, line in enumerate(lines))
    return Program((program.shape(lines[0].reads[0]),), moved, (len(moved),))


def chained(program: Program, segments: Sequence[Sequence[int]]) -> Program:
    """With each of these rows of steps as one line that has them as its body."""
    lines: dict[int, Line] = dict(program.values())
    for segment in segments:
        first, last = lines[segment[0]], lines[segment[-1]]
        nodes = tuple(node for one in segment for node in lines[one].nodes)
        body = _body(program, segment)
        for one in segment[:-1]:
            del lines[one]
        lines[segment[-1]] = Line(JOINT, {}, first.reads, last.shape, nodes, body)
    return rebuilt(program, [*lines.items()])
