"""Shipped specs and the reference's examples with one mistake put in, or two in two parts: so many errors are told."""

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from resnet_dsl import resources
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import load_text
from resnet_dsl.syntax import tree

REFERENCE = Path(resources.specs_folder()).parent / "docs" / "language.md"
ALL = [
    *re.findall(r"```resnet\n(.*?)```", REFERENCE.read_text("utf-8"), re.DOTALL),
    *(path.read_text("utf-8") for path in sorted(Path(resources.specs_folder()).rglob("*.resnet"))),
]
TEXTS = [text for text in ALL if "import " not in text]
SMALL = [text for text in TEXTS if len(text) < 2_500]


class Change(NamedTuple):
    """One mistake: the words from ``start`` to ``end`` become others. part: where the stage or head around begins."""

    start: int
    end: int
    written: str
    part: int


def errors(text: str) -> list[Diagnostic]:
    try:
        found = load_text(text).check()
    except Refusal as refusal:
        found = refusal.diagnostics
    return [one for one in found if one.severity == "error"]


def changed(text: str, *changes: Change) -> str:
    for one in sorted(changes, reverse=True):
        text = text[: one.start] + one.written + text[one.end :]
    return text


@cache
def changes(text: str) -> list[Change]:
    """All that are tried: a step, an argument or a name that nothing has, near to what was there and far from it."""
    found = [one for node in load_text(text).module.own.values() for one in _inside(node.tree, 0)]
    return list(dict.fromkeys(found))


def _inside(node: tree.SyntaxNode, part: int) -> Iterator[Change]:
    part = node.span.start if isinstance(node, tree.Stem | tree.Stage | tree.Head) else part
    for written, token in _mistakes(node):
        yield Change(token.span.start, token.span.end, written, part)
    if isinstance(node, tree.Call) and node.name.text == "conv":
        yield Change(node.span.end - 1, node.span.end, ", groups = 7919)", part)
    targets = [node.target] if isinstance(node, tree.Named) else []
    for _, below in node.children():
        if isinstance(below, tree.SyntaxNode) and below not in targets:
            yield from _inside(below, part)


def _mistakes(node: tree.SyntaxNode) -> Iterator[tuple[str, tree.Token]]:
    if isinstance(node, tree.Step) and node.callee is not None and len(node.callee.text) > 3:
        yield f"{node.callee.text}q", node.callee
        yield "zzyzx", node.callee
    if isinstance(node, tree.Argument):
        yield f"{node.name.text}s", node.name
        yield "zzyzx", node.name
    if isinstance(node, tree.Name) and len(node.token.text) > 1:
        yield f"{node.token.text}qq", node.token


def compare(count: int, seed: int, texts: list[str]) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        text = chance.choice(texts)
        one, other = chance.choices(changes(text) or [Change(0, 0, "", 0)], k=2)
        alone = [errors(changed(text, change)) for change in (one, other)]
        assert all(len(found) <= 1 for found in alone), [changed(text, change) for change in (one, other)]
        if (
            one.part != other.part
            and one.part * other.part
            and all(alone)
            and (one.end <= other.start or other.end <= one.start)
        ):
            assert len(errors(changed(text, one, other))) == 2, changed(text, one, other)


def test_so_many_mistakes_so_many_errors() -> None:
    compare(40, 1, SMALL)


@pytest.mark.slow
def test_so_many_mistakes_so_many_errors_in_all_that_ships() -> None:
    compare(500, 2, TEXTS)
