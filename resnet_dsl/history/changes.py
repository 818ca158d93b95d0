"""What has become of each network since a commit. Networks are the same by their file and name, or, where one stands
in another file than before, by their name alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from resnet_dsl import pipeline
from resnet_dsl.analyses.difference import Difference, describe, difference
from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.diagnostics.nearest import asked, instead, near_file, nearest
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.history.revision import Revision

Kind = Literal["changed", "new", "gone", "mended", "same"]

MOST_GONE = 200
"""Files that are gone in which a network is looked for that is new."""


class WantedFile(NamedTuple):
    """A file of today or of then, by its path in the repository, and the network that is meant; None: all of them."""

    path: str
    network: str | None = None


class Change(NamedTuple):
    """What has become of one network, or of a file that is gone and could not be read. ``before`` and ``after``: its
    facts, where it is there and compiles.

    name, file: of today, or, of what is gone, of then; the file by its path in the repository. was: the file in which
    it stood. mistake: why it could not be compiled then, if it could not (``mended``).
    """

    kind: Kind
    name: str
    file: str | None = None
    before: Facts | None = None
    after: Facts | None = None
    found: Difference | None = None
    was: str | None = None
    mistake: str | None = None

    @property
    def differs(self) -> bool:
        return self.kind != "same" or self.was is not None


def between(before: Facts, after: Facts, found: Difference) -> Change:
    """What tells two networks apart, as a change from the one to the other."""
    kind: Kind = "changed" if describe(found) else "same"
    return Change(kind, " → ".join(found.names), before=before, after=after, found=found)


def changes(base: Revision, wanted: Iterable[WantedFile]) -> list[Change]:
    """Of each network that is wanted, in their order. Raises Refusal where one of today does not compile."""
    return [*_Comparison(base, [*dict.fromkeys(wanted)]).changes()]


class _Comparison:
    """Files of today and of then, each read once. Files are named by their paths in the repository."""

    def __init__(self, base: Revision, wanted: list[WantedFile]) -> None:
        self.base = base
        self.wanted = wanted
        self.now = cache(self._now)
        self.then = cache(self._then)

    def changes(self) -> Iterator[Change]:
        """Those of what is there first: where they come from is not gone."""
        there = {
            (file, name): self._of(file, name) for file, name in self._pairs() if name in _networks(self.now(file))
        }
        taken = {(change.was, change.name) for change in there.values()}
        for file, name in self._pairs():
            if (file, name) in there:
                yield there[file, name]
            elif (file, name) not in taken:
                yield self._gone(file, name)
        for file in dict.fromkeys(one.path for one in self.wanted):
            if self.now(file) is None and isinstance(unreadable := self.then(file), str):
                yield Change("gone", os.path.basename(file), file, mistake=unreadable)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Each file with each of its networks, of today and of then."""
        for file, network in self.wanted:
            names = dict.fromkeys((*_networks(self.now(file)), *_networks(self.then(file))))
            if network is not None and network not in names:
                absent = f"there is no network `{network}` in `{file}`, and was none in `{self.base.name}`"
                raise Failure(absent, instead(network, names) if names else None)
            yield from ((file, name) for name in names if network in (None, name))

    def _of(self, file: str, name: str) -> Change:
        now, then = self.now(file), self.then(file)
        assert isinstance(now, pipeline.LoadedSpec)
        if isinstance(then, str):
            return Change("mended", name, file, after=now.compile(name).facts, mistake=then)
        if name in _networks(then):
            return self._compared(file, name, file)
        was = self._moved_from(name)
        return self._compared(file, name, was) if was else Change("new", name, file, after=now.compile(name).facts)

    def _compared(self, file: str, name: str, was: str) -> Change:
        now, then = self.now(file), self.then(was)
        assert isinstance(now, pipeline.LoadedSpec)
        assert isinstance(then, pipeline.LoadedSpec)
        moved = None if file == was else was
        if (now.source.text, now.imported) == (then.source.text, then.imported):
            return Change("same", name, file, after=now.compile(name).facts if moved else None, was=moved)
        after = now.compile(name).facts
        try:
            before = then.compile(name).facts
        except Refusal as refusal:
            return Change("mended", name, file, after=after, was=moved, mistake=_first(refusal))
        found = difference(before, after, (f"{name}@{self.base.name}", name))
        return between(before, after, found)._replace(name=name, file=file, was=moved)

    def _gone(self, file: str, name: str) -> Change:
        then = self.then(file)
        assert isinstance(then, pipeline.LoadedSpec)
        try:
            return Change("gone", name, file, before=then.compile(name).facts)
        except Refusal as refusal:
            return Change("gone", name, file, mistake=_first(refusal))

    def _moved_from(self, name: str) -> str | None:
        """The one file in which a network of this name stood, and stands no more."""
        gone = [path for path in self.base.specs if not os.path.exists(os.path.join(self.base.root, path))]
        looked_at = dict.fromkeys([*(one.path for one in self.wanted), *(gone if len(gone) <= MOST_GONE else ())])
        found = [path for path in looked_at if self._lost(path, name)]
        return found[0] if len(found) == 1 else None

    def _lost(self, path: str, name: str) -> bool:
        then = self.then(path)
        written = isinstance(then, pipeline.LoadedSpec) and re.search(rf"\bnetwork\s+{name}\b", then.source.text)
        return bool(written) and name in _networks(then) and name not in _networks(self.now(path))

    def _now(self, path: str) -> pipeline.LoadedSpec | None:
        whole = os.path.join(self.base.root, path)
        if os.path.lexists(whole):
            spec = pipeline.load(os.path.relpath(whole), found=True)
            pipeline.stop_at_errors(spec.diagnostics)
            return spec
        if path in self.base.specs:
            return None
        near = near_file(path, self.base.root) or nearest(path, self.base.specs)
        raise Failure(
            f"there is no file `{path}`, and was none in `{self.base.name}`", asked(path, near) if near else None
        )

    def _then(self, path: str) -> pipeline.LoadedSpec | str | None:
        """The spec as it was; where it had mistakes of form or could not be read, the first of them in words."""
        if path not in self.base.specs:
            return None
        try:
            spec = self.base.spec(path)
            pipeline.stop_at_errors(spec.diagnostics)
        except DiagnosticError as mistake:
            return mistake.diagnostic.message
        except Refusal as refusal:
            return _first(refusal)
        return spec


def _networks(spec: pipeline.LoadedSpec | str | None) -> Iterable[str]:
    return spec.networks if isinstance(spec, pipeline.LoadedSpec) else ()


def _first(refusal: Refusal) -> str:
    return next(one.message for one in refusal.diagnostics if one.severity == "error")
