"""Sentences on the lines of a terminal: broken at spaces, no fragment of code or path in backticks taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_dsl.showing import width

NARROWEST = 20
"""Columns that words have in any terminal."""
_INDENT = "  "
_WORDS = re.compile(r"(?:`[^`]*`|\S)+")
_LEAD = re.compile(r" *(?:= |- |\d+\. )?(?:(?:error|warning|note|help)(?:\[\w+\])?: )?")
_FENCE = "```"
_ITEM = re.compile(r"- |\d+\. ")
_ALONE = re.compile(rf"[|# ]|{_ITEM.pattern}|{_FENCE}")
"""What the lines of Markdown begin with that do not flow on from the one before."""


def wrapped(line: str, columns: int, indent: str = _INDENT) -> list[str]:
    """One line as several of at most so many columns, which stand below each other behind its lead (``  = help: ``).

    ``indent``: of all but the first where there is no lead. A fragment in backticks stays whole where a line holds it.
    A word that no line holds goes over the edge: what is cut cannot be copied.
    """
    if width(line) <= columns:
        return [line]
    lead = _lead(line, columns)
    indent = " " * len(lead) or indent
    first, *others = _pieces(line[len(lead) :], columns - len(indent))
    rows = [lead + first]
    for word in others:
        if width(rows[-1]) + 1 + width(word) > columns:
            rows.append(indent + word)
        else:
            rows[-1] += f" {word}"
    return rows


def wrapped_lines(text: str, columns: int) -> str:
    """Each line of a text by itself."""
    return "\n".join(row for line in text.split("\n") for row in wrapped(line, columns))


def reflowed(text: str, columns: int) -> str:
    """Paragraphs of Markdown that are wider are filled anew; code stays, and the rows of tables stand by themselves."""
    rows: list[str] = []
    for block in _blocks(text):
        wide = not block[0].startswith(_FENCE) and any(width(line) > columns for line in block)
        indent = _INDENT if block[0].startswith("|") else ""
        rows += wrapped(" ".join([block[0], *map(str.strip, block[1:])]), columns, indent) if wide else block
    return "\n".join(rows)


def _lead(line: str, columns: int) -> str:
    """What the words stand behind; nothing where they would have too little room."""
    found = _LEAD.match(line)
    lead = found[0] if found else ""
    return lead if columns - len(lead) >= NARROWEST else ""


def _pieces(text: str, room: int) -> Iterator[str]:
    for found in _WORDS.finditer(text):
        yield from [found[0]] if width(found[0]) <= room else found[0].split()


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together: those of a paragraph, of an item of a list, or of code with its fences."""
    first, *others = text.split("\n")
    block = [first]
    for line in others:
        if not _goes_on(block, line):
            yield block
            block = []
        block.append(line)
    yield block


def _goes_on(block: list[str], line: str) -> bool:
    first = block[0]
    if first.startswith(_FENCE):
        return block[1:] == [] or not block[-1].startswith(_FENCE)
    if _ITEM.match(first):
        return line.startswith(" ")
    return bool(first and line) and not _ALONE.match(first) and not _ALONE.match(line)
