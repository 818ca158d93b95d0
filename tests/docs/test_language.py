"""Every example of the language reference compiles, without a warning; the reference of the operations is current."""

import re
from pathlib import Path

import pytest

from resnet_dsl import pipeline
from resnet_dsl.ir.reference import reference

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
