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
from resnet_dsl.pipeline import LoadedSpec, load, load_text
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
    return [(source, one) for source in sources() for one in LoadedSpec(source).check() if one.edits]


REMEDIES = with_edits()
NAMES = [f"{Path(source.name).name}-{one.code}" for source, one in REMEDIES]


def in_front(found: tuple[Diagnostic, ...], remedy: Diagnostic) -> set[tuple[str, int]]:
    """The mistakes in front of a remedy that are found as early as its own: one of form hides all others."""
    first, stage = min(edit.span.start for edit in remedy.edits), max(remedy.code[:3], "E01")
    told = [one for one in found if one.severity == "error" and one.code != "E0401"]  # known where all others are right
    placed = [(one.code, one.place.span.start) for one in told if one.place]
    return {(code, start) for code, start in placed if start < first and code[:3] <= stage}


@pytest.mark.parametrize(("source", "remedy"), REMEDIES, ids=NAMES)
def test_the_mistake_is_gone_and_none_came_in_front_of_it(source: Source, remedy: Diagnostic) -> None:
    text = edited(source.text, remedy.edits)
    before, after = LoadedSpec(source).check(), LoadedSpec(replace(source, text=text)).check()
    assert remedy.place is not None
    gone = _said((remedy,))[0]  # counted: the next line may make the same mistake at the same place
    assert _said(after).count(gone) < _said(before).count(gone)
    assert in_front(after, remedy) <= in_front(before, remedy)


def _said(found: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    return [(one.code, one.message, one.place.span.text if one.place else "") for one in found]


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
    assert all(one.edits for one in LoadedSpec(source).check() if one.sure)


FRAME = "block mine(width) { conv(width, 3) }\nnetwork n { input 8x8x3 stage conv5 { %s } %s }\n"
NOT_CHOSEN = {
    "an index or a call": ("conv[4, 3)", ""),
    "a bracket within": ("conv((4 + 2, 3 * 2 -> relu", ""),
    "a comma or a product": ("conv(2 width, 3)", ""),
    "a word that is there twice": ("mine(4 4)", ""),
    "a near name": ("cnov(4, 3)", ""),
    "a short word": ("relu", "use attn = se se(16)"),
    "a comparison": ("relu", "expect params 25M"),
    "a part's name, or what reads it": ("relu", "expect Conv5.depth == 0"),
    "an arrow too many, or a step too few": ("conv(4, 3) ->", ""),
}
CHOSEN = {
    "a closing bracket": ("conv(4, 3 -> relu", "", "conv(4, 3) -> relu", ""),
    "the other closing bracket": ("conv(4, 3] -> relu", "", "conv(4, 3) -> relu", ""),
    "a comma between numbers": ("conv(4 3)", "", "conv(4, 3)", ""),
    "a comma in front of a name": ("conv(4, 3 stride = 2)", "", "conv(4, 3, stride = 2)", ""),
    "an arrow": ("conv(4, 3) => relu", "", "conv(4, 3) -> relu", ""),
    "an arrow twice": ("conv(4, 3) -> -> relu", "", "conv(4, 3) ->  relu", ""),
    "a count": ("2 mine(4)", "", "2 x mine(4)", ""),
    "a cross in a size": ("conv(4, 3×3)", "", "conv(4, 3x3)", ""),
    "a cross between a count and a step": ("2×mine(4)", "", "2 x mine(4)", ""),
    "a negation": ("if !(1 > 2) { relu }", "", "if not (1 > 2) { relu }", ""),
    "a keyword": ("relu", "skpis off", "relu", "skips off"),
    "a comparison": ("relu", "expect depth = 0", "relu", "expect depth == 0"),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "member"), NOT_CHOSEN.values(), ids=NOT_CHOSEN)
def test_where_two_things_may_be_meant_nothing_is_chosen(steps: str, member: str) -> None:
    text = FRAME % (steps, member)
    assert any(one.severity == "error" for one in load_text(text).check())
    assert fix(load_text(text)).spec.source.text == text


@pytest.mark.parametrize(("steps", "member", "right", "as_well"), CHOSEN.values(), ids=CHOSEN)
def test_where_one_thing_is_meant_it_is_written(steps: str, member: str, right: str, as_well: str) -> None:
    assert fix(load_text(FRAME % (steps, member))).spec.source.text == FRAME % (right, as_well)


def test_of_a_name_that_goes_on_the_name_alone_is_written() -> None:
    (found,) = (one for one in load_text(FRAME % ("relu", "expect Conv5.depth == 0")).check() if one.edits)
    assert [(edit.span.text, edit.text) for edit in found.edits] == [("Conv5", "conv5")]
