"""What became of a text's networks, remembered from one version of it to the next.

Who types changes one definition, and all that does not ask for it stays as it was. A network is taken from before where
it, and every definition that it can come by, is written as it was then, comments and layout apart, and nothing was told
of it: what is told names lines, which may be others now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from resnet_dsl.editing.positions import file_of
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.pipeline import Judge, Judged, LoadedSpec
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Key: TypeAlias = tuple[str, str]
"""Which definition it is, whatever version of its text: its file and its name."""


def key_of(definition: Definition) -> Key:
    return file_of(definition.module.source), definition.tree.name.text


_MOST_GONE = 10
"""Networks that are kept though they were not in the last version: a mistake may hide one for a while."""


class Run(NamedTuple):
    """One network, run; ``trees``: the definitions that it can come by, as they stood in the text of that run."""

    judged: Judged
    trees: Mapping[Key, tree.SyntaxNode]

    def then(self, definition: Definition) -> dict[Span, Span]:
        """For each node of a definition its place now, and where it stood when this ran; nothing of another one."""
        before = self.trees.get(key_of(definition))
        rows = tree.walk(definition.tree), tree.walk(before)
        return dict(zip((one.span for one in rows[0]), (one.span for one in rows[1]), strict=False))


class _Known(NamedTuple):
    """A run, and what it depended on: the texts of its definitions, and which names were lost around them."""

    run: Run
    depended: object


class Memory:
    """The networks of the version of a text that was checked last."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._fresh: dict[str, _Known] = {}

    def judge(self, spec: LoadedSpec) -> Judge:
        """Judges as the spec does, and runs only what is another network than at the last time."""
        run = spec.judge()
        gone = [name for name in self._known if name not in self._fresh][-_MOST_GONE:]
        self._known, self._fresh = {**{name: self._known[name] for name in gone}, **self._fresh}, {}

        def judged(definition: Definition) -> Judged:
            reached = reached_from(definition)
            name, depended = definition.tree.name.text, _depends_on(reached.values())
            known = self._known.get(name)
            if known is not None and depended is not None and known.depended == depended:
                moved = _moved(known.run, reached)
                if moved is not None:
                    self._fresh[name] = known
                    return moved
            trees = {key: one.tree for key, one in reached.items()}
            self._fresh[name] = _Known(Run(run(definition), trees), depended)
            return self._fresh[name].run.judged

        return judged

    @property
    def runs(self) -> dict[str, Run]:
        """Of the networks that were judged last, by name."""
        return {name: known.run for name, known in self._fresh.items()}


def reached_from(definition: Definition) -> dict[Key, Definition]:
    """A definition, and all that it can come by: what its text names, in any of its words, and so on."""
    found: dict[Key, Definition] = {}
    pending = [definition]
    while pending:
        current = pending.pop()
        if key_of(current) not in found:
            found[key_of(current)] = current
            pending += _named_in(current)
    return found


def _named_in(definition: Definition) -> list[Definition]:
    module, text = definition.module, definition.tree.span.text
    found = [module.seen[word] for word in _words(text) if word in module.seen]
    base = module.base_of(definition.tree) if isinstance(definition.tree, tree.NetworkNode) else None
    return [*found, base] if base is not None else found


@lru_cache(maxsize=1_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


@lru_cache(maxsize=1_000)
def _without_layout(text: str) -> str:
    """Without comments, and with one space for many; a line's end may part two steps."""
    return _BETWEEN.sub(_as_short, text)


_BETWEEN = re.compile(r'"[^"\n]*"|(?:\s|#[^\n]*)+')


def _as_short(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else "\n" if "\n" in found[0] else " "


def _depends_on(definitions: Iterable[Definition]) -> object:
    """Equal where the same comes of them; None where a mistake of form stands in one, which is read by what is around.

    A network's documentation stands above it.
    """
    texts: dict[Key, tuple[str, str]] = {}
    modules: dict[Module, None] = {}
    for one in definitions:
        if _is_mended(one):
            return None
        doc = one.tree.doc if isinstance(one.tree, tree.NetworkNode) else ""
        texts[key_of(one)] = _without_layout(one.tree.span.text), doc
        modules |= dict.fromkeys((one.module, *one.module.imported()))
    return texts, {file_of(one.source): (one.blind, one.lost) for one in modules}


def _is_mended(definition: Definition) -> bool:
    module, span = definition.module, definition.tree.span
    is_blurred = any(span.start <= one.start < span.end for one in module.blurred)
    return is_blurred or definition.tree.name.text in (module.mended | module.unsound)


def _moved(run: Run, reached: Mapping[Key, Definition]) -> Judged | None:
    """What was judged, of the trees as they are now; None where something was told, or a text is read otherwise."""
    outcome = run.judged.outcome
    if outcome.diagnostics or run.judged.told:
        return None
    places: dict[tree.SyntaxNode, tree.SyntaxNode] = {}
    for key, before in run.trees.items():
        now = reached[key].tree
        if before is not now:
            rows = tree.walk(before), tree.walk(now)
            if [*map(type, rows[0])] != [*map(type, rows[1])]:
                return None
            places.update(zip(*rows, strict=True))
    return run.judged._replace(outcome=outcome._replace(used=outcome.used.moved(places)))
