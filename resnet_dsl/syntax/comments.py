"""The comments of a text: what Lark's grammar ignores, and documentation and the formatter read."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.source import Span
from resnet_dsl.syntax.words import Words


def doc_above(definition: Span) -> str:
    """The comment block that ends on the line above a definition: each line without its ``#`` and one space.

    "" where the definition is not the first on its line, or a blank line (or no comment) stands above it.
    """
    text = definition.source.text
    if not _begins_line(text, definition.start):
        return ""
    start = _line_start(text, definition.start)
    lines: list[str] = []
    while start:
        above = _line_start(text, start - 1)
        line = text[above : start - 1].strip()
        if not line.startswith("#"):
            break
        lines.append(line[1:].removeprefix(" "))
        start = above
    return "\n".join(reversed(lines))


def _begins_line(text: str, offset: int) -> bool:
    """Whether nothing but white space stands before it: a line may hold thousands of definitions."""
    while offset and text[offset - 1] != "\n":
        if not text[offset - 1].isspace():
            return False
        offset -= 1
    return True


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


class Comments(NamedTuple):
    """The comments of a text, by the index of the word that they stand at.

    ``behind``: on the same line behind the word; ``above``: on lines of their own in front of it, each with whether a
    blank line stands above it. ``blank`` holds the words with a blank line above.
    """

    behind: dict[int, str]
    above: dict[int, list[tuple[str, bool]]]
    blank: set[int]


def comments(words: Words) -> Comments:
    """Every comment of a text; the END stands for the word behind the last ones."""
    found = Comments({}, {}, set())
    text = words.source.text
    ends = [0, *words.ends]
    starts = [*words.starts[:-1], len(text)]
    for index, start in enumerate(starts):
        gap = text[ends[index] : start]
        if "\n" in gap or "#" in gap:
            _sort_in(found, index, gap)
    return found


def _sort_in(found: Comments, index: int, gap: str) -> None:
    """What stands between a word and the one before it, whose line the gap begins on."""
    blank = False
    lines = gap.split("\n")
    for number, line in enumerate(lines):
        comment = line.strip()
        begins_line = number > 0 or index == 0
        if comment and begins_line:
            found.above.setdefault(index, []).append((comment, blank))
        elif comment:
            found.behind[index - 1] = comment
        blank = (blank or begins_line) and not comment if number < len(lines) - 1 else blank and not comment
    if blank:
        found.blank.add(index)
