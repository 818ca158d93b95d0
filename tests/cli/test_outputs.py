"""Outputs: over no input, over no other output, over nothing of another kind; and what is no plain file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from resnet_dsl import outputs, writing
from resnet_dsl.extras import is_installed
from resnet_dsl.failure import Failure
from tests.cli.calling import NET, call

FIGURE = b"<?xml"
WRITING = {
    "ir": ("compile", "small.resnet", "--to", "ir", "--quiet", "-o"),
    "onnx": ("compile", "small.resnet", "--to", "onnx", "--quiet", "-o"),
    "safetensors": ("compile", "small.resnet", "--to", "safetensors", "--quiet", "-o"),
    "dot": ("compile", "small.resnet", "--to", "dot", "--quiet", "-o"),
    "figure": ("compile", "small.resnet", "--to", "ir", "--quiet", "--figure"),
    "draw": ("draw", "small.resnet", "-o"),
    "table": ("table", "small.resnet", "--to", "text", "-o"),
    "paths": ("paths", "small.resnet", "-o"),
    "signal": ("signal", "small.resnet", "-o"),
}
PLOTTED = pytest.mark.skipif(not is_installed("matplotlib"), reason="Matplotlib is not installed")
EACH = [
    pytest.param(command, id=name, marks=PLOTTED if name in ("paths", "signal") else ())
    for name, command in WRITING.items()
]
every_command = pytest.mark.parametrize("command", EACH)
most_commands = pytest.mark.parametrize("command", EACH[:-1])
"""Those that need no Matplotlib, which is slow to come, and one of the two that do."""
drawing_commands = pytest.mark.parametrize("command", [one for one in EACH if one.id not in ("onnx", "safetensors")])
"""Those whose outputs hold no weights."""

pytestmark = pytest.mark.usefixtures("folder")


def process(command: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a shell, where `D` is the program."""
    program = f'D() {{ "{sys.executable}" -m resnet_dsl "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", program], capture_output=True, check=False)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refused(folder: Path, *arguments: str) -> str:
    """What is said; nothing may be changed or left behind."""
    before = content(folder)
    ended = call(*arguments)
    assert ended.code == 2, ended.err
    assert content(folder) == before
    assert "Traceback" not in ended.err
    return ended.err


@every_command
@pytest.mark.parametrize("output", ["small.resnet", "./small.resnet", "two.resnet", "new.resnet", "new.RESNET"])
def test_no_output_of_another_kind_is_called_like_a_spec(folder: Path, command: tuple[str, ...], output: str) -> None:
    assert f"`{output}`" in refused(folder, *command, output)


@every_command
@pytest.mark.parametrize("output", ["old.keras", "new.keras", "old.weights.h5", "data.npz"])
def test_nor_like_a_model_weights_or_arrays(folder: Path, command: tuple[str, ...], output: str) -> None:
    for name in ("old.keras", "old.weights.h5", "data.npz"):
        (folder / name).write_text("trained", encoding="utf-8")
    assert f"`{output}`" in refused(folder, *command, output)


@every_command
def test_an_input_is_never_written_over_under_whatever_name(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "net.svg").write_text(NET, encoding="utf-8")
    (folder / "other").mkdir()
    os.link("net.svg", "hard.svg")
    os.symlink("net.svg", "soft.svg")
    for output in ("net.svg", "other/../net.svg", "hard.svg", "soft.svg", str(folder / "net.svg")):
        arguments = (command[0], "net.svg", *command[2:], output)
        assert "is read here" in refused(folder, *arguments)


def test_what_is_imported_is_an_input_and_so_are_all_specs(folder: Path) -> None:
    (folder / "lib.resnet").write_text("block b { relu }", encoding="utf-8")
    os.link("lib.resnet", "lib.svg")
    (folder / "main.resnet").write_text('import "lib.resnet" network n { input 8x8x3 stage s { b } }')
    assert "is read here" in refused(folder, "draw", "main.resnet", "-o", "lib.svg")
    os.link("two.resnet", "two.svg")
    assert "is read here" in refused(folder, "draw", "small.resnet", "two.resnet:plain", "-o", "two.svg")


def test_weights_and_data_are_inputs(folder: Path) -> None:
    (folder / "w.json").write_text("weights", encoding="utf-8")
    command = (
        "compile",
        "small.resnet",
        "--optimize",
        "inference",
        "--to",
        "keras-json",
        "--weights",
        "w.json",
        "-o",
        "w.json",
    )
    assert "is read here" in refused(folder, *command)
    (folder / "cats").mkdir()
    (folder / "cats" / "1.png").write_text("a cat", encoding="utf-8")
    with outputs.run():
        outputs.reads(str(folder), str(folder / "w.json"))
        with pytest.raises(Failure, match="is read here"):
            writing.write_whole(folder / "w.json", "")
        with pytest.raises(Failure, match="lies among the data"):
            outputs.claim(folder / "cats" / "1.png")
        outputs.claim(folder / "cats" / "2.png")
        outputs.claim(folder / "wrong.txt")
        writing.write_whole(folder / "cats" / "1.png", "a run may lie in the folder of its data")


