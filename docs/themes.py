"""Writes the pictures and the tables of docs/themes.md: ``python docs/themes.py``; a test compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import resnet_dsl
from resnet_dsl.tabular import markdown
from resnet_dsl.targets.figure import block_figure
from resnet_dsl.targets.figure.theme import about, read_theme, theme_names
from resnet_dsl.targets.figure.theme.keys import FORM
from resnet_dsl.targets.figure.theme.lengths import MILLIMETRE
from resnet_dsl.toml import KeyedTable, NamedTable, ValueKind
from resnet_dsl.writing import write_whole

DOCS = Path(__file__).resolve().parent
BLOCK = "bottleneck"


def pictures(folder: Path) -> None:
    """Figure 5's block in each theme that ships."""
    facts = resnet_dsl.load("resnet50").network("resnet50").compiled.facts
    (folder / "themes").mkdir(exist_ok=True)
    for name in theme_names():
        drawn = block_figure(facts, [BLOCK], "block", True, theme=name)
        drawn.with_text("fixed").save(folder / "themes" / f"{name}.svg")


def shipped() -> Iterator[str]:
    """A table of the themes that ship."""
    yield markdown(["theme", "width (full)", "rows, facts", "what it is for"])
    yield markdown(["---"] * 4)
    for name in theme_names():
        theme = read_theme(name)
        wide = (
            theme.page.width and f"{theme.page.width / MILLIMETRE:.0f} mm ({(theme.page.full or 0) / MILLIMETRE:.0f})"
        )
        letters = theme.text.size and f"{theme.text.size:g}, {theme.text.facts:g} pt"
        yield markdown([f"`{name}`", wide or "", letters or "", about(name)])


def keys() -> Iterator[str]:
    """A table of all keys."""
    yield markdown(["key", "what it takes", "what it does"])
    yield markdown(["---"] * 3)
    yield from _rows(FORM, "")


def _rows(table: KeyedTable, before: str) -> Iterator[str]:
    for name, key in table.keys.items():
        named = isinstance(key.kind, NamedTable)
        way = f"{before}{name}.{'KIND' if name == 'kind' else 'WORDS'}" if named else f"{before}{name}"
        kind: ValueKind = key.kind.kind if isinstance(key.kind, NamedTable) else key.kind
        if isinstance(kind, KeyedTable):
            yield from _rows(kind, f"{way}.")
        else:
            yield markdown([f"`{way}`", kind.words, key.says])


def page(text: str) -> str:
    """The page with its tables made anew."""
    for name, rows in (("shipped", shipped()), ("keys", keys())):
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition("<!-- end -->")
        made = "".join(f"{row}\n" for row in rows)
        text = f"{before}<!-- {name} -->\n{made}<!-- end -->{after}"
    return text


if __name__ == "__main__":
    pictures(DOCS)
    write_whole(DOCS / "themes.md", page((DOCS / "themes.md").read_text("utf-8")))
