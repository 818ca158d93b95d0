"""Where a run may write: not over what it reads, not twice, not over what is of another kind or read-only.

Links are followed to the end. What is no file, a device or a pipe, is written into.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from resnet_dsl.failure import Failure

STDOUT, STDOUT_SHOWN = "-", "<stdout>"
"""The standard output on the command line, and in messages."""

_KINDS = {".resnet": "a spec", ".keras": "a Keras model", ".onnx": "an ONNX model", ".h5": "weights", ".npz": "arrays"}
_KINDS |= dict.fromkeys((".safetensors", ".pth", ".pt"), "weights")
"""What cannot be made again, by the ending of its name: an output of another kind does not take its place."""

_MOST_LINKS = 40
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_OPEN_FILES = "/proc/"
"""Links in here do not name a file but what a process has open: ``/dev/stdout`` and ``/dev/fd/63`` lead to them."""


class OutputPath(NamedTuple):
    """Where an output goes: its path behind all links. A ``stream`` is written into and has nothing to replace."""

    given: str
    path: str
    stream: bool = False
    replaces: bool = False

    @property
    def descriptor(self) -> int | None:
        """The number under which this process has it open already, if it does."""
        if self.path == STDOUT:
            return 1
        folder, number = os.path.split(self.path)
        return int(number) if folder == f"{_OPEN_FILES}{os.getpid()}/fd" else None

    @property
    def is_stdout(self) -> bool:
        """Under whatever name."""
        return self.path == STDOUT or (self.stream and os.path.samestat(os.stat(self.path), os.fstat(1)))


class CommandRun:
    """What one command reads, and where it said it would write."""

    def __init__(self) -> None:
        self._read: set[object] = set()
        self._folders: list[str] = []
        self._claimed: set[object] = set()

    def reads(self, path: str) -> None:
        """Nothing that the run writes takes the place of this file, or of an example in a folder of this one."""
        self._read |= _identity(path)
        if os.path.isdir(path):
            self._folders.append(os.path.realpath(path))

    def has_read(self, path: str) -> bool:
        """Whether it is an input, under this name or another one."""
        return not self._read.isdisjoint(_identity(path))

    def claim(self, where: OutputPath) -> None:
        """Raises Failure where another output goes there already, or an example of the data lies.

        Runs and comparisons may stand in the folder of the data; only what the user names is held against all in it.
        """
        above = os.path.dirname(os.path.dirname(where.path))
        if where.replaces and any(os.path.commonpath((above, folder)) == folder for folder in self._folders):
            raise Failure(f"`{where.given}` lies among the data that are read here", "give the output another place")
        names = {STDOUT, _of_disk(os.fstat(1))} if where.path == STDOUT else _identity(where.path)
        if not self._claimed.isdisjoint(names):
            raise Failure(f"two outputs would be written to `{where.given}`", "give one of them another name")
        self._claimed |= names


_RUN: ContextVar[CommandRun | None] = ContextVar("run", default=None)


@contextmanager
def run() -> Iterator[None]:
    """One command: what is read and claimed within the block is held against what is written in it."""
    token = _RUN.set(CommandRun())
    try:
        yield
    finally:
        _RUN.reset(token)


def reads(*paths: str) -> None:
    """Note what the run reads. Paths that do not exist (the name of a data set) are nothing to protect.

    Raises Failure where what is said would be written into an input.
    """
    for path in paths:
        if (current := _RUN.get()) is not None and os.path.exists(path):
            current.reads(path)
            there = os.stat(path)  # `>> net.resnet` would add to the spec what is said of it
            if stat.S_ISREG(there.st_mode) and os.path.samestat(there, os.fstat(1)):
                message = f"`{path}` is read here, and is the standard output, too"
                raise Failure(message, "send what is said to another file")


def claim(given: str | os.PathLike[str], ending: str = "") -> OutputPath:
    """Look, before any work is done, whether an output may go there. Raises as ``place`` does."""
    where = place(given, ending)
    if (current := _RUN.get()) is not None:
        current.claim(where)
    return where


def place(given: str | os.PathLike[str], ending: str = "") -> OutputPath:
    """Where an output goes whose kind has this ``ending``.

    Raises OSError or Failure, with the path as it was given, where nothing can or may be written.
    """
    name = os.fspath(given)
    if name == STDOUT:
        return OutputPath(STDOUT_SHOWN, STDOUT, stream=True)
    try:
        return _looked_at(name, ending)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from None
    except ValueError:  # a zero byte, or letters that the system's encoding of names has not
        raise OSError(errno.EINVAL, "this cannot be a file's name", name) from None


def _looked_at(name: str, ending: str) -> OutputPath:
    if not name:
        raise ValueError("an empty name")
    path = _followed(name)
    there = _state(path)
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, "this is a folder")
    if there is not None and stat.S_ISBLK(there.st_mode):
        raise Failure(f"`{name}` is a disk", "write to a file on it")
    current = _RUN.get()
    if there is not None and stat.S_ISREG(there.st_mode) and current is not None and current.has_read(path):
        raise Failure(f"`{name}` is read here, and would be written over", "give the output another name")
    if there is not None and (not stat.S_ISREG(there.st_mode) or os.path.islink(path)):
        return OutputPath(name, path, stream=True)
    _check_kind(name, path, ending)
    _check_folder(name, os.path.dirname(path))
    if there is not None and not _may_be_written(path, there):
        raise Failure(f"`{name}` is read-only", "give the output another name, or allow writing: `chmod u+w`")
    return OutputPath(name, path, replaces=there is not None)


def _followed(name: str) -> str:
    """The path that links lead to, even where nothing is there yet."""
    path = name
    for _ in range(_MOST_LINKS):
        path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        if path.startswith(_OPEN_FILES) or not os.path.islink(path):
            return path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _state(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _check_kind(name: str, path: str, ending: str) -> None:
    for one in (name, path):
        kind = _KINDS.get(os.path.splitext(one)[1].lower())
        if kind is not None and not (ending and one.lower().endswith(ending)):
            remedy = f"give it the ending {ending}" if ending else "give it another ending"
            raise Failure(f"`{name}` is the name of {kind}, and this would be none", remedy)


def _check_folder(name: str, folder: str) -> None:
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, f"there is no folder `{folder}`; make it first")
    if not _may_be_written(folder, os.stat(folder)):
        raise Failure(f"`{name}` cannot be written: its folder is read-only", "choose a place in another folder")


def _may_be_written(path: str, there: os.stat_result) -> bool:
    """By its mode, too: the system lets an administrator write to what is marked as read-only."""
    return bool(there.st_mode & _WRITABLE) and os.access(path, os.W_OK)


def _identity(path: str) -> set[object]:
    """All that tells that two paths are one file: where it is, and, of one that exists, which it is on its disk."""
    names: set[object] = {os.path.realpath(path)}
    if os.path.exists(path):
        names.add(_of_disk(os.stat(path)))
    return names


def _of_disk(there: os.stat_result) -> object:
    return there.st_dev, there.st_ino
