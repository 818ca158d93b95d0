"""From the calls of a module to a flat network: one rule an operator, each seeing one call of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.importing.flat import Assembler, NotImportedError
from resnet_dsl.importing.torch.exporting import TorchProgram
from resnet_dsl.importing.torch.values import Constant, Held, WrittenOut
from resnet_dsl.importing.torch.views import BATCH, channels_first, natural
from resnet_dsl.sentences import counted

Read: TypeAlias = "Held | Constant | Sequence[Read] | None"
Rule: TypeAlias = Callable[["TracedCall"], Any]
"""What a call of an operator is here: a Held, or several where the operator has several results."""

Rules: TypeAlias = Mapping[str, Rule]


class Wholes(NamedTuple):
    """Calls that are one operation together.

    ends: for the last of each what makes its value. inner: all others, whose values nothing else reads.
    """

    ends: Mapping[Any, Callable[[TorchReader], Held]]
    inner: Collection[Any]


class TorchReader:
    """The state of one reading.

    values: what each torch.fx node has made, by its name. said: what a user is told of the reading.
    """

    def __init__(self, program: TorchProgram, source: str, rules: Rules, formulas: Rules, wholes: Wholes) -> None:
        """``formulas``: the rules where a part of a normalisation is among the arguments."""
        self.program = program
        self.assembler = Assembler(source)
        self.values: dict[str, Any] = dict(program.constants)
        self.said: dict[str, None] = {}
        self.layers: dict[Hashable, int] = {}
        self.affine: dict[int, Any] = {}
        self._rules = rules
        self._formulas = formulas
        self._wholes = wholes

    def read(self) -> None:
        """Carries out all calls."""
        for node in self.program.nodes:
            if node.op == "placeholder" and node.name in self.program.inputs:
                self.values[node.name] = self._input(node)
            elif node in self._wholes.ends:
                self.values[node.name] = self._wholes.ends[node](self)
            elif node.op == "call_function" and node not in self._wholes.inner:
                self.values[node.name] = self._called(node)

    def shape(self, node: int) -> tuple[int, ...]:
        """Of a value, without the batch. Examples have lengths, so that all are known."""
        return self.assembler.shapes[node]  # type: ignore[return-value]

    def _input(self, node: Any) -> Held:
        name, example = self.program.inputs[node.name], node.meta["val"]
        if not hasattr(example, "is_floating_point") or not example.is_floating_point():
            raise self.assembler.refuse(name, "is an input that is no tensor of floating-point numbers")
        if not 2 <= example.dim() <= 5:
            why = f"is an input of {counted(example.dim(), 'axis')}, and a network takes a batch of vectors or of maps"
            raise self.assembler.refuse(name, f"{why} with 1 to 3 lengths")
        shape = (*example.shape[2:], example.shape[1])
        index = self.assembler.input(name, shape)
        return Held(index, channels_first(shape), tuple(example.shape))

    def _called(self, node: Any) -> Any:
        label = path_of(node)
        if node.target is operator.getitem:
            return self._one_of(self.known(node.args[0]), node.args[1], label)
        if not hasattr(node.target, "_schema"):
            raise self.assembler.refuse(label, f"calls `{node.target}`, of which a network has no like")
        call = TracedCall(self, label, node)
        given = list(parts(call.arguments.values()))
        if any(isinstance(one, WrittenOut) for one in given):
            return self._rule(call, self._formulas, "of a part of a normalisation")(call)
        if any(isinstance(one, Held) for one in given):
            return self._rule(call, self._rules, "which the language does not have")(call)
        return self._computed(call)

    def _rule(self, call: TracedCall, rules: Rules, why: str) -> Rule:
        if call.name not in rules:
            raise call.refuse(f"calls torch's `{call.name}`, {why}")
        return rules[call.name]

    def _one_of(self, results: Sequence[Any], index: int, label: str) -> Any:
        """Of an operator that has several: where the largest numbers stand is none of ours, for one."""
        if index >= len(results):
            raise self.assembler.refuse(label, "reads a result of an operator of which the language has only the first")
        return results[index]

    def known(self, argument: Any) -> Any:
        """An argument with what nodes have made in their places."""
        if isinstance(argument, (list, tuple)):
            return [self.known(one) for one in argument]
        return self.values[argument.name] if hasattr(argument, "meta") else argument

    def _computed(self, call: TracedCall) -> Any:
        """What follows from the module's own tensors alone is computed once."""
        import torch

        if torch.Tag.nondeterministic_seeded in call.target.tags:
            raise call.refuse(f"draws numbers by chance (torch's `{call.name}`), others each time")
        with torch.no_grad():
            made = call.target(**{name: bare(one) for name, one in call.arguments.items()})
        if isinstance(made, (list, tuple)):
            return [_made(one, call, index) for index, one in enumerate(made)]
        return _made(made, call)


