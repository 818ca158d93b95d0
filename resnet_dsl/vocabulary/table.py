"""The table of other tools' words, as the TOML files beside this one hold it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_dsl.vocabulary.calls import ArgumentPiece, read_row

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_CALLS = ("keras", "torch", "others")


class WordRow(NamedTuple):
    """One line of the table: calls that are the same here. See the head of keras.toml for what its fields mean.

    ``word`` is how messages call it: "Keras' word". ``takes`` are the arguments in their order with their defaults,
    "" where they are needed. ``aliases`` are the steps of those names that are not ``here``.
    """

    tool: str
    word: str
    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    takes: tuple[ArgumentPiece, ...] = ()
    here: str = ""
    aliases: Mapping[str, str] = MappingProxyType({})
    arguments: Mapping[str, str] = MappingProxyType({})
    values: bool = False
    row: bool = False
    member: str = ""
    none: str = ""
    note: str = ""
    examples: tuple[str, ...] = ()

    def step_of(self, name: str) -> str:
        """The step that a name is, with what is always given: `avgpool(global)`."""
        known = name if name in self.names else next(one for one in self.names if plain(one) == plain(name))
        step = self.aliases.get(known, self.here)
        return known if step == "NAME" else step


class OtherWords(NamedTuple):
    """The words that are no calls: see words.toml."""

    arguments: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]]
    otherwise: dict[str, str]
    steps: dict[str, str]
    labels: dict[str, str]
    flows: dict[str, str]
    needless: dict[str, str]
    usual: dict[str, list[str]]
    nowhere: dict[str, str]
    names: dict[str, str]
    slots: dict[str, str]
    statements: dict[str, str]
    python: dict[str, str]
    methods: dict[str, str]
    trained: dict[str, str]
    tensors: dict[str, str]


@cache
def rows() -> tuple[WordRow, ...]:
    """All rows, tool by tool."""
    return tuple(_row(one, data) for data in map(_read, _CALLS) for one in data["calls"])


@cache
def words() -> OtherWords:
    data = _read("words")
    values = {name: _turned(table) for name, table in data.pop("values").items()}
    arguments = {name: tuple(meant) for name, meant in data.pop("arguments").items()}
    return OtherWords(arguments=arguments, values=values, **(data | {"slots": _turned(data["slots"])}))


def _turned(table: dict[str, list[str]]) -> dict[str, str]:
    """From each of others' words to the word here."""
    return {other: here for here, others in table.items() for other in others}


def meant(table: Mapping[str, str], word: str) -> str | None:
    """The word here that one of others stands for; case and underscores do not count."""
    return next((here for other, here in table.items() if plain(other) == plain(word)), None)


def plain(word: str) -> str:
    """A word without what tools write differently: `HeNormal`, `he_normal`."""
    return word.lower().replace("_", "").replace("-", "")


def find(name: str, prefix: str = "") -> tuple[WordRow, ...]:
    """The rows of a name behind a prefix (`nn`), in the table's order; as it is written, or else but for case and
    underscores."""
    exact, folded = _index()
    found = exact.get(name) or folded.get(plain(name), ())
    return tuple(row for row in found if prefix in row.prefixes)


def names_behind(prefix: str) -> Iterator[str]:
    """The names that stand behind a prefix in some row."""
    return (name for row in rows() if prefix in row.prefixes for name in row.names)


@cache
def modules() -> frozenset[str]:
    """The words that stand in front of names in some row, short ones left out, which may be anything."""
    first = {prefix.partition(".")[0] for row in rows() for prefix in row.prefixes}
    return frozenset(one for one in first if one in ("F", "nn", "tf", "np") or len(one) > 2) - {"init", "models"}


@cache
def _index() -> tuple[dict[str, tuple[WordRow, ...]], dict[str, tuple[WordRow, ...]]]:
    exact: dict[str, tuple[WordRow, ...]] = {}
    folded: dict[str, tuple[WordRow, ...]] = {}
    for row in rows():
        for name in row.names:
            exact[name] = (*exact.get(name, ()), row)
        for key in dict.fromkeys(map(plain, row.names)):
            folded[key] = (*folded.get(key, ()), row)
    return exact, folded


def _read(name: str) -> dict[str, Any]:
    with open(os.path.join(_FOLDER, f"{name}.toml"), "rb") as file:
        return tomllib.load(file)


def _row(data: dict[str, Any], file: dict[str, Any]) -> WordRow:
    found = read_row(f"({data.pop('takes', '')})", 0)
    assert found is not None
    takes = tuple(one if one.name else one._replace(name=one.value, value="") for one in found[0])
    names, prefixes = tuple(_names(data.pop("names"))), tuple(data.pop("from", file["from"]))
    return WordRow(file["title"], file["word"], names, prefixes, takes, **data)


def _names(written: list[str]) -> list[str]:
    return [one.replace("#", axes) for one in written for axes in ("123" if "#" in one else " ")]
