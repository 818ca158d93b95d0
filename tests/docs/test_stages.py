"""The texts of the stages in docs/stages.md are those that the compiler prints."""

import re
from pathlib import Path

import pytest

from resnet_dsl import pipeline
from tests.golden.golden import stages_of

PAGE = (Path(__file__).parents[2] / "docs" / "stages.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("stage", ["tree", "graph", "calls"])
def test_the_text_on_the_page_is_current(stage: str) -> None:
    (spec,) = re.findall(r"^```resnet\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(rf"^## `--to {stage}`.*?^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert shown == stages_of(pipeline.load_text(spec).compile())[stage]
