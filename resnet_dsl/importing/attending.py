"""Attention that was written out in steps, known again by the numbers that it makes.

Libraries write it in many ways: one convolution for queries, keys and values or three, products of matrices or sums
over indices, positions by shifts or by tables. None is looked for: the steps are computed on random values, and are the
`attention` that makes the same numbers of them, to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, permutations
from math import isclose, prod, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from resnet_dsl.importing.flat import Assembler

Array: TypeAlias = npt.NDArray[Any]

MOST_SCORES = 2**23
"""Numbers in the scores of all heads and samples, which are computed a few times: 64 megabytes."""
TOO_LARGE = f"attends to more places than are looked at, here or in all: {MOST_SCORES:,} scores are the most at a time"
NO_OTHER = "attends in a way of its own, and is no `attention` as the language has it"
REMEDY = "`resnet-dsl explain attention` says what it computes"
_MOST_PARTS = 64
"""Of channels that are cut and joined again."""
_CLOSE = 1e-5
"""Of what is computed with constants in float32."""

Run: TypeAlias = Callable[[Sequence[Array]], tuple[Array, Array]]
"""From values (samples, lengths…, channels) to the scores, the softmax's axis last, and to the result."""


class AttentionSteps(NamedTuple):
    """Steps that may be an attention.

    shapes: of the values that they read, without samples. samples: how many they take at a time. fixed: the numbers
    that stand in them. scores: how many there are, of all heads and samples. result: how many numbers they make.
    """

    run: Run
    shapes: Sequence[tuple[int, ...]]
    samples: int
    fixed: Sequence[Array]
    scores: int
    result: int


