"""A caption, and the text for those who do not see a figure, for LaTeX, for Markdown and as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias
from urllib.parse import quote

from resnet_dsl.tabular import plain
from resnet_dsl.targets.figure.formats.tex import escape_tex
from resnet_dsl.targets.figure.formats.words import one_line

Form: TypeAlias = Literal["latex", "md", "text"]
Alt: TypeAlias = Literal["short", "long"]
CAPTIONS: dict[Form, str] = {"latex": ".caption.tex", "md": ".caption.md", "text": ".caption.txt"}
"""Each form, and what the name of its file ends in."""
ALTS: tuple[Alt, ...] = ("short", "long")
ALT_ENDING = ".alt.txt"
_ITEM = "- "


def write_caption(form: Form, sentences: Sequence[str], alt: Sequence[str] = (), file: str = "") -> str:
    """The text of a caption's file.

    alt: for those who do not see the figure, a line in short and whatever is said at length; empty where not asked for.
    file: the figure's, which Markdown shows.
    """
    caption, lines = one_line(" ".join(sentences)), list(map(one_line, alt))
    written = {"latex": _latex, "md": _markdown, "text": _text}[form](caption, lines, file)
    return "\n".join([*written, ""])


def _text(caption: str, alt: list[str], file: str) -> list[str]:
    return [caption, *(["", *(alt[1:] or alt)] if alt else [])]


def _latex(caption: str, alt: list[str], file: str) -> list[str]:
    """As acmart describes figures; and for LaTeX's own tagging, whose place is where the figure is included."""
    lines = [f"\\caption{{{escape_tex(caption)}}}"]
    if not alt:
        return lines
    short, *long = map(escape_tex, alt)
    words = "\n".join(long)
    description = rf"\Description[{{{short}}}]{{{words}}}" if long else rf"\Description{{{short}}}"
    lines += [r"\providecommand{\Description}[2][]{}% of acmart", description]
    return [*lines, rf"% \includegraphics[alt={{{short}}}]{{...}}"]


def _markdown(caption: str, alt: list[str], file: str) -> list[str]:
    shown = [f"![{plain(alt[0])}]({quote(file)})", ""] if alt and file else []
    if len(alt) < 2:
        return [*shown, plain(caption)]
    told = ["", "<details><summary>The figure in words</summary>", *_paragraphs(alt[1:]), "", "</details>"]
    return [*shown, plain(caption), *told]


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """What begins with a stroke is in a list, of which all else stands apart."""
    for before, line in pairwise(("", *lines)):
        if not (_is_item(before) and _is_item(line)):
            yield ""
        yield f"{_ITEM}{plain(line.removeprefix(_ITEM))}" if _is_item(line) else plain(line)


def _is_item(line: str) -> bool:
    return line.startswith(_ITEM)
