"""Attention in a module: from the scores back to the values that they are made of, and on to what the shares weigh.

All calls in between are one operation here, or none that the language has (resnet_dsl.importing.attending).
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.importing.attending import (
    MOST_SCORES,
    NO_OTHER,
    REMEDY,
    TOO_LARGE,
    Array,
    Attention,
    AttentionSteps,
    applied,
    attention_of,
)
from resnet_dsl.importing.torch.exporting import TorchProgram
from resnet_dsl.importing.torch.reading import TorchReader, TracedCall, Wholes, bound, path_of
from resnet_dsl.importing.torch.values import Constant, Held
from resnet_dsl.importing.torch.views import BATCH, cut, part, reshaped, whole

_WHOLE = "scaled_dot_product_attention"
_PRODUCTS = ("matmul", "bmm", "baddbmm", "mm", "einsum", "linear", _WHOLE)
_SHARES = ("softmax", "_softmax")
_STEPS = frozenset(
    {
        *("view", "_unsafe_view", "reshape", "permute", "transpose", "t", "unsqueeze", "squeeze", "flatten"),
        *("unflatten", "expand", "expand_as", "clone", "contiguous", "alias", "detach", "_to_copy", "to"),
        *("split", "split_with_sizes", "chunk", "unbind", "select", "slice", "narrow", "getitem", "cat", "stack"),
        *("mul", "div", "add", "sub", "neg", "pad", "constant_pad_nd", "index", "index_select", "gather"),
        *_PRODUCTS,
        *_SHARES,
    }
)
"""What calls of attentions are made of."""
_KINDS = ("_to_copy", "to")
"""What changes the type of numbers alone: all is computed in double precision."""


Flowing: TypeAlias = dict[Any, None]
"""The calls that follow from the inputs, in order."""


def called(node: Any) -> str:
    """The name of the operator that a node calls."""
    if node.target is operator.getitem:
        return "getitem"
    return str(node.target._schema.name.split("::")[-1]) if hasattr(node.target, "_schema") else ""


class AttentionRegion(NamedTuple):
    """The calls of what may be an attention. read: the calls whose values they read. ends: where the result is made."""

    calls: frozenset[Any]
    read: tuple[Any, ...]
    shares: Any
    ends: Any


def attentions(program: TorchProgram) -> Wholes:
    """The calls of a program that are attentions, or are none that the language has."""
    flowing = _flowing(program)
    found = [_region(node, flowing) for node in flowing if called(node) in (*_SHARES, _WHOLE)]
    regions = [one for one in found if one is not None]
    inner = {node for one in regions for node in one.calls - {one.ends}}
    return Wholes({one.ends: partial(_attended, region=one) for one in regions}, inner)


def _flowing(program: TorchProgram) -> Flowing:
    flowing: Flowing = {}
    for node in program.nodes:
        if node.name in program.inputs or any(one in flowing for one in node.all_input_nodes):
            flowing[node] = None
    return flowing


def _region(shares: Any, flowing: Flowing) -> AttentionRegion | None:
    ends = shares if called(shares) == _WHOLE else _weighed(shares, flowing)
    if ends is None:
        return None
    calls, read = _behind([ends], flowing)
    scores, _ = _behind(shares.all_input_nodes[:1], flowing)
    if not any(_of_two(one, flowing) for one in (*scores, *[ends] * (ends is shares))):
        return None
    outside = any(user not in calls for one in calls - {ends} for user in one.users)
    return (
        None
        if outside
        else AttentionRegion(frozenset(calls), tuple(one for one in flowing if one in read), shares, ends)
    )


def _weighed(node: Any, flowing: Flowing) -> Any:
    """The product of the shares, which nothing else may read, with another value."""
    while len(node.users) == 1:
        (node,) = node.users
        if _of_two(node, flowing):
            return node
        if called(node) not in _STEPS:
            return None
    return None


def _of_two(node: Any, flowing: Flowing) -> bool:
    return called(node) in _PRODUCTS and sum(one in flowing for one in node.all_input_nodes) > 1


def _behind(ends: Iterable[Any], flowing: Flowing) -> tuple[set[Any], set[Any]]:
    """The calls that lead to these, and those whose values they begin with.

    A product with a tensor of the module makes such a value, unless it is of one that is read already: then it is what
    queries say on distances.
    """
    calls, read = _walked(ends, flowing, set())
    for one in [one for one in read if _is_own(one, flowing)]:
        inner, begins = _walked([one], flowing, {one})
        if begins and begins <= read - {one}:
            calls, read = calls | inner, read - {one}
    return calls, read


def _is_own(node: Any, flowing: Flowing) -> bool:
    """A product with a tensor of the module."""
    return called(node) in _PRODUCTS and not _of_two(node, flowing)


def _before_bias(node: Any, flowing: Flowing) -> Any:
    """What a tensor of the module is added to."""
    given = [one for one in node.all_input_nodes if one in flowing]
    return given[0] if called(node) == "add" and len(given) == 1 else node


def _is_step(node: Any) -> bool:
    """One of several results is one where the call that makes them is."""
    made = node.args[0] if called(node) == "getitem" else node
    return called(made) in _STEPS


def _walked(ends: Iterable[Any], flowing: Flowing, through: set[Any]) -> tuple[set[Any], set[Any]]:
    calls: set[Any] = set()
    read: set[Any] = set()
    waiting = list(ends)
    while waiting:
        node = waiting.pop()
        if node not in flowing or node in calls or node in read:
            continue
        own = _is_own(_before_bias(node, flowing), flowing) and node not in through
        if own or not _is_step(node):
            read.add(node)
            continue
        calls.add(node)
        waiting += node.all_input_nodes
    return calls, read


def _attended(reader: TorchReader, region: AttentionRegion) -> Held:
    """The operation that a region is. Raises NotImportedError where it is none."""
    at = TracedCall(reader, path_of(region.ends))
    values = [reader.values[node.name] for node in region.read]
    steps = _Running(reader, region, values).steps() if all(_is_plain(at, one) for one in values) else None
    if steps is not None and steps.scores > MOST_SCORES:
        raise at.refuse(TOO_LARGE)
    found = None if steps is None else attention_of(steps)
    if found is None:
        raise at.refuse(NO_OTHER, REMEDY)
    node = applied(found, reader.assembler, at.label, [one.node for one in values])
    return _result(at, node, found, tuple(region.ends.meta["val"].shape))


def _is_plain(at: TracedCall, value: Any) -> bool:
    """A map, or lines, of which all numbers are there, however they lie."""
    if not isinstance(value, Held) or value.border is not None:
        return False
    shape = at.shape(value.node)
    return len(shape) > 1 and prod(value.lengths) == BATCH * prod(shape) == prod(one.length for one in cut(value.axes))


def _result(at: TracedCall, node: int, found: Attention, lengths: tuple[int, ...]) -> Held:
    """The operation's value as the tensor of these lengths that the steps make."""
    shape = at.shape(node)
    rank, share = len(shape), shape[-1] // found.heads
    places = [whole(axis, length) for axis, length in enumerate((BATCH, *shape[:-1]))]
    axes = (*places, part(rank, share, found.heads), part(rank, 1, share))
    lying = reshaped(tuple(axes[one] for one in found.result), lengths)
    if lying is None:
        raise at.refuse(f"returns what it attends to as a tensor of {lengths}, which cuts its axes unevenly")
    return Held(node, lying, lengths)


