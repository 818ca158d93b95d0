"""The number that a network scales by as its parameter: its blocks' channels are multiples of one width.

`width` stands in the place of the narrowest block's, and of multiples of it: `basic(2 * width)`. It is a parameter only
where the network with twice the width is a network, too, which the miner tries. Of dense layers it is their `growth`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.importing.mining.network import MinedPart
from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program
from resnet_dsl.importing.mining.stems import DEEP_STEM
from resnet_dsl.importing.words import Args, Bare, Expression, call
from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument, is_integer
from resnet_dsl.pipeline import load_text

TIMES = (1, 2, 4, 8, 16, 32)
"""How many times as wide as its narrowest block those of a network are that has one width."""

PARTS = (2, 4)
"""Into which a width may be divided: a stem that is half as wide."""

FEWEST = 3
"""Calls that say numbers which are worth a parameter; equal ones in one place count once."""


class Scaled(NamedTuple):
    """A program and its blocks with a parameter of this name in the place of numbers. number: its default."""

    program: Program
    definitions: tuple[BlockDefinition, ...]
    name: str
    number: int


def scaled(program: Program, parts: Sequence[MinedPart], definitions: Sequence[BlockDefinition]) -> Iterator[Scaled]:
    """With the parameter as far as the stages reach, and everywhere; nothing where blocks have no width in common."""
    known = {one.name: one for one in definitions if not one.shared}
    stages = [part.end for part in parts if part.kind == "stage"]
    blocks = [line for value, line in program.values() if stages and value <= stages[-1] and line.body is not None]
    widths = [number for line in blocks for number in _widths(line, known)]
    if not widths or any(number % min(widths) or number // min(widths) not in TIMES for number in widths):
        return
    name = "growth" if any(line.name.startswith("dense_layer") for line in blocks) else "width"
    for end in dict.fromkeys((stages[-1], max(program.outputs))):
        found = _Scaling(name, min(widths), known)
        changed = found.everywhere("", program, end), tuple(map(found.block, definitions))
        if len(found.calls) >= FEWEST:
            yield Scaled(*changed, name, min(widths))


def is_scalable(text: str, found: Scaled) -> bool:
    """Whether the network of twice the width is one, too."""
    try:
        load_text(text).compile(overrides={found.name: 2 * found.number})
    except Refusal:
        return False
    return True


def _widths(line: Line, known: Mapping[str, BlockDefinition]) -> Iterator[int]:
    """The numbers of channels that a call of a block says, and those in the block."""
    yield from _numbers(line).values()
    for inner in known[line.name].body.lines if line.name in known else ():
        yield from _numbers(inner).values()


def _numbers(line: Line) -> dict[str, int]:
    """The arguments of a call that are numbers of channels."""
    return {key: one for key, one in line.args.items() if is_integer(one) and _is_width(line, key)}


def _is_width(line: Line, key: str) -> bool:
    if line.name in OPERATIONS:
        return key == "channels" and OPERATIONS[line.name].role == "weighted"
    return key.startswith("width") or (line.name == DEEP_STEM and key in ("first", "second"))


class _Scaling:
    """known: the blocks of the network's own. calls: those whose numbers have been replaced."""

    def __init__(self, name: str, width: int, known: Mapping[str, BlockDefinition]) -> None:
        self.name = name
        self.width = width
        self.calls: set[tuple[str, str]] = set()
        self.taking = self._taking(known)

    def _taking(self, known: Mapping[str, BlockDefinition]) -> set[str]:
        """The blocks that are to take the width: they hold a multiple of it, or call one that does."""
        free = [one for one in known.values() if all(name != self.name for name, _ in one.parameters)]
        found: set[str] = set()
        while more := [one.name for one in free if one.name not in found and self._holds(one, found)]:
            found.update(more)
        return found

    def _holds(self, definition: BlockDefinition, found: set[str]) -> bool:
        lines = definition.body.lines
        return any(line.name in found or any(map(self._written, _numbers(line).values())) for line in lines)

    def everywhere(self, block: str, program: Program, end: int) -> Program:
        """With the parameter in the lines up to a value; calls of blocks that take it give it behind, too.

        block: whose program it is; the network's has no name.
        """
        lines = []
        for value, line in program.values():
            found = self._replaced(line, channels(program.shape(line.reads[0]))) if value <= end else {}
            self.calls |= {(block, call(line.name, line.args))} if found else set()
            lines.append(self._line(line, found))
        return Program(program.entries, tuple(lines), program.outputs, program.nodes)

    def block(self, definition: BlockDefinition) -> BlockDefinition:
        if definition.name not in self.taking:
            return definition
        parameters = ((self.name, None), *definition.parameters)
        return definition._replace(
            parameters=parameters, body=self.everywhere(definition.name, definition.body, definition.body.end)
        )

    def _line(self, line: Line, found: Args) -> Line:
        taken: dict[str, Argument] = {Bare(self.name): Expression(self.name)} if line.name in self.taking else {}
        return line.renamed(line.name, {**taken, **line.args, **found})

    def _replaced(self, line: Line, entering: int) -> Args:
        """The numbers that follow from the width; with them the groups of a depthwise convolution."""
        texts = {key: self._written(one) for key, one in _numbers(line).items()}
        found = {key: Expression(text) for key, text in texts.items() if text is not None}
        groups, of_groups = line.args.get("groups"), self._written(entering)
        if found and groups == entering and of_groups:
            found["groups"] = Expression(of_groups)
        return found

    def _written(self, number: int) -> str | None:
        if number % self.width == 0 and number // self.width in TIMES:
            return self.name if number == self.width else f"{number // self.width} * {self.name}"
        part = self.width // number
        return f"{self.name} // {part}" if part in PARTS and number * part == self.width else None
