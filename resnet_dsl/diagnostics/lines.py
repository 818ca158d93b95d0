"""A line of a text in a terminal: tabs, wide characters, and lines too long to be shown whole."""

from __future__ import annotations

from resnet_dsl.showing import width

_TAB = 4
_WIDEST = 100  # columns of a text that are shown
_BEFORE = 30  # columns in front of the place, where a line is cut
_FAR = 500  # characters around the place that are looked at: a line may be a million long


def fitted(line: str, spans: list[tuple[int, int]], first: int) -> tuple[str, list[tuple[int, int]]]:
    """The line as it is shown, and the columns there of spans of its characters (each at least one column wide).

    Where the line is too long, what is shown is around its character ``first``.
    """
    skipped = max(0, first - _FAR)
    cells = _cells(line[skipped : first + _FAR])
    columns = [0]
    for cell in cells:
        columns.append(columns[-1] + width(cell))

    def column(character: int) -> int:
        return columns[min(max(character - skipped, 0), len(cells))]

    low = max(0, column(first) - _BEFORE) if skipped or max(column(end) for _, end in spans) > _WIDEST else 0
    shown = [index for index in range(len(cells)) if low <= columns[index] and columns[index + 1] <= low + _WIDEST]
    end = shown[-1] + 1 if shown else 0
    start = shown[0] if shown else 0
    front = "…" if skipped + start else ""
    back = "…" if skipped + end < len(line) else ""
    text = front + "".join(cells[start:end]) + back

    def shifted(character: int) -> int:
        return min(max(column(character), columns[start]), columns[end]) - columns[start] + len(front)

    places = [(shifted(one), shifted(other)) for one, other in spans]
    return text, [(one, max(other, one + 1)) for one, other in places]


def _cells(line: str) -> list[str]:
    """What is shown for each character."""
    cells = []
    column = 0
    for character in line:
        if character == "\t":
            cells.append(" " * (_TAB - column % _TAB))
        else:
            cells.append(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}")
        column += width(cells[-1])
    return cells
