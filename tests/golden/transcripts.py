"""What users are shown, as text that can be read: calls, each with all that it says, in `transcripts/calls/*.txt`.

A line that begins with `$ ` is a call, what stands below it is what came of it: `! ` before a line of the standard
error, `[1]` where it ended with another code than 0. To have one more, write its line, and

    python -m tests.golden.transcripts

writes all of them anew. Where a change is meant, read what has changed in the difference. `resnet-dsl` calls the
command; the other words are functions of PEEKS, of what no command shows as text. The calls of a file are made one
after the other in a copy of `transcripts/inputs/`. None of them may need Keras, or show what another machine, package
or day changes.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest import mock

from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from tests.cli.calling import call
from tests.golden.peeks import PEEKS

FOLDER = Path(__file__).parent / "transcripts"
INPUTS = FOLDER / "inputs"
CALLS = FOLDER / "calls"
NEEDS = {"slides": ("pptx",), "importing": ("onnx",), "data": ("PIL",), "predict": ("PIL", "onnx", "onnxruntime")}
"""Packages that a file of calls needs beyond the light install."""
_PROMPT = "$ "
_SURROUNDINGS = {"COLUMNS": "100", "NO_COLOR": "1"}
_UNSET = ("GITHUB_WORKSPACE", "FORCE_COLOR", "KERAS_BACKEND")


class Transcript(NamedTuple):
    """A call, and what came of it."""

    call: str
    said: str


def files() -> list[Path]:
    return sorted(CALLS.glob("*.txt"))


def read(file: Path) -> Iterator[Transcript]:
    """What is written down."""
    before, *parts = f"\n{file.read_text(encoding='utf-8')}".split(f"\n{_PROMPT}")
    assert not before.strip(), f"{file.name} begins with no call"
    for part in parts:
        words, _, said = f"{part}\n".partition("\n")
        yield Transcript(words, said.rstrip("\n"))


def made(file: Path) -> Iterator[Transcript]:
    """The same calls, made now."""
    with TemporaryDirectory() as folder, mock.patch.dict(os.environ, _SURROUNDINGS):
        for name in _UNSET:
            os.environ.pop(name, None)
        place = Path(os.path.realpath(folder)) / "inputs"
        shutil.copytree(INPUTS, place)
        with chdir(place):
            for words in [one.call for one in read(file)]:
                yield Transcript(words, _said(words).replace(str(place), "FOLDER").rstrip("\n"))


def _said(words: str) -> str:
    line, _, entered = words.partition(" < ")
    name, *arguments = shlex.split(line)
    stdin = Path(entered).read_text(encoding="utf-8") if entered else ""
    said = _called(arguments, stdin) if name == "resnet-dsl" else _peeked(name, arguments)
    assert f"\n{_PROMPT}" not in f"\n{said}", f"what `{words}` says looks like a call"
    return said


def _peeked(name: str, arguments: list[str]) -> str:
    try:
        return PEEKS[name](*arguments)
    except Failure as failure:
        return "\n".join(["refused:", *failure.lines, *(f"help: {one}" for one in (failure.remedy,) if one)])
    except Refusal as refusal:
        return f"refused:\n{draw_all(refusal.diagnostics)}"


def _called(arguments: list[str], stdin: str) -> str:
    ended = call(*arguments, stdin=stdin)
    errors = "".join(f"! {line}\n" for line in ended.err.splitlines())
    return f"{ended.out}{errors}{f'[{ended.code}]' if ended.code else ''}"


def text_of(transcripts: Iterator[Transcript]) -> str:
    return "\n\n".join(f"{_PROMPT}{one.call}\n{one.said}".rstrip("\n") for one in transcripts) + "\n"


def regenerate() -> None:
    for file in files():
        file.write_text(text_of(made(file)), encoding="utf-8")
    print(f"wrote {len(files())} transcripts")


if __name__ == "__main__":
    regenerate()
