"""An activation that a number always follows, as networks without normalisation have it: one setting says both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program, rebuilt
from resnet_dsl.importing.mining.settings import MinedSettings
from resnet_dsl.importing.words import call, same
from resnet_dsl.ir.operations import OPERATIONS

FEWEST = 3
"""Activations with the number behind them that are worth it."""


def with_gain(
    program: Program, blocks: Sequence[BlockDefinition], settings: MinedSettings
) -> tuple[Program, list[BlockDefinition]]:
    """With the slot in the place of both, filled by a setting; as they are where they are not always together."""
    programs = [program, *(one.body for one in blocks)]
    pairs = [pair for one in programs for pair in _pairs(one, settings)]
    gains = {None if gain is None else call(gain.name, gain.args) for gain in pairs}
    own = {one.name for one in blocks}
    alone = all(line.name in OPERATIONS or line.name in _NEUTRAL | own for one in programs for line in one.lines)
    if len(pairs) < FEWEST or len(gains) > 1 or None in gains or not alone:
        return program, [*blocks]
    first, *bodies = (_joined(one, settings) for one in programs)
    settings.act = f"{call(*settings.act)} -> {gains.pop()}", {}
    return first, [block._replace(body=body) for block, body in zip(blocks, bodies, strict=True)]


_NEUTRAL = {"skip", "drop", "norm", "last_norm"}
"""Calls of the prelude's that activate nothing."""


def _pairs(program: Program, settings: MinedSettings) -> Iterator[Line | None]:
    """Behind each of the usual activations the scale that alone reads it, None where something else does."""
    readers = program.readers()
    for value, line in program.values():
        if _is_usual(line, settings):
            behind = [program.line(one) for one in readers[value] if one >= 0]
            yield behind[0] if len(readers[value]) == 1 and behind and _is_gain(behind[0]) else None


def _is_usual(line: Line, settings: MinedSettings) -> bool:
    return line.name == settings.act[0] and same(line.args, settings.act[1])


def _is_gain(line: Line | None) -> bool:
    return (
        line is not None and line.name == "scale" and isinstance(line.args.get("value"), float) and len(line.args) == 1
    )


def _joined(program: Program, settings: MinedSettings) -> Program:
    lines = dict(program.values())
    for value, line in [*lines.items()]:
        before = lines.get(line.reads[0])
        if before is not None and _is_gain(line) and _is_usual(before, settings):
            del lines[line.reads[0]]
            lines[value] = Line("act", {}, before.reads, line.shape, (*before.nodes, *line.nodes))
    return rebuilt(program, [*lines.items()])
