"""`completion`: what real shells complete, each asked as somebody at its prompt would."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resnet_dsl.cli import COMMANDS
from resnet_dsl.cli.commands.completion import SHELLS
from tests.cli.calling import call
from tests.conftest import ROOT

pytest.importorskip("shtab")

TYPED = {
    "": set(COMMANDS),
    "dra": {"draw"},
    "--v": {"--version"},
    "draw --lev": {"--level"},
    "draw --level st": {"stage"},
    "draw --theme mo": {"mono"},
    "draw --theme min": {"mine.toml"},
    "compile --optimize ": {"inference"},
    "check resnext50_": {"resnext50_32x4d"},
    "diff resnet18 resnext50_": {"resnext50_32x4d"},
    "new mine --from wide_resnet50": {"wide_resnet50_2"},
    "check min": {"mine.resnet"},
    "draw resnet18 -o no": {"notes.txt"},
    "fmt folder min": {"mine.resnet"},
    "predict mod": {"model.keras"},
    "train resnet18 --out fo": {"folder/"},
    "list siam": {"siamese"},
    "explain E0302": {"E0302"},
    "completion f": {"fish"},
}
"""What is typed behind `resnet-dsl`, and what may come of it."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a spec, a model, a folder; and `resnet-dsl` on the path."""
    for name in ("mine.resnet", "mine.toml", "model.keras", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    program = tmp_path / ".programs" / "resnet-dsl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m resnet_dsl "$@"\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def script(shell: str, folder: Path) -> Path:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    ended = call("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    path = folder / f".script.{shell}"
    path.write_text(ended.out, encoding="utf-8")
    return path


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_bash(here: Path) -> None:
    path = script("bash", here)
    ask = """
    source "$0"; found=$(complete -p resnet-dsl); found=${found##*-F }; found=${found%% *}
    for typed in "$@"; do
      read -ra COMP_WORDS <<< "resnet-dsl $typed"; [[ $typed == "" || $typed == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); COMP_TYPE=9
      $found resnet-dsl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      echo "${COMPREPLY[@]}"
    done"""
    lines = said("bash", "--norc", "-c", ask, str(path), *TYPED).splitlines()
    answers = dict(zip(TYPED, lines, strict=True))
    assert {typed: set(answers[typed].split()) for typed in TYPED} == {
        typed: {one.rstrip("/") for one in expected} for typed, expected in TYPED.items()
    }


def test_fish(here: Path) -> None:
    path = script("fish", here)
    for typed, expected in TYPED.items():
        lines = said("fish", "--no-config", "-c", f"source {path}; complete -C 'resnet-dsl {typed}'").splitlines()
        found = {line.partition("\t")[0] for line in lines}
        assert expected <= found <= expected | {"mine.resnet", "mine.toml", "model.keras", "notes.txt"}, (
            typed
        )  # other files stand behind specs


@contextmanager
def prompt(*command: str) -> Iterator[int]:
    """A shell at a terminal."""
    process, terminal = pty.fork()
    if not process:
        os.environ["TERM"] = "dumb"
        os.execvp(command[0], command)
    try:
        yield terminal
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def until(terminal: int, sign: str, seconds: float = 20) -> str:
    """What is written until a sign comes."""
    text, end = "", time.monotonic() + seconds
    while not re.search(sign, text):
        assert select.select([terminal], [], [], end - time.monotonic())[0], text
        text += os.read(terminal, 4096).decode(errors="replace")
    return text


def test_zsh(here: Path) -> None:
    """Each word is completed at the prompt, and the line that comes of it is printed."""
    path = script("zsh", here)
    (here / "functions").mkdir()
    path.rename(here / "functions" / "_resnet-dsl")
    with prompt("zsh", "-f", "-i") as terminal:
        setup = "PS1=; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; print READ''Y\n"
        os.write(terminal, setup.encode())
        until(terminal, "READY")
        for typed, expected in TYPED.items():
            if len(expected) > 1:
                continue
            os.write(terminal, f"resnet-dsl {typed}\t\x01print -r -- '<\x05>'\n".encode())
            answer = re.findall(r"^<resnet-dsl (.*?) ?>", until(terminal, r"\n<resnet-dsl .*>"), re.MULTILINE)
            assert answer[-1].split()[-1] in {one.rstrip("/") for one in expected}, typed
        os.write(terminal, b"exit\n")


def test_every_command_and_option_is_in_every_script() -> None:
    """All that the help of a command names."""
    options = {
        name: set(re.findall(r"^  (?:-\w [^,]*, )?--([\w-]+)", call(name, "--help").out, re.MULTILINE))
        for name in COMMANDS
    }
    for shell in SHELLS:
        text = call("completion", shell).out
        for name, own in options.items():
            assert name in text
            assert all(option in text for option in own)


@pytest.mark.parametrize("arguments", [[], ["tcsh"], ["bash", "zsh"]])
def test_another_shell_is_refused(arguments: list[str]) -> None:
    assert call("completion", *arguments).code == 2
