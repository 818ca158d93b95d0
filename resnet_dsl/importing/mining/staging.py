"""The parts of a network: a stem before its blocks, stages of blocks, a head behind them.

A stage begins where maps become smaller, where the blocks become wider, or where other steps stand between two blocks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise, takewhile

from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.network import MinedPart
from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.words import Expression
from resnet_dsl.ir.lengths import channels


def staged(
    program: Program, between: Collection[str], labels: Mapping[int, str], free: Names
) -> tuple[Program, list[MinedPart]]:
    """The program with strides given to its stages, and its parts.

    between: blocks that stand between stages. labels: what the source calls a node.
    """
    return _Staging(program, between, labels, free).result()


class _Staging:
    def __init__(self, program: Program, between: Collection[str], labels: Mapping[int, str], free: Names) -> None:
        self.between = between
        self.labels = labels
        self.free = free
        self.lines = [*program.values()]
        self.program = program
        self.trunk = self._trunk()

    def result(self) -> tuple[Program, list[MinedPart]]:
        starts = self._starts()
        last = self._last()
        if not starts:
            return self.program, self._without_blocks(last)
        stem = [MinedPart("stem", "stem", self._value(starts[0] - 1))] if starts[0] > 0 else []
        stages = []
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], last + 1], strict=True)):
            stride = self._given_stride(start)
            name = self._name(start, end, number)
            stages.append(MinedPart("stage", name, self._value(end - 1), stride))
        head = [self._head()] if last + 1 < len(self.lines) else []
        return rebuilt(self.program, self.lines), [*stem, *stages, *head]

    def _value(self, place: int) -> int:
        return self.lines[place][0]

    def _trunk(self) -> int:
        """How many lines follow one another, each from the one before, before values are read from elsewhere."""
        chained = takewhile(lambda one: one[1].flows == (one[0] - 1,), self.lines[1:])
        return 1 + sum(1 for _ in chained) if self.lines else 0

    def _blocks(self) -> list[int]:
        return [place for place, (_, line) in enumerate(self.lines[: self.trunk]) if self._is_block(line)]

    def _is_block(self, line: Line) -> bool:
        return line.body is not None and line.name not in self.between

    def _starts(self) -> list[int]:
        """Where stages begin, with the steps that stand before their first block."""
        blocks = self._blocks()
        found: list[int] = blocks[:1]
        for before, place in pairwise(blocks):
            if place > before + 1 or self._is_new(self.lines[before][1], self.lines[place][1]):
                found.append(before + 1)
        return found

    def _is_new(self, before: Line, line: Line) -> bool:
        joins = line.body is not None and line.body.lines[-1].name == "concat"
        wider = "width" in line.args and channels(line.shape) != channels(before.shape) and not joins
        return wider or line.args.get("stride", 1) != 1 or line.shape[:-1] != before.shape[:-1]

    def _last(self) -> int:
        """The last line of the stages: the last block of the trunk, or what comes before the steps at the end."""
        if self.trunk == len(self.lines):
            return max(self._blocks(), default=-1)
        merges = [place for place, (_, line) in enumerate(self.lines) if len(line.flows) > 1 or line.body is not None]
        inner = [place for place in merges if place >= self.trunk and self.lines[place][1].body is not None]
        return merges[-1] if inner and self._is_end(merges[-1]) else max(self._blocks(), default=-1)

    def _is_end(self, place: int) -> bool:
        """Whether all that stands behind a line follows from it alone."""
        return all(line.flows == (value - 1,) for value, line in self.lines[place + 1 :])

    def _without_blocks(self, last: int) -> list[MinedPart]:
        if last < 0 or last + 1 == len(self.lines):
            return [MinedPart("head", "head", self._end())]
        return [MinedPart("stage", self.free.take("body"), self._value(last)), self._head()]

    def _head(self) -> MinedPart:
        return MinedPart("head", "head", self._end())

    def _end(self) -> int:
        return max(self.program.outputs)

    def _given_stride(self, start: int) -> str:
        """What a stage's first block strides by is said of the stage, where the block begins it."""
        value, line = self.lines[start]
        stride = line.args.get("stride", 1)
        if not self._is_block(line) or stride == 1 or isinstance(stride, Expression):
            return ""
        args = {key: one for key, one in line.args.items() if key != "stride"}
        self.lines[start] = (value, line.renamed(line.name, args))
        return f"(stride = {stride})"

    def _name(self, start: int, end: int, number: int) -> str:
        """After the source's own parts, where its labels begin alike."""
        labels = [
            self.labels[node] for _, line in self.lines[start:end] for node in line.nodes[:1] if node in self.labels
        ]
        words = [re.findall(r"[A-Za-z]+\d*(?![A-Za-z])|\d+(?![A-Za-z])", label) for label in labels]
        shared = [one[0] for one in takewhile(lambda one: len({*one}) == 1, zip(*words, strict=False))] if words else []
        known = [one for one in shared if re.fullmatch(r"[a-z]+\d+", one)]
        return self.free.take(known[0] if known and known[0] not in self.free.taken else f"stage{number + 1}")
