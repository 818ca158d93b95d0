"""A network that ships, with what is another in the source: ``network mine from resnet50(classes = 3) { … }``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.known import names_like
from resnet_dsl.importing.mining.program import Program
from resnet_dsl.importing.mining.reading import program_of
from resnet_dsl.importing.mining.settings import MinedSettings, every_line, settings_of
from resnet_dsl.importing.words import call, size
from resnet_dsl.pipeline import Compiled, load
from resnet_dsl.shipped import find


def derived(flat: FlatNetwork, name: str, mined: str) -> Iterator[str]:
    """Texts that derive the network from one that ships. ``mined``: the text that was found without, for its head."""
    for base in names_like(flat.graph, flat.network.shapes):
        path = find(base)
        assert path is not None
        spec = load(path)
        yield _Derived(flat, spec.compile(base), spec.parameters(base)).text(name, mined)


class _Derived:
    def __init__(self, flat: FlatNetwork, base: Compiled, parameters: tuple[str, ...]) -> None:
        self.flat = flat
        self.base = base
        self.parameters = parameters
        self.ours = program_of(flat.graph, flat.network.shapes, flat.unsaid)
        self.theirs = program_of(base.graph, base.shapes, flat.unsaid)

    def text(self, name: str, mined: str) -> str:
        lines = [*self._inputs(), *self._settings(), *self._head(mined)]
        body = "\n".join(["{", *lines, "}"]) if lines else "{}"
        return f"network {name} from {self.base.name}{self._arguments()} {body}\n"

    def _arguments(self) -> str:
        classes = _classes(self.ours)
        is_other = classes is not None and classes != _classes(self.theirs) and "classes" in self.parameters
        return f"(classes = {classes})" if is_other else ""

    def _inputs(self) -> Iterator[str]:
        nodes = zip(self.flat.graph.nodes, self.base.graph.nodes[: self.base.graph.inputs], strict=False)
        for one, other in nodes:
            if one.args["shape"] != other.args["shape"]:
                named = f"{other.name} " if self.base.graph.inputs > 1 else ""
                yield f"input {named}{size(one.args['shape'])}"

    def _settings(self) -> Iterator[str]:
        ours, theirs = (_settings_of(one) for one in (self.ours, self.theirs))
        if ours.norm != theirs.norm:
            yield f"use norm = {call(*ours.norm)}"

    def _head(self, mined: str) -> list[str]:
        """The head as it was found, where the outputs are made otherwise."""
        ends = [program.lines[-1].name for program in (self.ours, self.theirs)]
        head = re.search(r"^  head \{[^\n]*\}$|^  head \{\n.*?^  \}$", mined, re.MULTILINE | re.DOTALL)
        return [head[0]] if head and ends[0] != ends[1] and "classes" in self.parameters else []


def _settings_of(program: Program) -> MinedSettings:
    return settings_of(every_line(program))


def _classes(program: Program) -> int | None:
    units = [line.args["units"] for line in program.lines if line.name == "dense"]
    return int(units[-1]) if units else None
