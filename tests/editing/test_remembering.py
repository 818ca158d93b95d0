"""What is remembered from version to version is what would be run anew."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remembering import Memory
from resnet_dsl.shipped import file_called
from tests.editing.texts import BLOCKS

IDLE = """block noisy(width) {
  conv(width, 3) -> norm -> drop
  if width > 8 { skip }
}

network one { input 8x8x3 stage s { noisy(4) } }
network two { input 8x8x3 stage s { noisy(3) } }
"""


def _versions(text: str, count: int) -> list[str]:
    """The text as somebody edits it: lines that go and come, words that change, in an order by chance."""
    chance = random.Random(count)
    versions = [text]
    for _ in range(count):
        lines = chance.choice([text, versions[-1]]).splitlines(keepends=True)
        at = chance.randrange(len(lines))
        changed = chance.choice(
            ["", lines[at] * 2, "# new\n" + lines[at], lines[at].replace("3", "5"), "}\n", "conv(\n"]
        )
        versions.append("".join([*lines[:at], changed, *lines[at + 1 :]]))
    return versions


@pytest.mark.parametrize("text", [BLOCKS, IDLE, Path(file_called("tutorial/first") or "").read_text(encoding="utf-8")])
def test_what_is_remembered_is_what_is_found_anew(text: str) -> None:
    memory, reused = Memory(), 0
    for version in _versions(text, 25):
        before = memory.runs
        known = Document(source_of("net.resnet", version), memory).checked
        fresh = Document(source_of("net.resnet", version)).checked
        assert known.diagnostics == fresh.diagnostics
        assert [*known.runs] == [*fresh.runs]
        for name, run in known.runs.items():
            reused += before.get(name) is run
            assert _graph(run.judged) == _graph(fresh.runs[name].judged)
    assert reused > 5


def _graph(judged: object) -> object:
    outcome = judged.outcome  # type: ignore[attr-defined]
    return outcome.elaborated and outcome.elaborated.graph


def test_only_what_asks_for_a_definition_is_run_again() -> None:
    memory = Memory()
    text = BLOCKS + "\nnetwork other { input 8x8x3 stage s { basic(3) } }\n"
    before = Document(source_of("net.resnet", text), memory).checked.runs
    after = Document(source_of("net.resnet", text.replace("width, 5", "width, 7")), memory).checked.runs
    assert [name for name in after if after[name] is before[name]] == ["other"]


def test_comments_and_layout_run_nothing_again_and_hide_nothing() -> None:
    memory = Memory()
    before = Document(source_of("net.resnet", BLOCKS), memory).checked.runs
    text = (
        BLOCKS.replace("  far", "  # Wide.\n\n     far")
        .replace("stage one {", "stage  one {")
        .replace("-> act }", "->  act }")
    )
    document = Document(source_of("net.resnet", text), memory)
    assert [name for name, run in document.checked.runs.items() if run is not before[name]] == []
    shown = hover(document, text.index("conv(width, 5"))
    assert shown is not None
    assert "| small | two_block1 | 32x32x16 | 16x16x16 |" in shown.text


@pytest.mark.parametrize("other", ['as "a  b"', 'as "a # b"'])
def test_what_stands_in_quotes_is_no_layout(other: str) -> None:
    memory = Memory()
    for label in ('as "a b"', other):
        text = f"network n {{ input 8x8x3 stage s {{ conv(4, 3) {label} }} }}\n"
        (run,) = Document(source_of("x", text), memory).checked.runs.values()
        fresh = Document(source_of("x", text)).checked.runs["n"]
        assert _graph(run.judged) == _graph(fresh.judged)


def test_a_text_that_is_imported_counts(tmp_path: Path) -> None:
    memory, path = Memory(), str(tmp_path / "net.resnet")
    text = 'import "blocks"\nnetwork net { input 8x8x3 stage s { mine } }\n'.replace("blocks", "blocks.resnet")
    for kernel in (3, 5, 5):
        (tmp_path / "blocks.resnet").write_text(f"block mine {{ conv(4, {kernel}) }}\n", encoding="utf-8")
        checked = Document(source_of(path, text, path), memory).checked
        facts = checked.runs["net"].judged.facts
        assert facts is not None
        assert facts.count.params == 3 * 4 * kernel**2


def test_another_file_of_the_same_name_takes_a_name_over() -> None:
    """An operation that came later gives way to a block of its name, which nobody mentioned before."""
    memory = Memory()
    text = "network net { input 8x8x3 stage s { abs } }\n"
    assert Document(source_of("x", text), memory).checked.runs["net"].judged.facts.count.params == 0  # type: ignore[union-attr]
    text = "block abs { conv(3, 1) }\n" + text
    assert Document(source_of("x", text), memory).checked.runs["net"].judged.facts.count.params == 9  # type: ignore[union-attr]
