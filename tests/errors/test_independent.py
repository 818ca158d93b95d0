"""Texts with several mistakes, or one that tempts to tell what follows from it: each mistake is told, and nothing else.

In `independent.texts` a line says behind `#!` which codes are told there; `|` stands between codes of which one is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.pipeline import load

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
