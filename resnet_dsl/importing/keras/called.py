"""A call in a Keras model, as its description has it: the layer or function, its settings, and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.targets.keras.calls import SLICE

Described: TypeAlias = Mapping[str, Any]
"""A JSON object of Keras' configuration, of which nothing is known yet."""


class StrangeError(Exception):
    """The description is damaged, or no model's: what is wrong goes on from "its description …"."""


class UnknownError(Exception):
    """The language cannot say this: why goes on from the layer's name (``is a `Lambda`, …``)."""

    def __init__(self, why: str, remedy: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


class MisfitError(UnknownError):
    """What enters an operation does not fit it."""


class Called(NamedTuple):
    """One call.

    label: the layer's name; behind those of the models that it lies in, a slash between them.
    kind: as in resnet_dsl.targets.keras.calls: a class of Keras (``Conv2D``), ``ops.NAME``, ``own.NAME``, ``slice``;
        or, in front of a colon, where a class comes from that is not known.
    settings: the layer's configuration; of a function all that it was called with beside values.
    inputs: the calls whose values it reads, in order, by their numbers.
    given: what a layer is called with beside values (``training``).
    place: where a ``.keras`` archive keeps its layer's weights: ``layers/conv2d_3``.
    """

    label: str
    kind: str
    settings: Described
    inputs: tuple[int, ...]
    given: Described = MappingProxyType({})
    place: str = ""

    @property
    def is_function(self) -> bool:
        return is_function(self.kind)


def is_function(kind: str) -> bool:
    """Whether a kind is no layer, and has no name, weights or settings of its own."""
    return kind == SLICE or kind.startswith("ops.")


def mapping(value: Any, what: str) -> Described:
    """Raises StrangeError where this is none."""
    if not isinstance(value, dict):
        raise StrangeError(f"has no {what}")
    return value


def row(value: Any, what: str) -> list[Any]:
    """A list; a tuple, too. Raises StrangeError."""
    if not isinstance(value, list | tuple):
        raise StrangeError(f"has no list of {what}")
    return list(value)


def text(value: Any, what: str) -> str:
    """A name. Raises StrangeError."""
    if not isinstance(value, str) or not 0 < len(value) <= 1_000 or not value.isprintable():
        raise StrangeError(f"has a {what} that is no name")
    return value


def natural(value: Any, what: str) -> int:
    """A number from 0 on. Raises StrangeError."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise StrangeError(f"has a {what} that is no whole number")
    return value
