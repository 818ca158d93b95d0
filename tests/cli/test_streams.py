"""What a command says: no stranger's name steers the terminal, and what could not be said is told."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.cli.calling import NET, WRONG, call

ESCAPE, SPELT = "\x1b]0;owned\x07\u202e\n", "\\u001b]0;owned\\u0007\\u202e\\u000a"
MESSY = WRONG.replace("network ", "network   ")
NOT_UTF8 = b"caf\xe9\x1b[31m"
SPELT_BYTES = "caf\\udce9\\u001b[31m"

pytestmark = pytest.mark.usefixtures("folder")


def process(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "resnet_dsl", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "{}.resnet"),
        ("check", "{}.resnet", "--format", "json"),
        ("check", "."),
        ("check", "{}.resnet", "--format", "github"),
        ("check", "{}.resnet", "--format", "sarif"),
        ("check", "small.resnet", "--expect", "{}"),
        ("diff", "{}.resnet", "small.resnet"),
        ("fmt", "--check", "{}.resnet"),
        ("fmt", "--diff", "{}.resnet"),
        ("fmt", "{}.resnet"),
        ("summary", "{}.resnet:{}"),
        ("table", "small.resnet", "-o", "{}.txt"),
        ("draw", "small.resnet", "-o", "{}.html"),
        ("draw", "small.resnet", "-o", "{}"),
        ("draw", "small.resnet", "-o", "{}/x.svg"),
        ("compile", "small.resnet", "--to", "ir", "--quiet", "-o", "{}.json"),
        ("compile", "small.resnet", "--to", "{}"),
        ("import", "{}"),
        ("import", "{}.resnet"),
        ("compile", "small.resnet", "--freeze", "{}"),
        ("new", "{}"),
        ("new", "mine", "--from", "{}"),
        ("explain", "{}"),
        ("list", "{}"),
        ("table", "small.resnet", "--set", "{}"),
        ("table", "small.resnet", "--set", "width={}"),
        ("table", "small.resnet", "--input", "{}"),
        ("check", "small.resnet:{}"),
        ("check", "small.resnet", "--{}"),
        ("{}",),
    ],
)
def test_a_name_cannot_steer_the_terminal(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / f"{ESCAPE}.resnet").write_text(MESSY, encoding="utf-8")
    ended = call(*(argument.replace("{}", ESCAPE) for argument in arguments))
    assert ended.code in (0, 1, 2)
    assert "owned" in ended.out + ended.err
    assert set("\x1b\x07\u202e").isdisjoint(ended.out + ended.err)


def test_a_name_stays_in_its_line(folder: Path) -> None:
    (folder / f"{ESCAPE}.resnet").write_text(MESSY, encoding="utf-8")
    assert f"--> {SPELT}.resnet:3:13\n" in call("check", f"{ESCAPE}.resnet").err
    assert call("table", "small.resnet", "-o", f"{ESCAPE}.txt").out == f"wrote {SPELT}.txt\n"
    assert f"`{SPELT}`" in call("check", f"{ESCAPE}").err
    assert call("check", "small.resnet", f"--{ESCAPE}").err.endswith(f"arguments: --{SPELT}\n")


def test_diagnostics_as_data_hold_the_name_itself(folder: Path) -> None:
    (folder / f"{ESCAPE}.resnet").write_text(MESSY, encoding="utf-8")
    found = json.loads(call("check", "--format", "json", f"{ESCAPE}.resnet").out)
    assert {one["file"] for one in found} == {f"{ESCAPE}.resnet"}


@pytest.mark.parametrize("environment", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_names_that_are_not_utf8_are_written_and_shown(folder: Path, environment: dict[str, str]) -> None:
    (folder / os.fsdecode(NOT_UTF8 + b".resnet")).write_text(NET, encoding="utf-8")
    variables = {**os.environ, **environment}
    ended = process("table", NOT_UTF8 + b".resnet", "-o", NOT_UTF8 + b".txt", env=variables)
    assert (ended.returncode, ended.stdout.decode()) == (0, f"wrote {SPELT_BYTES}.txt\n")
    assert (folder / os.fsdecode(NOT_UTF8 + b".txt")).read_text(encoding="utf-8").startswith("stage")
    ended = process("draw", NOT_UTF8 + b".resnet", "-o", NOT_UTF8 + b".html", env=variables)
    assert ended.returncode == 0, ended.stderr
    assert "udce9" in (folder / os.fsdecode(NOT_UTF8 + b".html")).read_text(encoding="utf-8")


def test_letters_that_names_of_files_cannot_have_here(folder: Path) -> None:
    (folder / "main.resnet").write_text('import "größe.resnet" network größe { input 8x8x3 stage s { relu } }')
    variables = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = process("check", "main.resnet", env=variables)
    assert ended.returncode == 1
    assert b"E0213" in ended.stderr
    (folder / "main.resnet").write_text("network größe { input 8x8x3 stage s { relu } }")
    ended = process("compile", "main.resnet", "--to", "ir", env=variables)
    assert ended.returncode == 2
    assert b"cannot be a file's name" in ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [["summary", "small.resnet"], ["--help"], ["check", "--help"], ["explain"]])
def test_a_full_disk_under_the_standard_output_is_told(command: list[str], unbuffered: str) -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "resnet_dsl", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr == b"error: `<stdout>`: No space left on device\n"


@pytest.mark.parametrize(
    ("streams", "command", "code"),
    [
        (">&-", "summary small.resnet", 2),
        ("2>&-", "check wrong.resnet", 1),
        ("2>/dev/full", "check none.resnet", 2),
        ("<&-", "check -", 2),
    ],
)
def test_streams_that_are_closed_or_full_end_in_no_traceback(streams: str, command: str, code: int) -> None:
    ended = process_in_shell(f"{sys.executable} -m resnet_dsl {command} {streams}")
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr + ended.stdout
    assert b"failed" not in ended.stderr + ended.stdout


def process_in_shell(command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", command], capture_output=True, check=False)


def test_a_terminal_gets_our_colours_and_no_one_else_s(folder: Path) -> None:
    (folder / f"{ESCAPE}.resnet").write_text(MESSY, encoding="utf-8")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "resnet_dsl"]
    variables = {**os.environ, "TERM": "xterm-256color"}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        variables.pop(name, None)
    for arguments in (["check", f"{ESCAPE}.resnet"], ["summary", "small.resnet"]):
        subprocess.run([*command, *arguments], stdout=follower, stderr=follower, env=variables, check=False)
        shown = os.read(leader, 100_000)
        assert b"\x1b[" in shown
        assert b"\x1b]0;" not in shown
    plain = {**variables, "TERM": "dumb"}
    subprocess.run([*command, "check", "wrong.resnet"], stdout=follower, stderr=follower, env=plain, check=False)
    assert b"\x1b[" not in os.read(leader, 100_000)
    os.close(follower)
    os.close(leader)


def on_a_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that a terminal of so many columns gets, without their colours."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (40, columns))
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-m", "resnet_dsl", *arguments]
    subprocess.run(command, stdout=follower, stderr=follower, env={**variables, "TERM": "xterm"}, check=False)
    shown = os.read(leader, 100_000).decode()
    os.close(follower)
    os.close(leader)
    return re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()


SAID = [
    ["check", "wide.resnet"],
    ["check", "small.resnet", "--expect", "a budget"],
    ["check", "small.resnet", "--input", "as large as it is in the paper"],
    ["check", "small.resnet", "--nothing-of-this-name-is-an-option"],
    ["draw", "small.resnet", "-o", "small.html", "--width", "85mm"],
    ["chek", "small.resnet"],
    ["explain", "E0302"],
    ["explain", "shared"],
    ["check", "--help"],
]


@pytest.mark.parametrize("said", SAID, ids=" ".join)
def test_sentences_end_at_the_edge_of_the_terminal(said: list[str], folder: Path) -> None:
    text = 'network wide { input 8x8x3 stage s { Conv2D(64, 3, strides=2, activation="relu") } expect parms < 1,000 }\n'
    (folder / "wide.resnet").write_text(text, encoding="utf-8")
    shown = on_a_terminal(60, *said)
    assert max(map(len, shown)) <= 60
    piped = process(*said)
    whole = " ".join((piped.stderr + piped.stdout).decode().split())
    if "|" not in whole and "usage:" not in whole:  # excerpts are cut, and options have columns of their own
        assert " ".join(" ".join(shown).split()) == whole


def test_where_no_terminal_is_a_sentence_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    before = call("check", "small.resnet", "--expect", f"{'a budget ' * 20}").err
    assert len(before.splitlines()) == 2
    monkeypatch.setenv("COLUMNS", "40")
    assert call("check", "small.resnet", "--expect", f"{'a budget ' * 20}").err == before
    monkeypatch.setenv("FORCE_COLOR", "1")
    titles = [line for line in call("check", "wrong.resnet").err.splitlines() if "error[" in line]
    assert [len(title) > 40 for title in titles] == [True] * len(titles)
