"""From a file to a Source."""

from __future__ import annotations

import os
import re
import stat
import sys
from io import BufferedReader, FileIO
from typing import BinaryIO

from resnet_dsl import shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import asked, near_file, suggestion
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import limits

STDIN = "-"
ENDING = ".resnet"
_NAMED = f"specs are files that end in {ENDING}"
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read(path: str) -> Source:
    """The text of a file, or of the standard input where ``path`` is ``-``.

    UTF-8, with or without a byte order mark. Raises DiagnosticError for what is missing, a folder, forbidden, larger
    than a spec may be (told before it is read), or not UTF-8, and for a pipe that nobody writes into.
    """
    if path == STDIN:
        if sys.stdin is None:
            raise DiagnosticError(Diagnostic("E0003", "the standard input is closed", None))
        return decode("<stdin>", _read(STDIN, sys.stdin.buffer), None)
    try:
        if os.path.isdir(path):
            raise DiagnosticError(Diagnostic("E0002", f"`{path}` is a folder, not a file", None))
        size = os.stat(path).st_size
        if size > limits.MAX_BYTES:
            raise DiagnosticError(limits.too_large(path, size))
        with open(path, "rb", buffering=0, opener=_open) as file:
            data = _read_from(path, file)
    except FileNotFoundError:
        raise DiagnosticError(Diagnostic("E0001", f"there is no file `{path}`", None, help=meant(path))) from None
    except PermissionError:
        raise DiagnosticError(Diagnostic("E0003", f"`{path}` may not be read: permission denied", None)) from None
    except (OSError, ValueError) as error:
        raise DiagnosticError(Diagnostic("E0003", f"`{path}` cannot be read: {error}", None)) from None
    return decode(path, data, os.path.abspath(path))


def meant(spec: str, within: str = "") -> str | None:
    """The remedy for a path that nothing is at, with the name of a network behind it or not: what is there instead.

    That is the file with its ending, one of a near name, or, of a bare word, a network that ships. ``within``: the
    folder that a relative path counts from.
    """
    path, colon, network = spec.rpartition(":")
    for file, behind in ((spec, ""), (path, colon + network)):
        if file and os.path.isfile(os.path.join(within, f"{file}{ENDING}")):
            return f"did you mean `{file}{ENDING}{behind}`?"
    for file, behind in ((spec, ""), (path, colon + network)):
        if file and (near := near_file(file, within) or near_file(f"{file}{ENDING}", within)):
            return asked(f"{file}{behind}", f"{near}{behind}")
    return _ships(spec) if spec.isidentifier() else None


def _ships(word: str) -> str | None:
    """A network of which the word is a part (`resnet20` of `cifar_resnet20`), or whose name is near."""
    names = shipped.names()
    whole = [one for one in names if f"_{word}_" in f"_{one}_"]
    return asked(word, min(whole, key=len)) if whole else suggestion(word, names)


def read_spec(path: str) -> Source:
    """As ``read``, of what a stranger's text or folder names: a regular file that ends in ENDING, links followed.

    What is told of another file is that it is there, and nothing that it holds.
    """
    if os.path.exists(path) and not os.path.isdir(path):
        _check_spec(path, os.path.realpath(path))
    return read(path)


def _check_spec(path: str, target: str) -> None:
    if not os.path.isfile(path):
        raise DiagnosticError(Diagnostic("E0003", f"`{path}` is a device or a pipe", None, help=_NAMED))
    if not target.endswith(ENDING):
        leads = "" if os.path.basename(target) == os.path.basename(path) else f" leads to `{target}`, which"
        raise DiagnosticError(Diagnostic("E0003", f"`{path}`{leads} does not end in {ENDING}", None, help=_NAMED))


def _open(path: str, flags: int) -> int:
    """Opens a pipe without waiting for somebody to open its other end."""
    return os.open(path, flags | _NO_WAITING)


def _read_from(path: str, file: FileIO) -> bytes:
    """Waits for what is being written into a pipe, but not for somebody to write: one that holds nothing is refused."""
    first = file.read(1)  # None where there will be more
    if _NO_WAITING:
        os.set_blocking(file.fileno(), True)
    data = b"" if first == b"" else _read(path, BufferedReader(file), first or b"")
    if not data and stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
        raise DiagnosticError(Diagnostic("E0003", f"`{path}` is a pipe that nobody writes into", None))
    return data


def _read(name: str, file: BinaryIO | BufferedReader, begun: bytes = b"") -> bytes:
    """At most a byte or two more than a spec may have: a device or a pipe has no size that could be asked before."""
    data = begun + file.read(limits.MAX_BYTES + 1)
    if len(data) > limits.MAX_BYTES:
        raise DiagnosticError(limits.too_large(name, len(data)))
    return data


def decode(name: str, data: bytes, path: str | None) -> Source:
    """The Source of a file's bytes; line ends of a lone carriage return become line feeds."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DiagnosticError(_not_utf8(name, data, error.start, path)) from None
    return Source(name, _LONE_RETURN.sub("\n", text) if "\r" in text else text, path)


def _not_utf8(name: str, data: bytes, offset: int, path: str | None) -> Diagnostic:
    """The line is shown with a replacement character where the byte stands."""
    before = data[:offset].decode("utf-8-sig")
    source = Source(name, before + data[offset:].decode("utf-8", errors="replace"), path)
    place = Label(Span(source, len(before), len(before) + 1), f"byte 0x{data[offset]:02x}")
    return Diagnostic("E0005", "this text is not UTF-8", place, help="save the file with the encoding UTF-8")
