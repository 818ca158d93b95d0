"""The command that measures runs, and its page has what it measures."""

from __future__ import annotations

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


@pytest.mark.slow
@pytest.mark.parametrize("part", SHORT)
def test_every_part_prints_its_table(part: str) -> None:
    printed = _run(part, "--repetitions", "1")
    assert printed.startswith("## ")
    assert printed.count("|---") >= 1