class Attention(NamedTuple):
    """The operation that steps are.

    order: the channels of all values side by side, as the operation wants them. factor: by which queries are to be
    multiplied first. weights: of relative positions, or none. result: the order in which the steps have the axes
    (samples, lengths…, heads, channels of a head) of what the operation makes.
    """

    heads: int
    key: int
    order: Array
    factor: float
    weights: dict[str, Array]
    result: tuple[int, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        return {"heads": self.heads, "key": self.key, "position": "relative" if self.weights else "none"}

    @property
    def runs(self) -> list[tuple[int, int]]:
        """The channels in their order as (first, how many), of those that stand side by side."""
        lines = groupby(enumerate(self.order.tolist()), lambda pair: pair[1] - pair[0])
        found = [[channel for _, channel in group] for _, group in lines]
        return [(one[0], len(one)) for one in found]


class _Roles(NamedTuple):
    """Which channels are queries, keys and values: (heads, channels of a head) each."""

    queries: Array
    keys: Array
    values: Array


def applied(found: Attention, assembler: Assembler, label: str, values: Sequence[int]) -> int:
    """The node of the operation on values that stood side by side. Raises NotImportedError where they are woven."""
    node = values[0] if len(values) == 1 else assembler.node("concat", values, label)
    node = _in_order(found, assembler, label, node)
    if found.factor != 1:
        node = _multiplied(found, assembler, label, node)
    return assembler.node("attention", [node], label, found.weights or None, **found.arguments)


def _in_order(found: Attention, assembler: Assembler, label: str, node: int) -> int:
    """The channels as the operation wants them: a convolution can make them so, those of others are cut and joined."""
    made = assembler.nodes[node]
    if len(found.runs) == 1:
        return node
    weights = assembler.weights.get(made.name)
    if made.op == "conv" and weights and made.args["groups"] == 1:
        turned = {name: np.ascontiguousarray(array[..., found.order]) for name, array in weights.items()}
        return assembler.node("conv", made.inputs, assembler.labels[made.name], turned, **made.args)
    if len(found.runs) > _MOST_PARTS:
        raise assembler.refuse(label, "attends to channels of which queries, keys and values lie woven into each other")
    parts = [assembler.node("channels", [node], label, start=start, count=count) for start, count in found.runs]
    return assembler.node("concat", parts, label)


def _multiplied(found: Attention, assembler: Assembler, label: str, node: int) -> int:
    """With the queries times the factor."""
    queries, channels = found.heads * found.key, len(found.order)
    cuts = ((0, queries), (queries, channels - queries))
    first, rest = (assembler.node("channels", [node], label, start=start, count=count) for start, count in cuts)
    scaled = assembler.node("scale", [first], label, value=found.factor)
    return assembler.node("concat", [scaled, rest], label)


def attention_of(steps: AttentionSteps) -> Attention | None:
    """The operation that the steps are; None where they are none."""
    *_, lengths = {one[:-1] for one in steps.shapes}
    places = prod(lengths)
    heads, left = divmod(steps.scores, steps.samples * places**2)
    if len({one[:-1] for one in steps.shapes}) > 1 or left or not heads or steps.scores > MOST_SCORES:
        return None
    return _Search(steps, lengths, heads).found()


class _Search:
    """One search. The values are drawn once, and are all that is compared on."""

    def __init__(self, steps: AttentionSteps, lengths: tuple[int, ...], heads: int) -> None:
        self.steps, self.lengths, self.heads = steps, lengths, heads
        self.places, self.channels = prod(lengths), sum(one[-1] for one in steps.shapes)
        self.share = steps.result // (steps.samples * self.places * heads)
        self.key = (self.channels // heads - self.share) // 2
        drawn = np.random.default_rng(0)
        self.drawn = drawn.standard_normal((steps.samples, self.places, self.channels))

    def found(self) -> Attention | None:
        sizes = (self.key, self.key, self.share)
        if min(sizes) < 1 or self.heads * sum(sizes) != self.channels:
            return None
        scores, result = self._run(self.drawn)
        for roles in _roles(self.heads, *sizes):
            found = self._with(roles, scores)
            if found is not None:
                return self._checked(roles, result, *found)
        return None

    def _run(self, values: Array) -> tuple[Array, Array]:
        cuts = np.cumsum([one[-1] for one in self.steps.shapes])[:-1]
        shape = (self.steps.samples, *self.lengths)
        return self.steps.run([one.reshape(*shape, -1) for one in np.split(values, cuts, axis=-1)])

    def _with(self, roles: _Roles, scores: Array) -> tuple[float, tuple[int, ...], Array] | None:
        """With these roles: what products are multiplied by, how the scores lie, and what is added to them.

        Without keys only what is added is left.
        """
        keyless = self.drawn.copy()
        keyless[..., roles.keys] = 0
        added, _ = self._run(keyless)
        queries, keys = self.drawn[..., roles.queries], self.drawn[..., roles.keys]
        products = _products(queries, keys)
        for order in permutations(range(3)):
            lying = self._lying(scores - added, order)
            factor = float(np.vdot(lying, products) / np.vdot(products, products))
            if factor > 0 and _close(lying, factor * products):
                return factor, order, self._lying(added, order)
        return None

    def _lying(self, scores: Array, order: tuple[int, ...]) -> Array:
        """Scores whose rows have samples, heads and queries in this order, as (samples, heads, queries, keys)."""
        axes = (self.steps.samples, self.heads, self.places)
        laid = scores.reshape(*(axes[one] for one in order), self.places)
        return laid.transpose(*(order.index(one) for one in range(3)), 3)

    def _checked(
        self, roles: _Roles, result: Array, factor: float, order: tuple[int, ...], added: Array
    ) -> Attention | None:
        """With what is added as positions, where the whole then makes the same numbers."""
        queries, keys, values = (self.drawn[..., one] for one in roles)
        scores = factor * _products(queries, keys)
        weights: dict[str, Array] = {}
        if not _close(scores, scores + added):
            if len(self.lengths) != 2:
                return None
            weights = self._tables(roles, order)
            scores = scores + _distances(queries.reshape(-1, *self.lengths, self.heads, self.key), weights)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        made = (shares @ values.swapaxes(1, 2)).swapaxes(1, 2)
        lies = self._result(made, result)
        if lies is None:
            return None
        usual = factor * sqrt(self.key)
        usual = 1.0 if isclose(usual, 1, rel_tol=_CLOSE) else usual
        channels = np.concatenate([one.reshape(-1) for one in roles])
        tables = {name: np.ascontiguousarray(one / usual, np.float32) for name, one in weights.items()}
        return Attention(self.heads, self.key, channels, usual, tables, lies)

    def _result(self, made: Array, result: Array) -> tuple[int, ...] | None:
        """How the result lies."""
        axes = made.reshape(self.steps.samples, *self.lengths, self.heads, self.share)
        line = result.reshape(-1)
        orders = permutations(range(axes.ndim))
        return next((one for one in orders if _close(axes.transpose(one).reshape(-1), line)), None)

    def _tables(self, roles: _Roles, order: tuple[int, ...]) -> dict[str, Array]:
        """What is learned for each distance in height and in width, (key, distances), of queries that ask for one."""
        height, width = self.lengths
        sums = np.stack([self._sum(one) for one in self._asked(roles, order)])
        down, across = sums[:, :, width - 1], sums[:, height - 1, :]
        centre = across[:, width - 1 : width]
        for one in self._fixed((self.key, 2 * width - 1)):
            rest = across - one
            if _close(rest, np.broadcast_to(rest[:, :1], rest.shape)):
                centre = rest[:, :1]
                break
        tables = {"height": down - sums[:, height - 1, width - 1 :][:, :1] + centre, "width": across - centre}
        return {name: self._exact(one) for name, one in tables.items()}

    def _asked(self, roles: _Roles, order: tuple[int, ...]) -> Iterator[Array]:
        """The scores of queries that are 1 in one channel and 0 in all others, for each channel: each sample and head
        asks for another at a time."""
        slots = list(np.ndindex(self.steps.samples, self.heads))
        for start in range(0, self.key, len(slots)):
            asking = np.zeros_like(self.drawn)
            asked = list(zip(slots, range(start, self.key), strict=False))
            for (sample, head), channel in asked:
                asking[sample, :, roles.queries[head, channel]] = 1
            scores = self._lying(self._run(asking)[0], order)
            yield from (scores[slot] for slot, _ in asked)

    def _sum(self, scores: Array) -> Array:
        """From (queries, keys) to (distances in height, distances in width): each is met from a corner."""
        (froms, tos), (lefts, rights) = (_corners(one) for one in self.lengths)
        shaped = scores.reshape(*self.lengths, *self.lengths)
        return shaped[froms[:, None], lefts[None], tos[:, None], rights[None]]

    def _fixed(self, shape: tuple[int, int]) -> Iterator[Array]:
        """Numbers of the steps that may be such a table, in each way that it may lie."""
        for one in self.steps.fixed:
            for turned in (one.squeeze(), one.squeeze().T):
                if turned.shape == shape:
                    yield from (turned, turned[:, ::-1])

    def _exact(self, table: Array) -> Array:
        """The table itself, where it stands in the steps."""
        return next((one for one in self._fixed(table.shape) if _close(one, table)), table)


def _products(queries: Array, keys: Array) -> Array:
    """From (samples, places, heads, key) to (samples, heads, queries, keys)."""
    return np.asarray(queries.swapaxes(1, 2) @ keys.transpose(0, 2, 3, 1))


def _close(one: Array, other: Array) -> bool:
    scale = float(np.abs(other).max(initial=1e-30))
    return bool(np.all(np.isfinite(one)) and np.abs(one - other).max(initial=0.0) <= _CLOSE * scale)


def _corners(length: int) -> tuple[Array, Array]:
    """(from, to) for each distance, -(length - 1) to length - 1."""
    distances = np.arange(1 - length, length)
    return np.maximum(-distances, 0), np.maximum(distances, 0)


def _distances(queries: Array, tables: dict[str, Array]) -> Array:
    """What each query (samples, height, width, heads, key) says on the distance to each key."""
    samples, height, width, heads, _ = queries.shape
    rows, columns = (np.arange(one)[None] - np.arange(one)[:, None] + one - 1 for one in (height, width))
    down = np.einsum("sabhd,dac->shabc", queries, tables["height"][:, rows])
    across = np.einsum("sabhd,dbc->shabc", queries, tables["width"][:, columns])
    both = down[..., :, None] + across[..., None, :]
    return np.asarray(both.reshape(samples, heads, height * width, height * width))


def _roles(heads: int, *sizes: int) -> Iterator[_Roles]:
    """Each way in which channels may be cut: into queries, keys and values in any order, each head after head, or the
    heads' channels in turn; or into heads first."""
    for order in permutations(range(3)):
        starts = np.cumsum([0, *(heads * sizes[one] for one in order)])
        parts = [np.arange(starts[order.index(one)], starts[order.index(one) + 1]) for one in range(3)]
        yield _Roles(*(one.reshape(heads, -1) for one in parts))
        yield _Roles(*(one.reshape(-1, heads).T for one in parts))
        grid = np.arange(starts[-1]).reshape(heads, -1)
        inner = np.cumsum([0, *(sizes[one] for one in order)])
        yield _Roles(*(grid[:, inner[order.index(one)] : inner[order.index(one) + 1]] for one in range(3)))
        if len({*sizes}) == 1:
            yield from (_Roles(*(one[order.index(role)] for role in range(3))) for one in _woven(heads, sizes[0]))


def _woven(heads: int, size: int) -> Iterator[Array]:
    """(parts, heads, channels of a head) where the part does not stand outermost or next to it."""
    for order in ((1, 2, 0), (2, 1, 0), (2, 0, 1)):
        lengths = (3, heads, size)
        grid = np.arange(3 * heads * size).reshape(*(lengths[one] for one in order))
        yield grid.transpose(*(order.index(one) for one in range(3)))