@pytest.mark.parametrize("other", ["out.svg", "./out.svg", "link.svg"])
def test_two_outputs_never_share_a_place(folder: Path, other: str) -> None:
    os.symlink("out.svg", "link.svg")
    said = refused(folder, "compile", "small.resnet", "--to", "ir", "-o", "out.svg", "--figure", other)
    assert "two outputs" in said
    assert "two outputs" in refused(folder, "compile", "small.resnet", "--to", "svg", "--figure")
    (folder / "out.svg").write_text("", encoding="utf-8")
    os.link("out.svg", "hard.svg")
    said = refused(folder, "compile", "small.resnet", "--to", "ir", "-o", "out.svg", "--figure", "hard.svg")
    assert "two outputs" in said
    assert "two outputs" in refused(folder, "compile", "small.resnet", "--to", "ir", "-o", "-", "--figure", "-")


@pytest.mark.parametrize(
    "command",
    [
        "D compile small.resnet --to ir -o - --figure /dev/stdout | cat",
        "D compile small.resnet --to ir -o /dev/stdout --figure - | cat",
        "D compile small.resnet --to ir -o - --figure out.svg > out.svg",
    ],
)
def test_the_standard_output_is_one_place_by_any_name(command: str) -> None:
    assert b"two outputs" in process(f"set -o pipefail; {command}").stderr


@drawing_commands
def test_figures_and_tables_are_replaced_unasked(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "out.svg").write_text("old", encoding="utf-8")
    assert call(*command, "out.svg").code == 0
    assert len((folder / "out.svg").read_bytes()) > 100


@every_command
def test_what_is_read_only_is_left_even_to_an_administrator(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "out.svg").write_text("old", encoding="utf-8")
    (folder / "out.svg").chmod(0o444)
    assert "`out.svg` is read-only" in refused(folder, *command, "out.svg")
    (folder / "closed").mkdir(mode=0o555)
    assert "its folder is read-only" in refused(folder, *command, "closed/out.svg")
    assert "there is no folder" in refused(folder, *command, "none/out.svg")
    assert "folder" in refused(folder, *command, "closed")
    assert "File name too long" in refused(folder, *command, "a" * 300 + ".svg")
    assert "`a\\u0000b.svg`" in refused(folder, *command, "a\0b.svg")


def test_fmt_leaves_what_is_read_only_and_follows_links(folder: Path) -> None:
    messy = "network   n{input 8x8x3 stage s{relu}}"
    (folder / "messy.resnet").write_text(messy, encoding="utf-8")
    (folder / "messy.resnet").chmod(0o444)
    assert "read-only" in refused(folder, "fmt", "messy.resnet")
    (folder / "messy.resnet").chmod(0o644)
    os.symlink("messy.resnet", "link.resnet")
    assert call("fmt", "link.resnet").code == 0
    assert (folder / "link.resnet").is_symlink()
    assert (folder / "messy.resnet").read_text(encoding="utf-8") != messy
    assert process("echo 'network   n{}' | D fmt /dev/stdin").returncode == 2


@most_commands
def test_links_stay_and_what_they_lead_to_is_written(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "real").mkdir()
    os.symlink("real/target.svg", "inner.svg")
    os.symlink("inner.svg", "out.svg")
    for _ in range(2):  # first where nothing is there yet
        assert call(*command, "out.svg").code == 0
        assert os.readlink("out.svg") == "inner.svg"
        assert len((folder / "real" / "target.svg").read_bytes()) > 100
    os.symlink("loop.svg", "loop.svg")
    assert "`loop.svg`" in refused(folder, *command, "loop.svg")


def test_a_replaced_file_keeps_its_mode_and_other_names_keep_the_old_content(folder: Path) -> None:
    (folder / "out.svg").write_text("old", encoding="utf-8")
    (folder / "out.svg").chmod(0o640)
    os.link("out.svg", "other.svg")
    assert call("draw", "small.resnet", "-o", "out.svg").code == 0
    assert (folder / "out.svg").stat().st_mode & 0o777 == 0o640
    assert (folder / "other.svg").read_text(encoding="utf-8") == "old"


