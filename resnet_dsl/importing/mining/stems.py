"""The prelude's deep stem, where a network begins with it."""

from __future__ import annotations

from itertools import accumulate

from resnet_dsl.importing.mining.chains import chained, trunk
from resnet_dsl.importing.mining.expanding import digest_of
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import Program
from resnet_dsl.importing.words import Args, Bare, call

DEEP_STEM = "deep_stem"

_USUAL = {Bare("first"): 32, "second": 32, "width": 64}


def with_deep_stem(program: Program, prober: Prober) -> Program:
    """With a call of it in the place of the first steps, where it computes the same."""
    first = _first_steps(program)
    if not first:
        return program
    found = chained(program, [first])
    body = found.lines[0].body
    assert body is not None
    if prober.digest(body.entries[0], call(DEEP_STEM, _arguments(body))) != digest_of(body):
        return program
    named = found.lines[0].renamed(DEEP_STEM, _arguments(body))
    return Program(found.entries, (named, *found.lines[1:]), found.outputs, found.nodes)


def _first_steps(program: Program) -> list[int]:
    """The steps up to what follows the third convolution, before the next step of another kind."""
    chain = trunk(program)
    lines = [program.lines[value - len(program.entries)] for value in chain]
    convs = [*accumulate(int(line.name == "conv") for line in lines)]
    if 3 not in convs or any(line.body is not None for line in lines[: convs.index(3)]):
        return []
    start = convs.index(1)
    length = convs.index(2) - start
    even = start == 0 and convs.index(3) == 2 * length and convs[: 3 * length][-1] == 3
    return chain[: 3 * length] if even else []


def _arguments(body: Program) -> Args:
    channels = [line.args["channels"] for line in body.lines if line.name == "conv"]
    return {name: one for name, one in zip(_USUAL, channels, strict=True) if one != _USUAL[name]}
