"""From pieces of text with places to break, to lines: what a printer of any language needs.

The pieces stand in a row. GROUP and GROUP_END hold a group together: it stands on one line where it fits, with a space
for each LINE in it and nothing for each SOFTLINE; where it does not fit, or holds what ends a line, both are line ends,
and each FILL is one only where what follows up to the next would not fit. INDENT and DEDENT change the indentation of
the line ends between them.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

WIDTH = 100
STEP = 2

TEXT, SPACE, LINE, SOFTLINE, FILL, HARDLINE, GROUP, GROUP_END, INDENT, DEDENT, COMMA, COMMENT = range(12)
ENDING = (LINE, SOFTLINE, FILL, HARDLINE)  # what may end a line


class Piece(NamedTuple):
    """``text``: of TEXT and COMMENT. ``blank``: a HARDLINE with an empty line behind it, or a COMMENT that stood on a
    line of its own."""

    kind: int
    text: str = ""
    blank: bool = False


def lay_out(pieces: list[Piece]) -> list[str]:
    """The lines, without their ends."""
    writer = _Writer(pieces)
    for index in range(len(pieces)):
        writer.write(index)
    return writer.finish()


class _Writer:
    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        widths = [len(piece.text) if piece.kind == TEXT else piece.kind in (SPACE, LINE, FILL) for piece in pieces]
        self._widths = [0, *accumulate(widths)]
        self._breaks = [0, *accumulate(piece.kind in (HARDLINE, COMMENT) for piece in pieces)]
        self._closing = _closings(pieces)
        self._groups = [False]  # whether each open group stands on one line
        self._lines: list[str] = []
        self._line = ""
        self._indent = 0
        self._forced_indent = 0  # of a line that a comment ends where no line was to end
        self._ended = False  # by a comment: whatever comes next begins a line

    def finish(self) -> list[str]:
        return [line.rstrip() for line in [*self._lines, self._line]]

    def write(self, index: int) -> None:
        piece = self._pieces[index]
        if piece.kind == TEXT:
            self._text(piece.text)
        elif piece.kind in (SPACE, LINE, SOFTLINE, FILL):
            self._between(index, piece)
        elif piece.kind in (HARDLINE, COMMENT):
            self._end_line(piece.blank) if piece.kind == HARDLINE else self._comment(piece)
        elif piece.kind in (GROUP, GROUP_END):
            self._group(index, piece.kind)
        elif piece.kind == COMMA:
            self._text("" if self._groups[-1] else ",")
        else:
            self._indent += STEP if piece.kind == INDENT else -STEP

    def _between(self, index: int, piece: Piece) -> None:
        breaks = piece.kind != SPACE and not self._groups[-1]
        is_commented = self._ended or self._pieces[index + 1].kind == COMMENT
        if breaks and (piece.kind != FILL or is_commented or not self._next_fits(index)):
            self._end_line()
        elif not self._ended and self._line.strip():
            self._line += "" if piece.kind == SOFTLINE else " "

    def _group(self, index: int, kind: int) -> None:
        if kind == GROUP_END:
            self._groups.pop()
        else:
            self._groups.append(self._groups[-1] or self._fits(index, self._closing[index]))

    def _text(self, text: str) -> None:
        if self._ended:
            self._force_line()
        self._line += text
        if text:
            self._forced_indent = self._indent + STEP

    def _comment(self, piece: Piece) -> None:
        if self._ended or (piece.blank and self._line.strip()):
            self._force_line()
        self._line = f"{self._line.rstrip()}  {piece.text}" if self._line.strip() else self._line + piece.text
        self._ended = True

    def _force_line(self) -> None:
        self._lines.append(self._line)
        self._line = " " * self._forced_indent
        self._ended = False

    def _end_line(self, blank: bool = False) -> None:
        self._lines.append(self._line)
        if blank:
            self._lines.append("")
        self._line = " " * self._indent
        self._forced_indent = self._indent
        self._ended = False

    def _fits(self, start: int, end: int) -> bool:
        """Whether the pieces from one to another, and what cannot be broken off behind them, fit on the line."""
        if self._breaks[end] > self._breaks[start]:
            return False
        column = self._forced_indent if self._ended else len(self._line)
        room = WIDTH - column - (self._widths[end] - self._widths[start])
        while room >= 0 and end < len(self._pieces) and self._pieces[end].kind not in (*ENDING, COMMENT):
            room -= self._widths[end + 1] - self._widths[end]
            end += 1
        return room >= 0

    def _next_fits(self, index: int) -> bool:
        """Whether what stands behind a FILL, up to the next in the same group, fits on the line."""
        depth = 0
        end = index + 1
        while end < len(self._pieces):
            kind = self._pieces[end].kind
            depth += (kind == GROUP) - (kind == GROUP_END)
            if depth < 0 or (depth == 0 and kind in (*ENDING, COMMENT)):
                break
            end += 1
        return self._fits(index, end)


def _closings(pieces: list[Piece]) -> dict[int, int]:
    """The place of the GROUP_END of each GROUP."""
    closings = {}
    opened = []
    for index, piece in enumerate(pieces):
        if piece.kind == GROUP:
            opened.append(index)
        elif piece.kind == GROUP_END:
            closings[opened.pop()] = index
    return closings
