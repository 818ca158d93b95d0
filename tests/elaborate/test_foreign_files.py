"""A stranger's spec and a stranger's folder name files: only specs are read, and no other file's text is shown."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from resnet_dsl import pipeline
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.refusal import Refusal
from tests.cli.calling import NET, call

SECRET = "root:hunter2:0:0\n\x1b[31m password"
NETWORK = "network n { input 8x8x4 stage s { relu } }"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Within it ``spec``; beside it a secret file that is no spec, and one that is called like one."""
    (tmp_path / "spec").mkdir()
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    (tmp_path / "secret.resnet").write_text(SECRET, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "spec")
    return tmp_path


def shown(imported: str) -> str:
    """What is drawn of a spec that imports this."""
    Path("main.resnet").write_text(f'import "{imported}"\n{NETWORK}', encoding="utf-8")
    try:
        return draw_all(pipeline.load("main.resnet").check())
    except Refusal as refusal:
        return draw_all(refusal.diagnostics)


@pytest.mark.parametrize(
    "imported",
    ["../secret", "../secret.resnet", "/etc/hosts", "/proc/self/environ", "/dev/zero", "/dev/stdin", "/dev/fd/0", ".."],
)
@pytest.mark.usefixtures("folder")
def test_only_specs_are_imported_and_nothing_else_is_shown(imported: str) -> None:
    text = shown(imported)
    assert "error[E0213]" in text
    assert text.count("error") == 2  # it, and the count
    assert "hunter2" not in text
    assert "localhost" not in text
    assert "PATH=" not in text


@pytest.mark.parametrize(
    "content", [b"hunter2 \xff", b"hunter2 {", b"let me in: hunter2\n", b"\0hunter2", b"hunter2\n" * 200_000]
)
def test_no_line_of_a_file_without_a_definition_is_shown(folder: Path, content: bytes) -> None:
    (folder / "secret.resnet").write_bytes(content)
    text = shown("../secret.resnet")
    assert "error[E0213]" in text
    assert "hunter2" not in text


def test_links_are_followed_first(folder: Path) -> None:
    os.symlink(folder / "secret", "inner.resnet")
    os.symlink("inner.resnet", "link.resnet")
    text = shown("link.resnet")
    assert "leads to" in text
    assert "hunter2" not in text
    (folder / "other.resnet").write_text("block b { relu }", encoding="utf-8")
    os.symlink(folder / "other.resnet", "blocks")
    assert "error" not in shown("blocks")


@pytest.mark.usefixtures("folder")
def test_a_pipe_is_not_imported_nor_waited_for() -> None:
    os.mkfifo("pipe.resnet")
    assert "`pipe.resnet` is a device or a pipe" in shown("pipe.resnet")


def test_mistakes_beside_a_definition_are_shown(folder: Path) -> None:
    (folder / "other.resnet").write_text("block b { conv(4, 3 }", encoding="utf-8")
    assert "block b { conv(4, 3 }" in shown("../other.resnet")


def test_an_empty_import_is_no_mistake(folder: Path) -> None:
    (folder / "other.resnet").write_text("# nothing yet\n", encoding="utf-8")
    assert "error" not in shown("../other.resnet")


def test_links_in_a_folder_that_is_searched_lead_to_specs_alone(folder: Path) -> None:
    os.symlink(folder / "secret", "link.resnet")
    os.mkfifo("pipe.resnet")
    Path("good.resnet").write_text(NET, encoding="utf-8")
    for command in ("check", "fmt"):
        ended = call(command, ".")
        assert ended.code == 2
        assert "hunter2" not in ended.err
    both = call("check", ".").err
    assert "link.resnet` leads to" in both
    assert "pipe.resnet` is a device or a pipe" in both


@pytest.mark.usefixtures("folder")
def test_a_link_that_is_named_is_read_whatever_it_leads_to() -> None:
    Path("blob-4711").write_text(NET, encoding="utf-8")
    os.symlink("blob-4711", "net.resnet")
    assert call("check", "net.resnet").code == 0


@pytest.mark.usefixtures("folder")
def test_a_pipe_that_nobody_writes_into_is_refused_and_one_that_is_written_is_read() -> None:
    os.mkfifo("pipe")
    begun = time.monotonic()
    ended = call("check", "./pipe")
    assert (ended.code, time.monotonic() - begun < 5) == (2, True)
    assert "nobody writes" in ended.err

    reading = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open("pipe", os.O_WRONLY)

    def write() -> None:
        time.sleep(0.2)
        os.write(writing, NET.encode())
        os.close(writing)

    threading.Thread(target=write).start()
    assert call("check", "./pipe").out == "fine: 1 network\n"
    os.close(reading)
