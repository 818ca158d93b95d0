"""The standard output and error as people read them. All that a command says goes through here.

What could steer a terminal is spelt out, whoever wrote it; colours of our own pass as ``Painted``. What a program is to
read (an SVG, a model) goes to the stream's ``buffer``, byte by byte; an output that is claimed may take the standard
output for itself.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

from resnet_dsl import outputs
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT, STDOUT_SHOWN
from resnet_dsl.showing import line, safe

if TYPE_CHECKING:
    from rich.console import Console

    from resnet_dsl.diagnostics.diagnostic import Diagnostic


_MOST_DIGITS = 6
"""Of a width that is believed."""


class Painted(str):
    """A text whose strangers' words are safe already; escapes in it are our own."""


class Screen:
    """A stream to people. Where ``name`` is given, failing to write raises OSError with it; else nobody can be told."""

    def __init__(self, stream: TextIO, name: str | None = None) -> None:
        self.stream = stream
        self._name = name
        self._failed: OSError | None = None

    def write(self, text: str) -> int:
        with self._watched():
            self.stream.write(text if isinstance(text, Painted) else safe(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for one in lines:
            self.write(one)

    def flush(self) -> None:
        with self._watched():
            self.stream.flush()
        if self._failed is not None:  # whoever wrote (argparse, for one) may have kept it to himself
            raise self._failed

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """What could not be written would fail again when the process ends, and is let go."""
        try:
            yield
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
            if self._name is not None:
                self._failed = OSError(error.errno, error.strerror, self._name)
                raise self._failed from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def screens() -> Iterator[None]:
    """Puts a Screen before both streams for the time of the block."""
    output: Any = Screen(_in_utf8(sys.stdout or _nowhere()), STDOUT_SHOWN)
    errors: Any = Screen(sys.stderr or _nowhere())
    with redirect_stdout(output), redirect_stderr(errors):
        yield


def _nowhere() -> TextIO:
    """In place of a stream that was closed before the process began."""
    return open(os.devnull, "w", encoding="utf-8")


def _in_utf8(stream: TextIO) -> TextIO:
    """Pipes and files get UTF-8, as specs are, whatever the locale; a terminal gets what it can show."""
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8")
    return stream


def claim(path: str, ending: str = "", force: bool = True) -> str:
    """An output that may be written there, of the kind that has this ending; the path is given back.

    Where it takes the standard output, people are told on the standard error from here on. Without ``force`` no
    existing file is replaced. Raises Failure or OSError where nothing may be written.
    """
    where = outputs.claim(path, ending)
    if where.is_stdout:
        sys.stdout.flush()
        if isinstance(sys.stdout, Screen) and isinstance(sys.stderr, Screen):
            sys.stdout.stream = sys.stderr.stream
    if not force and where.replaces:
        raise Failure(f"`{path}` is there already", "choose another name, or replace it with `--force`")
    return path


def wrote(path: object) -> str:
    """What is said of an output that is there."""
    return f"wrote {STDOUT_SHOWN if path == STDOUT else line(str(path))}"


def show_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Draws them on the standard error, as wide as it is, and in colour where it shows colours."""
    from resnet_dsl.diagnostics.draw import draw_all

    columns, wrapping = _columns(), sys.stderr.isatty()
    drawn = draw_all(diagnostics, shows_colours(sys.stderr), columns, asking=True, wrapping=wrapping)
    sys.stderr.write(Painted(drawn))


def tell(text: str) -> None:
    """Says a line, or lines, on the standard error; a terminal gets them as wide as it is."""
    text = text.rstrip("\n")
    columns = columns_of(sys.stderr)
    if columns is not None:
        from resnet_dsl.wrapping import wrapped_lines  # read where there is something to tell

        text = wrapped_lines(text, columns)
    sys.stderr.write(f"{text}\n")


def page(text: str) -> None:
    """Says a page of Markdown on the standard output; a terminal gets its paragraphs as wide as it is."""
    print(flowing(text))


def flowing(text: str) -> str:
    """Paragraphs as wide as the terminal that the standard output is; as they are where it is none."""
    columns = columns_of(sys.stdout)
    if columns is None:
        return text
    from resnet_dsl.wrapping import reflowed  # read where lines are broken

    return reflowed(text, columns)


def shows_colours(stream: TextIO) -> bool:
    """Whether it does, or is said to: https://no-color.org, https://force-color.org."""
    if "NO_COLOR" in os.environ:
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def columns_of(stream: TextIO) -> int | None:
    """How wide a terminal is, or is said to be; None of a stream that is none, where lines are never broken."""
    return (said_columns() or _counted_columns(stream)) if stream.isatty() else None


def _columns() -> int | None:
    """How wide the standard error is said to be, or the terminal is; None where it is none."""
    return said_columns() or _counted_columns(sys.stderr)


def said_columns() -> int | None:
    """How wide `COLUMNS` says that a terminal is."""
    said = os.environ.get("COLUMNS", "")
    return int(said) or None if said.isdecimal() and len(said) < _MOST_DIGITS else None


def _counted_columns(stream: TextIO) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


class _Canvas(Screen):
    """A Screen for a library that has made what is printed safe, and adds escapes of its own."""

    def write(self, text: str) -> int:
        return super().write(Painted(text))


def console() -> Console:
    """Rich on the standard output; it writes escapes of its own, so what is printed is made safe before."""
    from rich.console import Console

    class SafeConsole(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            super().print(*(safe(one) if isinstance(one, str) else one for one in objects), **options)

    canvas: Any = _Canvas(sys.stdout.stream, STDOUT_SHOWN) if isinstance(sys.stdout, Screen) else sys.stdout
    return SafeConsole(file=canvas)
