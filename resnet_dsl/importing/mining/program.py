"""What is mined: a program of calls, each of which reads values before it.

At first each call is one of an operation. Mining puts calls of blocks in the place of several, and says what the blocks
are, in programs again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from resnet_dsl.importing.words import Args
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.parameters import Argument


@dataclass(frozen=True, eq=False)
class Line:
    """A call, and what it reads: values by their places in the program.

    name: an operation, a slot or a block; ``skip`` where a value is merged that goes around others.
    shape: of its value. nodes: those of the flat graph that it stands for, in order.
    body: of a call of a block that has no name yet: its program.
    """

    name: str
    args: Args
    reads: tuple[int, ...]
    shape: Shape
    nodes: tuple[int, ...]
    body: Program | None = None

    @property
    def flows(self) -> tuple[int, ...]:
        """What flows into it: not a value that only lends its size, nor what is passed to a block."""
        passes = self.body is not None and self.name != "skip"
        return self.reads[:1] if passes or "like" in self.args else self.reads

    def reading(self, reads: Iterable[int]) -> Line:
        return Line(self.name, self.args, tuple(reads), self.shape, self.nodes, self.body)

    def within(self, body: Program) -> Line:
        """The same with another body."""
        return Line(self.name, self.args, self.reads, self.shape, self.nodes, body)

    def renamed(self, name: str, args: Args) -> Line:
        """The same under another name: it still knows its body."""
        return Line(name, args, self.reads, self.shape, self.nodes, self.body)


@dataclass(frozen=True, eq=False)
class Program:
    """Lines behind values that enter: value ``i`` below ``len(entries)`` is an entry, others are lines, in order.

    outputs: the values that it gives.
    """

    entries: tuple[Shape, ...]
    lines: tuple[Line, ...]
    outputs: tuple[int, ...]
    nodes: tuple[int, ...] = field(default=())
    """Of the flat graph: what the entries are."""

    @property
    def end(self) -> int:
        """The one value that it gives."""
        return self.outputs[-1]

    def line(self, value: int) -> Line | None:
        return self.lines[value - len(self.entries)] if value >= len(self.entries) else None

    def shape(self, value: int) -> Shape:
        line = self.line(value)
        return self.entries[value] if line is None else line.shape

    def values(self) -> Iterable[tuple[int, Line]]:
        return enumerate(self.lines, len(self.entries))

    def readers(self) -> list[list[int]]:
        """For each value the values of the lines that read it; an output is read by -1."""
        found: list[list[int]] = [[] for _ in range(len(self.entries) + len(self.lines))]
        for value, line in self.values():
            for one in line.reads:
                found[one].append(value)
        for one in self.outputs:
            found[one].append(-1)
        return found


class BlockDefinition(NamedTuple):
    """A block. parameters: each with its default, None where it must be given; values that are passed come first."""

    name: str
    parameters: tuple[tuple[str, Argument | None], ...]
    body: Program
    shared: bool = False

    @property
    def passed(self) -> tuple[str, ...]:
        """What the values are called that enter besides the one that flows."""
        return tuple(f"beside{number or ''}" for number in range(len(self.body.entries) - 1))


def rebuilt(program: Program, lines: Sequence[tuple[int, Line]]) -> Program:
    """With these lines in place of its own: each with the old value that it gives, and reading old values."""
    place = {value: value for value in range(len(program.entries))}
    made: list[tuple[int, Line]] = []
    for value, line in lines:
        place[value] = len(program.entries) + len(made)
        made.append((value, line))
    moved = tuple(line.reading(place[one] for one in line.reads) for _, line in made)
    return Program(program.entries, moved, tuple(place[one] for one in program.outputs), program.nodes)
