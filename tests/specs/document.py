"""The table of docs/family.md, written from the specs and the reference: ``python -m tests.specs.document``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from resnet_dsl import resources
from tests.specs.family import ROWS

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "family.md"
START, END = "<!-- table: python -m tests.specs.document -->\n", "<!-- end of table -->\n"
HEAD = (
    "| network | file in specs/ | varies | lines | parameters | with moving statistics | MACs | numbers from |\n"
    "|---|---|---|---:|---:|---:|---:|---|\n"
)


class Written(NamedTuple):
    """What a network's own text says. ``lines``: those with something on them but comments and `expect`."""

    lines: int
    base: str | None


def written(path: Path) -> dict[str, Written]:
    """Each network of a file in the formatter's layout, where a closing brace in the first column ends it."""
    found = {}
    for text in re.findall(r"^network [^\n]*\}$|^network .*?^\}", path.read_text(encoding="utf-8"), re.DOTALL | re.M):
        lines = [line.strip() for line in text.splitlines()]
        counted = [line for line in lines if line and not line.startswith(("#", "expect "))]
        name, base = re.match(r"network (\w+)(?:\([^{]*?\))?(?: from (\w+))?", text).groups()  # type: ignore[union-attr]
        found[name] = Written(len(counted), base)
    return found


def table() -> str:
    """The rows of the reference, family by family."""
    lines = []
    for row in sorted(ROWS, key=lambda row: row.spec.partition("/")[0]):
        mine = written(Path(resources.specs_folder(), row.spec))[row.network]
        base = f"`{mine.base}`" if mine.base else ""
        counts = f"{mine.lines} | {row.params:,} | {row.total_params:,} | {row.macs:,}"
        lines.append(f"| `{row.network}` | {row.spec} | {base} | {counts} | {row.source.replace('_', ' ')} |\n")
    return HEAD + "".join(lines)


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    DOCUMENT.write_text(before + START + table() + END + rest.partition(END)[2], encoding="utf-8")
