"""What the registry claims of an operation's results, beside what its definition computes; and claims left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from resnet_dsl.ir.operation import Operation, Weight
from resnet_dsl.ir.operations import OPERATIONS
from tests.interpreter.cases import Case, Size, cases, fits
from tests.interpreter.interpret import RULES
from tests.interpreter.places import MERGES
from tests.interpreter.windows import Arguments, Array

SIZES: tuple[Size, ...] = ((4,), (1, 4), (1, 1, 4), (5, 4), (1, 1, 14), (3, 4, 14), (4, 5, 2), (2, 3, 4, 4), (3, 3, 1))
SCALES = (0.1, 1, 30)


class Tried(NamedTuple):
    """One call on one size, with weights by chance."""

    op: str
    size: Size
    case: Case
    seed: int

    @property
    def settled(self) -> Arguments:
        return OPERATIONS[self.op].settle(self.case, (self.size,))  # type: ignore[arg-type]

    def of(self, x: Array) -> Array:
        operation, random = OPERATIONS[self.op], np.random.default_rng(self.seed)
        args, shapes = self.settled, (self.size,)
        made = {one.name: abs(random.normal(size=one.shape)) + 0.5 for one in operation.weights(args, shapes)}
        signed = {name: array * random.choice((-1, 1), array.shape) for name, array in made.items()}
        signed |= {name: array for name, array in made.items() if name == "moving_variance"}
        return RULES[self.op](args, x, signed)

    def some(self, number: int = 0, scale: float = 1) -> Array:
        return np.random.default_rng((self.seed, number)).normal(size=(2, *self.size)) * scale  # type: ignore[misc]


@cache
def tried(op: str) -> tuple[Tried, ...]:
    """Calls on sizes of every rank, every choice of every argument in one of them."""

    def found() -> Iterator[Tried]:
        for rank in range(1, 5):
            random = np.random.default_rng(rank)
            sizes = [size for size in SIZES if len(size) == rank]
            for size, case in cases(op, sizes, random, strength=1):
                yield Tried(op, size, case, len(case) + rank)

    return tuple(found())


ALL = pytest.mark.parametrize("op", [op for op in RULES if op not in MERGES])


@ALL
def test_results_lie_in_the_range(op: str) -> None:
    low, high = OPERATIONS[op].range
    results = [one.of(one.some(scale=scale)) for one in tried(op) for scale in SCALES]
    assert all(low <= result.min() and result.max() <= high for result in results)
    if OPERATIONS[op].role == "activation":
        assert low >= 0 or any(result.min() < 0 for result in results), "`range` could say: never below 0"
        assert high <= 1 or any(result.max() > 1 for result in results), "`range` could say: never above 1"


@ALL
def test_signs_are_kept(op: str) -> None:
    if OPERATIONS[op].keeps_sign:
        assert all(one.of(abs(one.some())).min() >= 0 for one in tried(op))


@ALL
def test_affine_operations_and_no_others_are_affine(op: str) -> None:
    def bend(one: Tried) -> float:
        x, y = one.some(1), one.some(2)
        return float(abs(one.of(0.3 * x + 0.7 * y) - 0.3 * one.of(x) - 0.7 * one.of(y)).max())

    assert OPERATIONS[op].affine == (max(map(bend, tried(op))) < 1e-9)


@ALL
def test_idle_operations_do_nothing(op: str) -> None:
    def same(one: Tried) -> bool:
        return np.array_equal(one.of(one.some()), one.some())

    claimed = [OPERATIONS[op].idle(one.settled) for one in tried(op)]
    assert all(same(one) for one, idle in zip(tried(op), claimed, strict=True) if idle)
    assert any(claimed) or not all(map(same, tried(op))), "it is `idle`"


@ALL
def test_probabilities_sum_to_one(op: str) -> None:
    def sums(one: Tried) -> Array:
        return one.of(one.some()).sum(-1)

    for one in tried(op):
        claimed = OPERATIONS[op].probabilities(one.case)
        wanted = {"channels": 1, "parts": one.size[-1] // one.case.get("splits", 1), None: None}[claimed]  # type: ignore[operator]
        assert claimed is None or np.allclose(sums(one), wanted)
    claims = any(OPERATIONS[op].probabilities(one.case) for one in tried(op))
    assert claims or not all(np.allclose(sums(one), 1) for one in tried(op)), "its results are `probabilities`"


@ALL
def test_what_is_centred_alone_is_constant(op: str) -> None:
    """A number less the mean of itself is 0: of normalisations, those and no others make a constant."""
    for one in tried(op) if OPERATIONS[op].role == "norm" else ():
        constant = np.allclose(one.of(one.some(1)), one.of(one.some(2)), atol=1e-12)
        zeros = one.case.get("gamma") == "zeros"
        assert zeros or constant == (OPERATIONS[op].centred(one.case, one.size) == 1), one  # type: ignore[arg-type]


@pytest.mark.parametrize("op", MERGES)
def test_merges_are_of_their_kind(op: str) -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4, 4))
    wanted = {"sum": x + y, "difference": x - y, "product": x * y, "join": np.concatenate((x, y), -1)}
    merge = OPERATIONS[op].merge
    assert merge is not None
    np.testing.assert_array_equal(MERGES[op]([x, y]), wanted[merge])
    assert OPERATIONS[op].keeps_sign == (merge != "difference")
    assert OPERATIONS[op].affine == (merge != "product")


IGNORING = [name for name, one in OPERATIONS.items() if one.ignored is not Operation._field_defaults["ignored"]]


@pytest.mark.parametrize("op", IGNORING)
def test_what_is_said_to_change_nothing_changes_nothing(op: str) -> None:
    """Each argument that is ignored, at every other of its choices: the same weights, the same numbers."""
    seen = set()
    for one in tried(op):
        for name in OPERATIONS[op].ignored(one.case):
            for value in {other.case[name] for other in tried(op) if len(other.size) == len(one.size)}:
                changed = one._replace(case={**one.case, name: value})
                if fits(op, changed.case, one.size):
                    assert [weight.shape for weight in weights(changed)] == [weight.shape for weight in weights(one)]
                    assert np.array_equal(changed.of(one.some()), one.of(one.some())), (name, one.case, value)
                    seen.add(name)
    assert seen


def weights(tried_one: Tried) -> tuple[Weight, ...]:
    return OPERATIONS[tried_one.op].weights(tried_one.settled, (tried_one.size,))
