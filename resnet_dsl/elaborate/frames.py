"""Frames: the names and settings that a place in the text sees, and the calls that are made there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.values import Caller, Constant, Current, Value
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Family: TypeAlias = tuple[str, int]
"""The name and index of a value that is one of several: ``branch[2]``."""


class Binding(NamedTuple):
    """The steps that fill a slot, or the adapter of skips, and the frame in which their names are looked up."""

    chain: tree.Chain
    frame: Frame
    statement: tree.SyntaxNode


class Policy(NamedTuple):
    """What ``skips …`` says: the adapter (None under ``off``), and whether it is used where shapes agree, too."""

    off: bool
    always: bool
    adapter: Binding | None
    statement: tree.SyntaxNode


class Deferred(NamedTuple):
    """An argument of a ``default``: evaluated in its frame at each use, since ``progress`` changes."""

    expression: tree.Expression | tree.Chain
    frame: Frame
    statement: tree.SyntaxNode


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

    def defaults_of(self, callee: str) -> dict[str, Deferred]:
        """The innermost default of each argument that has one."""
        found: dict[str, Deferred] = {}
        settings: Settings | None = self
        while settings is not None:
            if callee in settings.defaults:
                found = {**settings.defaults[callee], **found}
            settings = settings.outer
        return found

    def skips(self) -> Policy:
        """The innermost policy for skip connections."""
        settings = self
        while settings.policy is None:
            assert settings.outer is not None, "the elaboration begins with one"
            settings = settings.outer
        return settings.policy


class Pending:
    """The stride that a stage gives to its first step that takes one, until it is taken."""

    __slots__ = ("span", "taken", "value")

    def __init__(self, value: Constant, span: Span) -> None:
        self.value = value
        self.span = span
        self.taken = False


class Frame(NamedTuple):
    """The names of one block call or network: looked up in here, then among the module's definitions.

    entry: what `in` means; None where there is no flow (file level, settings of a network).
    scope: index of the graph's scope that new nodes lie in.
    kind: "block", or the network's part: "network", "stem", "stage", "head", "file".
    """

    module: Module
    constants: dict[str, Constant]
    values: dict[str | Family, Value | None]
    entry: Value | None
    settings: Settings
    scope: int = 0
    caller: Caller | None = None
    kind: str = "block"
    stride: Pending | None = None


def file_frame(module: Module, outer: Settings) -> Frame:
    """The frame of what stands directly in a file: its definitions, and nothing that flows."""
    return Frame(module, {}, {}, None, outer, kind="file")


class Given(NamedTuple):
    """A value for a parameter, and where it was written."""

    value: Constant
    span: Span


Wanted: TypeAlias = Callable[[Value, Collection[str]], Mapping[str, Given]]
"""What an adapter's step is given on top of its own arguments, of the parameters that it has."""


class Invocation(NamedTuple):
    """One step that calls something, and all that the callee's arguments may come from.

    extra: what the call of a slot passes on to what fills it.
    """

    arguments: tree.Arguments | None
    frame: Frame
    current: Current
    step: tree.Step
    wanted: Wanted | None = None
    extra: Mapping[str, Given] = MappingProxyType({})
