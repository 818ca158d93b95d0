"""Residual blocks that are the prelude's: candidates are compiled, and compared with what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.importing.mining.expanding import digest_of
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.words import Args, Bare, call

BLOCKS = {"basic", "bottleneck", "preact_basic", "preact_bottleneck"}
"""The prelude's."""

_WIDTH = Bare("width")

Candidate = tuple[str, Args]


class Recogniser:
    def __init__(self, prober: Prober) -> None:
        self.prober = prober
        self._known: dict[tuple[bytes, object], Candidate | None] = {}

    def named(self, line: Line) -> Line:
        """A residual block as a call of the prelude's, where it is one."""
        body = line.body
        assert body is not None
        key = (digest_of(body), body.entries)
        if key not in self._known:
            self._known[key] = self._found(body, key[0])
        found = self._known[key]
        return line if found is None else line.renamed(*found)

    def _found(self, body: Program, wanted: bytes) -> Candidate | None:
        for name, args in _candidates(body):
            if self.prober.digest(body.entries[0], call(name, args)) == wanted:
                return name, args
        return None


def _candidates(body: Program) -> Iterator[Candidate]:
    convs = [line.args for line in body.lines if line.name == "conv"]
    if len(convs) == 2:
        yield from _of_two(convs)
    if len(convs) == 3:
        yield from _of_three(convs)


def _of_two(convs: list[Args]) -> Iterator[Candidate]:
    more = _given(stride=_stride(convs), dilation=convs[0].get("dilation", 1), groups=convs[0].get("groups", 1))
    yield "basic", {_WIDTH: convs[0]["channels"], **more}
    yield "preact_basic", {_WIDTH: convs[0]["channels"], **_given(stride=_stride(convs))}


def _of_three(convs: list[Args]) -> Iterator[Candidate]:
    inner, outer = convs[0]["channels"], convs[2]["channels"]
    groups, stride = convs[1].get("groups", 1), _stride(convs)
    for width, expansion in _widths(inner, outer):
        for base in _bases(inner, width, groups):
            args = _given(stride=stride, expansion=(expansion, 4), groups=groups, base_width=(base, 64))
            yield "bottleneck", {_WIDTH: width, **args, **_given(dilation=convs[1].get("dilation", 1))}
            yield "preact_bottleneck", {_WIDTH: width, **args}


def _widths(inner: int, outer: int) -> Iterator[tuple[int, int]]:
    """Widths with the expansions that lead to the outer channels: the default one, or from the inner channels on."""
    if outer % 4 == 0:
        yield outer // 4, 4
    if outer % inner == 0 and outer != 4 * inner:
        yield inner, outer // inner
    if outer != 4 * (outer // 4):
        yield outer, 1


def _bases(inner: int, width: int, groups: int) -> Iterator[int]:
    """The base widths that lead to the inner channels."""
    first = -(-inner * 64 // (groups * width))
    yield from (one for one in (64, first) if width * one // 64 * groups == inner)


def _given(**named: int | tuple[int, int]) -> dict[str, int]:
    """Arguments that are not at their default: 1, or the second of a pair."""
    pairs = {name: one if isinstance(one, tuple) else (one, 1) for name, one in named.items()}
    return {name: found for name, (found, usual) in pairs.items() if found != usual}


def _stride(convs: list[Args]) -> int:
    strides = [one.get("stride", 1) for one in convs]
    return max((one for one in strides if isinstance(one, int)), default=1)
