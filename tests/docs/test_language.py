"""Every example of the language reference compiles, without a warning; the reference of the operations is current."""

import re
from pathlib import Path

import pytest

from resnet_dsl import pipeline
from resnet_dsl.elaborate.building.builder import LARGEST, MOST_NODES
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.limits import MOST_REPEATS
from resnet_dsl.elaborate.loading import MOST_FILES
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.reference import reference
from resnet_dsl.syntax import limits

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(r"^```resnet\n(.*?)^```", (DOCS / "language.md").read_text(), re.MULTILINE | re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: re.search(r"network (\w+)", text)[1])
def test_example_compiles(text: str) -> None:
    spec = pipeline.load_text(text)
    assert [(one.code, one.message) for one in spec.check()] == []
    assert spec.networks


def test_operations_page_is_current() -> None:
    page = (DOCS / "operations.md").read_text()
    assert page == reference(), "run `resnet-dsl explain --operations > docs/operations.md`"


LIMITS = {
    "a text": limits.MAX_BYTES,
    "brackets in brackets": limits.MAX_BRACKETS,
    "files that import each other": MOST_FILES,
    "rounds of repeats, nested ones multiplied": MOST_REPEATS,
    "operations of a network": MOST_NODES,
    "numbers in one value or weight": LARGEST,
}


@pytest.mark.parametrize("what", LIMITS)
def test_limits_in_the_reference_are_those_of_the_code(what: str) -> None:
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", (DOCS / "language.md").read_text(), re.MULTILINE))
    said = rows[what].replace(" MB", ",000,000")
    assert int(said.replace(",", "")) == LIMITS[what]


def test_every_operation_of_the_registry_is_on_the_page() -> None:
    """`input` is a statement, with a size and no brackets."""
    page = (DOCS / "operations.md").read_text()
    listed = re.findall(r"^### `(\w+)", page, re.MULTILINE)
    assert sorted(listed) == sorted(OPERATIONS.keys() - {"input"})


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"input"}))
def test_the_signature_on_the_page_has_every_parameter_of_the_operation(name: str) -> None:
    page = (DOCS / "operations.md").read_text()
    shown = re.search(rf"^### `{name}(?:\((.*)\))?`$", page, re.MULTILINE)
    assert shown is not None
    names = [part.split(" = ")[0] for part in (shown[1] or "").split(", ") if part]
    operation = OPERATIONS[name]
    assert names == (
        ["a", "b", "…"][: 3 if operation.most > 2 else 2]
        if operation.many
        else [one.name for one in operation.parameters]
    )


def test_every_default_that_is_worked_out_says_from_what() -> None:
    open_ones = [
        (operation.name, one.name)
        for operation in OPERATIONS.values()
        for one in operation.parameters
        if not one.required and (one.default is None) != bool(one.computed)
    ]
    assert open_ones == []


def test_every_function_of_expressions_is_in_the_reference() -> None:
    table = (DOCS / "language.md").read_text().partition("## Expressions")[2].partition("```")[0]
    assert re.findall(r"`(\w+)\(", "".join(re.findall(r"(?m)^\| `.*?\|", table))) == list(FUNCTIONS)
