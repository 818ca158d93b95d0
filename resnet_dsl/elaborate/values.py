"""What expressions are worth, what flows, which calls led to a place, and what ends an elaboration early."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Value(NamedTuple):
    """What flows: the index of the node that makes it, and its shape.

    others: behind a mistake, shapes that it may have as well; a length in which they differ is not known.
    """

    node: int
    shape: Shape
    others: tuple[Shape, ...] = ()


Current: TypeAlias = Value | None
"""What flows; None where nothing does, because of a mistake: what follows from it is not reported again."""


class PoisonedError(Exception):
    """A result cannot be known, because of a mistake that is reported already."""


class TooLargeError(Exception):
    """The text expands to more than the compiler takes; nothing further is elaborated."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


POISON = object()
"""Stands in a frame for a constant that cannot be known; to ask for it raises PoisonedError."""


class Items(tuple[Any, ...]):
    """A list of the language, ``[64, 128, 256]``; a plain tuple is an extent, ``7x7``."""

    __slots__ = ()


Constant: TypeAlias = Any
"""int | float | bool | str | tuple (an extent) | Items | Value: what an expression can be worth."""

Overrides: TypeAlias = Mapping[str, Constant]


class Caller(NamedTuple):
    """One call on the way to where we are: what is called, in words, and the step that calls it.

    ``runs``: the block that is called, or the statement that fills the slot. A skip connection calls its adapter:
    it is both.
    """

    what: str
    step: tree.Step | tree.Skip
    runs: tree.SyntaxNode
    outer: Caller | None


def calls_to(caller: Caller | None) -> Iterator[Caller]:
    """The calls that led to a place, the innermost first."""
    while caller is not None:
        yield caller
        caller = caller.outer


def is_running(node: tree.SyntaxNode, caller: Caller | None) -> bool:
    """Whether a block, or a statement that fills a slot, is among the calls that led to a place."""
    while caller is not None and caller.runs is not node:
        caller = caller.outer
    return caller is not None


class Origin(NamedTuple):
    """Where a node comes from: the step in the text, and the calls that led there."""

    span: Span
    caller: Caller | None


class Expectation(NamedTuple):
    """One ``expect`` line as data. ``unit`` is the last written digit's.

    subject: whose quantity it is, ``conv5`` of ``conv5.output``: a part, an output or an input; None for the network.
    """

    quantity: str
    subject: str | None
    comparison: str
    value: Constant
    unit: float
    span: Span
