"""A diagnostic as a terminal shows it: the sentence, the lines with what is meant underlined, the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from textwrap import wrap
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.order import MOST_SHOWN, in_order, tally
from resnet_dsl.showing import BOLD, painted
from resnet_dsl.showing import line as in_line
from resnet_dsl.showing import width as columns_of
from resnet_dsl.source import Source, Span
from resnet_dsl.wrapping import NARROWEST, wrapped

_DISTANT = 5  # lines left out between two that are shown: from here on dots stand for them
_TAB = 4
_WIDEST = 100  # columns of a text that are shown where nobody says how wide the terminal is
_BEFORE = 0.3  # of these in front of the place, where a line is cut
_FAR = 500  # characters around the place that are looked at: a line may be a million long
_Paint = Callable[[str, str], str]
_RED, _YELLOW, _BLUE, _CYAN = "31;1", "33;1", "34;1", "36;1"


class _Stroke(NamedTuple):
    """A part of a line to be underlined; columns are characters, tally from 0, the end behind the last one."""

    line: int
    start: int
    end: int
    mark: str
    text: str


def draw_all(
    diagnostics: Iterable[Diagnostic],
    colours: bool = False,
    columns: int | None = None,
    asking: bool = False,
    wrapping: bool = False,
) -> str:
    """All of them in order, with a count at the end; only the first hundred are drawn.

    ``asking``: with the command that says more about the first error, or warning.
    """
    ordered = in_order(diagnostics)
    drawn = [draw(diagnostic, colours, columns, wrapping) for diagnostic in ordered[:MOST_SHOWN]]
    left_out = len(ordered) - len(drawn)
    end = tally(ordered) + (f" (the first {MOST_SHOWN} are shown)" if left_out else "")
    if asking and ordered:
        first = min(ordered, key=lambda one: one.severity != "error")
        more = f"for more about {first.code}: `resnet-dsl explain {first.code}`"
        end = "\n".join([*(wrapped(more, columns) if wrapping and columns else [more]), end])
    return "\n".join([*drawn, end]) + "\n" if ordered else ""


def draw(diagnostic: Diagnostic, colours: bool = False, columns: int | None = None, wrapping: bool = False) -> str:
    """One diagnostic, as lines that end in a line feed; ANSI escape sequences only with ``colours``.

    ``columns``: how wide the terminal is; excerpts and what is said under them stay within. ``wrapping``: so do
    sentences.
    """

    def paint(text: str, colour: str) -> str:
        return painted(text, colour) if colours and text and colour else text

    def sentence(text: str, lead: str = "", of_lead: str = "", beyond: str = "") -> list[str]:
        """On one line or several, with the colour of the lead and that of the words behind it."""
        first, *others = wrapped(text, columns) if wrapping and columns else [text]
        start = first.index(lead)
        end = start + len(lead)
        told = first[:start] + paint(lead, of_lead) + paint(first[end:], beyond)
        return [told, *(paint(other, beyond) for other in others)]

    tone = _RED if diagnostic.severity == "error" else _YELLOW
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    texts = list(_texts(diagnostic))
    width = max((len(str(stroke.line)) for _, strokes in texts for stroke in strokes), default=1)
    bar = paint(f"{' ' * width} |", _BLUE)
    lines = sentence(f"{head}: {in_line(diagnostic.message)}", head, tone, BOLD)
    for number, (place, strokes) in enumerate(texts):
        arrow = paint(" " * width + (":::" if number else "-->"), _BLUE)
        lines += [f"{arrow} {place}", bar, *_shown(strokes, place.source, width, columns, paint, tone)]
    if texts and (diagnostic.notes or diagnostic.help):
        lines.append(bar)
    for note in diagnostic.notes:
        lines += sentence(f"{' ' * width} = {in_line(note)}")
    if diagnostic.help:
        lines += sentence(f"{' ' * width} = help: {in_line(diagnostic.help)}", "help", _CYAN)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _texts(diagnostic: Diagnostic) -> Iterator[tuple[Span, list[_Stroke]]]:
    """Each text that takes part, the one at fault first: a place to name, and what to underline there."""
    if not diagnostic.place:
        return
    labels = [(diagnostic.place, "^"), *((label, "-") for label in diagnostic.others)]
    places = {label.span.source: label.span for label, _ in reversed(labels)}
    for source in dict.fromkeys(label.span.source for label, _ in labels):
        own = [(label, mark) for label, mark in labels if label.span.source == source]
        yield places[source], [stroke for label, mark in own for stroke in _strokes(label, mark)]


def _strokes(label: Label, mark: str) -> list[_Stroke]:
    """One line underlined, or, of a place that takes in several, the first and the last."""
    source, start, end = label.span
    end = start + len(source.text[start:end].rstrip())
    first, column = source.position(start)
    last, end_column = source.position(max(start, end - 1))
    if first == last:
        return [_Stroke(first, column - 1, end_column - (end == start), mark, label.text)]
    line, final = source.line(first), source.line(last)
    return [
        _Stroke(first, column - 1, len(line.rstrip()), mark, ""),
        _Stroke(last, len(final) - len(final.lstrip()), end_column, mark, label.text),
    ]


def _shown(
    strokes: list[_Stroke], source: Source, width: int, columns: int | None, paint: _Paint, tone: str
) -> Iterator[str]:
    """The lines that hold strokes, each with the strokes under it."""
    room = None if columns is None else max(columns - width - len(" | "), NARROWEST)
    before = None
    for number, group in groupby(sorted(strokes, key=lambda stroke: stroke.line), key=lambda stroke: stroke.line):
        if before is not None and number - before > _DISTANT:
            yield paint("...", _BLUE)
        before = number
        own = sorted(group, key=lambda stroke: stroke.start)
        focus = min(own, key=lambda stroke: stroke.mark != "^").start
        spans = [(stroke.start, stroke.end) for stroke in own]
        text, places = _fitted(source.line(number), spans, focus, _WIDEST if room is None else room - len("……"))
        yield f"{paint(f'{number:>{width}} |', _BLUE)} {text}"
        placed = [stroke._replace(start=place[0], end=place[1]) for stroke, place in zip(own, places, strict=True)]
        for row in _rows(placed):
            for line in _underlined(row, room, paint, tone):
                yield paint(" " * width + " |", _BLUE) + " " + line


def _rows(strokes: list[_Stroke]) -> list[list[_Stroke]]:
    """All in one row where only the last has words and none touches another; else a row each, the cause first."""
    apart = all(one.end < other.start for one, other in pairwise(strokes))
    if apart and not any(stroke.text for stroke in strokes[:-1]):
        return [strokes]
    return [[stroke] for stroke in sorted(strokes, key=lambda stroke: stroke.mark != "^")]


def _underlined(row: list[_Stroke], room: int | None, paint: _Paint, tone: str) -> Iterator[str]:
    """The strokes, with what is said of the last one behind it, or below where that has more room."""
    *_, last = row
    beside = room is None or last.end + 1 + columns_of(last.text) <= room
    line = ""
    column = 0
    for stroke in row:
        words = f" {stroke.text}" if stroke.text and beside else ""
        marks = stroke.mark * (stroke.end - stroke.start)
        line += " " * (stroke.start - column) + paint(marks + words, tone if stroke.mark == "^" else _BLUE)
        column = stroke.end
    yield line
    if room is not None and not beside:
        indent = min(last.start, max(room - max(columns_of(last.text), NARROWEST), 0))
        for words in wrap(last.text, room - indent, break_long_words=False, break_on_hyphens=False):
            yield " " * indent + paint(words, tone if last.mark == "^" else _BLUE)


def _fitted(line: str, spans: list[tuple[int, int]], first: int, widest: int) -> tuple[str, list[tuple[int, int]]]:
    """The line as it is shown, and the columns there of spans of its characters (each at least one column wide).

    Where the line has more than ``widest`` columns, what is shown is around its character ``first``.
    """
    skipped = max(0, first - _FAR)
    cells = _cells(line[skipped : first + _FAR])
    columns = [0]
    for cell in cells:
        columns.append(columns[-1] + columns_of(cell))

    def column(character: int) -> int:
        return columns[min(max(character - skipped, 0), len(cells))]

    before = round(_BEFORE * widest)
    low = max(0, column(first) - before) if skipped or max(column(end) for _, end in spans) > widest else 0
    shown = [index for index in range(len(cells)) if low <= columns[index] and columns[index + 1] <= low + widest]
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
        column += columns_of(cells[-1])
    return cells
