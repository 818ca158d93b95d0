"""Anti-unification: of programs that differ in numbers alone, the one block whose calls they are.

Numbers that are equal in all stand in the block. One that differs becomes a parameter, or follows from one that is
there already, or from what enters: ``4 * width``, ``in.channels // 2``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program
from resnet_dsl.importing.words import Args, Bare, Expression
from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument, is_integer, is_number

Row: TypeAlias = tuple[float, ...]
"""A number in each of the programs."""

_NAMES = {"channels": "width", "units": "width", "value": "factor"}

_ENTRY = "in.channels"


def skeleton(body: Program) -> tuple[object, ...]:
    """What two programs have in common that can be one block: all but their numbers."""
    return tuple(
        (line.name, line.reads[:1] if line.name == "skip" else line.reads, _fixed(line)) for line in body.lines
    )


def _fixed(line: Line) -> tuple[object, ...]:
    """Its arguments that are no numbers, and the names of those that have no number for a default."""
    usual = _usual(line.name)
    given = tuple((key, value) for key, value in line.args.items() if not is_number(value))
    bare = tuple(key for key, value in line.args.items() if is_integer(value) and not is_integer(usual.get(key)))
    return given, bare


def _usual(name: str) -> Args:
    return {one.name: one.default for one in OPERATIONS[name].parameters} if name in OPERATIONS else {}


def unified(name: str, bodies: Sequence[Program]) -> tuple[BlockDefinition, list[Args]]:
    """The block of this name, and the arguments of the call that each program is."""
    return _Unifier(bodies).result(name)


class _Unifier:
    def __init__(self, bodies: Sequence[Program]) -> None:
        self.bodies = bodies
        self.first = next((body for body in bodies if _early(body)), bodies[0])
        self.rows = {(place, key): row for place, key, row in self._rows()}
        self.entry: Row = tuple(channels(body.entries[0]) for body in bodies)
        self.parameters: dict[str, Row] = {}

    def result(self, name: str) -> tuple[BlockDefinition, list[Args]]:
        for row in self._bases():
            self._take("width", row)
        written = {spot: self._expression(spot[1], row) for spot, row in self._in_order()}
        lines = tuple(self._line(place, line, written) for place, line in enumerate(self.first.lines))
        body = Program(self.first.entries, lines, self.first.outputs, self.first.nodes)
        usual = {one: self._default(one, row) for one, row in self.parameters.items()}
        ordered = sorted(usual.items(), key=lambda one: one[1] is not None)
        return BlockDefinition(name, tuple(ordered), body), [*self._calls(dict(ordered))]

    def _rows(self) -> Iterator[tuple[int, str, Row]]:
        for place, line in enumerate(self.first.lines):
            usual = _usual(line.name)
            keys = dict.fromkeys(
                key for body in self.bodies for key, one in body.lines[place].args.items() if is_number(one)
            )
            for key in keys:
                yield place, key, tuple(body.lines[place].args.get(key, usual.get(key)) for body in self.bodies)

    def _in_order(self) -> list[tuple[tuple[int, str], Row]]:
        """Channels first: other numbers follow from them."""
        return sorted(self.rows.items(), key=lambda one: one[0][1] not in ("channels", "units"))

    def _bases(self) -> list[Row]:
        """The channels from which most others follow; none where all follow from what enters."""
        rows = [row for (_, key), row in self.rows.items() if key in ("channels", "units") and len({*row}) > 1]
        if not self._skips():
            rows = [row for row in rows if not _of(row, self.entry, _ENTRY)]
        return sorted(rows, key=lambda row: (-sum(_of(one, row, "width") is not None for one in rows), sum(row)))[:1]

    def _skips(self) -> bool:
        return any(line.name == "skip" for line in self.first.lines)

    def _expression(self, key: str, row: Row) -> Argument:
        if len({*row}) == 1:
            return row[0]
        for name, known in self.parameters.items():
            if found := _of(row, known, name):
                return Expression(found)
        if found := _of(row, self.entry, _ENTRY):
            return Expression(found)
        return Expression(self._take(_NAMES.get(key, key), row))

    def _take(self, wanted: str, row: Row) -> str:
        name, number = wanted, 1
        while name in self.parameters:
            number += 1
            name = f"{wanted}{number}"
        self.parameters[name] = row
        return name

    def _line(self, place: int, line: Line, written: dict[tuple[int, str], Argument]) -> Line:
        usual = _usual(line.name)
        args = {key: written.get((place, key), value) for key, value in line.args.items()}
        args |= {key: value for (at, key), value in written.items() if at == place}
        order = [one.name for one in OPERATIONS[line.name].parameters] if line.name in OPERATIONS else [*args]
        if line.name == "skip" and line.reads[1] != 0:
            args["via"] = Expression("preact_project")
            order = [*args]
        kept = {key: args[key] for key in order if key in args and not (key in usual and args[key] == usual[key])}
        return Line(line.name, kept, line.reads, line.shape, line.nodes, line.body)

    def _default(self, name: str, row: Row) -> Argument | None:
        """1 for what is usually 1; none for what each call says."""
        return 1 if name.rstrip("0123456789") in ("stride", "dilation", "groups", "factor") and 1 in row else None

    def _calls(self, usual: dict[str, Argument]) -> Iterator[Args]:
        for number in range(len(self.bodies)):
            first = next(iter(usual), None)
            names = {name: Bare(name) if name == first and usual[name] is None else name for name in usual}
            values = {names[name]: self.parameters[name][number] for name in usual}
            yield {name: value for name, value in values.items() if value != usual[name]}


def _early(body: Program) -> bool:
    """Whether its skip starts from the activated value."""
    return any(line.name == "skip" and line.reads[1] != 0 for line in body.lines)


def _of(row: Row, known: Row, name: str) -> str | None:
    """How numbers follow from others: as they are, as a multiple, as a part."""
    if row == known:
        return name
    if not all(is_integer(one) and one and other for one, other in zip(row, known, strict=True)):
        return None
    if all(one % other == 0 for one, other in zip(row, known, strict=True)):
        times = {one // other for one, other in zip(row, known, strict=True)}
        return f"{times.pop()} * {name}" if len(times) == 1 else None
    parts = {other // one for one, other in zip(row, known, strict=True)}
    part = parts.pop() if len(parts) == 1 else 0
    fits = part > 1 and all(other // part == one for one, other in zip(row, known, strict=True))
    return f"{name} // {part}" if fits else None
