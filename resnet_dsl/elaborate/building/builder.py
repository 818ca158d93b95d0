"""Builds the graph: nodes in order, and the scopes that they lie in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate.values import Origin, TooLargeError, Value
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.lengths import LARGEST_FACTOR, MOST_ROUNDINGS, OpenLength, Shape, elements, of_further_input, show
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.ir.nodes import ScopeKind, SkipKind
from resnet_dsl.ir.operation import Operation, Weight
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

LARGEST = 10**9
"""Numbers that one value or one weight may hold."""

MOST_NODES = 125_000
"""Operations of one network: ten thousand residual blocks have 70,000 to 110,000."""


BlockKind: TypeAlias = Literal["residual", "plain"]
"""See resnet_dsl.elaborate.building.residual."""


class _Placed(NamedTuple):
    """What an operation with given arguments makes of given shapes; the same for every block that repeats it."""

    arguments: Mapping[str, Any]
    shape: Shape


class Unnamed(NamedTuple):
    """A node while its name and its final index are not known: names are numbered among those that are left.

    twin: the node in the first call of a shared block whose layer it calls again; None where it is in the first one.
    """

    operation: Operation
    placed: _Placed
    inputs: tuple[int, ...]
    scope: int
    label: str | None
    skip: SkipKind | None
    twin: int | None = None

    @property
    def reads(self) -> tuple[int, ...]:
        """As Node.reads."""
        return self.inputs[:1] if self.placed.arguments.get("like") else self.inputs


class OpenScope:
    """A scope while its nodes are being made. ``shared_as``: of a shared block's call, what its layers are called."""

    def __init__(self, kind: ScopeKind, name: str, parent: int | None, entry: int) -> None:
        self.kind = kind
        self.name = name
        self.parent = parent
        self.entry = entry
        self.exit = entry
        self.block: str | None = None
        self.block_kind: BlockKind | None = None
        self.shared_as: str | None = None
        self.args: dict[str, Any] = {}


