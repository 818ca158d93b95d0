"""Files and what they define, and who sees which name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple, TypeAlias

from resnet_dsl.ir.operation import RESERVED, Operation
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import tree

Defined: TypeAlias = tree.Block | tree.Slot | tree.Let | tree.NetworkNode


class Definition(NamedTuple):
    """A definition and the module whose names its body sees."""

    tree: Defined
    module: Module


class Module:
    """One file: what it defines itself, and what it sees of its imports and the prelude.

    An import brings the other file's own definitions, not those that it imports in turn. ``shipped`` are the networks
    that ship, of those that this file derives from and does not see. ``lost`` are names of definitions with a mistake
    of form; a module is ``blind`` where it, or a file that it imports, could not be read.
    """

    def __init__(self, source: Source, file: tree.File) -> None:
        self.source = source
        self.file = file
        self.own: dict[str, Definition] = {}
        self.seen: dict[str, Definition] = {}
        self.imports: list[tuple[tree.ImportFile, Module]] = []
        self.shipped: dict[str, Definition] = {}
        self.lost: set[str] = set()
        self.unsound: frozenset[str] = frozenset()
        self.mended: frozenset[str] = frozenset()
        self.blurred: tuple[Span, ...] = ()
        self.blind = False

    def may_hold(self, name: str) -> bool:
        """Whether a name may be defined in a text with a mistake of form, or in a file that could not be read.

        An empty one stands for what could not be read.
        """
        if self.blind or not name or name in self.lost:
            return True
        return any(other.blind or name in other.lost for other in self.imported())

    @cached_property
    def values_of_networks(self) -> frozenset[str]:
        """The names of values that its networks give: of inputs, parts and results."""
        nodes = (node for one in self.networks().values() for node in tree.walk(one.tree))
        return frozenset(name for node in nodes if (name := _value_given(node)) is not None)

    @cached_property
    def giving(self) -> dict[str, list[tree.Named | tree.Let]]:
        """The statements of its definitions that give a name, in the order of the text."""
        found: dict[str, list[tree.Named | tree.Let]] = {}
        for node in (below for one in self.own.values() for below in tree.walk(one.tree)):
            if isinstance(node, tree.Let):
                found.setdefault(node.name.text, []).append(node)
            elif isinstance(node, tree.Named) and isinstance(node.target, tree.Name):
                found.setdefault(node.target.token.text, []).append(node)
        return found

    def imported(self) -> list[Module]:
        """The modules that are imported, each once, however often."""
        return list(dict.fromkeys(other for _, other in self.imports))

    def find(self, name: str) -> Definition | None:
        """The definition that a name means in this file."""
        return self.seen.get(name)

    def base_of(self, network: tree.NetworkNode) -> Definition | None:
        """What a network of this file derives from: what the file sees, or else the network of that name that ships.

        ``network resnet50 from resnet50`` means the one that ships.
        """
        if network.base is None:
            return None
        found = self.find(network.base.name.text)
        shipped = self.shipped.get(network.base.name.text)
        return shipped if shipped is not None and (found is None or found.tree is network) else found

    def bases_to_find(self) -> Iterator[str]:
        """The names that its networks derive from, and that mean nothing here, or themselves."""
        for definition in self.networks().values():
            network = definition.tree
            if isinstance(network, tree.NetworkNode) and network.base is not None:
                found = self.base_of(network)
                if found is None or found.tree is network:
                    yield network.base.name.text

    def find_let(self, name: str) -> Definition | None:
        found = self.find(name)
        return found if found is not None and isinstance(found.tree, tree.Let) else None

    def lets(self) -> list[str]:
        return [name for name, definition in self.seen.items() if isinstance(definition.tree, tree.Let)]

    def names(self, *kinds: type) -> list[str]:
        """The names that this file sees of some kinds of definition."""
        return [name for name, definition in self.seen.items() if isinstance(definition.tree, kinds)]

    def operation(self, name: str) -> Operation | None:
        """The operation that a name means in this file; None where there is none, or something stands in its place."""
        return None if name not in RESERVED and self._is_step(name) else OPERATIONS.get(name)

    def _is_step(self, name: str) -> bool:
        """Whether this file has, or may have had, a block or slot of that name."""
        found = self.find(name)
        return self.may_hold(name) or (found is not None and isinstance(found.tree, tree.Block | tree.Slot))

    def parameters_of(self, name: str) -> list[str] | None:
        """The parameters of an operation or block; None where there is none of that name."""
        operation = self.operation(name)
        if operation is not None:
            return [parameter.name for parameter in operation.parameters]
        found = self.find(name)
        if found is None or not isinstance(found.tree, tree.Block):
            return None
        return [one.name.text for one in tree.parameters(found.tree)]

    def is_step(self, name: str) -> bool:
        """Whether a name is an operation's, a block's or a slot's."""
        found = self.find(name)
        return name in OPERATIONS or (found is not None and isinstance(found.tree, tree.Block | tree.Slot))

    def is_slot(self, name: str) -> bool:
        """Whether a name is a slot's."""
        found = self.find(name)
        return found is not None and isinstance(found.tree, tree.Slot)

    def networks(self) -> dict[str, Definition]:
        """The networks that this file itself defines, in its order."""
        return {name: found for name, found in self.own.items() if isinstance(found.tree, tree.NetworkNode)}


def _value_given(node: tree.SyntaxNode) -> str | None:
    if isinstance(node, tree.Stage | tree.NamedInput):
        return node.name.text
    if isinstance(node, tree.Head) and node.name is not None:
        return node.name.text
    return node.target.token.text if isinstance(node, tree.Named) and isinstance(node.target, tree.Name) else None
