"""The blocks of a network: the prelude's where they are, and its own, each found once and called often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from resnet_dsl.importing.mining import adapters
from resnet_dsl.importing.mining.chains import with_transitions, with_units
from resnet_dsl.importing.mining.evening import evened
from resnet_dsl.importing.mining.fusions import with_fusions
from resnet_dsl.importing.mining.gains import with_gain
from resnet_dsl.importing.mining.gates import GATES, Gates
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.naming import name_of
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program, rebuilt
from resnet_dsl.importing.mining.recognising import BLOCKS, Recogniser
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.mining.regularity import with_defaults, with_regular_blocks
from resnet_dsl.importing.mining.residual import is_residual
from resnet_dsl.importing.mining.settings import MinedSettings
from resnet_dsl.importing.mining.stems import DEEP_STEM, with_deep_stem
from resnet_dsl.importing.mining.unifying import skeleton, unified
from resnet_dsl.importing.mining.writing import Writer
from resnet_dsl.importing.words import Expression, call, value


class Blocked(NamedTuple):
    """A program of calls, under settings, and the blocks of its own that it calls.

    between: those of them that stand between stages.
    """

    program: Program
    settings: MinedSettings
    definitions: tuple[BlockDefinition, ...]
    between: frozenset[str]


def with_blocks(
    program: Program, settings: MinedSettings, prober: Callable[[MinedSettings], Prober], free: Names
) -> Blocked:
    """Every region as a call: of the prelude's block that it is, or of one that several of them are.

    ``prober``: what compiles calls under settings.
    """
    return _Blocks(program, settings, prober, free).result()


class _Blocks:
    def __init__(
        self, program: Program, settings: MinedSettings, prober: Callable[[MinedSettings], Prober], free: Names
    ) -> None:
        self.program = program
        self.settings = settings
        self.prober = prober
        self.free = free
        self.definitions: list[BlockDefinition] = []
        self.between = {DEEP_STEM}
        self.plain = False
        self.normed = False
        self.forced: str | None = None

    def result(self) -> Blocked:
        self._set_adapters()
        self.program = Gates(self.prober(self.settings), self.program).everywhere()
        self._set_attention()
        recogniser = Recogniser(self.prober(self.settings))
        self._change(lambda line: recogniser.named(line) if is_residual(line) else line)
        self.program = with_regular_blocks(self.program)
        self._change(_flattened)
        self.program = with_deep_stem(self.program, self.prober(self.settings))
        self.program = evened(self.program)
        self._inline_single()
        self._set_chains()
        self.program = with_fusions(self.program)
        self._own()
        self.program, self.definitions = with_gain(self.program, self.definitions, self.settings)
        self._drop_idle_settings()
        self._set_defaults()
        return Blocked(self.program, self.settings, tuple(self.definitions), frozenset(self.between))

    def _change(self, change: Callable[[Line], Line]) -> None:
        lines = [(one, change(line) if line.name == JOINT else line) for one, line in self.program.values()]
        self.program = rebuilt(self.program, lines)

    def _set_adapters(self) -> None:
        """What most skips pass through is said once; another adapter stands where it is."""
        every = [*adapters.skips_of(self.program)]
        plain = [line for line in every if line.reads[1] == 0]
        early = [line for line in every if line.reads[1] != 0 and line.body is not None]
        fitting = {*self._set_usual_adapter(plain), *self._set_early_adapter(early)}
        self._change(lambda line: _explicit(line, fitting))
        forced = self.forced
        if forced is not None:
            self._change(lambda line: _marked(line, forced))

    def _set_usual_adapter(self, skips: Sequence[Line]) -> set[int]:
        """Of the skips that start from what enters. Which of them have it, by their identity."""
        adapted = [line for line in skips if line.body is not None]
        prober = self.prober(self.settings)
        name = adapters.chosen(adapted, prober, adapters.AFTER)
        if name is None:
            return set()
        self.normed = name in ("project", "pool_project")
        always = len(adapted) == len(skips) and any(map(adapters.fits_as_it_is, adapted))
        if always or name != "project":
            self.settings.lines.append(f"skips {'always ' if always else ''}via {name}")
        self.forced = None if always else name
        return {id(line) for line in adapted if adapters.fits(line, prober, name)}

    def _set_early_adapter(self, skips: list[Line]) -> set[int]:
        """Of the skips that start from an activated value."""
        prober = self.prober(self.settings)
        name = adapters.chosen(skips, prober, adapters.BEFORE)
        if name not in (None, "project_only"):
            self.settings.lines.append(f"use preact_project = {name}")
        return {id(line) for line in skips if name is not None and adapters.fits(line, prober, name)}

    def _set_attention(self) -> None:
        """The gate at the end of most residual paths fills the prelude's slot."""
        ends = [_gate_at_end(line) for line in self.program.lines if is_residual(line)]
        named = [one for one in ends if one is not None]
        texts = [call(one.name, one.args) for one in named]
        most = max(texts, key=texts.count, default="")
        if 2 * texts.count(most) > len(ends):
            usual = named[texts.index(most)]
            self.settings.attn = usual.name, usual.args

    def _drop_idle_settings(self) -> None:
        """No setting where each block has its own gate, and nothing in a slot that no block asks for."""
        called = {line.name for line in self.program.lines}
        own = [line for line in (*self.program.lines, *lines_of(self.definitions)) if line.name in GATES]
        filled = any((line.name, line.args) == self.settings.attn for line in own)
        if called.isdisjoint(BLOCKS) and not filled:
            self.settings.attn = None
        if called.isdisjoint(BLOCKS) and self.settings.act[0] == "identity":
            self.settings.act = "relu", {}
        if called.isdisjoint(BLOCKS) and not self.normed and self.settings.norm[0] == "identity":
            self.settings.norm = "batchnorm", {}

    def _set_defaults(self) -> None:
        self.program, defaults = with_defaults(self.program, lines_of(self.definitions))
        self.settings.lines += defaults

    def _set_chains(self) -> None:
        """Units of a network without blocks, and what stands between the blocks of others."""
        self.plain = all(line.body is None or line.name == DEEP_STEM for line in self.program.lines)
        self.program = with_units(self.program) if self.plain else with_transitions(self.program)

    def _alike(self) -> list[list[int]]:
        """The regions without a name, those of one skeleton together."""
        groups: defaultdict[object, list[int]] = defaultdict(list)
        for at, line in self.program.values():
            if line.name == JOINT and line.body is not None:
                groups[skeleton(line.body), len(line.reads)].append(at)
        return [*groups.values()]

    def _inline_single(self) -> None:
        """A region that occurs once is no block, but for a residual one."""
        lines: dict[int, Line] = dict(self.program.values())
        single = {group[0] for group in self._alike() if len(group) == 1 and not is_residual(lines[group[0]])}
        self.program = inlined(self.program, single)

    def _own(self) -> None:
        """Regions of one skeleton become calls of one block."""
        lines: dict[int, Line] = dict(self.program.values())
        for group in self._alike():
            bodies = [body for body in (lines[one].body for one in group) if body is not None]
            definition, calls = unified(self.free.take(name_of(bodies[0])), bodies)
            self.definitions.append(definition)
            if not self.plain and all(len(one.reads) == 1 for one in bodies[0].lines):
                self.between.add(definition.name)
            for one, args in zip(group, calls, strict=True):
                lines[one] = lines[one].renamed(definition.name, args)
        self.program = rebuilt(self.program, [*lines.items()])


