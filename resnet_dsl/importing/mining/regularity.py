"""What calls of the prelude's blocks have in common is said once; those that have too little are calls of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.mining.recognising import BLOCKS
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.words import call

_OWN = ("width", "stride", "dilation")
"""What each call of a block says for itself."""

_WORTH = 3
"""Calls that are written with the same argument, from which on it is a default."""


def with_regular_blocks(program: Program) -> Program:
    """Without the calls that need groups and a base width each of their own: they are another block's, by its width."""
    wide = [line for line in program.lines if line.name in BLOCKS and _groups(line)]
    if len({_groups(line) for line in wide}) < 2:
        return program
    lines = (line.renamed(JOINT, {}) if line in wide else line for line in program.lines)
    return Program(program.entries, tuple(lines), program.outputs, program.nodes)


def _groups(line: Line) -> tuple[tuple[str, object], ...]:
    return tuple((key, one) for key, one in line.args.items() if key in ("groups", "base_width"))


def with_defaults(program: Program, others: Iterable[Line]) -> tuple[Program, list[str]]:
    """The program without arguments that all calls of a block have, and the settings that say them.

    ``others``: calls in the network's own blocks, which keep theirs: then there are no defaults.
    """
    own = {line.name for line in others}
    shared = {name: _shared([line for line in program.lines if line.name == name]) for name in sorted(BLOCKS - own)}
    lines = tuple(_without(line, shared.get(line.name, {})) for line in program.lines)
    settings = [f"default {call(name, args)}" for name, args in shared.items() if args]
    return Program(program.entries, lines, program.outputs, program.nodes), settings


def _shared(calls: Sequence[Line]) -> dict[str, object]:
    written = {call(line.name, line.args) for line in calls}
    return {key: calls[0].args[key] for key in _keys(calls)} if len(written) >= _WORTH else {}


def _keys(calls: Sequence[Line]) -> Iterator[str]:
    for key, one in calls[0].args.items():
        if key not in _OWN and all(line.args.get(key) == one for line in calls):
            yield key


def _without(line: Line, usual: dict[str, object]) -> Line:
    return line.renamed(line.name, {key: one for key, one in line.args.items() if key not in usual})
