"""Exceptions that are for a person: what a user asked for cannot be done, and why."""

from __future__ import annotations

import copyreg
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from resnet_dsl.showing import line

if TYPE_CHECKING:
    from traceback import FrameSummary

LONGEST = 200
"""Characters that are shown of what a library says."""

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


_UNSAFE = re.compile("allow_pickle|weights_only")
_SHELL = f"{os.sep}IPython{os.sep}"
_COLOURED = r"\033\[([\d;]+)m(.*?)\033\[0m"
_STYLES = {
    "31;1": "font-weight:bold;color:var(--jp-error-color1,#c5221f)",
    "33;1": "font-weight:bold",
    "34;1": "opacity:0.7",
    "36;1": "font-weight:bold",
    "1": "font-weight:bold",
}
"""What stands for the colours of a terminal on a page, light or dark."""


class Told(Exception):
    """An exception whose words say all: a notebook shows them without the frames of this package.

    It survives pickling, whatever its class is made of.
    """

    def told(self, colours: bool = False) -> str:
        """All that a person is told, as lines; ANSI escape sequences only with ``colours``."""
        raise NotImplementedError

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: the lines in place of a traceback."""
        import traceback

        outer = self.__traceback__.tb_next if self.__traceback__ else None  # the first frame is IPython's own
        frames = [frame for frame in traceback.extract_tb(outer) if _is_the_readers(frame)]
        lines = "".join(traceback.format_list(frames)).splitlines()
        return [*lines, *self.told(colours="NO_COLOR" not in os.environ).splitlines()]

    def _repr_html_(self) -> str:
        return as_html(self.told(colours=True))

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class Failure(Told):
    """A package is missing, a file cannot be written, an option does not fit. The message is a sentence for the user.

    ``remedy`` says what to do instead, ``details`` are lines of their own below the message; a plain traceback shows
    all. The command line does, too, and ends with exit code 2, or, where it is what stands in a file that is at fault
    (``of_content``), with 1.
    """

    of_content = False

    def __init__(self, message: str, remedy: str | None = None, details: Sequence[str] = ()) -> None:
        self.lines = (message, *(f"  {one}" for one in details))
        super().__init__("\n".join(self.lines))
        self.remedy = remedy
        if remedy:
            self.add_note(f"  = help: {remedy}")

    def told(self, colours: bool = False) -> str:
        """See Told."""
        help_ = [f"  = help: {self.remedy}"] if self.remedy else []
        return "error: " + "\n".join(map(line, (*self.lines, *help_))) + "\n"


def as_html(told: str) -> str:
    """What a terminal is told, for a page: with its colours, and nothing else of it is markup."""
    from html import escape

    def span(match: re.Match[str]) -> str:
        return f'<span style="{_STYLES[match[1]]}">{match[2]}</span>'

    return f"<pre>{re.sub(_COLOURED, span, escape(told))}</pre>"


def _is_the_readers(frame: FrameSummary) -> bool:
    """Whether a line is the reader's own: not ours, not IPython's, not what it makes of a cell with ``%%``."""
    return not (frame.filename.startswith(_OURS) or _SHELL in frame.filename or "run_cell_magic" in (frame.line or ""))


def reason(error: Exception) -> str:
    """What a library says is wrong with a stranger's file, in one short line that a terminal can show.

    NumPy and PyTorch advise to load unsafely what they cannot read: that is not passed on.
    """
    if _UNSAFE.search(str(error)):
        return "it cannot be read as numbers alone"
    text = line(" ".join(re.sub(r"<[^<>]* at 0x[0-9a-fA-F]+>", "something else", str(error)).split()))
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]} …") or type(error).__name__
