"""Files are written whole or not at all: an existing one survives whatever goes wrong.

Its mode stays, and its owner where the system allows that. Of a file with several names (hard links) this one alone is
replaced.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT_SHOWN, OutputPath, place

PREFIX = ".resnet-dsl-"
"""How names of temporary files and folders begin."""
_HDF5_FAILED = re.compile(r"errno = (\d+), error message = '([^']*)'")
"""How HDF5 tells what the system said when it could not write, in errors of any type."""


def write_whole(path: str | os.PathLike[str], content: str | bytes, ending: str = "") -> None:
    """Replaces a file's content in one step. Raises as ``write_through`` does.

    What is not UTF-8 in a text (names of files may be so) is spelt out, as ``\\udcff``.
    """
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content

    def put(temporary: str) -> None:
        with open(temporary, "wb") as file:
            file.write(data)

    _write(place(path, ending), put, "")


def append(path: str | os.PathLike[str], text: str) -> None:
    """Adds to a file; it is on the disk when this returns. Raises OSError, with the path."""
    with _named(OutputPath(os.fspath(path), os.fspath(path))), open(path, "a", newline="", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_through(path: str | os.PathLike[str], put: Callable[[str], None], ending: str = "") -> None:
    """Lets ``put`` write a temporary file of the same folder, which then takes the name.

    ``ending`` is that of the output's kind, and of the temporary file's name, for writers that go by it. Raises what
    ``resnet_dsl.outputs.place`` and ``put`` raise; an OSError names the path as it was given.
    """
    _write(place(path, ending), put, ending)


def _write(where: OutputPath, put: Callable[[str], None], ending: str) -> None:
    with _named(where):
        if where.stream:
            _pour(where, put, ending)
        else:
            _replace(where.path, put, ending)


def _replace(target: str, put: Callable[[str], None], ending: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=PREFIX, suffix=ending)
    os.close(descriptor)
    try:
        put(temporary)
        _take_after(temporary, target)
        os.replace(temporary, target)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _take_after(temporary: str, target: str) -> None:
    """Gives a file the mode and the owner of the one that it replaces, or the mode that a new file gets."""
    if not os.path.exists(target):
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        return
    there = os.stat(target)
    with suppress(OSError, AttributeError):  # only an administrator may give files away, and not on every system
        os.chown(temporary, there.st_uid, there.st_gid)
    os.chmod(temporary, there.st_mode & 0o777)


def _pour(where: OutputPath, put: Callable[[str], None], ending: str) -> None:
    """Makes the whole content first, then sends it."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        temporary = os.path.join(folder, f"output{ending}")
        put(temporary)
        with open(temporary, "rb") as content, _opened(where) as stream:
            if stream.isatty() and b"\0" in content.peek():
                raise Failure(f"`{where.given}` is a terminal, and this is no text", "send it to a file or a program")
            shutil.copyfileobj(content, stream)


def _opened(where: OutputPath) -> BinaryIO:
    """What is open already is gone on with: opened anew, it would begin at another place."""
    if where.descriptor is not None:
        return open(os.dup(where.descriptor), "wb")
    return open(os.open(where.path, os.O_WRONLY), "wb")


@contextmanager
def _named(where: OutputPath) -> Iterator[None]:
    """Who asked knows the file by the name that was given, whatever name the failing library knows."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        failed = _as_told(error)
        if failed is None:
            raise
        raise OSError(*failed, STDOUT_SHOWN if where.is_stdout else where.given) from None


def _as_told(error: Exception) -> tuple[int | None, str] | None:
    """What the system said about the file that is written; None for an error that is about something else."""
    if told := _HDF5_FAILED.search(str(error)):
        return int(told[1]), told[2]
    if not isinstance(error, OSError) or (error.filename is not None and PREFIX not in str(error.filename)):
        return None
    return error.errno, error.strerror or str(error)
