"""A text that is being edited, and what is known of it."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from resnet_dsl import resources
from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.editing.making import ExpandedNetwork, Made
from resnet_dsl.editing.naming import Mention, Naming, Symbol
from resnet_dsl.editing.remembering import Key, Memory, Run, key_of
from resnet_dsl.elaborate.loading import Read
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.pipeline import LoadedSpec
from resnet_dsl.source import PRELUDE, Source, Span
from resnet_dsl.syntax import limits, tables, tree
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.reading import read_spec
from resnet_dsl.syntax.words import END, Words, split

_SIGNS = {"RBRACE": "}", "RPAR": ")", "RSQB": "]"}


class Checked(NamedTuple):
    """Mistakes and warnings of a text, in its order, and its networks as they were run, by name."""

    diagnostics: tuple[Diagnostic, ...]
    runs: dict[str, Run]


class Document:
    """One version of a text. What is asked of it is worked out when it is first asked for, and kept.

    ``memory`` goes from version to version, so that what did not change is not run again; ``reader`` reads what the
    text imports, from files or from an editor.
    """

    def __init__(self, source: Source, memory: Memory | None = None, reader: Read = read_spec) -> None:
        self.source = source
        self.memory = Memory() if memory is None else memory
        self._reader = reader

    @cached_property
    def spec(self) -> LoadedSpec:
        return LoadedSpec(self.source, self._reader)

    @property
    def module(self) -> Module:
        return self.spec.module

    @cached_property
    def words(self) -> Words:
        """All words of the text, with a mistake or not; none of a text that is larger than a spec may be."""
        if len(self.source.text) > limits.MAX_BYTES:
            return Words(self.source, [END], [0], [0])
        return split(self.source, tables.load())

    @cached_property
    def checked(self) -> Checked:
        """What `check` finds; nothing of the prelude, which every text sees already."""
        if _is_prelude(self.source):
            return Checked((), {})
        found = self.spec.check(judge=self.memory.judge(self.spec))
        return Checked(tuple(self._own(one) for one in found), self.memory.runs)

    def _own(self, found: Diagnostic) -> Diagnostic:
        """A diagnostic with its place in this text: of one in a file that it imports, where it does."""
        if found.place is None or found.place.span.source is self.source:
            return found
        there = found.place
        here = self._import_of(there.span.source)
        label = Label(here.path.span, f"in {there.span}") if here is not None else None
        return found._replace(place=label, others=(there, *found.others))

    def _import_of(self, source: Source) -> tree.ImportFile | None:
        """The import that brings a file, by itself or by what that imports."""
        for statement, module in self.module.imports:
            if any(one.source is source for one in _all_imported(module)):
                return statement
        return None

    # Places

    def closed_above(self, offset: int) -> Document:
        """The text up to the line of a place, with all brackets closed: of one that is being written something is read.

        The same text with a bracket open may lose the whole definition.
        """
        line = self.source.text.rfind("\n", 0, offset) + 1
        kinds = self.words.kinds[: bisect_left(self.words.starts, line, hi=len(self.words.starts) - 1)]
        opened: list[str] = []
        for kind in kinds:
            if kind in OPENING:
                opened.append(_SIGNS[OPENING[kind]])
            elif kind in CLOSING and opened:
                opened.pop()
        text = self.source.text[:line] + "".join(reversed(opened))
        return Document(replace(self.source, text=text), reader=self._reader)

    def word_at(self, offset: int) -> Span | None:
        """The word that stands at a place, or ends there."""
        index = bisect_right(self.words.starts, offset) - 1
        found = (one for one in (index, index - 1) if 0 <= one < len(self.words.kinds) - 1)
        return next((self.words.span(one) for one in found if offset <= self.words.ends[one]), None)

    def is_comment(self, offset: int) -> bool:
        """Whether a place lies in a comment."""
        before = bisect_right(self.words.ends, offset, hi=len(self.words.ends) - 1)
        gap = self.source.text[self.words.ends[before - 1] if before else 0 : offset]
        return "#" in gap[gap.rfind("\n") + 1 :]

    def mention_at(self, offset: int) -> Mention | None:
        return self.naming.at(self.module, offset)

    @cached_property
    def naming(self) -> Naming:
        return Naming()

    def around(self, offset: int) -> list[tree.SyntaxNode]:
        """The nodes around a place, from the outermost definition in."""
        definition = self.definition_at(offset)
        found: list[tree.SyntaxNode] = []
        below: tree.SyntaxNode | None = definition.tree if definition is not None else None
        while below is not None:
            found.append(below)
            below = _child_at(below, offset)
        return found

    def made(self, step: Span, definition: Definition) -> list[Made]:
        """What comes of a step of a definition, in all networks of the text."""
        return [made for one in self._expansions_of(definition) for made in one.of(step, definition)]

    def made_of_part(self, part: Symbol) -> list[Made]:
        """What a stage or a head makes, in each network that has it and holds no mistake."""
        assert part.owner is not None
        having = self._expansions_of(part.owner)
        sound = (one.of_part(part.name) for one in having if one.run.judged.outcome.elaborated is not None)
        return [made for made in sound if made is not None]

    def facts_of(self, network: str) -> Facts | None:
        """Of a network of the text without a mistake."""
        run = self.checked.runs.get(network)
        return run.judged.facts if run is not None and run.judged.outcome.elaborated is not None else None

    def _expansions_of(self, definition: Definition) -> list[ExpandedNetwork]:
        return self._expansions.get(key_of(definition), [])

    @cached_property
    def _expansions(self) -> dict[Key, list[ExpandedNetwork]]:
        """For each definition the networks that can come by it."""
        found: dict[Key, list[ExpandedNetwork]] = {}
        for name, run in self.checked.runs.items():
            expansion = ExpandedNetwork(name, run)
            for key in run.trees:
                found.setdefault(key, []).append(expansion)
        return found

    @cached_property
    def definitions(self) -> list[Definition]:
        """Those of the text, in its order."""
        return [*self.module.own.values()]

    def definition_at(self, offset: int) -> Definition | None:
        """The definition that a place lies in, or at the end of; one that is not closed goes on to the next one."""
        begun = [one for one in self.definitions if one.tree.span.start <= offset]
        last = max(begun, key=lambda one: one.tree.span.start, default=None)
        if last is None or (offset > last.tree.span.end and last.tree.name.text not in self.module.unsound):
            return None
        return last


def _child_at(node: tree.SyntaxNode, offset: int) -> tree.SyntaxNode | None:
    """The child that a place lies in; of two that meet there the second one."""
    children = (one for _, one in node.children() if isinstance(one, tree.SyntaxNode))
    around = [one for one in children if one.span.start <= offset <= one.span.end]
    return around[-1] if around else None


def _all_imported(module: Module) -> list[Module]:
    found = [module]
    for one in found:
        found += [other for other in one.imported() if other not in found]
    return found


def _is_prelude(source: Source) -> bool:
    """Whether it is the file of the prelude, which a definition may lead to."""
    if source.name == PRELUDE:
        return True
    return source.path is not None and os.path.realpath(source.path) == os.path.realpath(resources.prelude_path())
