"""Texts with several mistakes, or one that tempts to tell what follows from it: each mistake is told, and nothing else.

In `independent.texts` a line says behind `#!` which codes are told there; `|` stands between codes of which one is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.pipeline import load, load_text

CASES = re.split(r"^== ", (Path(__file__).parent / "independent.texts").read_text("utf-8"), flags=re.MULTILINE)[1:]


def files(case: str) -> dict[str, str]:
    """The texts by their names; the first one is the one that is checked."""
    _, _, body = case.partition("\n")
    first, *others = re.split(r"^--- (\S+)\n", body, flags=re.MULTILINE)
    return {"main.resnet": first, **dict(zip(others[::2], others[1::2], strict=True))}


def expected(texts: dict[str, str]) -> Iterator[tuple[str, int, str]]:
    for name, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            yield from ((name, number, codes) for codes in line.partition("#!")[2].split())


def place(one: Diagnostic) -> tuple[str, int, str]:
    assert one.place is not None
    span = one.place.span
    return Path(span.source.name).name, span.source.position(span.start)[0], one.code


def is_told(found: tuple[str, int, str], wanted: tuple[str, int, str]) -> bool:
    return found[:2] == wanted[:2] and found[2] in wanted[2].split("|")


@pytest.mark.parametrize("case", CASES, ids=[case.partition("\n")[0] for case in CASES])
def test_each_mistake_is_told_once_and_nothing_that_follows(case: str, tmp_path: Path) -> None:
    texts = files(case)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    left = list(expected(texts))
    for found in map(place, load(str(tmp_path / "main.resnet")).check()):
        match = next((wanted for wanted in left if is_told(found, wanted)), None)
        assert match is not None, f"{found} follows from another mistake"
        left.remove(match)
    assert left == []


@pytest.mark.parametrize(
    ("steps", "message", "label"),
    [
        (
            "a = conv(48, 3) b = stem -> conv(64, 3) add(a, b) conv(96, 3, groups = 36)",
            "36 groups do not divide the 96 channels of the result",
            "what flows in is 32x32x…",
        ),
        ("conv(none, 3) dense(5)", "`dense` needs a vector, and what flows in is 32x32x…", "what flows in is 32x32x…"),
        ("cnv_(none, 3) conv(16, 3, groups = 7)", "7 groups do not divide the 16 channels of the result", "not known"),
        (
            "a = conv(48, 3) b = stem -> conv(64, 3) add(a, b) depth_to_space(9) depth_to_space(5)",
            "`add` needs values of one shape, and these are 32x32x48 and 32x32x64",
            "what flows in is 32x32x48 and 32x32x64",
        ),
        (
            "conv(none, 3) reshape(7x11x13)",
            "`reshape` cannot make 7x11x13 (1001 numbers) of 32x32x… (… numbers)",
            "what flows in is 32x32x…",
        ),
    ],
)
def test_a_length_that_is_not_known_is_told_as_such(steps: str, message: str, label: str) -> None:
    text = f"network n {{ input 32x32x3 stem {{ conv(48, 3) }} stage one {{ {steps} }} }}"
    *_, last = load_text(text).check()
    assert last.message == message
    assert last.place is not None
    assert last.place.text.endswith(label)