class TracedCall:
    """One call of an operator, seen by its rule. arguments: by the names that torch gives them, defaults included."""

    def __init__(self, reader: TorchReader, label: str, node: Any = None) -> None:
        """``node``: torch.fx's; none where a result is returned."""
        self.reader = reader
        self.label = label
        self.arguments = dict(bound(node, reader.known)) if node else {}
        self.target: Any = node.target if node else None
        self.name = self.target._schema.name.split("::")[-1] if self.target else ""
        self._result: Any = node.meta.get("val") if node else None

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    @property
    def first(self) -> Any:
        """The first argument, whatever torch calls it: what most operators work on."""
        return next(iter(self.arguments.values()))

    @property
    def second(self) -> str:
        """What torch calls the second argument."""
        return list(self.arguments)[1]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The result's; of several results the first's."""
        result = self._result[0] if isinstance(self._result, (list, tuple)) else self._result
        return tuple(result.shape)

    def axis(self, name: str = "dim") -> int:
        """An argument that counts axes, perhaps from the last."""
        return int(self[name]) % len(self.first.lengths)

    def shape(self, node: int) -> tuple[int, ...]:
        return self.reader.shape(node)

    def node(self, op: str, inputs: Sequence[int], **arguments: Any) -> int:
        """Adds a node without weights."""
        return self.reader.assembler.node(op, inputs, self.label, **arguments)

    def layer(
        self,
        op: str,
        inputs: Sequence[int],
        weights: Mapping[str, Any],
        of: Mapping[str, Constant],
        **arguments: Any,
    ) -> int:
        """Adds a node with weights, which are made of these tensors; called again with the same, it shares them."""
        key = (op, tuple(one.key for one in of.values()), tuple(map(_plain, arguments.items())))
        owner = self.reader.layers.get(key)
        given = weights if owner is None else None
        index = self.reader.assembler.node(op, inputs, self.label, given, owner, **arguments)
        self.reader.layers.setdefault(key, index)
        return index

    def like(self, held: Held, node: int) -> Held:
        """A value that lies as another does."""
        return held._replace(node=node)

    def placed(self, node: int, order: Sequence[int]) -> Held:
        """A value as a tensor of which these axes, in this order, are ours."""
        batch, *ours = natural(self.shape(node))
        axes = dict(zip(order, zip(ours, self.shape(node), strict=True), strict=True))
        lengths = (axes[index][1] for index in range(1, len(axes) + 1))
        return Held(node, (batch, *(axes[index][0] for index in range(1, len(axes) + 1))), (BATCH, *lengths))

    def natural(self, node: int) -> Held:
        """A value as a tensor with its axes in our order."""
        return self.placed(node, range(1, len(self.shape(node)) + 1))

    def maps(self, node: int) -> Held:
        """A value as a tensor with its channels behind the batch."""
        return self.placed(node, (*range(2, len(self.shape(node)) + 1), 1))

    def say(self, sentence: str) -> None:
        self.reader.said[sentence] = None

    def refuse(self, why: str, remedy: str | None = None) -> NotImportedError:
        return self.reader.assembler.refuse(self.label, why, remedy)


def path_of(node: Any) -> str:
    """The module that a call stands in: ``layer1.0.conv1``; what torch calls the node where that is the whole."""
    stack = node.meta.get("nn_module_stack") or {}
    paths = [str(path).split("@")[0] for path, _ in stack.values()]
    return (paths[-1] if paths else "") or str(node.name)


def parts(values: Iterable[Any]) -> Iterator[Any]:
    """What lists hold, too."""
    for one in values:
        if isinstance(one, (list, tuple)) and not isinstance(one, (Held, Constant, WrittenOut)):
            yield from parts(one)
        else:
            yield one


def bare(argument: Any) -> Any:
    """An argument as torch takes it."""
    if isinstance(argument, Constant):
        return argument.tensor
    return [bare(one) for one in argument] if isinstance(argument, (list, tuple)) else argument


def bound(node: Any, known: Callable[[Any], Any]) -> Iterator[tuple[str, Any]]:
    """What an operator is called with, by the names that torch gives its arguments; ``known`` says what each is."""
    for index, one in enumerate(node.target._schema.arguments):
        if index < len(node.args):
            yield one.name, known(node.args[index])
        elif one.name in node.kwargs:
            yield one.name, known(node.kwargs[one.name])
        else:
            yield one.name, one.default_value if one.has_default_value() else None


def _made(tensor: Any, call: TracedCall, index: int = 0) -> Any:
    """A tensor that was computed of others."""
    if not hasattr(tensor, "numel"):
        return tensor
    given = [one for one in parts(call.arguments.values()) if isinstance(one, Constant)]
    own = tuple(float(one) for one in parts(call.arguments.values()) if isinstance(one, float))
    numbers = (*own, *(number for one in given for number in one.numbers))
    leaves = {leaf.key: leaf for one in given for leaf in (one.leaves or [one] * (one.name is not None))}
    key = (str(call.target), index, tuple(str(_keyed(one)) for one in parts(call.arguments.values())))
    return Constant(tensor, key, any(one.learned for one in given), None, tuple(leaves.values()), numbers)


def _keyed(argument: Any) -> Hashable:
    return argument.key if isinstance(argument, Constant) else repr(argument)


def _plain(argument: tuple[str, Any]) -> Hashable:
    return argument[0], repr(argument[1])
