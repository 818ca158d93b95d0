"""Writes the table in figures.md: how high shipped networks are at the widths of papers. ``python docs/paper.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import Figure, TooNarrowError, figure

PAGE = Path(__file__).parent / "figures.md"
START, END = "<!-- python docs/paper.py -->", "<!-- end -->"
WIDTHS = ("3.25in", "5.5in", "6.875in")
LETTERS = {
    **{"gaps": "g", "stem": "s", "words": "w", "close-ups": "c", "lanes are left": "l", "it flows": "↻"},
    **{"columns": "o", "equal modules": "m", "convolutions": "a", "lanes are named": "n"},
}


def table(names: list[str] | None = None) -> str:
    """A row a network: by stages, tall and wide, at each width."""
    head = ["network", *(f"tall {width}" for width in WIDTHS), *(f"wide {width}" for width in WIDTHS)]
    rows = [[name, *cells(name)] for name in names or shipped.names()]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def cells(name: str) -> Iterator[str]:
    facts = resnet_dsl.load(name).network(name).compiled.facts
    for wide in (False, True):
        for width in WIDTHS:
            try:
                yield told(figure(facts, "stage", wide, width=width))
            except TooNarrowError as refused:
                yield f"needs {re.findall(r'--width (.*?mm)', str(refused.remedy))[0]}"


def told(drawn: Figure) -> str:
    """Height in points, and what was given up: ``178, gsw2``."""
    steps = "".join(
        next((sign for start, sign in LETTERS.items() if note.startswith(start)), "") for note in drawn.notes
    )
    parts = "".join(re.findall(r"goes on in (\d)", " ".join(drawn.notes)))
    return ", ".join(filter(None, [f"{drawn.geometry.height * drawn.scale:.0f}", steps + parts]))


def write_table(page: Path = PAGE) -> None:
    before, rest = page.read_text(encoding="utf-8").split(START)
    page.write_text(f"{before}{START}\n\n{table()}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    write_table()
