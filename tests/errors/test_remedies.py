"""Remedies that are edits, followed: the mistake is gone, none came in its place; what is sure is what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.diagnostics.explain import codes
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.fixing import fix
from resnet_dsl.ir.graph import Graph
from resnet_dsl.pipeline import Spec, load, load_text
from resnet_dsl.source import Source
from tests.diagnostics.test_explain import examples
from tests.errors.redraw import FOLDER, SPECS
from tests.syntax.test_slips import SLIPS


def sources() -> Iterator[Source]:
    """Every wrong text of the drawings, of the codes' pages and of the slips."""
    for name in SPECS:
        try:
            yield load(str(FOLDER / name)).source
        except Refusal:
            continue  # it cannot be read
    for code in codes():
        if shown := examples(code):
            yield Source(f"wrong example of {code}", shown[0])
    for number, (code, frame, text) in enumerate(SLIPS):
        yield Source(f"slip {number}, {code}", frame % text)


def with_edits() -> list[tuple[Source, Diagnostic]]:
    return [(source, one) for source in sources() for one in Spec(source).check() if one.edits]


REMEDIES = with_edits()
NAMES = [f"{Path(source.name).name}-{one.code}" for source, one in REMEDIES]


def in_front(found: tuple[Diagnostic, ...], remedy: Diagnostic) -> set[tuple[str, int]]:
    """The mistakes in front of a remedy that are found as early as its own: one of form hides all others."""
    first, stage = min(edit.span.start for edit in remedy.edits), max(remedy.code[:3], "E01")
    placed = [(one.code, one.place.span.start) for one in found if one.place and one.severity == "error"]
    return {(code, start) for code, start in placed if start < first and code[:3] <= stage}


@pytest.mark.parametrize(("source", "remedy"), REMEDIES, ids=NAMES)
def test_the_mistake_is_gone_and_none_came_in_front_of_it(source: Source, remedy: Diagnostic) -> None:
    text = edited(source.text, remedy.edits)
    before, after = Spec(source).check(), Spec(replace(source, text=text)).check()
    assert remedy.place is not None
    gone = (remedy.code, remedy.message, remedy.place.span.start)
    assert gone not in [(one.code, one.message, one.place.span.start) for one in after if one.place]
    assert in_front(after, remedy) <= in_front(before, remedy)


@pytest.mark.parametrize(("source", "remedy"), REMEDIES, ids=NAMES)
def test_its_edits_lie_apart_in_the_text_and_change_it(source: Source, remedy: Diagnostic) -> None:
    spans = sorted((edit.span.start, edit.span.end) for edit in remedy.edits)
    assert all(edit.span.source == source for edit in remedy.edits)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert edited(source.text, remedy.edits) != source.text
    assert remedy.help


def graphs(text: str) -> dict[str, Graph]:
    spec = load_text(text)
    return {name: spec.compile(name).graph for name in spec.networks}


@pytest.mark.parametrize("code", [code for code in codes() if examples(code)])
def test_what_is_sure_gives_the_network_of_the_right_example(code: str) -> None:
    shown = examples(code)
    assert shown is not None
    wrong, right = shown
    fixed = fix(load_text(wrong)).spec
    if fixed.source.text != wrong and not any(one.severity == "error" for one in fixed.check()):
        assert graphs(fixed.source.text) == graphs(right)


@pytest.mark.parametrize("source", [*sources()], ids=lambda source: Path(source.name).name)
def test_what_is_sure_has_edits(source: Source) -> None:
    assert all(one.edits for one in Spec(source).check() if one.sure)
