"""Fork-join regions: what lies between a value and the merge that all ways from it lead to.

The value is the merge's immediate dominator. A region from which nothing else is read is a block's body; inner ones are
found first, and stand as one line in those around them.
"""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.ir.operations import OPERATIONS

MOST_LINES = 64
"""Lines of a region, inner ones counted as one: a larger one is a part of the network, and no block."""

JOINT = "joint"
"""What a line is called that stands for a region, until it has a name."""

_RAISE = {"upsample", "resize", "conv_transpose", "depth_to_space"}


def contracted(program: Program) -> Program:
    """With each region of a block's size as one line that has it as its body."""
    return _Contraction(program).program()


def dominators(program: Program) -> list[int]:
    """Of each value the nearest one that all ways from the inputs to it lead through; -1 where there is none."""
    found = [-1] * len(program.entries)
    depth = [1] * len(program.entries)
    for _, line in program.values():
        nearest = line.flows[0]
        for one in line.flows[1:]:
            nearest = _common(nearest, one, found, depth)
        found.append(nearest)
        depth.append(depth[nearest] + 1 if nearest >= 0 else 1)
    return found


def _common(one: int, other: int, found: Sequence[int], depth: Sequence[int]) -> int:
    while one != other:
        if min(one, other) < 0:
            return -1
        if depth[one] >= depth[other]:
            one = found[one]
        else:
            other = found[other]
    return one


class _Contraction:
    def __init__(self, program: Program) -> None:
        self.source = program
        self.lines: dict[int, Line] = dict(program.values())
        self.readers = [set(one) for one in program.readers()]
        self.dominators = dominators(program)

    def program(self) -> Program:
        for value, line in [*self.lines.items()]:
            entry = self.dominators[value]
            region = self._region(value, entry) if len(line.flows) > 1 and entry >= 0 else None
            if region is not None and self._is_block(value, entry, region):
                self._contract(value, entry, region)
        return rebuilt(self.source, sorted(self.lines.items()))

    def _region(self, value: int, entry: int) -> list[int] | None:
        """The values behind the entry that a merge depends on, itself last; None where others read them as well."""
        found, open_ = {value}, [value]
        while open_:
            for one in self.lines[open_.pop()].reads:
                if one != entry and one not in found:
                    found.add(one)
                    open_.append(one)
            if len(found) > MOST_LINES or min(found) < len(self.source.entries):
                return None
        closed = all(self.readers[one] <= found for one in found if one != value)
        return sorted(found) if closed else None

    def _is_block(self, value: int, entry: int, region: Sequence[int]) -> bool:
        """Whether it is none that goes around blocks, or down to smaller maps and up again."""
        lines = [self.lines[one] for one in region]
        if any(line.body is not None and goes_around(line.body) for line in lines):
            return False
        return not (any(line.name in _RAISE for line in lines) and any(map(_lowers, lines)))

    def _contract(self, value: int, entry: int, region: Sequence[int]) -> None:
        shape = self.source.shape(entry)
        inner = Program((shape,), (), (), self._nodes(entry))
        place = {entry: 0} | {one: number for number, one in enumerate(region, 1)}
        lines = tuple(self.lines[one].reading(place[it] for it in self.lines[one].reads) for one in region)
        body = Program(inner.entries, lines, (len(lines),), inner.nodes)
        nodes = tuple(sorted(node for line in lines for node in line.nodes))
        for one in region[:-1]:
            del self.lines[one]
        self.lines[value] = Line(JOINT, {}, (entry,), self.source.shape(value), nodes, body)
        self.readers[entry] = {one for one in self.readers[entry] if one not in region} | {value}

    def _nodes(self, value: int) -> tuple[int, ...]:
        return self.lines[value].nodes[-1:] if value in self.lines else self.source.nodes[value : value + 1]


def goes_around(body: Program) -> bool:
    """Whether a value is added to what is made of it, or joined with it: a residual block, a dense layer."""
    last = body.lines[-1]
    if not any(map(_has_weights, body.lines[:-1])):
        return False
    if last.name == "concat":
        return 0 in last.reads
    return last.name in ("add", "skip") and any(adapter_of(body, one) is not None for one in last.reads)


def adapter_of(body: Program, value: int) -> list[int] | None:
    """The steps of an adapter that make a value of the entry, from behind; None where others do."""
    steps: list[int] = []
    while (line := body.line(value)) is not None:
        if not is_adapter_step(line):
            return None
        steps.append(value)
        value = line.reads[0]
    return steps


def is_adapter_step(line: Line) -> bool:
    """What may stand in an adapter: one that reads one value and neither activates nor looks around."""
    if line.body is not None or len(line.reads) > 1 or line.name not in OPERATIONS:
        return False
    if line.name == "conv":
        return line.args.get("kernel") in (1, 2) and line.args.get("groups", 1) == 1
    return OPERATIONS[line.name].role in ("norm", "pool", "scale") or line.name in _FITS


_FITS = {"subsample", "pad_channels", "channels", "identity", "dropout", "upsample"}


def _has_weights(line: Line) -> bool:
    return line.body is not None or (line.name in OPERATIONS and OPERATIONS[line.name].role == "weighted")


def _lowers(line: Line) -> bool:
    if line.name not in OPERATIONS:
        return False
    return line.args.get("stride", 1) != 1 or (
        OPERATIONS[line.name].role == "pool" and line.args.get("kernel") != "global"
    )
