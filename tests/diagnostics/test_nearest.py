"""Did you mean …?"""

import time

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


def test_many_and_long_names_take_no_time() -> None:
    start = time.process_time()
    assert nearest("a" * 1_000_000, ["b" * 1_000_000]) is None
    nearest("a" * 40, (f"{'b' * 30}{number}" for number in range(1_000_000)))
    assert time.process_time() - start < 1