def test_devices_and_pipes_are_written_into(folder: Path) -> None:
    null = os.stat("/dev/null")
    assert call("table", "small.resnet", "-o", "/dev/null").code == 0
    assert os.path.samestat(os.stat("/dev/null"), null)
    os.mkfifo("pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_bytes()))
    reader.start()
    assert call("draw", "small.resnet", "-o", "pipe").code == 0
    reader.join(10)
    assert read[0].startswith(FIGURE)
    assert (folder / "pipe").is_fifo()


def test_a_full_device_is_named() -> None:
    ended = call("table", "small.resnet", "-o", "/dev/full")
    assert (ended.code, ended.err) == (2, "error: `/dev/full`: No space left on device\n")


@pytest.mark.parametrize(
    "command",
    [
        "D compile small.resnet --to ir -o -",
        "D compile small.resnet --to ir -o /dev/stdout",
        "D compile small.resnet --to ir -o /dev/fd/1",
        "D compile small.resnet --to ir -o - | cat",
        "D compile small.resnet --to ir -o /dev/stdout > out; cat out",
        "D compile small.resnet --to ir -o >(cat > out) > /dev/null; sleep 1; cat out",
    ],
)
def test_the_standard_output_gets_the_output_and_people_are_told_elsewhere(command: str) -> None:
    ended = process(command)
    assert json.loads(ended.stdout)["name"] == "small"
    assert b"small: 32x32x3 -> 10" in ended.stderr or ">(" in command


@pytest.mark.parametrize(
    ("arguments", "start"),
    [("draw small.resnet", FIGURE), pytest.param("signal small.resnet", FIGURE, marks=PLOTTED)],
)
def test_figures_go_to_the_standard_output_as_svg(arguments: str, start: bytes) -> None:
    ended = process(f"D {arguments} -o -")
    assert ended.stdout.startswith(start)
    assert ended.stdout.rstrip().endswith(b"</svg>")
    assert b"wrote <stdout>" in ended.stderr


@pytest.mark.parametrize(
    ("stage", "start"), [("tree", b"File 1:1\n"), ("graph", b"graph small\n"), ("calls", b"model small\n")]
)
def test_a_stage_goes_to_the_standard_output_by_itself(folder: Path, stage: str, start: bytes) -> None:
    before = content(folder)
    ended = process(f"D compile small.resnet --to {stage}")
    assert ended.stdout.startswith(start)
    assert ended.stderr == b"wrote <stdout>\n"
    assert content(folder) == before


def test_what_was_written_before_stays() -> None:
    ended = process("{ echo first; D table small.resnet -o /dev/stdout; echo last; } > out; cat out")
    assert ended.stdout.startswith(b"first\nstage")
    assert ended.stdout.endswith(b"\nlast\n")


def test_an_open_input_is_none_to_append_to(folder: Path) -> None:
    ended = process("D table small.resnet -o /dev/fd/5 5>>small.resnet")
    assert ended.returncode == 2
    assert (folder / "small.resnet").read_text(encoding="utf-8") == NET


@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_a_reader_that_goes_away_from_a_model_is_no_failure_of_ours(output: str) -> None:
    ended = process(
        f"D compile resnet152 --to ir -o {output} --quiet 2> said | head -1; echo ${{PIPESTATUS[0]}}; cat said"
    )
    assert ended.stdout == b"{\n0\n"


@pytest.mark.parametrize("blocks", [0, 4])
@pytest.mark.parametrize("command", ["compile resnet50 --to ir --quiet -o", "draw resnet50 --level layer -o"])
def test_a_limit_on_sizes_leaves_the_old_file_and_nothing_else(folder: Path, command: str, blocks: int) -> None:
    (folder / "out.svg").write_text("old", encoding="utf-8")
    before = sorted(os.listdir())
    ended = process(f"ulimit -f {blocks}; D {command} out.svg")
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"`out.svg`: File too large" in ended.stderr
    assert ((folder / "out.svg").read_text(encoding="utf-8"), sorted(os.listdir())) == ("old", before)


def test_the_standard_input_is_an_input_and_the_standard_output_none(folder: Path) -> None:
    os.link("small.resnet", "small.svg")
    assert b"is read here" in process("D draw - < small.svg -o small.svg").stderr
    for command in ("D table small.resnet >> small.resnet", "D table - < small.resnet >> small.resnet"):
        assert process(command).returncode == 2
    assert (folder / "small.resnet").read_text(encoding="utf-8") == NET


def test_all_that_compare_will_write_is_looked_at_before_it_trains(folder: Path) -> None:
    os.link("small.resnet", "small.md")
    assert "`small.md` is read here" in refused(folder, "compare", "small.resnet", "-o", "small")


def test_a_figure_without_a_format_is_refused_before_anything_is_written(folder: Path) -> None:
    said = refused(folder, "compile", "small.resnet", "--to", "ir", "-o", "x.json", "--figure", "x.foo")
    assert "`x.foo` says no format" in said


def test_what_is_being_written_is_no_spec_to_find(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "messy.resnet").write_text("network   n{}", encoding="utf-8")
    names: list[str] = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda one, other: (names.append(one), replace(one, other)))
    assert call("fmt", "messy.resnet").code == 0
    assert [name.endswith(".resnet") for name in names] == [False]


@every_command
def test_an_empty_name_is_none(folder: Path, command: tuple[str, ...]) -> None:
    if "--figure" not in command:  # where it stands for the usual name
        assert "cannot be a file's name" in refused(folder, *command, "")


def test_new_replaces_nothing_of_another_mode(folder: Path) -> None:
    (folder / "small.resnet").chmod(0o444)
    assert "read-only" in refused(folder, "new", "small", "--force")


def test_a_run_folder_is_no_stream() -> None:
    assert "a run is a folder" in call("train", "small.resnet", "-o", "-").err
