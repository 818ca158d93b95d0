"""The command that measures runs, and its page has what it measures."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
SHORT = ["start", "files", "growth", "memory", "running", "training", "counting", "figures", "editing"]


def _run(*arguments: str) -> str:
    command = [sys.executable, "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_page_has_every_part() -> None:
    parts = _run("--help").partition("of: ")[2].partition("options:")[0].replace("\n", " ")
    names = [name.strip() for name in parts.split(",")]
    assert {*SHORT, "building"} == set(names)
    headings = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    assert len(headings) == len(names)


def test_a_part_that_is_measured_again_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    benchmarks = runpy.run_path(str(ROOT / "benchmarks" / "__main__.py"))
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setitem(benchmarks["write"].__globals__, "PAGE", page)
    benchmarks["write"]("Memory", "| much |")
    before, after = (_sections(one) for one in (PAGE, page))
    assert after == before | {"Memory": "| much |"}
    assert [*after] == [*before]


def _sections(page: Path) -> dict[str, str]:
    """By title, and what stands in front of the first one by `# Speed`."""
    parts = f"\n{page.read_text(encoding='utf-8')}".split("\n#")
    return {title.strip("# "): body.strip() for title, _, body in (part.partition("\n") for part in parts)}


@pytest.mark.slow
@pytest.mark.parametrize("part", SHORT)
def test_every_part_prints_its_table(part: str) -> None:
    printed = _run(part, "--repetitions", "1")
    assert printed.startswith("## ")
    assert printed.count("|---") >= 1
