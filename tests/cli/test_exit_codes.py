"""Exit codes: 0 fine, 1 mistakes in the spec, 2 wrong usage or unreadable, 3 our own failure; and no tracebacks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE

import pytest

from resnet_dsl import pipeline
from tests.cli.calling import call

FINE, SPEC, USAGE, OURS = 0, 1, 2, 3


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check small.resnet", FINE),
        ("check small.resnet two.resnet", FINE),
        ("check resnet18", FINE),
        ("check warned.resnet", FINE),
        ("check warned.resnet --strict", SPEC),
        ("check wrong.resnet", SPEC),
        ("check small.resnet wrong.resnet", SPEC),
        ("check .", SPEC),
        ("check missing.resnet", USAGE),
        ("check missing", USAGE),
        ("check small.resnet:other", USAGE),
        ("check", USAGE),
        ("check small.resnet --format yaml", USAGE),
        ("check small.resnet --colour", USAGE),
        ("summary small.resnet", FINE),
        ("summary two.resnet:plain", FINE),
        ("summary two.resnet", USAGE),
        ("summary wrong.resnet", SPEC),
        ("summary missing.resnet", USAGE),
        ("summary small.resnet --by pixel", USAGE),
        ("summary small.resnet --set classes=5", FINE),
        ("summary small.resnet --set classes=0", SPEC),
        ("summary small.resnet --set classes=2.5", SPEC),
        ("summary small.resnet --set clases=5", USAGE),
        ("summary small.resnet --set classes", USAGE),
        ("summary small.resnet --set classes=", USAGE),
        ("summary small.resnet --set classes=5 --set classes=6", USAGE),
        ("summary small.resnet --set =5", USAGE),
        ("summary small.resnet --set classes=1e999", USAGE),
        ("summary small.resnet --set classes=1e999999999K", USAGE),
        ("summary small.resnet --input 64x64x1", FINE),
        ("summary small.resnet --input 64by64", USAGE),
        ("summary small.resnet --input 64x64x?", SPEC),
        ("summary small.resnet --input 0x0x0", SPEC),
        ("summary small.resnet --input 1x2x3x4x5", USAGE),
        ("compile small.resnet --to ir", FINE),
        ("compile small.resnet --to ir -o nowhere/at/all.json", USAGE),
        ("compile small.resnet --to ir -o .", USAGE),
        ("compile small.resnet --to onnx", FINE),
        ("compile small.resnet --to onnx --channels middle", USAGE),
        ("compile small.resnet --to onnx --plain", USAGE),
        ("compile small.resnet --to onnx --weights none.keras", USAGE),
        ("compile small.resnet --to ir --channels first", USAGE),
        ("compile small.resnet --to gif", USAGE),
        ("compile small.resnet --to tree", FINE),
        ("compile small.resnet --to graph -o .", USAGE),
        ("compile small.resnet --to graph -o small.resnet", USAGE),
        ("compile small.resnet --to calls -o n.keras", USAGE),
        ("compile small.resnet --to calls --weights w.h5", USAGE),
        ("compile wrong.resnet --to tree", SPEC),
        ("compile wrong.resnet --to ir", SPEC),
        ("list nofamily", USAGE),
        ("list resnet", FINE),
        ("list --names", FINE),
        ("schema", FINE),
        ("schema extra", USAGE),
        ("new mine", FINE),
        ("new small", USAGE),
        ("new 1st", USAGE),
        ("new mine --from nothing", USAGE),
        ("explain", FINE),
        ("explain E0302", FINE),
        ("explain E9999", USAGE),
        ("fmt --check small.resnet", FINE),
        ("fmt missing.resnet", USAGE),
        ("fmt wrong.resnet --diff", FINE),
        ("cheque small.resnet", USAGE),
        ("", USAGE),
        ("--version", FINE),
        ("--help", FINE),
        ("check --help", FINE),
        ("--debug check small.resnet", FINE),
        ("check --debug small.resnet", FINE),
    ],
)
def test_exit_codes(command: str, code: int) -> None:
    ended = call(*command.split())
    assert (ended.code, "Traceback" in ended.err) == (code, False), ended.err
    if code in (SPEC, USAGE):
        assert "error" in ended.err or "usage" in ended.out + ended.err or code == SPEC
        assert len(ended.err + ended.out) > 0


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_no_text(folder: Path) -> None:
    (folder / "binary.resnet").write_bytes(b"\xff\xfe\x00\x80")
    ended = call("check", "binary.resnet")
    assert ended.code == USAGE
    assert "UTF-8" in ended.err


def test_a_folder_without_specs(folder: Path) -> None:
    (folder / "empty").mkdir()
    ended = call("check", "empty")
    assert ended.code == USAGE
    assert "empty" in ended.err


@pytest.mark.usefixtures("folder")
def test_our_own_failure_is_3_and_shows_its_traceback_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: object, *asked: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(pipeline.LoadedSpec, "check", fails)
    ended = call("check", "small.resnet")
    assert ended.code == OURS
    assert "Traceback" not in ended.err
    assert "a bug of ours" in ended.err
    assert "--debug" in ended.err
    assert "Traceback" in call("check", "small.resnet", "--debug").err


@pytest.mark.usefixtures("folder")
def test_a_process_ends_with_the_same_codes() -> None:
    for arguments, code in (
        (["check", "small.resnet"], FINE),
        (["check", "wrong.resnet"], SPEC),
        (["check", "no"], USAGE),
    ):
        ended = subprocess.run([sys.executable, "-m", "resnet_dsl", *arguments], capture_output=True, check=False)
        assert ended.returncode == code


@pytest.mark.usefixtures("folder")
def test_a_reader_that_goes_away_is_no_failure() -> None:
    """`resnet-dsl summary … | head -1`."""
    program = (
        f"{sys.executable} -m resnet_dsl summary resnet152 --by layer --format csv | head -1; echo ${{PIPESTATUS[0]}}"
    )
    ended = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines()[-1] == "0"
    assert ended.stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("command", [["summary", "-"], ["fmt", "-"], ["summary", "-", "--format", "csv"]])
def test_names_in_any_script_are_written_in_utf_8_whatever_the_locale(command: list[str], encoding: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "resnet_dsl", *command],
        input="network größe { input 8x8x3 stage 層 { relu } }".encode(),
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "層" in ended.stdout.decode("utf-8")


HALF_WRITTEN = """
import os, signal, sys, time
from resnet_dsl.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever this run of the tests ignores
signal.signal(signal.SIGHUP, signal.SIG_DFL)
def replace(temporary, target):  # the last step of a write, drawn out
    print("writing", flush=True)
    time.sleep(60)
os.replace = replace
sys.exit(main(["compile", "small.resnet", "--to", "ir", "-o", "net.json"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_command_that_is_asked_to_end_leaves_nothing_half_written(folder: Path, name: str, code: int) -> None:
    (folder / "net.json").write_text("old", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    with subprocess.Popen([sys.executable, "-c", HALF_WRITTEN], stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (code, b"interrupted\n")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "net.json").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_handlers_of_others_stay(folder: Path) -> None:
    """`nohup` ignores SIGHUP, and a program that calls the command handles signals as it likes."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert call("check", "small.resnet").code == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
    with ThreadPoolExecutor() as pool:
        assert pool.submit(call, "check", "small.resnet").result().code == 0
