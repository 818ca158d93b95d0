"""Where one call is read: its settings, what enters it, and how it becomes nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.importing.flat import Assembler, NotImportedError
from resnet_dsl.importing.keras.called import Called, MisfitError, UnknownError
from resnet_dsl.importing.keras.pattern import fits
from resnet_dsl.importing.keras.settings import LayerSettings
from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.ir.operations import OPERATIONS

Arrays: TypeAlias = Callable[[Called], Sequence[tuple[str | None, Any]]]
"""The variables of a call's layer, in Keras' order: each with its name, where the source says it, as NumPy array."""


class Unread(NamedTuple):
    """A call that is no operation by itself: it may be a step of one."""

    label: str
    cause: UnknownError


class UnreadError(UnknownError):
    """A rule needs the value of a call that is unread: it is unread for the same cause."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.cause.why, unread.cause.remedy)
        self.unread = unread


class Reading:
    """The state of one reading: a node, or what is unread, for each call so far."""

    def __init__(
        self, assembler: Assembler, calls: Sequence[Called], arrays: Arrays | None, is_of_keras_2: bool = False
    ) -> None:
        self.is_of_keras_2 = is_of_keras_2
        self.assembler = assembler
        self.calls = calls
        self.arrays = arrays
        self.values: list[int | Unread] = []
        self.said: dict[str, None] = {}
        self.without_word: list[str] = []
        self._owners: dict[Any, int] = {}
        self._nonnegative: set[int] = set()

    def node(
        self,
        op: OperationName,
        inputs: Sequence[int],
        label: str,
        weights: Mapping[str, Any] | None,
        layer: Any,
        arguments: Mapping[str, Any],
    ) -> int:
        """A node. ``layer``: whose weights it has, to know it by when it is called again. Raises UnknownError."""
        _check(op, arguments)
        entering = tuple(self.assembler.shapes[one] for one in inputs)
        owner = self._owners.get(layer)
        try:
            index = self.assembler.node(op, inputs, label, weights if owner is None else None, owner, **arguments)
        except NotImportedError as refused:
            raise MisfitError(_without_beginning(str(refused), label)) from None
        if OPERATIONS[op].weights(self.assembler.nodes[index].args, entering):
            self._owners.setdefault(layer, index)
        kept = OPERATIONS[op].keeps_sign and all(map(self.is_nonnegative, inputs))
        if kept or OPERATIONS[op].range[0] >= 0:
            self._nonnegative.add(index)
        return index

    def is_nonnegative(self, node: int) -> bool:
        """Whether no number of a node's value can be negative, by construction."""
        return node in self._nonnegative


def _check(op: OperationName, arguments: Mapping[str, Any]) -> None:
    """Raises UnknownError where an argument is out of the operation's range."""
    for name, value in arguments.items():
        if not fits(op, name, value):
            wants = OPERATIONS[op].parameter(name).kind.wants  # type: ignore[union-attr]
            raise UnknownError(f"would be `{op}` with `{name} = {str(value)[:60]}`, and that takes {wants}")


def _without_beginning(message: str, label: str) -> str:
    return message.partition(f"`{label}` ")[2]


class At:
    """One call with the nodes that enter it, seen by the rule that reads it. Results are indices of nodes."""

    def __init__(self, reading: Reading, called: Called) -> None:
        self._reading = reading
        self.called = called
        self.settings = LayerSettings(called)
        self._made = 0

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes that enter. Raises UnreadError where one is none."""
        return tuple(map(self._node, self.called.inputs))

    @property
    def input(self) -> int:
        return self._node(self.called.inputs[0])

    def _node(self, call: int) -> int:
        value = self._reading.values[call]
        if isinstance(value, Unread):
            raise UnreadError(value)
        return value

    @property
    def is_of_keras_2(self) -> bool:
        """Whether the model was described by a Keras before 3."""
        return self._reading.is_of_keras_2

    def is_nonnegative(self, node: int) -> bool:
        return self._reading.is_nonnegative(node)

    def shape(self, node: int | None = None) -> Shape:
        """Of a node's value; of what enters first unless one is given."""
        return self._reading.assembler.shapes[self.input if node is None else node]

    @property
    def rank(self) -> int:
        """The number of spatial axes of what enters first."""
        return len(self.shape()) - 1

    @property
    def entering(self) -> int:
        """The channels of what enters first."""
        return channels(self.shape())

    def before(self) -> tuple[Called, int] | None:
        """The call that what enters first comes from, and the node that enters that; None where there is no such."""
        called = self._reading.calls[self.called.inputs[0]]
        value = self._reading.values[called.inputs[0]] if len(called.inputs) == 1 else None
        return (called, value) if isinstance(value, int) else None

    def node(self, op: OperationName, *inputs: int, weights: Mapping[str, Any] | None = None, **arguments: Any) -> int:
        """A node of this call. Raises UnknownError where it does not fit."""
        self._made += 1
        layer = self.called.label, self._made
        return self._reading.node(op, inputs, self.called.label, weights, layer, arguments)

    def weights(self, *names: str) -> dict[str, Any] | None:
        """The layer's variables, which Keras calls so, in its order; None where the source has no weights."""
        if self._reading.arrays is None:
            return None
        found = self._reading.arrays(self.called)
        if len(found) != len(names):
            raise UnknownError(f"has {len(found)} arrays of weights where {len(names)} belong")
        if all(name is not None for name, _ in found) and {name for name, _ in found} == {*names}:
            return {str(name): array for name, array in found}
        return {name: array for name, (_, array) in zip(names, found, strict=True)}

    def lacks_word(self) -> None:
        """What its first numbers are drawn from, the language does not have."""
        self._reading.without_word.append(self.called.label)

    def say(self, sentence: str) -> None:
        """Something that a user is told of the reading, once."""
        self._reading.said.setdefault(sentence)

    def cannot(self, why: str, remedy: str | None = None) -> UnknownError:
        return UnknownError(why, remedy)


Rule: TypeAlias = Callable[[At], int]
Rules: TypeAlias = dict[str, Rule]
"""By the kind of a call: what adds its nodes, and returns the one that has its value. Raises UnknownError."""
