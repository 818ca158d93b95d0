"""What exists while a network is elaborated: values, frames of names, settings, and the thread of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Value(NamedTuple):
    """What flows: the index of the node that makes it, and its shape."""

    node: int
    shape: Shape


class Poisoned(Exception):
    """A result cannot be known, because of a mistake that is reported already."""


POISON = object()
"""Stands in a frame for a constant that cannot be known; to ask for it raises Poisoned."""


class Items(tuple[Any, ...]):
    """A list of the language, ``[64, 128, 256]``; a plain tuple is an extent, ``7x7``."""

    __slots__ = ()


Constant: TypeAlias = Any
"""int | float | bool | str | tuple (an extent) | Items | Value: what an expression can be worth."""

Family: TypeAlias = tuple[str, int]
"""The name and index of a value that is one of several: ``branch[2]``."""


class Caller(NamedTuple):
    """One call on the way to where we are: what was called, in words, and where the call stands."""

    what: str
    span: Span
    outer: Caller | None


class Binding(NamedTuple):
    """The steps that fill a slot, or the adapter of skips, and the frame in which their names are looked up."""

    chain: tree.Chain
    frame: Frame
    statement: tree.Node


class Policy(NamedTuple):
    """What ``skips …`` says: the adapter (None under ``off``), and whether it is used where shapes agree, too."""

    off: bool
    always: bool
    adapter: Binding | None
    statement: tree.Node


class Deferred(NamedTuple):
    """An argument of a ``default``: evaluated in its frame at each use, since ``progress`` changes."""

    expression: tree.Expression
    frame: Frame
    statement: tree.Node


class Settings:
    """The settings of one pair of braces; those of the braces around them are looked up behind."""

    __slots__ = ("defaults", "outer", "policy", "uses")

    def __init__(self, outer: Settings | None, policy: Policy | None = None) -> None:
        self.outer = outer
        self.uses: dict[str, Binding] = {}
        self.defaults: dict[str, dict[str, Deferred]] = {}
        self.policy = policy

    def slot(self, name: str) -> Binding | None:
        """The innermost steps for a slot."""
        settings: Settings | None = self
        while settings is not None:
            if name in settings.uses:
                return settings.uses[name]
            settings = settings.outer
        return None

    def default(self, callee: str, argument: str) -> Deferred | None:
        """The innermost default for an argument."""
        settings: Settings | None = self
        while settings is not None:
            found = settings.defaults.get(callee)
            if found is not None and argument in found:
                return found[argument]
            settings = settings.outer
        return None

    def skips(self) -> Policy:
        """The innermost policy for skip connections."""
        settings = self
        while settings.policy is None:
            assert settings.outer is not None, "the prelude states a policy"
            settings = settings.outer
        return settings.policy


class Pending:
    """The stride that a stage gives to its first step that takes one, until it is taken."""

    __slots__ = ("span", "taken", "value")

    def __init__(self, value: Constant, span: Span) -> None:
        self.value = value
        self.span = span
        self.taken = False


class Frame:
    """The names of one block call or network: looked up in here, then among the module's definitions.

    entry: what `in` means; None where there is no flow (file level, settings of a network).
    scope: index of the graph's scope that new nodes lie in.
    kind: "block", or the network's part: "network", "stem", "stage", "head", "file".
    """

    __slots__ = ("caller", "constants", "entry", "kind", "module", "scope", "settings", "stride", "values")

    def __init__(
        self,
        module: Any,
        constants: dict[str, Constant],
        values: dict[str | Family, Value | None],
        entry: Value | None,
        settings: Settings,
        scope: int,
        caller: Caller | None,
        kind: str = "block",
        stride: Pending | None = None,
    ) -> None:
        self.module = module
        self.constants = constants
        self.values = values
        self.entry = entry
        self.settings = settings
        self.scope = scope
        self.caller = caller
        self.kind = kind
        self.stride = stride

    def ahead(self) -> Frame:
        """The same with constants of its own: what is given to them is forgotten."""
        frame = self.inside(self.settings)
        frame.constants = dict(self.constants)
        return frame

    def inside(self, settings: Settings) -> Frame:
        """The same names under further settings."""
        return Frame(
            self.module,
            self.constants,
            self.values,
            self.entry,
            settings,
            self.scope,
            self.caller,
            self.kind,
            self.stride,
        )


def file_frame(module: Any, outer: Settings) -> Frame:
    """The frame of what stands directly in a file: its definitions, and nothing that flows."""
    return Frame(module, {}, {}, None, outer, 0, None, "file")


class Expectation(NamedTuple):
    """One ``expect`` line as data. ``stage`` is set for ``conv5.output``; ``unit`` is the last written digit's."""

    quantity: str
    stage: str | None
    comparison: str
    value: Constant
    unit: float
    span: Span


class Origin(NamedTuple):
    """Where a node comes from: the step in the text, and the calls that led there."""

    span: Span
    caller: Caller | None


Overrides: TypeAlias = Mapping[str, Constant]