class _Running:
    """The calls of a region, carried out by torch in double precision."""

    def __init__(self, reader: TorchReader, region: AttentionRegion, values: Sequence[Held]) -> None:
        self._reader, self._region, self._values = reader, region, values
        self._calls = [node for node in reader.program.nodes if node in region.calls]

    def steps(self) -> AttentionSteps | None:
        """None where the calls fail on such numbers."""
        shapes = [self._reader.shape(one.node) for one in self._values]
        try:
            scores, result = self._run([np.zeros((BATCH, *shape)) for shape in shapes])
        except (RuntimeError, TypeError, KeyError, IndexError, ValueError):
            return None
        given = {one for node in self._calls for one in node.all_input_nodes} - {*self._calls, *self._region.read}
        known = [self._reader.values[one.name] for one in given]
        fixed = [leaf.array for one in known if isinstance(one, Constant) for leaf in (one, *one.leaves)]
        return AttentionSteps(self._run, shapes, BATCH, fixed, scores.size, result.size)

    def _run(self, arrays: Sequence[Array]) -> tuple[Array, Array]:
        """As resnet_dsl.importing.attending has it."""
        import torch

        pairs = zip(self._region.read, self._values, arrays, strict=True)
        made = {node: torch.from_numpy(_laid(array, value)) for node, value, array in pairs}
        with torch.no_grad():
            for node in self._calls:
                made[node] = self._made(node, made)
            return self._scores(made), made[self._region.ends].numpy()

    def _made(self, node: Any, made: Mapping[Any, Any]) -> Any:
        if called(node) in _KINDS:
            return made[node.all_input_nodes[0]]
        if node.target is operator.getitem:
            return made[node.args[0]][node.args[1]]
        return node.target(**self._arguments(node, made))

    def _scores(self, made: Mapping[Any, Any]) -> Array:
        """What the softmax reads; where one call is the whole, what is computed in it."""
        shares = self._region.shares
        if called(shares) != _WHOLE:
            axis = shares.args[1] if len(shares.args) > 1 else shares.kwargs["dim"]
            return np.moveaxis(made[shares.all_input_nodes[0]].numpy(), axis, -1)
        given = self._arguments(shares, made)
        queries, keys, mask = given["query"], given["key"], given["attn_mask"]
        scores = queries @ keys.transpose(-1, -2) * (given["scale"] or queries.shape[-1] ** -0.5)
        return np.asarray((scores if mask is None else scores + mask).numpy())

    def _arguments(self, node: Any, made: Mapping[Any, Any]) -> dict[str, Any]:
        def known(argument: Any) -> Any:
            if isinstance(argument, list | tuple):
                return [known(one) for one in argument]
            if not hasattr(argument, "meta"):
                return argument
            return made[argument] if argument in made else _double(self._reader.values[argument.name])

        return dict(bound(node, known))


def _double(value: Any) -> Any:
    """A tensor of the module as it is computed with."""
    if not isinstance(value, Constant):
        return value
    return value.tensor.double() if value.tensor.is_floating_point() else value.tensor


def _laid(array: Array, value: Held) -> Array:
    """The numbers of a value, (samples, lengths…, channels), as the tensor that holds them."""
    atoms = cut(value.axes)
    own = sorted(atoms, key=lambda one: (one.axis, -one.step))
    turned = array.reshape([one.length for one in own]).transpose([own.index(one) for one in atoms])
    return np.ascontiguousarray(turned).reshape(value.lengths)
