"""The search for costly texts can find: it tells growth from noise, and what is wrong with an outcome."""

from random import Random

import pytest

from resnet_dsl.syntax.limits import MAX_BYTES
from tests.hostile.__main__ import grows, wrong
from tests.hostile.growing import Family, family
from tests.hostile.measure import Bound, Cost
from tests.hostile.mutating import mutated

BOUND = Bound(2.5, 500, 1)


def test_a_family_grows_by_its_units() -> None:
    chained = Family("let a0 = 1\n{hole}", "let a{i} = a{j}\n", "", 2)
    assert chained.text(2).splitlines()[1:] == ["let a0 = a0", "let a1 = a0", "let a2 = a1", "let a3 = a2"]
    nested = Family("let a = {hole}", "({inside})", "1", 1)
    assert nested.text(4) == "let a = ((((1))))"


def test_texts_by_chance_are_of_a_size_that_is_read() -> None:
    chance = Random(1)
    assert all(len(family(chance).text(4).encode()) <= 4 * MAX_BYTES for _ in range(50))
    assert len({mutated(chance) for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("seconds", "told"),
    [([0.2, 0.4, 0.8], False), ([0.2, 0.6, 2.2], True), ([0.1, 0.1, 0.11], False), ([0.3, 0.5, 1.0], False)],
)
def test_growth_is_told_from_noise(seconds: list[float], told: bool) -> None:
    assert grows(seconds) == told


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Cost(0, 1.0, 100, "fine: 1 network"), ""),
        (Cost(0, 1.0, 100, ""), ""),
        (Cost(1, 1.0, 100, ""), "no word"),
        (Cost(3, 1.0, 100, "resnet-dsl failed"), "ends with 3"),
        (Cost(-9, 30.0, 100, ""), "ends with -9"),
        (Cost(1, 2.6, 100, "error"), "2.60 s"),
        (Cost(1, 1.0, 600, "error"), "600 MB"),
    ],
)
def test_what_is_wrong_with_an_outcome(found: Cost, words: str) -> None:
    said = wrong(found, BOUND)
    assert words in said
    assert bool(words) == bool(said)
