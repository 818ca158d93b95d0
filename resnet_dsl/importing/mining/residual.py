"""Residual blocks in the language's form: the main path, `skip`, and the activation behind.

A region whose merge adds what enters it, or what an adapter makes of that, gets a `skip` in the merge's place; the
adapter is the skip's body. What stands around the region and belongs to the block goes into it: the activation behind
it, or, of a pre-activation block, normalisation and activation before the fork.
"""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.mining.regions import JOINT, adapter_of
from resnet_dsl.ir.operations import OPERATIONS


def with_residual_blocks(program: Program) -> Program:
    """Regions that go around a path as blocks of the language's form."""
    skipping = _replaced(program, _skipping)
    return _with_activations(_with_preactivations(skipping))


def _replaced(program: Program, change: Callable[[Line], Line]) -> Program:
    lines = tuple(change(line) if line.body is not None else line for line in program.lines)
    return Program(program.entries, lines, program.outputs, program.nodes)


def _skipping(line: Line) -> Line:
    """With a skip in the place of an addition that takes what enters, or an adapter's value."""
    body = line.body
    assert body is not None
    last = body.lines[-1]
    if last.name != "add" or len(last.reads) != 2 or last.reads[0] == last.reads[1]:
        return line
    readers = body.readers()
    paths = {one: adapter_of(body, one) for one in last.reads}
    paths = {one: steps for one, steps in paths.items() if all(len(readers[step]) == 1 for step in steps or ())}
    adapters = [one for one, steps in paths.items() if steps is not None]
    if not adapters or (len(adapters) == 2 and 0 not in adapters):
        return line
    around = min(adapters, key=lambda one: (one != 0, len(paths[one] or ())))
    return line.within(_around(body, around, paths[around] or []))


def _around(body: Program, value: int, steps: list[int]) -> Program:
    last, end = body.lines[-1], body.end
    main = next(one for one in last.reads if one != value)
    shortcut = _chain(body, steps[::-1]) if steps else None
    nodes = (*(shortcut.lines[-1].nodes if shortcut else ()), *last.nodes)
    skip = Line("skip", {}, (main, 0), last.shape, nodes, shortcut)
    kept = [(one, line) for one, line in body.values() if one not in steps and one != end]
    return rebuilt(body, [*kept, (end, skip)])


def _chain(body: Program, steps: list[int]) -> Program:
    """The adapter as a program of its own."""
    lines = [line for line in map(body.line, steps) if line is not None]
    moved = tuple(line.reading([place]) for place, line in enumerate(lines))
    return Program(body.entries, moved, (len(moved),), body.nodes)


def is_residual(line: Line) -> bool:
    return line.name == JOINT and line.body is not None and any(one.name == "skip" for one in line.body.lines)


def _with_activations(program: Program) -> Program:
    """The activation that alone reads a residual block goes into it, where one stands behind most of them."""
    readers = program.readers()
    pairs = {}
    blocks = [value for value, line in program.values() if is_residual(line)]
    for value in blocks:
        reader = readers[value][0] if len(readers[value]) == 1 and readers[value][0] >= 0 else None
        line = None if reader is None else program.line(reader)
        if line is not None and reader is not None and _activates(line):
            pairs[reader] = value
    return _joined(program, pairs) if 2 * len(pairs) > len(blocks) else program


def _activates(line: Line) -> bool:
    return line.name in OPERATIONS and OPERATIONS[line.name].role == "activation" and len(line.reads) == 1


def _joined(program: Program, pairs: dict[int, int]) -> Program:
    """``pairs``: from the value of a step to that of the block before it."""
    lines: dict[int, Line] = dict(program.values())
    for step, block in pairs.items():
        line, around = lines[step], lines.pop(block)
        body = around.body
        assert body is not None
        inner = line.reading([body.end])
        longer = Program(body.entries, (*body.lines, inner), (body.end + 1,), body.nodes)
        lines[step] = Line(JOINT, {}, around.reads, line.shape, (*around.nodes, *line.nodes), longer)
    return rebuilt(program, sorted(lines.items()))


def _with_preactivations(program: Program) -> Program:
    """Normalisation and activation before a fork go into the block, where nothing activates its sum."""
    lines: dict[int, Line] = dict(program.values())
    readers = program.readers()
    early = any(is_residual(line) and _begins_early(line) for line in program.lines)
    for value, line in [*lines.items()]:
        if is_residual(line) and line.body is not None and line.body.lines[_skip_at(line.body)].body is not None:
            before = _before(value, lines, readers)
            if before and (early or _followed(program, value, readers)):
                lines[value] = _preactivated(line, [lines.pop(one) for one in before], program, before[0])
    return rebuilt(program, sorted(lines.items()))


def _begins_early(line: Line) -> bool:
    """Whether a residual path begins with an activation, or with a norm."""
    first = line.body.lines[0] if line.body is not None else line
    return first.name in OPERATIONS and OPERATIONS[first.name].role in ("norm", "activation")


def _skip_at(body: Program) -> int:
    return next(place for place, line in enumerate(body.lines) if line.name == "skip")


def _before(value: int, lines: dict[int, Line], readers: list[list[int]]) -> list[int]:
    """The steps before a block that activate what it starts from, where it alone reads them."""
    found: list[int] = []
    at = lines[value].reads[0]
    while at in lines and _prepares(lines[at]) and readers[at] == [found[0] if found else value]:
        found.insert(0, at)
        if OPERATIONS[lines[at].name].role == "norm":
            break  # what stands before it is the end of other steps
        at = lines[at].reads[0]
    return found if any(OPERATIONS[lines[one].name].role != "scale" for one in found) else []


def _prepares(line: Line) -> bool:
    roles = ("norm", "activation", "scale")
    return line.name in OPERATIONS and OPERATIONS[line.name].role in roles and len(line.reads) == 1


def _followed(program: Program, value: int, readers: list[list[int]]) -> bool:
    """Whether what comes behind a block begins as a pre-activated one does: nothing activates the sum itself."""
    behind = [program.line(one) for one in readers[value] if one >= 0]
    first = [line.body.lines[0] if line is not None and line.body is not None else line for line in behind]
    return (
        bool(first)
        and all(line is not None and line.name in OPERATIONS for line in first)
        and any(line is not None and OPERATIONS[line.name].role in ("norm", "scale") for line in first)
    )


def _preactivated(line: Line, before: list[Line], program: Program, first: int) -> Line:
    body = line.body
    assert body is not None
    count = len(before)
    inner = [one.reading([place]) for place, one in enumerate(before)]
    inner += [one.reading(it + count for it in one.reads) for one in body.lines]
    entry = before[0].reads[0]
    nodes = tuple(node for one in (*before, line) for node in one.nodes)
    source = program.line(entry)
    entries = program.nodes[entry : entry + 1] if source is None else source.nodes[-1:]
    longer = Program((program.shape(entry),), tuple(inner), (body.end + count,), entries)
    return Line(JOINT, {}, (entry,), line.shape, nodes, longer)
