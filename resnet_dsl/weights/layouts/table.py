"""The layouts, as the TOML files in ``tables/`` hold them: our places, and what other libraries call the same.

A file has a ``library`` or several, a ``family`` of networks, where its names come from (``source``, ``version``,
``licence``), and rows. A row is a place, as resnet_dsl.weights.layouts.places writes it, and the foreign module:

    ["stage{s}/block{b}:*/conv{n}", "layer{s}.{b - 1}.conv{n}"]

In a place ``{s}`` is a number (1 where there is none), ``*`` whatever stands in one step, and the rest a regular
expression. In a module ``{…}`` is arithmetic with these numbers, and with those that the blocks around the place were
called with. A third element says when a row holds (``"source < target"``), a fourth what arrays are called in this row.
The first row that fits is taken.

``arrays`` says what a module calls the arrays of an operation, where that differs from what PyTorch's own modules do:
``"channel_scale.gamma" = "layer_scale:3"``. The number is the rank that the array has there: axes of length 1 are
added behind its others, or left out.
"""

from __future__ import annotations

import ast
import operator
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_dsl.weights.layouts.places import NodePlace

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables")

_TORCH = MappingProxyType(
    {
        "kernel": "weight",
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
        "tau": "tau:1",
        "gain": "gain:4",
    }
)
"""What PyTorch's modules call arrays; all others have our names."""


class ForeignArray(NamedTuple):
    """What a layout calls an array. rank: how many axes it has there; None: as many as ours."""

    name: str
    rank: int | None = None


class ForeignModule(NamedTuple):
    """A foreign module. arrays: how some of its arrays are called, by their names here (``op.weight``, ``weight``)."""

    name: str
    arrays: Mapping[str, str]

    def called(self, op: str, weight: str) -> ForeignArray:
        """What an array is called in it."""
        written = self.arrays.get(weight) or self.arrays.get(f"{op}.{weight}") or _TORCH.get(weight, weight)
        name, _, rank = written.partition(":")
        return ForeignArray(name, int(rank) if rank else None)


class LayoutRow(NamedTuple):
    """place: of ours. module: the foreign name, in pieces: every second one is arithmetic. when: "": always."""

    place: re.Pattern[str]
    module: tuple[str, ...]
    when: str = ""
    arrays: Mapping[str, str] = MappingProxyType({})


class Layout(NamedTuple):
    """One way to call the arrays of one family of networks.

    blocks: the family's: the different ones in stages, in order, with a space between, as a regular expression.
    keras: whether names are those of Keras' layers, whose arrays are as ours and in our order; else they are those of
    PyTorch's modules. base: what some files leave out in front of names, and others do not.
    renamed: how early versions called something, as regular expressions, and how it is called now.
    """

    libraries: tuple[str, ...]
    family: str
    rows: tuple[LayoutRow, ...]
    blocks: str
    source: str
    version: str
    licence: str
    keras: bool = False
    base: str = ""
    arrays: Mapping[str, str] = MappingProxyType({})
    renamed: tuple[tuple[str, str], ...] = ()

    def module(self, place: NodePlace) -> ForeignModule | None:
        """The module at a place; None where the layout knows no such place."""
        for row in self.rows:
            if (found := row.place.fullmatch(place.path)) is not None:
                numbers = {**place.numbers, **{name: int(text or 1) for name, text in found.groupdict().items()}}
                if not row.when or _evaluated(row.when, numbers):
                    return ForeignModule(_filled(row.module, numbers), {**self.arrays, **row.arrays})
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """How it may be asked for: by a library, or by that and the family."""
        return (*self.libraries, *(f"{one}/{self.family}" for one in self.libraries))

    def is_for(self, places: Sequence[NodePlace]) -> bool:
        """Whether the network has the blocks of the family."""
        blocks = {place.block for place in places if place.block}
        return re.fullmatch(self.blocks, " ".join(sorted(blocks))) is not None

    def beginnings(self, part: str) -> tuple[str, ...]:
        """The modules of a part that are always called the same: ``fc`` of the head."""
        own = (row for row in self.rows if row.place.pattern.startswith(f"{part}/"))
        return tuple(row.module[0] for row in own if len(row.module) == 1)


@cache
def layouts() -> tuple[Layout, ...]:
    """Every one, in the order of the files' names."""
    return tuple(map(_read, sorted(os.listdir(_FOLDER))))


def libraries() -> tuple[str, ...]:
    """The names of all that have a layout."""
    return tuple(sorted({name for one in layouts() for name in one.libraries}))


def _read(file: str) -> Layout:
    with open(os.path.join(_FOLDER, file), "rb") as table:
        said = tomllib.load(table)
    library = said.pop("library")
    return Layout(
        libraries=tuple([library] if isinstance(library, str) else library),
        rows=tuple(_row(*one) for one in said.pop("rows")),
        renamed=tuple(map(tuple, said.pop("renamed", ()))),
        **said,
    )


def _row(place: str, module: str, when: str = "", arrays: Mapping[str, str] = MappingProxyType({})) -> LayoutRow:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>\\d*)", place.replace("*", "[^/]*"))
    return LayoutRow(re.compile(pattern), tuple(re.split(r"\{([^}]*)\}", module)), when, arrays)


_OPERATORS: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.Eq: operator.eq,
}


def _filled(pieces: Sequence[str], numbers: Mapping[str, int]) -> str:
    return "".join(str(_evaluated(one, numbers)) if index % 2 else one for index, one in enumerate(pieces))


def _evaluated(text: str, numbers: Mapping[str, int]) -> int:
    return _value(_parsed(text), numbers)


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _value(expression: Any, numbers: Mapping[str, int]) -> int:
    match expression:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name(id=name):
            return numbers[name]
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]):
            return _OPERATORS[type(sign)](_value(left, numbers), _value(right, numbers))
    raise ValueError(f"{ast.unparse(expression)} is no arithmetic of a layout")
