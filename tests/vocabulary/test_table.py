"""The table of other tools' words is whole: every word in it leads to something that the language has."""

import re
from pathlib import Path

import pytest

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.calls import read_call
from resnet_dsl.vocabulary.meaning import meaning
from resnet_dsl.vocabulary.page import page
from resnet_dsl.vocabulary.table import WordRow, rows, words
from resnet_dsl.vocabulary.translating import advice

NAMES = [(row, name) for row in rows() for name in row.names]
SLOTS = {"norm", "last_norm", "act", "attn", "drop", "preact_project"}
PARAMETERS = {one.name for operation in OPERATIONS.values() for one in operation.parameters} | {"width"}
OTHERWISE = {"scale and center", "one position", "the axis of channels"}


@pytest.mark.parametrize(("row", "name"), NAMES, ids=lambda one: one if isinstance(one, str) else one.word)
def test_a_name_leads_to_a_step_with_arguments_that_it_has_or_says_why_there_is_none(row: WordRow, name: str) -> None:
    assert bool(row.here) + bool(row.none) + bool(row.member) + row.row == 1
    if row.here:
        step = read_call(row.step_of(name))
        assert step is not None
        own = {one.name for one in OPERATIONS[step.path].parameters}
        assert all(not one.name or one.name in own for one in step.arguments or ())


@pytest.mark.parametrize("row", [row for row in rows() if row.arguments], ids=lambda row: row.names[0])
def test_an_argument_of_a_row_is_one_that_its_tool_has(row: WordRow) -> None:
    assert set(row.arguments) <= {one.name for one in row.takes}


def test_arguments_lead_to_arguments_words_to_words_and_slots_to_slots() -> None:
    table = words()
    assert {meant for names in table.arguments.values() for meant in names} <= PARAMETERS | OTHERWISE
    for name, values in table.values.items():
        taken = {word for one in OPERATIONS.values() if (it := one.parameter(name)) for word in it.kind.words}
        assert set(values.values()) <= taken
    assert set(table.slots.values()) <= SLOTS


def test_the_page_is_current() -> None:
    written = (Path(__file__).parents[2] / "docs" / "coming_from.md").read_text("utf-8")
    assert written == page(), "run `python -m resnet_dsl.vocabulary.page > docs/coming_from.md`"


def test_no_argument_is_two_things() -> None:
    table = words()
    kinds = [table.steps, table.labels, table.flows, table.needless, table.nowhere, table.arguments]
    names = [name for kind in kinds for name in kind if name != "input_dim"]
    assert len(names) == len(set(names))


SAID = [one for row in rows() for one in (advice(row), row.note)]
WRITTEN = sorted({one for said in SAID for one in re.findall(r"`([a-z_]+(?:\([^`]*\))?(?: -> [^`]+)*)`", said)})
CALLS = [one for one in WRITTEN if "(" in one and "NAME" not in one]


@pytest.mark.parametrize("step", [one for one in CALLS if not re.search(r"\b(width|ratio|a, b|C)\b|position", one)])
def test_what_a_remedy_says_is_written_in_the_language(step: str) -> None:
    fitting = {"dense": "avgpool(global)", "normalize": "conv(3, 3)"}.get(step.partition("(")[0], "conv(384, 3)")
    text = f"network n {{ input 32x32x3 stage a {{ {fitting} -> {step} }} }}"
    assert [one.message for one in load_text(text).check() if one.severity == "error"] == []


@pytest.mark.parametrize("word", ["Conv2D", "nn.Conv2d", "strides", "xavier_uniform", "activation", "def", "return"])
def test_a_word_has_a_meaning(word: str) -> None:
    assert f"`{word}`" in (meaning(word) or "")


def test_what_is_no_word_has_none() -> None:
    assert meaning("quux") is None
    assert meaning("relu") is None
