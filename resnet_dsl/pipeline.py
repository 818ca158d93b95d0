"""The compiler, read from top to bottom: text -> tree -> graph -> facts. Targets take what comes out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from resnet_dsl import resources, shipped
from resnet_dsl.analyses.expectations import check_demands, check_expectations
from resnet_dsl.analyses.lint import explained, lint
from resnet_dsl.analyses.network import Facts, WithFacts
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.diagnostics.order import MOST_FOUND, in_order, without_doubts_of_mistakes
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.elaborate.limits import CHARACTERS_OF_A_STEP, MOST_STEPS_OF_A_FILE, STEPS_OF_A_NETWORK, file_too_large
from resnet_dsl.elaborate.loading import Loader, Read
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.names.check import check_names
from resnet_dsl.elaborate.names.shadowing import hidden_parameters
from resnet_dsl.elaborate.networks.elaboration import Elaborated, Outcome
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.elaborate.networks.fitting import Fitter
from resnet_dsl.elaborate.unused import Used, idle_settings, idle_skips, unused_names
from resnet_dsl.elaborate.values import Expectation, Origin
from resnet_dsl.memory import unhindered
from resnet_dsl.sentences import listed, there_are
from resnet_dsl.source import PRELUDE, Source
from resnet_dsl.syntax import tree
from resnet_dsl.syntax.parser import Parsed, parse_mended
from resnet_dsl.syntax.reading import read, read_spec

Overrides = Mapping[str, Any]

_OF_NAMES = ("E01", "E02")
"""Mistakes of form and names, which may be why a name seems unused."""

_UNMET = "E0401"
"""The code of an expectation that failed."""


class Asked(NamedTuple):
    """What was to be compiled: which network of which spec, under which parameters and input size."""

    spec: LoadedSpec
    network: str
    overrides: Overrides
    input_size: InputSize | None


class Backbone(NamedTuple):
    """What is asked for in place of a network's outputs (resnet_dsl.passes.backbone).

    features: names of parts, whose values are returned; None: the map that its top takes. pooling: of that map.
    """

    features: tuple[str, ...] | None = None
    pooling: Literal["avg", "max"] | None = None


@dataclass(frozen=True, eq=False)
class Compiled(WithFacts):
    """A network that passed every check: its facts, from the graph on, and the warnings that came up.

    ``origins``: for each node of the graph where the text asks for it. ``cut_from``: the network that it is a part of,
    and which part.
    """

    facts: Facts
    origins: tuple[Origin, ...]
    warnings: tuple[Diagnostic, ...]
    asked: Asked
    cut_from: tuple[Compiled, Backbone] | None = None

    @property
    def whole(self) -> Compiled:
        """The network of the text, of which it may be a part."""
        return self if self.cut_from is None else self.cut_from[0].whole

    @property
    def places(self) -> tuple[str, ...]:
        """For each node where it stands in the spec, in words: ``net.resnet:14:5: conv(64, 3)``."""
        return tuple(f"{origin.span}: {' '.join(origin.span.text.split())}" for origin in self.origins)

    def under(self, input_size: InputSize) -> Compiled:
        """The same network under another input size. Raises Refusal where it cannot be compiled so."""
        asked = self.asked
        return asked.spec.compile(asked.network, asked.overrides, input_size)


class Judged(NamedTuple):
    """What became of a network: its elaboration, the facts of what is known of it, and what is told of these."""

    outcome: Outcome
    facts: Facts | None
    told: tuple[Diagnostic, ...]


Judge: TypeAlias = Callable[[Definition], Judged]


class LoadedSpec:
    """One text with its imports, parsed; ``diagnostics`` holds the mistakes of form and names found on the way.

    ``files`` are the paths of all that was read; ``reading`` reads what is imported, by its path beside the source's
    name. ``imported``: the texts of these files, by their paths.
    """

    @unhindered
    def __init__(self, source: Source, reading: Read = read_spec) -> None:
        prelude = resources.prelude_path()
        loader = Loader(_parse, reading, Source(PRELUDE, resources.prelude_text(), prelude))
        self.source = source
        self.reading = reading
        self.module = loader.load(source)
        self.prelude = loader.prelude
        self._written = [one for path, one in loader.modules.items() if one is self.module or not shipped.holds(path)]
        self.files = tuple(loader.modules)
        self.imported = {path: one.source.text for path, one in loader.modules.items() if one is not self.module}
        self.diagnostics = (*loader.diagnostics, *self._hidden(loader))

    def _hidden(self, loader: Loader) -> Iterator[Diagnostic]:
        for module in loader.modules.values():
            yield from hidden_parameters(module)

    @cached_property
    def networks(self) -> dict[str, Definition]:
        """The networks that the text itself defines, in its order."""
        return self.module.networks()

    @unhindered
    def compile(
        self, network: str | None = None, overrides: Overrides | None = None, input_size: InputSize | None = None
    ) -> Compiled:
        """One network, or the only one. Raises Refusal with every mistake that was found in it."""
        stop_at_errors(self.diagnostics)
        definition = self._network(network)
        outcome = Fitter().elaborate(definition, self.prelude, overrides or {}, input_size)
        asked = Asked(self, definition.tree.name.text, overrides or {}, _alone(input_size, outcome))
        return self._finish(definition, outcome, asked)

    @unhindered
    def lineage(self, network: str | None = None, input_size: InputSize | None = None) -> tuple[Compiled, ...]:
        """A network behind those that it derives from, each as it is by itself, the innermost base first.

        Raises Refusal with every mistake that was found in one of them.
        """
        self.compile(network, input_size=input_size)
        chain: list[Definition] = []
        found: Definition | None = self._network(network)
        while found is not None:
            chain.append(found)
            found = found.module.base_of(found.tree) if isinstance(found.tree, tree.NetworkNode) else None
        asked = Asked(self, chain[0].tree.name.text, {}, None)
        outcomes = ((one, Fitter().elaborate(one, self.prelude, {}, input_size)) for one in reversed(chain))
        return tuple(self._finish(one, outcome, asked) for one, outcome in outcomes)

    def parameters(self, network: str) -> tuple[str, ...]:
        """The parameters of a network that compiles, and of those that it derives from."""
        definition: Definition | None = self.networks[network]
        names: list[str] = []
        while definition is not None and isinstance(definition.tree, tree.NetworkNode):
            written = definition.tree
            names += [one.name.text for one in (written.parameters.items if written.parameters else ())]
            definition = definition.module.base_of(written)
        return tuple(dict.fromkeys(names))

    def rewritten(self, text: str) -> LoadedSpec:
        """The same file with another text."""
        return LoadedSpec(replace(self.source, text=text), self.reading)

    @unhindered
    def check(
        self,
        network: str | None = None,
        overrides: Overrides | None = None,
        input_size: InputSize | None = None,
        demands: Iterable[Expectation] = (),
        judge: Judge | None = None,
    ) -> tuple[Diagnostic, ...]:
        """Every mistake and warning, in source order: of form, of names, and of each network, or of the one named.

        Networks are checked as they are written, or under other parameters or another input size, where the text's own
        expectations do not hold. ``demands`` are expectations from outside, which each network is held to.
        ``judge`` may stand in the place of ``judge()``: one that remembers what became of a network.
        """
        meant: list[Diagnostic] = []
        for module in self._written:
            if module.file.definitions:
                meant += check_names(module)
        definitions = [*self.networks.values()] if network is None else [self._network(network)]
        as_written = not overrides and input_size is None
        meant += self._check_networks(definitions, judge or self.judge(overrides, input_size, demands), as_written)
        formed = [*self.diagnostics, *(one for one in meant if one.code < _OF_NAMES[1])]
        found = self._independent(formed, meant) if formed else meant
        mistaken = [one.place.span for one in found if one.code.startswith(_OF_NAMES) and one.place is not None]
        found += unused_names(self.module, mistaken)
        return tuple(in_order(without_doubts_of_mistakes(found)))

    def _independent(self, formed: list[Diagnostic], meant: list[Diagnostic]) -> list[Diagnostic]:
        """All mistakes, without those that only follow from one of form. ``meant``: what was found in what was read."""
        from resnet_dsl.elaborate.consequences import independent, is_beside, is_blurred

        formed = independent(formed)
        others = (one for one in meant if one not in formed)
        return [*formed, *(one for one in others if not is_blurred(one, self._written) and not is_beside(one, formed))]

    def _misread(self, definition: Definition) -> bool:
        """Whether a network may be another than was meant, for a mistake of form."""
        from resnet_dsl.elaborate.consequences import is_misread

        return is_misread(definition, self._written, self.diagnostics)

    def judge(
        self,
        overrides: Overrides | None = None,
        input_size: InputSize | None = None,
        demands: Iterable[Expectation] = (),
    ) -> Judge:
        """What runs one network after another and judges what comes of each, within one budget for all of them."""
        fitter, demanded = Fitter(), tuple(demands)

        def judged(definition: Definition) -> Judged:
            outcome = fitter.elaborate(definition, self.prelude, overrides or {}, input_size)
            known = outcome.elaborated or outcome.sound
            if known is None:
                return Judged(outcome, None, ())
            facts = Facts(known.graph, known.shapes)
            held = check_demands(demanded, facts, definition.tree.name.span)
            return Judged(outcome, facts, (*_judge(definition, known, facts), *held))

        return judged

    def _check_networks(self, definitions: list[Definition], judge: Judge, as_written: bool) -> Iterator[Diagnostic]:
        used = Used()
        steps, found = len(self.source.text) // CHARACTERS_OF_A_STEP, 0
        sound = True
        for definition in definitions:
            if definition.tree.name.text in definition.module.unsound:
                sound = False
                continue
            outcome, _, told = judge(definition)
            mistakes, told = explained(outcome.diagnostics, told)
            yield from mistakes
            found += len(outcome.diagnostics)
            misread = bool(told and self.diagnostics) and self._misread(definition)
            yield from (one for one in told if not (misread and one.code == _UNMET))
            used.add(outcome.used)
            sound = sound and outcome.elaborated is not None
            steps += outcome.steps + STEPS_OF_A_NETWORK
            if steps > MOST_STEPS_OF_A_FILE:
                yield file_too_large(definition.tree.name.span)
            if steps > MOST_STEPS_OF_A_FILE or found > MOST_FOUND:
                return
        if sound and as_written and len(definitions) == len(self.networks):
            yield from idle_skips(self.module, used)
            yield from idle_settings(self.module, used)

    def _finish(self, definition: Definition, outcome: Outcome, asked: Asked) -> Compiled:
        elaborated, found = outcome.elaborated, outcome.diagnostics
        if elaborated is None:
            raise Refusal(in_order([*check_names(self.module), *found]))
        facts = Facts(elaborated.graph, elaborated.shapes)
        judged = tuple(in_order([*found, *_judge(definition, elaborated, facts)]))
        stop_at_errors(judged)
        return Compiled(facts, elaborated.origins, judged, asked)

    def _network(self, name: str | None) -> Definition:
        if name is None and len(self.networks) == 1:
            return next(iter(self.networks.values()))
        if name in self.networks:
            return self.networks[name]
        raise Refusal((_which(self.source, name, list(self.networks)),))


def _alone(asked: InputSize | None, outcome: Outcome) -> InputSize | None:
    """What is asked of a network with one input, without its name: what stands in run folders."""
    found = outcome.elaborated
    return next(iter(asked.values())) if isinstance(asked, Mapping) and found and found.graph.inputs == 1 else asked


def _judge(definition: Definition, elaborated: Elaborated, facts: Facts) -> tuple[Diagnostic, ...]:
    warnings = lint(facts.graph, facts.shapes, elaborated.origins)
    if warnings:
        from resnet_dsl.elaborate.networks.causes import in_network  # read where something is to be told

        warnings = tuple(in_network(definition, warnings))
    return (*elaborated.warnings, *warnings, *check_expectations(elaborated.expectations, facts))


def load(path: str, *, found: bool = False) -> LoadedSpec:
    """The spec in a file, or in the standard input (`-`). Raises Refusal where it cannot be read.

    ``found``: nobody named the file, it lay in a folder; so it is read only where it is a spec by its name, too.
    """
    try:
        return LoadedSpec(read_spec(path) if found else read(path))
    except DiagnosticError as mistake:
        raise Refusal((mistake.diagnostic,)) from None


def load_text(text: str, name: str = "<text>") -> LoadedSpec:
    """The spec in a string; imports are relative to the current folder."""
    return LoadedSpec(Source(name, text))


def _parse(source: Source) -> Parsed:
    return _parse_prelude(source) if source.name == PRELUDE else parse_mended(source)


@lru_cache(maxsize=1)
def _parse_prelude(source: Source) -> Parsed:
    return parse_mended(source)


def stop_at_errors(diagnostics: tuple[Diagnostic, ...]) -> None:
    if any(one.severity == "error" for one in diagnostics):
        raise Refusal(in_order(diagnostics))


def _which(source: Source, name: str | None, known: list[str]) -> Diagnostic:
    shown = os.path.basename(source.name)
    if not known:
        return Diagnostic("E0238", f"`{source.name}` defines no network", None, help="write `network NAME { … }`")
    if name is None:
        message = f"`{source.name}` holds {len(known)} networks, and none is named"
        return Diagnostic(
            "E0239", message, None, notes=(f"they are {listed(known)}",), help=f"write `{shown}:{known[0]}`"
        )
    return Diagnostic(
        "E0240",
        f"there is no network `{name}` in `{source.name}`",
        None,
        notes=(there_are(known),),
        help=suggestion(name, known),
    )
