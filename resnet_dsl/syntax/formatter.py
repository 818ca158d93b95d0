"""The one layout of a text.

It follows from the tree and the comments alone, but for empty lines, of which one is kept between statements: two
spaces a brace, at most 100 columns, braces with one short statement on one line, a chain broken in front of its
arrows and a list at its commas where it is too long. Brackets stand where the tree needs them.
"""

from __future__ import annotations

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.source import Source
from resnet_dsl.syntax import tables
from resnet_dsl.syntax.comments import comments
from resnet_dsl.syntax.layout import lay_out
from resnet_dsl.syntax.parser import parse
from resnet_dsl.syntax.printer import Printer
from resnet_dsl.syntax.words import split


def format_text(source: Source) -> str:
    """The text in its one layout, ending in a line feed (or empty). Raises Refusal where it is not well formed.

    Where a comment stood at a bracket that is left out, its new place counts for the layout: a second time settles it.
    """
    text, has_moved = _formatted(source)
    return _formatted(Source(source.name, text))[0] if has_moved else text


def _formatted(source: Source) -> tuple[str, bool]:
    """The text laid out, and whether a comment has moved to another word."""
    file, mistakes = parse(source)
    if mistakes:
        raise Refusal(mistakes)
    words = split(source, tables.load())
    printer = Printer(words, comments(words))
    lines: list[str] = []
    was_long = False
    for definition in file.definitions:
        above, blank = printer.comments_above()
        own = lay_out(printer.definition(definition))
        is_long = len(own) > 1
        separate = was_long or is_long
        for comment, has_blank in above:
            lines += [""] if lines and (has_blank or separate) else []
            lines.append(comment)
            separate = False
        lines += [""] if lines and (blank or separate) else []
        lines += own
        was_long = is_long
    for comment, has_blank in printer.comments_above()[0]:
        lines += [""] if lines and (has_blank or was_long) else []
        lines.append(comment)
        was_long = False
    return "".join(f"{line}\n" for line in lines), printer.has_moved
