"""Specs as they were in git, and what has changed since: of each network, in text, Markdown and as data."""

from __future__ import annotations

from resnet_dsl.history.changes import Change, WantedFile, between, changes
from resnet_dsl.history.markdown import as_markdown
from resnet_dsl.history.revision import Revision, read_revision
from resnet_dsl.history.words import as_data, as_text

__all__ = [
    "Change",
    "Revision",
    "WantedFile",
    "as_data",
    "as_markdown",
    "as_text",
    "between",
    "changes",
    "read_revision",
]
