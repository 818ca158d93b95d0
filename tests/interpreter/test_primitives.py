"""Composite operations beside their steps: what they compute, in NumPy, and what the steps say of themselves."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from resnet_dsl.ir.operations import OPERATIONS, MissingRuleError
from resnet_dsl.passes.primitives import COMPOSITES, is_composite, take_apart
from resnet_dsl.passes.primitives.step import Primitive, PrimitiveStep, each_primitive
from tests.interpreter.cases import Case, Size, cases
from tests.interpreter.interpret import RULES
from tests.interpreter.primitives import compute
from tests.targets.keras.graphs import one_op

SIZES: tuple[Size, ...] = (
    *((4,), (7, 4), (1, 8), (5, 14), (5, 6, 4), (1, 4, 14), (4, 1, 14), (3, 4, 14), (8, 8, 4)),
    *((4, 5, 6, 4), (3, 4, 5, 8)),
)

ALL = sorted({*COMPOSITES, "avgpool", "scale", "shift", "softmax"})
"""With those that are composite under some arguments."""

Taken = tuple[Size, Case, tuple[PrimitiveStep, ...]]


def taken_apart(op: str) -> list[Taken]:
    """Calls of a composite operation, every two choices of its arguments in one of them."""
    found = []
    for rank in range(1, 5):
        for size, case in cases(op, [size for size in SIZES if len(size) == rank], np.random.default_rng(rank)):
            graph, shapes = one_op(size, op, **case)
            if is_composite(graph.nodes[1]):
                settled = dict(graph.nodes[1].args)
                found.append((size, settled, take_apart(graph.nodes[1], shapes[:1], shapes[1])))
    return found


@pytest.mark.parametrize("op", ALL)
def test_steps_compute_what_the_whole_is(op: str) -> None:
    apart = taken_apart(op)
    assert apart
    for size, args, steps in apart:
        random = np.random.default_rng(len(steps))
        x = random.normal(size=(2, *size))  # type: ignore[misc]
        wanted = OPERATIONS[op].weights(args, (size,))  # type: ignore[arg-type]
        weights = {one.name: random.normal(size=one.shape) for one in wanted}
        values = compute(steps, x, weights)
        np.testing.assert_allclose(values[-1], RULES[op](args, x, weights), rtol=1e-9, atol=1e-9)
        for step, value in zip(steps, values, strict=True):
            assert value.shape[1:] == step.shape or step.kind == "weight", (step, value.shape)


@pytest.mark.parametrize("op", ALL)
def test_steps_own_each_weight_once_and_start_it_as_the_whole_does(op: str) -> None:
    for size, args, steps in taken_apart(op):
        wanted = {one.name: one.init for one in OPERATIONS[op].weights(args, (size,))}  # type: ignore[arg-type]
        owned: dict[str, Any] = {}
        for step in steps:
            for name, theirs in step.weights.items():
                assert theirs not in owned
                owned[theirs] = step.args["init"] if name == "kernel" else "zeros"
        assert owned == wanted


@pytest.mark.parametrize("op", ALL)
def test_steps_read_what_is_there_and_one_has_no_name_but_the_node(op: str) -> None:
    for _, _, steps in taken_apart(op):
        assert all(other <= number for number, step in enumerate(steps) for other in step.inputs)
        assert sum(not step.name for step in steps) == 1
        assert all(not step.name for step in steps if step.weights) or op in {"attention", "evonorm"}


def test_every_primitive_is_used_and_a_missing_rule_is_named() -> None:
    used = {step.kind for op in ALL for _, _, steps in taken_apart(op) for step in steps}
    assert used == {*get_args(Primitive)}
    with pytest.raises(MissingRuleError, match=r"^here/ has no rule for the primitive `matmul`"):
        each_primitive("here/", {name: "" for name in get_args(Primitive) if name != "matmul"})


def test_arguments_decide_what_is_composite() -> None:
    composite = [("softmax", {"splits": 2}), ("scale", {"learned": True}), ("shift", {"learned": True}), ("tlu", {})]
    composite += [("avgpool", {"kernel": 3, "count_border": False})]
    assert all(is_composite(one_op((8, 8, 4), op, **args)[0].nodes[1]) for op, args in composite)


def test_what_is_a_primitive_already_is_not_taken_apart() -> None:
    plain = [("softmax", {}), ("scale", {"value": 2}), ("avgpool", {"kernel": 3}), ("relu", {})]
    plain += [("avgpool", {"kernel": "global", "count_border": False})]
    plain += [("avgpool", {"kernel": 3, "pad": pad, "count_border": False}) for pad in ("same", "valid", 0)]
    for op, args in plain:
        graph, shapes = one_op((8, 8, 4), op, **args)
        assert not is_composite(graph.nodes[1])
        with pytest.raises(AssertionError, match=f"{op} is not composite"):
            take_apart(graph.nodes[1], shapes[:1], shapes[1])
