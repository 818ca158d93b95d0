"""The names that a definition may use: those that it gives itself, those of its bases, and those of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.ir.operations import WORDS
from resnet_dsl.syntax import tree


class OwnNames(NamedTuple):
    """The names that a definition gives, in the text's order: of `let`s, parameters and repeat indices; and of values,
    stages, inputs and heads."""

    constants: dict[str, None]
    values: dict[str, None]


class _Union:
    """Names of several definitions, which are not copied: thousands of networks may derive from one with thousands."""

    def __init__(self, *parts: dict[str, None]) -> None:
        self.parts = [*parts]

    def __contains__(self, name: object) -> bool:
        return any(name in one for one in self.parts)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.parts)


def _names_of(definition: tree.SyntaxNode, known: dict[tree.SyntaxNode, OwnNames]) -> OwnNames:
    """What a definition gives by itself; ``known`` keeps it, since every network that derives from it asks again."""
    if definition not in known:
        names = known[definition] = OwnNames({}, {})
        for node in tree.walk(definition):
            kind = type(node)
            if kind in _VALUES:
                names.values[_VALUES[kind](node)] = None
            elif kind in _CONSTANTS and (token := _CONSTANTS[kind](node)) is not None:
                names.constants[token.text] = None
    return known[definition]


_VALUES: dict[type, Callable[[Any], str]] = {
    tree.Named: lambda node: node.target.token.text if isinstance(node.target, tree.Name) else node.target.name.text,
    tree.Stage: lambda node: node.name.text,
    tree.NamedInput: lambda node: node.name.text,
    tree.Head: lambda node: "head" if node.name is None else node.name.text,
}

_CONSTANTS: dict[type, Callable[[Any], tree.Token | None]] = {
    tree.Let: lambda node: node.name,
    tree.ParameterNode: lambda node: node.name,
    tree.Repeat: lambda node: node.index,
}


class Known:
    """What is known in one definition. ``given``: what each definition gives by itself, kept from one to the next."""

    def __init__(self, module: Module, definition: tree.SyntaxNode, given: dict[tree.SyntaxNode, OwnNames]) -> None:
        self.module = module
        self.definition = definition
        own = _names_of(definition, given)
        self.constants = _Union(own.constants)
        self.values = _Union(own.values)
        if isinstance(definition, tree.NetworkNode):
            self._add_bases(definition, given)

    def _add_bases(self, network: tree.NetworkNode, given: dict[tree.SyntaxNode, OwnNames]) -> None:
        """What a network inherits: parameters, lets, stages and values."""
        module = self.module
        current: tree.NetworkNode = network
        for _ in range(DEEPEST_DERIVATION):
            base = module.base_of(current)
            if base is None or not isinstance(base.tree, tree.NetworkNode):
                return
            current, module = base.tree, base.module
            names = _names_of(current, given)
            self.constants.parts.append(names.constants)
            self.values.parts.append(names.values)

    def holds(self, name: str) -> bool:
        """Whether a name is worth something in an expression, or may be."""
        if name in self.constants or name in self.values or name in WORDS or name == "progress":
            return True
        return self.module.find_let(name) is not None or self.module.may_hold(name)

    def may_be_value(self, name: str) -> bool:
        """Whether a chain may start from a name: a value, or a parameter, which may be one."""
        return name in self.values or (name in self.constants and not self.module.is_step(name))

    def is_unknown_step(self, name: str) -> bool:
        """Whether a name is neither a value nor a step."""
        return name not in self.values and not self.module.is_step(name) and not self.module.may_hold(name)
