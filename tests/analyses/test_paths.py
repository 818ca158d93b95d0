"""Paths: against enumeration, binomial coefficients, and what Veit et al. 2016 report."""

from __future__ import annotations

import math
import random
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from resnet_dsl.analyses.paths import Paths, paths
from resnet_dsl.ir.graph import Graph
from tests.analyses.signal_networks import Builder, cifar


def test_a_dense_block_without_skip_statements() -> None:
    """Concatenations of a value with what was made of it: the new channels are the branch."""
    net = Builder(4)
    current = 0
    for _ in range(6):
        current = net.add("concat", current, net.chain(current, "relu", ("dense", {"units": 4})))
    assert paths(net.build()[0]).lengths == tuple(math.comb(6, k) for k in range(7))


def test_branches_side_by_side_are_no_skip_connection() -> None:
    net = Builder(4)
    net.add("concat", *(net.add("dense", 0, units=4) for _ in range(3)))
    found = paths(net.build()[0])
    assert found.lengths == (3,)
    assert found.words == "3 paths side by side: there is no skip connection"


def enumerated(graph: Graph) -> dict[int, int]:
    """Every path walked by itself, from the output back."""
    lengths: Counter[int] = Counter()
    stack = [(graph.outputs[0].node, 0)]
    while stack:
        index, length = stack.pop()
        node = graph.nodes[index]
        if index == 0:
            lengths[length] += 1
        for place, other in enumerate(node.inputs[:1] if node.op == "mul" else node.inputs):
            stack.append((other, length + (node.skip is not None and place == 0)))
    return dict(lengths)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_against_enumeration(seed: int) -> None:
    rng = random.Random(seed)
    net = Builder(4)
    for _ in range(rng.randint(1, 14)):
        last = len(net.nodes) - 1
        others = rng.sample(range(last + 1), min(rng.randint(1, 3), last + 1))
        skip = "identity" if len(others) == 2 and rng.random() < 0.7 else None
        op = "relu" if len(others) == 1 else rng.choice(["add", "add", "mul"])
        net.add(op, *([last] if len(others) == 1 else others), skip=skip if op == "add" else None)
    graph, _ = net.build()
    found = paths(graph)
    want = enumerated(graph)
    assert {length: number for length, number in enumerate(found.lengths) if number} == want
    total = sum(want.values())
    mean = Fraction(sum(length * number for length, number in want.items()), total)
    assert (found.count, found.mean) == (total, mean)
    assert found.variance == Fraction(sum(n * length**2 for length, n in want.items()), total) - mean**2
    assert found.longest == max(want)


def walked(graph: Graph) -> dict[int, int]:
    """Merges without skip statements, by the definition: every way to every node as the set of its nodes.

    Of the ways from the last node that all of them share, those of one value of a merge are a branch where each meets
    weights, and one of another value meets none.
    """
    ways: list[list[tuple[frozenset[int], int]]] = [[(frozenset([0]), 0)]]
    for index, node in enumerate(graph.nodes[1:], 1):
        shared = max(frozenset.intersection(*(nodes for other in node.inputs for nodes, _ in ways[other])))
        free = [
            any(not any(graph.nodes[one].op == "dense" for one in nodes if one > shared) for nodes, _ in ways[other])
            for other in node.inputs
        ]
        ways.append([
            (nodes | {index}, length + (any(free) and not own))
            for other, own in zip(node.inputs, free, strict=True)
            for nodes, length in ways[other]
        ])  # fmt: skip
    return dict(Counter(length for _, length in ways[-1]))


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_without_skip_statements_against_the_definition(seed: int) -> None:
    rng = random.Random(seed)
    net = Builder(4)
    for _ in range(rng.randint(4, 12)):
        last = len(net.nodes) - 1
        if last < 1 or rng.random() < 0.4:
            net.add("relu", last) if rng.random() < 0.5 else net.add("dense", last, units=4)
        else:
            net.add("add", *rng.sample(range(last + 1), min(rng.randint(2, 3), last + 1)))
    graph, _ = net.build()
    assert {length: number for length, number in enumerate(paths(graph).lengths) if number} == walked(graph)


def test_a_value_that_is_reached_without_weights_is_no_branch_of_another_sum() -> None:
    """``(f(x) + x) + x``: only the way through f has a branch, once, however often x is added."""
    net = Builder(4)
    inner = net.add("add", net.add("dense", 0, units=4), 0)
    net.add("add", inner, 0)
    assert paths(net.build()[0]).lengths == (2, 1)


def test_the_110_layer_network_of_veit_et_al() -> None:
    """54 blocks, lengths binomial around 27, more than 95 % of them from 19 to 35 (their figure 6a)."""
    graph, _ = cifar(110, residual=True)
    found = paths(graph)
    assert found.lengths == tuple(math.comb(54, k) for k in range(55))
    assert (found.count, found.mean, found.variance) == (2**54, 27, Fraction(54, 4))
    assert sum(found.shares()[19:36]) > 0.95
    low, high = found.most()
    assert 19 <= low < high <= 35
    assert found.words == f"2^54 paths; 95 % of them pass {low} to {high} of 54 residual branches"


def test_a_plain_network_is_one_path() -> None:
    found = paths(cifar(20, residual=False)[0])
    assert found.lengths == (1,)
    assert found.words == "one path: there is no skip connection"
    assert found.most() == (0, 0)


def test_ten_thousand_blocks() -> None:
    net = Builder(4)
    current = 0
    for _ in range(10_000):
        current = net.add("add", net.add("dense", current, units=4), current, skip="identity")
    graph, _ = net.build()
    found = paths(graph)
    assert (found.mean, found.variance) == (5000, 2500)
    assert found.lengths[5000] == math.comb(10_000, 5000)
    assert sum(found.shares()) == pytest.approx(1)
    assert found.as_json()["paths"].startswith("1995063116880758384883742162683585083823496831886192454852")


def test_a_skip_across_many_blocks() -> None:
    """3,000 blocks and one skip connection around them all: ((1 + x)^3000) x + 1."""
    net = Builder(4)
    current = 0
    for _ in range(3000):
        current = net.add("add", net.add("dense", current, units=4), current, skip="identity")
    net.add("add", current, 0, skip="identity")
    found = paths(net.build()[0])
    assert found.count == 2**3000 + 1
    assert found.lengths[:3] == (1, 1, 3000)


def within(numbers: tuple[int, ...]) -> tuple[int, int]:
    """By the definition: the innermost lengths with at most a fortieth of the paths below them, and as few above."""
    spare = Fraction(sum(numbers), 40)
    lengths = range(len(numbers))
    low = max(at for at in lengths if sum(numbers[:at]) <= spare)
    return low, min(at for at in lengths if sum(numbers[at + 1 :]) <= spare)


@pytest.mark.parametrize("factors", [((1, 1), 4), ((1, 1), 54), ((1, 3), 5), ((0, 2, 0, 1), 4), ((1, 0, 0, 19), 1)])
def test_the_most_lengths_are_those_outside_which_few_paths_lie(factors: tuple[Any, int]) -> None:
    found = Paths((factors,))
    assert found.most() == within(found.lengths)


def test_a_length_with_just_as_many_paths_as_may_be_left_out_is() -> None:
    """Of 40 paths one may be left out on either side; of 39 none."""
    assert Paths((((1, 38, 1), 1),)).most() == (1, 1)
    assert Paths((((1, 37, 1), 1),)).most() == (0, 2)
