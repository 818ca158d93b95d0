"""What a file of settings may say: its keys, and the kind of each value, which reads one or tells what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import nearest, respelt
from resnet_dsl.sentences import listed, there_are
from resnet_dsl.source import Source, Span
from resnet_dsl.toml.places import KeyPlace, Way

MISSING = "E0272"
"""What is told of a key that must be there and is not."""
_MOST_FOUND = 100
_LONGEST_SHOWN = 60
_MOST_LISTED = 12
_TYPES = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "a table"),
)


@dataclass
class TomlFindings:
    """What is found wrong in one file; ``places`` are those of its values."""

    source: Source
    places: dict[Way, KeyPlace]
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, mistake: Diagnostic) -> None:
        if len(self.found) < _MOST_FOUND:
            self.found.append(mistake)

    def kind(self, way: Way, value: object, expected: str, help: str | None = None) -> None:
        """The value is of another kind."""
        message = f"{_named(way)} is {expected}, and here stands {_what(value)}"
        self.add(Diagnostic("E0258", message, Label(self.places[way].value), help=help or f"write {expected}"))

    def range(self, way: Way, message: str, help: str) -> None:
        """The value is of its kind, and not among those that there are."""
        self.add(Diagnostic("E0259", message, Label(self.places[way].value), help=help))


class ValueKind(Protocol):
    """``words``: what a value is, as a sentence goes on with it: ``a number from 1 to 9``."""

    @property
    def words(self) -> str: ...

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        """The value as it is to be used; None where it was told what is wrong with it."""
        ...


@dataclass(frozen=True)
class BoundedNumber:
    """A number within bounds, both included; ``whole``: no fraction."""

    least: float
    most: float
    whole: bool = False

    @property
    def words(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:g}"

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or (self.whole and isinstance(value, float)):
            return findings.kind(way, value, self.words)
        if not self.least <= value <= self.most:
            return findings.range(way, f"{_named(way)} is {self.words}, not {value:g}", f"write {self.words}")
        return value


@dataclass(frozen=True)
class LineOfText:
    """A text of one line. ``form``: a function that makes of it what is used, or raises ValueError, which says why not.

    ``said``: what it is, in place of ``text``.
    """

    longest: int = 200
    form: Callable[[str], Any] = str
    said: str = "text in quotes"

    @property
    def words(self) -> str:
        return self.said

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if not isinstance(value, str):
            return findings.kind(way, value, self.words)
        if len(value) > self.longest or not value.isprintable():
            most = f"is one line of at most {self.longest} letters"
            return findings.range(way, f"{_named(way)} {most}", "shorten it, and leave out what cannot be seen")
        try:
            return self.form(value)
        except ValueError as error:
            return findings.range(way, f"{_named(way)}: {error}", f"write {self.words}")


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    options: Sequence[str]

    @property
    def words(self) -> str:
        return " or ".join(f'"{one}"' for one in self.options)

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if not isinstance(value, str):
            return findings.kind(way, value, self.words)
        if value in self.options:
            return value
        near = nearest(value, self.options)
        help = f'did you mean "{near}"?' if near else f"write {self.words}"
        return findings.range(way, f"{_named(way)} is {self.words}", help)


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    words: str = "true or false"

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        return value if isinstance(value, bool) else findings.kind(way, value, self.words)


@dataclass(frozen=True)
class Several:
    """A list of values of one kind; ``[[header]]`` tables, too."""

    kind: ValueKind
    least: int = 0
    most: int = 100

    @property
    def words(self) -> str:
        return f"a list of {self._count}, each {self.kind.words}"

    @property
    def _count(self) -> str:
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if not isinstance(value, list):
            return findings.kind(way, value, self.words, self._alone(value, way, findings))
        if not self.least <= len(value) <= self.most:
            found = f"{_named(way)} is {self.words}, and here {'stands' if len(value) == 1 else 'stand'} {len(value)}"
            return findings.range(way, found, f"write {self._count} of them")
        return [self.kind.read(one, (*way, number), findings) for number, one in enumerate(value)]

    def _alone(self, value: Any, way: Way, findings: TomlFindings) -> str | None:
        """How to write a value that stands alone, where one is enough for this list, as a list of one."""
        if isinstance(value, dict) and isinstance(self.kind, KeyedTable):
            names = tuple(part for part in way if isinstance(part, str))
            return f"write `[[{dotted(names)}]]` above its keys, once for each"
        attempt, text = TomlFindings(findings.source, findings.places), findings.places[way].value.text
        self.kind.read(value, way, attempt)
        fits = self.least <= 1 and not attempt.found and len(text) <= _LONGEST_SHOWN
        return f"write `[{text}]`" if fits else None


@dataclass(frozen=True)
class Key:
    """What stands behind a key: the kind of its value, a sentence on what it does, whether it must be there."""

    kind: ValueKind
    says: str = ""
    required: bool = False


@dataclass(frozen=True)
class KeyedTable:
    """A table with these keys and no others. A way through keys that are missing is no mistake of the others."""

    keys: Mapping[str, Key]
    words: str = "a table of keys"

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if not isinstance(value, dict):
            return findings.kind(way, value, self.words)
        for name, key in self.keys.items():
            if key.required and name not in value:
                findings.add(_missing(name, key, way, findings))
        read = {}
        for name, one in value.items():
            if name in self.keys:
                read[name] = self.keys[name].kind.read(one, (*way, name), findings)
            else:
                findings.add(_unknown(name, self.keys, (*way, name), findings))
        return read


@dataclass(frozen=True)
class NamedTable:
    """A table whose keys are names of the user's own. ``names``: those that there are, where not every one will do.

    ``meant``: what a word of elsewhere is among them. ``listing``: what lists them all, as a sentence goes on with it.
    """

    kind: ValueKind
    names: Sequence[str] | None = None
    meant: Callable[[str], str | None] | None = None
    listing: str = ""
    most: int = 500
    words: str = "a table"

    def read(self, value: Any, way: Way, findings: TomlFindings) -> Any:
        if not isinstance(value, dict):
            return findings.kind(way, value, self.words)
        if len(value) > self.most:
            return findings.range(way, f"{_named(way)} has at most {self.most} keys", "leave some out")
        read = {}
        for name, one in value.items():
            if self.names is None or name in self.names:
                read[name] = self.kind.read(one, (*way, name), findings)
            else:
                known = dict.fromkeys(self.names, Key(self.kind))
                meant = self.meant(name) if self.meant else None
                findings.add(_unknown(name, known, (*way, name), findings, meant, self.listing))
        return read


def _unknown(
    name: str,
    known: Mapping[str, Key],
    way: Way,
    findings: TomlFindings,
    meant: str | None = None,
    listing: str = "",
) -> Diagnostic:
    place = Label(findings.places[way].key)
    where = f"in `{dotted(way[:-1])}`" if len(way) > 1 else "here"
    mistake = Diagnostic("E0257", f"there is no key `{name}` {where}", place, help=_there_are([*known], listing))
    return mistake._replace(help=f"write `{meant}`") if meant else respelt(mistake, name, known)


def _there_are(known: Sequence[str], listing: str) -> str:
    """All of a few keys; of many the first, and what lists the others."""
    if not known:
        return "leave it out"
    if len(known) <= _MOST_LISTED or not listing:
        return there_are(known)
    return f"there are {listed(known[:_MOST_LISTED])} and {len(known) - _MOST_LISTED} more: {listing}"


def _missing(name: str, key: Key, way: Way, findings: TomlFindings) -> Diagnostic:
    span = findings.places[way].key if way else Span(findings.source, 0, 0)
    where = f"`{dotted(way)}`" if way else f"`{findings.source.name}`"
    message = f"{where} has no `{name}`, which must be there"
    return Diagnostic(MISSING, message, Label(span), help=f"add `{name} = …`, {key.kind.words}")


def _named(way: Way) -> str:
    return f"`{dotted(way)}`" if way else "this file"


def dotted(way: Way) -> str:
    """A way as a person writes it: ``panel[0].letter``, ``kind."batch norm".show``."""
    found = ""
    for part in way:
        bare = isinstance(part, str) and re.fullmatch("[A-Za-z0-9_-]+", part)
        found += f"[{part}]" if isinstance(part, int) else f".{part}" if bare else f'."{part}"'
    return found.removeprefix(".")


def _what(value: object) -> str:
    """What a value is, for a sentence."""
    return next((words for type_, words in _TYPES if isinstance(value, type_)), "a date or a time")
