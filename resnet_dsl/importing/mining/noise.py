"""Noise at the end of residual paths: stochastic depth and its like, which the prelude's slot `drop` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.mining.residual import is_residual
from resnet_dsl.importing.words import Args, Expression, call
from resnet_dsl.ir.operations import OPERATIONS


class Noisy(NamedTuple):
    """A program whose residual paths end in the slot. use: the setting that fills it, where it is one for all.

    found: else, what fills it in each block, by the block's last node; None where nothing does.
    """

    program: Program
    use: str | None = None
    found: Mapping[int, str | None] = MappingProxyType({})


def with_slot(program: Program) -> Noisy:
    """The slot in the place of noise; as it is where there is none."""
    blocks = [line for line in program.lines if is_residual(line)]
    noise = [_noise(line) for line in blocks]
    if not any(noise):
        return Noisy(program)
    slotted = tuple(_slotted(line) if is_residual(line) else line for line in program.lines)
    changed = Program(program.entries, slotted, program.outputs, program.nodes)
    use = _formula([None if one is None else (one.name, one.args) for one in noise])
    pairs = zip(blocks, noise, strict=True)
    found = {line.nodes[-1]: None if one is None else call(one.name, one.args) for line, one in pairs}
    return Noisy(changed, use and f"use drop = {use}", found)


def _noise(line: Line) -> Line | None:
    body = line.body
    assert body is not None
    last = body.line(_skip(body).reads[0])
    return last if last is not None and last.name in OPERATIONS and OPERATIONS[last.name].role == "noise" else None


def _skip(body: Program) -> Line:
    return next(line for line in body.lines if line.name == "skip")


def _slotted(line: Line) -> Line:
    """With the slot in front of the skip, in the place of noise where there is some."""
    body = line.body
    assert body is not None
    lines: list[Line] = []
    place = {0: 0}
    noise, skip = _noise(line), _skip(body)
    for value, one in body.values():
        reads = [place[it] for it in one.reads]
        if one is noise:
            place[value] = reads[0]
            continue
        if one is skip:
            lines.append(Line("drop", {}, (reads[0],), one.shape, ()))
            reads[0] = len(lines)
        lines.append(one.reading(reads))
        place[value] = len(lines)
    return line.within(Program(body.entries, tuple(lines), (len(lines),), body.nodes))


def _formula(noise: Sequence[tuple[str, Args] | None]) -> str | None:
    """The call that gives each residual block its noise: the same everywhere, or growing with the depth."""
    name, args = next(one for one in reversed(noise) if one is not None)
    rates = [0.0 if one is None else float(one[1]["rate"]) for one in noise]
    if any(one is not None and (one[0], {**one[1], "rate": 0}) != (name, {**args, "rate": 0}) for one in noise):
        return None
    if len({*rates}) == 1:
        return call(name, args)
    highest, last = rates[-1], len(rates) - 1
    if all(rate == highest * (place / last) for place, rate in enumerate(rates)):
        return call(name, {**args, "rate": Expression(f"{call('x', {'rate': highest})[2:-1]} * progress")})
    return None
