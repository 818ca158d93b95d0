"""From a file to a Source."""

from __future__ import annotations

import os
import re
import sys
from typing import BinaryIO

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, Mistake
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import limits

STDIN = "-"
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read(path: str) -> Source:
    """The text of a file, or of the standard input where ``path`` is ``-``.

    UTF-8, with or without a byte order mark. Raises Mistake for what is missing, a folder, forbidden, larger than a
    spec may be (told before it is read), or not UTF-8.
    """
    if path == STDIN:
        return decode("<stdin>", _read(STDIN, sys.stdin.buffer), None)
    try:
        if os.path.isdir(path):
            raise Mistake(Diagnostic("E0002", f"`{path}` is a folder, not a file", None))
        size = os.stat(path).st_size
        if size > limits.MAX_BYTES:
            raise Mistake(limits.too_large(path, size))
        with open(path, "rb") as file:
            data = _read(path, file)
    except FileNotFoundError:
        raise Mistake(Diagnostic("E0001", f"there is no file `{path}`", None)) from None
    except PermissionError:
        raise Mistake(Diagnostic("E0003", f"`{path}` may not be read: permission denied", None)) from None
    except (OSError, ValueError) as error:
        raise Mistake(Diagnostic("E0003", f"`{path}` cannot be read: {error}", None)) from None
    return decode(path, data, os.path.abspath(path))


def _read(name: str, file: BinaryIO) -> bytes:
    """At most one byte more than a spec may have: a device or a pipe has no size that could be asked before."""
    data = file.read(limits.MAX_BYTES + 1)
    if len(data) > limits.MAX_BYTES:
        raise Mistake(limits.too_large(name, len(data)))
    return data


def decode(name: str, data: bytes, path: str | None) -> Source:
    """The Source of a file's bytes; line ends of a lone carriage return become line feeds."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(_not_utf8(name, data, error.start)) from None
    return Source(name, _LONE_RETURN.sub("\n", text) if "\r" in text else text, path)


def _not_utf8(name: str, data: bytes, offset: int) -> Diagnostic:
    """The line is shown with a replacement character where the byte stands."""
    before = data[:offset].decode("utf-8-sig")
    source = Source(name, before + data[offset:].decode("utf-8", errors="replace"))
    place = Label(Span(source, len(before), len(before) + 1), f"byte 0x{data[offset]:02x}")
    return Diagnostic("E0005", "this text is not UTF-8", place, help="save the file with the encoding UTF-8")
