"""What a network says once: its normalisation, its activation, and arguments that most calls of an operation have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.words import Args, call, same, value
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument

GATES = {"sigmoid", "hard_sigmoid", "softmax", "tanh", "abs", "softplus"}
"""Activations that are no network's usual one, unless nothing else is."""


@dataclass
class MinedSettings:
    """norm, act, attn: the calls that fill these slots; last_norm: of a norm that starts at zero.

    defaults: by operation, what arguments are unless they are given. lines: further settings, as they are written.
    """

    norm: tuple[str, Args] = ("batchnorm", {})
    act: tuple[str, Args] = ("relu", {})
    last_norm: tuple[str, Args] | None = None
    attn: tuple[str, Args] | None = None
    defaults: Mapping[str, Args] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def written(self) -> Iterator[str]:
        if self.norm != ("batchnorm", {}):
            yield f"use norm = {call(*self.norm)}"
        if self.act != ("relu", {}):
            yield f"use act = {call(*self.act)}"
        if self.last_norm is not None:
            yield f"use last_norm = {call(*self.last_norm)}"
        if self.attn is not None:
            yield f"use attn = {call(*self.attn)}"
        for name, args in self.defaults.items():
            yield f"default {name}({', '.join(f'{key} = {value(one)}' for key, one in args.items())})"
        yield from self.lines

    def spoken(self, line: Line) -> Line:
        """A call as it is written under these settings: slots for what fills them, and no argument that is usual."""
        slots = (("norm", self.norm), ("act", self.act), ("last_norm", self.last_norm), ("attn", self.attn))
        for slot, filled in slots:
            if filled is not None and line.name == filled[0] and same(line.args, filled[1]):
                return line.renamed(slot, {})
        usual = self.defaults.get(line.name)
        return line if usual is None else line.renamed(line.name, _under(line, usual))


def _under(line: Line, usual: Args) -> dict[str, Argument]:
    """The arguments that must be given where others are the defaults."""
    parameters = OPERATIONS[line.name].parameters
    plain = {one.name: one.default for one in parameters}
    return {
        one.name: line.args.get(one.name, plain[one.name])
        for one in parameters
        if line.args.get(one.name, plain[one.name]) != usual.get(one.name, plain[one.name])
    }


def settings_of(lines: Iterable[Line]) -> MinedSettings:
    """What holds for most of these calls of operations."""
    every = [line for line in lines if line.name in OPERATIONS]
    norms = [line for line in every if OPERATIONS[line.name].role == "norm"]
    acts = [line for line in every if OPERATIONS[line.name].role == "activation"]
    usual = [line for line in acts if line.name not in GATES]
    norm = _most(norms) or ("identity", {})
    act = _most(usual) or (("identity", {}) if norm[0] == "evonorm" else ("relu", {}))
    return MinedSettings(norm, act, _last(norms, norm), defaults=_defaults(every))


def _most(lines: list[Line]) -> tuple[str, Args] | None:
    kinds = Counter((line.name, tuple(line.args.items())) for line in lines)
    if not kinds:
        return None
    (name, args), _ = kinds.most_common(1)[0]
    return name, dict(args)


def _last(norms: list[Line], norm: tuple[str, Args]) -> tuple[str, Args] | None:
    """The norm that stands beside the usual one, and differs in what its factor starts from alone."""
    for line in norms:
        bare = {key: one for key, one in line.args.items() if key != "gamma"}
        if line.name == norm[0] and same(bare, norm[1]) and not same(line.args, norm[1]):
            return line.name, dict(line.args)
    return None


def _defaults(lines: list[Line]) -> dict[str, Args]:
    called: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if OPERATIONS[line.name].role == "weighted":
            called[line.name].append(line)
    found = {name: _usual(name, those) for name, those in called.items() if len(those) > 2}
    return {name: args for name, args in found.items() if args}


def _usual(name: str, lines: list[Line]) -> dict[str, Argument]:
    """What more than half of the calls say of an argument, of those that no call gives bare."""
    found: dict[str, Argument] = {}
    for one in OPERATIONS[name].parameters:
        said = Counter(line.args[one.name] for line in lines if one.name in line.args and one.name != "like")
        most = said.most_common(1)
        is_number = most and isinstance(most[0][0], int | tuple) and not isinstance(most[0][0], bool)
        if most and most[0][1] * 2 > len(lines) and not one.required and not is_number:
            found[one.name] = most[0][0]
    return found


def every_line(program: Program) -> Iterator[Line]:
    """The calls of operations in a program and in all its blocks."""
    for line in program.lines:
        if line.body is not None:
            yield from every_line(line.body)
        if line.body is None or line.name == "skip":
            yield line