def _explicit(line: Line, fitting: Collection[int]) -> Line:
    """With additions in the place of skips whose adapter is not the network's."""
    body = line.body
    assert body is not None
    if not any(one.name == "skip" and one.body is not None and id(one) not in fitting for one in body.lines):
        return line
    changed: list[Line] = []
    place = {0: 0}
    for at, one in body.values():
        reads = [place[it] for it in one.reads]
        added = one
        if one.name == "skip" and one.body is not None:
            for step in one.body.lines:
                changed.append(step.reading([reads[1] if step.reads == (0,) else len(changed)]))
            reads[1] = len(changed)
            added = Line("add", {}, one.reads, one.shape, one.nodes[-1:])
        changed.append(added.reading(reads))
        place[at] = len(changed)
    return line.within(Program(body.entries, tuple(changed), (len(changed),), body.nodes))


def _marked(line: Line, name: str) -> Line:
    """With skips that pass through an adapter although shapes agree saying so."""
    body = line.body
    assert body is not None
    lines = tuple(
        one.renamed("skip", {"always": Expression(name)}) if one.name == "skip" and adapters.fits_as_it_is(one) else one
        for one in body.lines
    )
    return line.within(Program(body.entries, lines, body.outputs, body.nodes))


def _gate_at_end(line: Line) -> Line | None:
    """The call of a gate that stands last on a residual path, but for noise."""
    body = line.body
    assert body is not None
    skip = next(one for one in body.lines if one.name == "skip")
    at = body.line(skip.reads[0])
    while at is not None and at.name in ("drop", "drop_path", "dropblock", "dropout"):
        at = body.line(at.reads[0])
    return at if at is not None and at.name in GATES else None


def _flattened(line: Line) -> Line:
    """With regions inside that have no name written out."""
    return line if line.body is None else line.within(inlined(line.body))


def inlined(program: Program, values: Collection[int] | None = None) -> Program:
    """With the lines of regions that have no name in their place: of these alone, or of all, and of those inside."""
    if values is None:
        values = {at for at, line in program.values() if line.name == JOINT}
    start = len(program.entries)
    made: list[Line] = []
    place = {one: one for one in range(start)}
    for at, line in program.values():
        reads = [place[it] for it in line.reads]
        made += _written_out(line, reads, start + len(made)) if at in values else [line.reading(reads)]
        place[at] = start + len(made) - 1
    return Program(program.entries, tuple(made), tuple(place[one] for one in program.outputs), program.nodes)


def _written_out(line: Line, reads: Sequence[int], first: int) -> list[Line]:
    """The lines of a region, from a place on."""
    assert line.body is not None
    body = inlined(line.body)
    place = dict(enumerate(reads)) | {at: first + number for number, (at, _) in enumerate(body.values())}
    return [one.reading(place[it] for it in one.reads) for one in body.lines]


def spoken(program: Program, settings: MinedSettings) -> Program:
    """As it is written under settings."""
    lines = tuple(settings.spoken(line) for line in program.lines)
    return Program(program.entries, lines, program.outputs, program.nodes)


def block_text(definition: BlockDefinition, taken: Collection[str], settings: MinedSettings) -> str:
    """``taken``: names of the file, which no value in the block may have."""
    named = [name if usual is None else f"{name} = {value(usual)}" for name, usual in definition.parameters]
    parameters = [*definition.passed, *named]
    free = Names({*taken, *definition.passed, *(name for name, _ in definition.parameters)})
    entries = dict(enumerate(("in", *definition.passed)))
    [statements] = Writer(spoken(definition.body, settings), entries, free).parts()
    shown = f"({', '.join(parameters)})" if parameters else ""
    shared = "shared " if definition.shared else ""
    return f"{shared}block {definition.name}{shown} {{\n" + "\n".join(statements) + "\n}\n"


def lines_of(definitions: Collection[BlockDefinition]) -> Iterator[Line]:
    for one in definitions:
        yield from one.body.lines
