"""From a program to statements: chains where values flow, names where they are read elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.words import call
from resnet_dsl.ir.operations import OPERATIONS

LONGEST_ARGUMENT = 8
"""Steps of a chain that stands as a merge's argument; a longer one has a name."""


class Statement(NamedTuple):
    """start: the value that its chain starts from; None where it begins with a merge. value: what it gives."""

    start: int | None
    calls: tuple[int, ...]
    value: int


class Writer:
    """names: of the entries, and of values that have one already. ends: values behind which a part ends, in order.

    named: those of the ends that have a name beside their part's.
    """

    def __init__(
        self,
        program: Program,
        names: Mapping[int, str],
        free: Names,
        ends: Sequence[int] = (),
        named: Collection[int] = (),
    ) -> None:
        self.program = program
        self.names = dict(names)
        self.free = free
        self.ends = [*ends] or [program.outputs[-1]]
        self.nameless = {*self.ends} - {*named}
        self._readers = program.readers()
        self._flowing = {value for value, line in program.values() if self._flows(value, line)}
        self._inlined = {value for value, line in program.values() if self._is_argument(value)}

    def parts(self) -> list[list[str]]:
        """The statements of each part."""
        parts = [[self._statement(value) for value in part] for part in self._ordered()]
        self._name(parts)
        return [[*self._written(part, entry)] for part, entry in zip(parts, self._entries(), strict=True)]

    def _entries(self) -> list[int]:
        """What flows into each part."""
        return [0, *self.ends[:-1]]

    def _flows(self, value: int, line: Line) -> bool:
        """Whether it is but a link of the chain of the one line that reads it."""
        readers = self._readers[value]
        if len(readers) != 1 or readers[0] == -1 or value in self.ends or value in self.names or line.name == "skip":
            return False
        reader = self.program.line(readers[0])
        return reader is not None and reader.flows == (value,) == reader.reads[:1]

    def _is_argument(self, value: int) -> bool:
        """Whether it is a short chain that a merge alone reads."""
        readers = self._readers[value]
        if len(readers) != 1 or readers[0] == -1 or value in self.ends or value in self.names:
            return False
        reader = self.program.line(readers[0])
        if reader is None or len(reader.flows) < 2 or reader.name == "skip":
            return False
        chain = self._chain(value)
        return chain.start is not None and len(chain.calls) <= LONGEST_ARGUMENT

    def _chain(self, value: int) -> Statement:
        """The links that end in a value."""
        calls: list[int] = []
        at, line = value, self.program.line(value)
        while line is not None:
            calls.append(at)
            if len(line.flows) > 1:
                return Statement(None, tuple(reversed(calls)), value)
            at, line = line.reads[0], self.program.line(line.reads[0])
            if at not in self._flowing:
                break
        return Statement(at, tuple(reversed(calls)), value)

    def _statement(self, value: int) -> Statement:
        chain = self._chain(value)
        first = self.program.line(chain.calls[0])
        assert first is not None
        return Statement(first.reads[0], chain.calls, value) if first.name == "skip" else chain

    def _ordered(self) -> list[list[int]]:
        """The statements' values part by part, each behind all that it reads; what flows into it directly before it."""
        done = {*range(len(self.program.entries))}
        parts = [self._needed([end], done) for end in self.ends[:-1]]
        left = [one for one in self.program.outputs if one not in self.ends]
        return [*parts, self._needed([*left, self.ends[-1]], done)]

    def _needed(self, wanted: Sequence[int], done: set[int]) -> list[int]:
        part: list[int] = []
        stack = [(one, False) for one in reversed(wanted)]
        while stack:
            value, ready = stack.pop()
            if value in done:
                continue
            if ready:
                done.add(value)
                part.append(value)
                continue
            stack.append((value, True))
            stack += [(one, False) for one in self._before(value)]
        return part

    def _before(self, value: int) -> list[int]:
        """What a statement reads, what flows into it first: it comes off the stack last."""
        statement = self._statement(value)
        first = [] if statement.start is None else [statement.start]
        return [*first, *(one for one in self._arguments(statement) if one not in first)]

    def _arguments(self, statement: Statement) -> Iterator[int]:
        """The values that are named in a statement's calls."""
        for value in statement.calls:
            line = self.program.line(value)
            assert line is not None
            for one in self._beside(line):
                yield from self._arguments_of_argument(one) if one in self._inlined else (one,)

    def _beside(self, line: Line) -> tuple[int, ...]:
        """What a call reads by name."""
        if len(line.reads) == 1:
            return ()
        return line.reads[1:] if line.name == "skip" or line.flows != line.reads else line.reads

    def _arguments_of_argument(self, value: int) -> Iterator[int]:
        chain = self._chain(value)
        assert chain.start is not None
        yield chain.start
        yield from self._arguments(chain)

    def _name(self, parts: Sequence[Sequence[Statement]]) -> None:
        wanted: list[int] = [one for one in self.program.outputs if one not in self.ends]
        for part, entry in zip(parts, self._entries(), strict=True):
            current = entry
            for statement in part:
                wanted += [] if statement.start in (None, current) else [statement.start or 0]
                wanted += [*self._arguments(statement)]
                current = statement.value
        for value in sorted({*wanted} - self.names.keys()):
            self.names[value] = self.free.take(self._hint(value))

    def _hint(self, value: int) -> str:
        line = self.program.line(value)
        assert line is not None
        return _HINTS.get(line.name) or _HINTS.get(OPERATIONS[line.name].role if line.name in OPERATIONS else "", "map")

    def _written(self, part: Sequence[Statement], current: int) -> Iterator[str]:
        for statement in part:
            start = [] if statement.start in (None, current) else [self.names[statement.start or 0]]
            named = statement.value in self.names and statement.value not in self.nameless
            target = f"{self.names[statement.value]} = " if named else ""
            yield from self._lines(target, start, statement)
            current = statement.value

    def _lines(self, target: str, start: list[str], statement: Statement) -> Iterator[str]:
        """A statement's lines: what has no name breaks behind activations."""
        first = self.program.line(statement.calls[0])
        assert first is not None
        if first.name == "skip":
            yield from start
            yield self._skip(first)
            return
        texts = [*start, *self._calls(statement.calls)]
        yield from [target + " -> ".join(texts)] if target or start else _broken(texts)

    def _skip(self, line: Line) -> str:
        other = line.reads[1]
        given = [] if other == 0 and self.names[0] == "in" else [f"from {self.names[other]}"]
        if "always" in line.args:
            return f"skip always via {line.args['always']}"
        if "via" in line.args:
            given = [f"via {self.names[other]} -> {line.args['via']}"] if given else [f"via {line.args['via']}"]
        by = [f"by {line.args['by']}"] if "by" in line.args else []
        return " ".join(["skip", *given, *by])

    def _calls(self, values: Iterable[int]) -> list[str]:
        return counted(self._call(value) for value in values)

    def _call(self, value: int) -> str:
        line = self.program.line(value)
        assert line is not None
        return call(line.name, line.args, [self._argument(one) for one in self._beside(line)])

    def _argument(self, value: int) -> str:
        if value not in self._inlined:
            return self.names[value]
        chain = self._chain(value)
        assert chain.start is not None
        return " -> ".join([self.names[chain.start], *self._calls(chain.calls)])


_HINTS = {
    "concat": "joined", "add": "sum", "mul": "gated", "activation": "map", "pool": "pooled", "weighted": "path",
    "norm": "path", "reshape": "part", "attention": "attended", "scale": "path", "noise": "path",
    "act": "map", "merge": "merged",
}  # fmt: skip
"""What a value is called, by the call that makes it, or by its role."""


def counted(calls: Iterable[str]) -> list[str]:
    """Equal calls behind each other as ``3 x basic(64)``; operations and slots are written out."""
    found = []
    for text, group in groupby(calls):
        times = len([*group])
        found += [f"{times} x {text}"] if times > 1 else [text]
    return found


def _broken(texts: Sequence[str]) -> Iterator[str]:
    line: list[str] = []
    for text in texts:
        line.append(text)
        if text in _ENDS or len(line) == 6:
            yield " -> ".join(line)
            line = []
    if line:
        yield " -> ".join(line)


_ENDS = {"act", "relu", "gelu", "silu", "relu6"}
