"""A file in ONNX that answers soon: what an engine arranges for speed, it arranges behind the first answer.

Most of the time that ONNX Runtime takes to start goes into the weights: they are read, copied, folded and put into the
order of the processor's vectors. The first answer needs none of it. It is computed with the weights as they lie in the
file, which the engine maps into memory: ResNet-50 starts in 20 ms in place of 300, and computes a quarter slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from mmap import ACCESS_READ, mmap
from threading import Lock
from typing import Any, NamedTuple

from resnet_dsl.engines.wire import WireError, WireField, fields, with_length, with_number
from resnet_dsl.failure import Failure

_GRAPH, _INITIALIZER = 7, 5
"""Fields of a model, and of its graph."""
_RAW, _EXTERNAL, _PLACE = 9, 13, 14
"""Fields of a tensor: its numbers, in which file they stand, and that they stand in one."""
_LEAST = 1024
"""Bytes of a tensor that stays in the file: shapes and the like are asked for before anything is computed."""


class NotMappedError(Exception):
    """The weights of the file cannot stay in it: its model must be read whole, which also says what is damaged."""


class MappedModel(NamedTuple):
    """A model in ONNX without its larger tensors. folder: where the file lies that holds them."""

    model: bytes
    folder: str


class StartingSession:
    """A session of the file at a path: the first call is answered by one that starts at once, later ones by a fast one.

    mapped, fast: (a model) -> ONNX Runtime's session; a fast one takes bytes, or a path.
    """

    def __init__(self, path: str, mapped: Callable[[MappedModel], Any], fast: Callable[[bytes | str], Any]) -> None:
        """Raises OSError and NotMappedError."""
        self._file, self._path, self._fast = open(path, "rb"), path, fast  # noqa: SIM115  # until the fast one has it
        self._began, self._answered, self._turn = _state(os.fstat(self._file.fileno())), False, Lock()
        try:
            self.session = mapped(_mapped(self._file.fileno(), path))
        except Exception:  # the engine raises a dozen kinds
            raise NotMappedError from None
        if _state(os.stat(path)) != self._began:
            raise NotMappedError  # another file was put there meanwhile, in which other numbers stand at these places

    def run(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """All outputs, by the inputs' names. Raises Failure where the file was written over since it was opened."""
        with self._turn:
            if not self._file.closed:
                self._expect_unchanged()
                if self._answered:
                    self.session = self._fast(self._model())
                    self._file.close()
        found: Sequence[Any] = self.session.run(None, given)
        self._answered = True
        return found

    def _model(self) -> bytes | str:
        """The model that the first session has, even where another file was put in its place or it was removed."""
        is_there = os.path.exists(self._path) and _state(os.stat(self._path)) == self._began
        return self._path if is_there else self._file.read()

    def _expect_unchanged(self) -> None:
        if _state(os.fstat(self._file.fileno())) != self._began:
            raise Failure(f"`{self._path}` was written over after a runner was made of it", "make a new runner")


def _state(found: os.stat_result) -> tuple[int, ...]:
    """By what a file is known to be the same, and unchanged."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _mapped(descriptor: int, path: str) -> MappedModel:
    """Raises WireError; ValueError where it is empty or its name is no text, OSError where it cannot be mapped."""
    folder, name = os.path.split(os.path.realpath(path))
    with mmap(descriptor, 0, access=ACCESS_READ) as content:
        return MappedModel(_without_weights(content, name.encode()), folder)


def _without_weights(content: mmap, name: bytes) -> bytes:
    """A model whose larger tensors say where in the file of this name their numbers stand. Raises WireError."""

    def graph(start: int, end: int) -> bytes:
        return _replaced(content, start, end, _INITIALIZER, lambda start, end: _tensor(content, start, end, name))

    return _replaced(content, 0, len(content), _GRAPH, graph)


def _replaced(content: mmap, start: int, end: int, number: int, new: Callable[[int, int], bytes]) -> bytes:
    """The message with other bytes in the fields of this number."""

    def part(one: WireField) -> bytes:
        if one.number != number or one.inner is None:
            return content[one.start : one.end]
        return with_length(number, new(one.inner, one.end))

    return b"".join(map(part, fields(content, start, end)))


def _tensor(content: mmap, start: int, end: int, name: bytes) -> bytes:
    found = [*fields(content, start, end)]
    if any(one.number in (_EXTERNAL, _PLACE) for one in found):
        raise WireError("it has numbers in other files")
    larger = [one for one in found if one.number == _RAW and one.inner is not None and one.end - one.inner >= _LEAST]
    kept = b"".join(content[one.start : one.end] for one in found if one not in larger)
    return kept + b"".join(_elsewhere(name, one.inner or 0, one.end) for one in larger)


def _elsewhere(name: bytes, start: int, end: int) -> bytes:
    """The fields of a tensor that say where its numbers stand."""
    said = {b"location": name, b"offset": b"%d" % start, b"length": b"%d" % (end - start)}
    pairs = (with_length(_EXTERNAL, with_length(1, key) + with_length(2, value)) for key, value in said.items())
    return b"".join(pairs) + with_number(_PLACE, 1)
