"""Merges of several branches that occur again: a block to which the other branches are passed.

Networks with several resolutions side by side (HRNet, FPN) have no trunk along which regions would close. What they
repeat is a merge with the chains that lead to it, from values that others read as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.mining.unifying import skeleton
from resnet_dsl.ir.operations import OPERATIONS

LONGEST = 8
"""Steps of a chain that leads to a merge."""

SHORTEST = 5
"""Steps of a fusion that are worth a block."""


def with_fusions(program: Program) -> Program:
    """With each merge of several values that occurs twice, and more, as one line."""
    return _Fusions(program).result()


class _Fusions:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.readers = program.readers()
        self.taken: set[int] = set()

    def result(self) -> Program:
        groups: defaultdict[object, list[tuple[list[int], list[int]]]] = defaultdict(list)
        for value, line in self.program.values():
            if len(line.flows) > 1 and line.body is None and line.name != "skip":
                entries, inside = self._around(value, line)
                if len(entries) > 1 and len(inside) >= SHORTEST:
                    self.taken.update(inside)
                    groups[skeleton(self._body(entries, inside)), len(entries)].append((entries, inside))
        lines: dict[int, Line] = dict(self.program.values())
        for entries, inside in (one for group in groups.values() if len(group) > 1 for one in group):
            self._join(lines, entries, inside)
        return rebuilt(self.program, [*lines.items()])

    def _around(self, value: int, line: Line) -> tuple[list[int], list[int]]:
        """The values that a merge starts from, and the steps from them to it and behind it."""
        entries: dict[int, None] = {}
        inside = [value]
        for one in line.reads:
            chain = self._back(one, value)
            inside += chain
            first = self.program.line(chain[-1]) if chain else None
            entries[one if first is None else first.reads[0]] = None
        latest = [max(entries)] if len(entries) == 2 else []  # what flows on: the other branch waited for it
        return [*dict.fromkeys((*latest, *entries))], sorted({*inside, *self._ahead(value)})

    def _back(self, value: int, reader: int) -> list[int]:
        """The steps of operations that lead to a merge alone."""
        chain: list[int] = []
        line = self.program.line(value)
        while line is not None and len(chain) < LONGEST and self._is_link(value, reader, line):
            chain.append(value)
            reader, value = value, line.reads[0]
            line = self.program.line(value)
        return chain

    def _is_link(self, value: int, reader: int, line: Line) -> bool:
        alone = self.readers[value] == [reader] and value not in self.taken
        return alone and line.body is None and len(line.reads) == 1

    def _ahead(self, value: int) -> list[int]:
        """What alone reads a merge: its activation, and blocks."""
        chain: list[int] = []
        while len(self.readers[value]) == 1 and self.readers[value][0] >= 0:
            value = self.readers[value][0]
            line = self.program.line(value)
            if line is None or len(line.reads) > 1 or not (line.body is not None or _is_light(line)):
                break
            chain.append(value)
        return chain

    def _body(self, entries: Sequence[int], inside: Sequence[int]) -> Program:
        place = {one: number for number, one in enumerate((*entries, *inside))}
        lines = [line for line in map(self.program.line, inside) if line is not None]
        moved = tuple(line.reading(place[one] for one in line.reads) for line in lines)
        return Program(tuple(map(self.program.shape, entries)), moved, (len(place) - 1,))

    def _join(self, lines: dict[int, Line], entries: Sequence[int], inside: Sequence[int]) -> None:
        last = lines[inside[-1]]
        nodes = tuple(node for one in inside for node in lines[one].nodes)
        body = self._body(entries, inside)
        for one in inside[:-1]:
            del lines[one]
        lines[inside[-1]] = Line(JOINT, {}, tuple(entries), last.shape, nodes, body)


def _is_light(line: Line) -> bool:
    return line.name in OPERATIONS and OPERATIONS[line.name].role in ("activation", "norm")
