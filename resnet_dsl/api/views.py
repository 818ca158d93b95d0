"""What a terminal prints and a notebook shows of networks: a summary, a table, what tells two apart."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from resnet_dsl.diagnostics.nearest import instead
from resnet_dsl.failure import Failure

if TYPE_CHECKING:
    from resnet_dsl.analyses.difference import Difference
    from resnet_dsl.analyses.network import Facts
    from resnet_dsl.targets.summary import Granularity
    from resnet_dsl.targets.table import Listing
    from resnet_dsl.targets.table import NetworkTable as Columns


def expect(what: str, given: str, known: Collection[str]) -> None:
    """Raises Failure where a word is none of the known; the remedy is the near one."""
    if given not in known:
        raise Failure(f"`{given}` is no {what}", instead(str(given), known))


class Summary:
    """A network as a table of its parts: text in a terminal, HTML in a notebook, ``data()`` for programs."""

    def __init__(self, facts: Facts, by: Granularity) -> None:
        from resnet_dsl.targets.summary import GRANULARITIES

        expect("part of a summary", by, GRANULARITIES)
        self._facts = facts
        self.by = by

    def data(self) -> dict[str, Any]:
        """The same as ``resnet-dsl summary --format json``."""
        from resnet_dsl.targets.summary import as_data

        return as_data(self._facts, self.by)

    def __str__(self) -> str:
        return self._written("text")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self._written("html")

    def _written(self, form: str) -> str:
        from resnet_dsl.targets.summary import write

        return write(self._facts, self.by, form)


class Diff:
    """What tells two networks apart: a sentence for each difference, the largest matters first; true where any does.

    Text in a terminal, a list in a notebook, ``data()`` for programs; iterating gives the sentences.
    """

    def __init__(self, found: Difference) -> None:
        from resnet_dsl.analyses.difference import describe

        self._found = found
        self.names = found.names
        self.sentences = describe(found)

    def data(self) -> dict[str, Any]:
        """The same as ``resnet-dsl diff --format json``."""
        from resnet_dsl.analyses.difference import as_data

        return as_data(self._found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.sentences)

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def __str__(self) -> str:
        return "\n".join(self.sentences) or "nothing tells them apart"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = f"<p>{escape(' and '.join(self.names))}</p>"
        if not self:
            return f"{title}<p>{self}</p>"
        return f"{title}<ul>{''.join(f'<li>{escape(one)}</li>' for one in self.sentences)}</ul>"


class Table:
    """Networks as the table of a paper: text in a terminal, HTML in a notebook, ``to("latex")`` for the paper."""

    def __init__(self, table: Columns | Listing) -> None:
        self._table = table

    def to(self, form: str, *, siunitx: bool = False) -> str:
        """The table as ``text``, ``md``, ``latex``, ``html`` or ``csv``. Raises Failure for another form.

        siunitx: in LaTeX, of a table with a row for each network: that package aligns its numbers.
        """
        from resnet_dsl.targets.table import FORMATS, write

        expect("form of a table", form, FORMATS)
        return write(self._table, form, siunitx)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the table in the form of the path's ending (``.tex``, ``.md``, ``.html``, ``.csv``, ``.txt``)."""
        from resnet_dsl.targets.table import form_of
        from resnet_dsl.writing import write_whole

        write_whole(os.fspath(path), self.to(form_of(os.fspath(path))))

    def __str__(self) -> str:
        return self.to("text")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.to("html")
