"""Every code is explained, and its examples are what they say."""

import re
from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl.diagnostics.explain import codes, explanation
from resnet_dsl.pipeline import load_text

PACKAGE = Path(resnet_dsl.__file__).parent
USED = {code for path in PACKAGE.rglob("*.py") for code in re.findall(r'"([EW]\d{4})"', path.read_text("utf-8"))}


EXAMPLE = "{}:\n\n```resnet\n(.*?)```\n"


def examples(code: str) -> tuple[str, str] | None:
    """A text that gets the code, and the text corrected."""
    text = explanation(code) + "\n"
    wrong, right = (re.search(EXAMPLE.format(word), text, re.DOTALL) for word in ("Wrong", "Right"))
    return (wrong[1], right[1]) if wrong and right else None


def found_in(text: str) -> set[str]:
    return {diagnostic.code for diagnostic in load_text(text).check()}


def test_no_code_is_explained_twice() -> None:
    files = (PACKAGE / "diagnostics" / "codes").glob("*.md")
    found = [code for path in files for code in re.findall(r"^## (\w+):", path.read_text("utf-8"), re.MULTILINE)]
    assert sorted(found) == sorted(set(found))


def test_every_code_that_is_used_is_explained_and_no_other() -> None:
    assert set(codes()) == USED


@pytest.mark.parametrize("code", codes())
def test_explanations_have_the_form(code: str) -> None:
    title, _, words = explanation(code).partition("\n\n")
    assert title == f"{code}: {codes()[code]}"
    assert re.match("[a-z`]", codes()[code])
    assert words.count("```") == (4 if examples(code) else 0)
    assert max(map(len, explanation(code).splitlines())) <= 120


@pytest.mark.parametrize("code", [code for code in codes() if examples(code)])
def test_the_wrong_example_gets_the_code_and_the_right_one_nothing(code: str) -> None:
    shown = examples(code)
    assert shown is not None
    wrong, right = shown
    assert found_in(wrong) == {code}
    assert code not in found_in(right)
    assert not any(other.startswith("E") for other in found_in(right))