class Builder:
    """Collects the nodes of one network. Indices are final only behind ``finish``.

    named: what the text calls the values that nodes make. excused: nodes that a skip would read, were it not off.
    lent: those whose size another value has. doubtful: those that stand for steps with a mistake, or behind one.
    """

    def __init__(self, name: str) -> None:
        self.nodes: list[Unnamed] = []
        self.origins: list[Origin] = []
        self.scopes = [OpenScope("network", name, None, 0)]
        self.named: dict[int, tree.Token] = {}
        self.excused: set[int] = set()
        self.lent: set[int] = set()
        self.doubtful: set[int] = set()
        self._known: dict[tuple[Any, ...], _Placed] = {}
        self._siblings: Counter[tuple[int, str]] = Counter()

    def open(self, kind: ScopeKind, name: str, parent: int, entry: int) -> int:
        """A new scope inside another one."""
        self.scopes.append(OpenScope(kind, name, parent, entry))
        return len(self.scopes) - 1

    def number(self, parent: int, name: str) -> int:
        """The how-manieth block of a name inside a scope this is, counted from 1."""
        self._siblings[parent, name] += 1
        return self._siblings[parent, name]

    def close(self, scope: int, exit_node: int) -> None:
        self.scopes[scope].exit = exit_node

    def close_head(self, scope: int, exit_node: int, first: int) -> None:
        """Closes a head, whose nodes are those from ``first`` on: it may start from another value than flowed to it."""
        opened = self.scopes[scope]
        read = [one for raw in self.nodes[first:] for one in raw.reads if one < first]
        if opened.entry not in read:
            opened.entry = min([*read[:1], exit_node])
        self.close(scope, exit_node)

    def in_stage(self, scope: int) -> bool:
        """Whether a scope is a stage, or lies in blocks of one (and not in the adapter of a skip connection)."""
        index: int | None = scope
        while index is not None and self.scopes[index].kind == "block":
            index = self.scopes[index].parent
        return index is not None and self.scopes[index].kind == "stage"

    def place(
        self,
        operation: Operation,
        arguments: tuple[tuple[str, Any], ...],
        inputs: tuple[Value, ...],
        scope: int,
        origin: Origin,
        label: str | None = None,
        skip: SkipKind | None = None,
    ) -> Value:
        """A new node behind its inputs.

        Raises UnfitError (it does not fit), DiagnosticError (it is too large), TooLargeError (the network is).
        """
        self._check_room(origin)
        shapes = tuple(value.shape for value in inputs)
        key = (operation.name, arguments, shapes)
        placed = self._known.get(key)
        if placed is None:
            placed = _settle(operation, dict(arguments), shapes, origin.span)
            self._known[key] = placed
        if operation.name == "input" and self.nodes:
            placed = placed._replace(shape=of_further_input(placed.shape, layer_name(label or operation.name)))
        nodes = tuple(value.node for value in inputs)
        if self.doubtful and not self.doubtful.isdisjoint(nodes):
            self.doubtful.add(len(self.nodes))
        self.nodes.append(Unnamed(operation, placed, nodes, scope, label, skip))
        self.origins.append(origin)
        return Value(len(self.nodes) - 1, placed.shape)

    def stand_in(
        self, operation: Operation, shapes: tuple[Shape, ...], inputs: tuple[Value, ...], scope: int, origin: Origin
    ) -> Value:
        """A node for a step with a mistake, or behind one, with the shapes that its value may have.

        Raises TooLargeError.
        """
        self._check_room(origin)
        placed = _Placed(MappingProxyType({}), shapes[0])
        self.doubtful.add(len(self.nodes))
        self.nodes.append(Unnamed(operation, placed, tuple(value.node for value in inputs), scope, None, None))
        self.origins.append(origin)
        return Value(len(self.nodes) - 1, shapes[0], shapes[1:])

    def is_doubtful(self, first: int) -> bool:
        """Whether there is a mistake in what was made from a node on, or what flowed in had one."""
        read = (one for raw in self.nodes[first:] for one in raw.inputs)
        return not self.doubtful.isdisjoint(range(first, len(self.nodes))) or not self.doubtful.isdisjoint(read)

    def _check_room(self, origin: Origin) -> None:
        if len(self.nodes) >= MOST_NODES:
            raise TooLargeError(located(_too_many(origin.span), origin.caller))

    def tie(self, first: int, other: int, count: int) -> None:
        """Makes nodes from ``other`` on, as many as ``count``, call the layers of those from ``first`` on."""
        for one, two in zip(range(first, first + count), range(other, other + count), strict=True):
            raw = self.nodes[one]
            self.nodes[two] = self.nodes[two]._replace(twin=one if raw.twin is None else raw.twin)

    def weights(self, node: Unnamed) -> tuple[Weight, ...]:
        """The weights that a node has."""
        shapes = tuple(self.nodes[one].placed.shape for one in node.inputs)
        return tuple(node.operation.weights(node.placed.arguments, shapes))

    def reaching(self, outputs: Iterable[int]) -> list[bool]:
        """For each node whether one of the outputs depends on it."""
        needed = [False] * len(self.nodes)
        for output in outputs:
            needed[output] = True
        for index in range(len(self.nodes) - 1, -1, -1):
            if needed[index]:
                for other in self.nodes[index].inputs:
                    needed[other] = True
        return needed

    def unread(self) -> dict[str, int]:
        """Nodes in front of all mistakes that no other such node reads, under names of their own."""
        sure = [index for index in range(len(self.nodes)) if index not in self.doubtful]
        read = {one for index in sure for one in self.nodes[index].inputs}
        return {str(index): index for index in sure if index not in read}


def _settle(operation: Operation, arguments: dict[str, Any], shapes: tuple[Shape, ...], span: Span) -> _Placed:
    settled = operation.settle(arguments, shapes)
    shape = operation.infer(settled, shapes)
    if any(isinstance(length, OpenLength) and not length.bounded for length in shape):
        raise DiagnosticError(_too_many_roundings(span))
    count = elements(shape)
    if count is not None and count > LARGEST:
        raise DiagnosticError(_too_large(f"a value of {show(shape)} holds", count, span))
    for weight in operation.weights(settled, shapes):
        numbers = elements(weight.shape) or 0
        if numbers > LARGEST:
            raise DiagnosticError(_too_large(f"a {weight.name} of {show(weight.shape)} holds", numbers, span))
    return _Placed(MappingProxyType(dict(settled)), shape)


def _too_large(what: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0503",
        f"{what} {count:,} numbers, and the most is {LARGEST:,}",
        Label(span),
        help="use a smaller input, fewer channels, or larger strides before it",
    )


def _too_many_roundings(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0508",
        "an open length (`?`) is changed too often to be followed from here on",
        Label(span, f"more than {MOST_ROUNDINGS} roundings, or a factor beyond {LARGEST_FACTOR:,}"),
        help="give the input its lengths (`input 224x224x3`), or repeat fewer strides and upsamplings",
    )


def _too_many(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0502",
        f"the network has more than {MOST_NODES:,} operations",
        Label(span, "the first one too many"),
        help="repeat less, or build blocks of fewer operations",
    )
