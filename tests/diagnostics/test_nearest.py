"""Did you mean …?"""

import time
from functools import cache
from itertools import product

import pytest

from resnet_dsl.diagnostics.nearest import nearest

KNOWN = [
    "conv",
    "dense",
    "maxpool",
    "avgpool",
    "batchnorm",
    "relu",
    "bottleneck",
    "basic",
    "width",
    "stride",
    "add",
    "x",
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cnov", "conv"),
        ("con", "conv"),
        ("convv", "conv"),
        ("Conv", "conv"),
        ("batch_norm", "batchnorm"),
        ("BatchNorm", "batchnorm"),
        ("max_pool", "maxpool"),
        ("botleneck", "bottleneck"),
        ("bottelnek", "bottleneck"),
        ("strid", "stride"),
        ("widht", "width"),
        ("dad", "add"),
        ("ReLU", "relu"),
    ],
)
def test_slips(name: str, meant: str) -> None:
    assert nearest(name, KNOWN) == meant


@pytest.mark.parametrize("name", ["lstm", "a", "y", "attention", "pool", "conv", ""])
def test_what_is_something_else(name: str) -> None:
    assert nearest(name, KNOWN) is None


@pytest.mark.parametrize(("letters", "most"), [(2, 1), (4, 1), (5, 2), (7, 2), (8, 3), (11, 3), (40, 3)])
def test_one_slip_for_every_three_letters_is_near_and_never_more_than_three(letters: int, most: int) -> None:
    name = "a" * letters
    near, far = ("a" * (letters - slips) + "b" * slips for slips in (most, most + 1))
    assert nearest(name, [far, near]) == near
    assert nearest(name, [far]) is None


def test_the_first_letter_decides_between_equals() -> None:
    assert nearest("bat", ["cat", "bet"]) == "bet"
    assert nearest("bat", ["cat", "hat"]) == "cat"


@cache
def slips(one: str, other: str) -> int:
    """The optimal string alignment distance, from its definition alone."""
    if not one or not other:
        return len(one) + len(other)
    kept = slips(one[:-1], other[:-1]) + (one[-1] != other[-1])
    found = min(slips(one[:-1], other) + 1, slips(one, other[:-1]) + 1, kept)
    exchanged = len(one) > 1 and len(other) > 1 and one[-2:] == other[-2:][::-1]
    return min(found, slips(one[:-2], other[:-2]) + 1) if exchanged else found


WORDS = ["".join(letters) for length in range(1, 6) for letters in product("ab", repeat=length)]


@pytest.mark.parametrize("name", [word for word in WORDS if len(word) > 2])
def test_every_name_is_near_as_the_definition_says(name: str) -> None:
    """Fewer slips than letters, too: what has nothing in common is no slip."""
    for known in WORDS:
        near = slips(name, known) <= (len(name) + 1) // 3 and slips(name, known) < len(known)
        assert nearest(name, [known]) == (known if near and known != name else None)


def test_many_and_long_names_take_no_time() -> None:
    start = time.process_time()
    assert nearest("a" * 1_000_000, ["b" * 1_000_000]) is None
    nearest("a" * 40, (f"{'b' * 30}{number}" for number in range(1_000_000)))
    assert time.process_time() - start < 1
