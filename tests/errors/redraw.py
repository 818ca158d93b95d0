"""Draws what the compiler says about every spec in this folder: ``python -m tests.errors.redraw`` writes the drawings.

Read what changes: would somebody who sees the language for the first time know what to do?
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import load

FOLDER = Path(__file__).parent
SPECS = sorted(path.name for path in FOLDER.glob("*.resnet"))


def check(name: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a spec of this folder, which drawings call by its name alone."""
    with contextlib.chdir(FOLDER):
        try:
            return load(name).check()
        except Refusal as refusal:
            return refusal.diagnostics


def main() -> None:
    for name in SPECS:
        (FOLDER / name).with_suffix(".txt").write_text(draw_all(check(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
