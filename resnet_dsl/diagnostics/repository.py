"""Diagnostics as a host of repositories takes them: places by the file's path in the repository, words in few lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.showing import line
from resnet_dsl.source import PRELUDE, Source, Span


class Region(NamedTuple):
    """Lines and columns counted from 1; a column is a character, the end is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span) -> Region:
    """Exactly the characters of a span."""
    return Region(*span.source.position(span.start), *span.source.position(span.end))


def shown_region(span: Span) -> Region:
    """What is to be underlined: without white space at the end, on a line that the text has."""
    text = span.source.text
    start = min(span.start, len(text.rstrip()))
    return region(Span(span.source, start, start + len(text[start : span.end].rstrip())))


def path_of(source: Source) -> str | None:
    """The file's path in the repository, with slashes; absolute where it lies outside; None of what is no file.

    The repository is the folder that GITHUB_WORKSPACE names, which a workflow's steps find set; else the current one.
    """
    if source.path is None or source.name == PRELUDE:
        return None
    folder, name = os.path.split(source.path)
    path = os.path.join(os.path.realpath(folder), name)
    roots = (
        os.path.join(os.path.realpath(root), "") for root in (os.environ.get("GITHUB_WORKSPACE"), os.getcwd()) if root
    )
    root = next((root for root in roots if path.startswith(root)), None)
    return path if root is None else path.removeprefix(root).replace(os.sep, "/")


def sentences(diagnostic: Diagnostic) -> Iterator[str]:
    """What is said of it, a sentence a line: the mistake, what stands at its place, the chain of calls, the remedy."""
    yield line(diagnostic.message)
    if diagnostic.place and diagnostic.place.text:
        yield f"here: {line(diagnostic.place.text)}"
    yield from map(line, diagnostic.notes)
    if diagnostic.help:
        yield f"help: {line(diagnostic.help)}"


def also(label: Label) -> str:
    """A further place, in words; of an option its name alone."""
    name = label.span.source.name
    where = name if name.startswith("--") else label.span
    return f"also {where}: {line(label.text)}".removesuffix(": ")
