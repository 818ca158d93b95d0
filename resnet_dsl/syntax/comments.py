"""The comments of a text: what Lark's grammar ignores, and documentation and the formatter read."""

from __future__ import annotations

from resnet_dsl.source import Span


def doc_above(definition: Span) -> str:
    """The comment block that ends on the line above a definition: each line without its ``#`` and one space.

    "" where the definition is not the first on its line, or a blank line (or no comment) stands above it.
    """
    text = definition.source.text
    start = _line_start(text, definition.start)
    lines: list[str] = []
    if text[start : definition.start].strip():
        return ""
    while start:
        above = _line_start(text, start - 1)
        line = text[above : start - 1].strip()
        if not line.startswith("#"):
            break
        lines.append(line[1:].removeprefix(" "))
        start = above
    return "\n".join(reversed(lines))


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1
