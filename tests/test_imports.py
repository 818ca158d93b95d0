"""The front end starts fast: it imports no framework and no NumPy. And this test can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import NET

HEAVY = ("keras", "tensorflow", "jax", "torch", "numpy")
PROGRAM = """
import sys
{before}
from resnet_dsl.cli import main
sys.argv = ["resnet-dsl", *{arguments!r}]
code = main()
found = {{name.partition(".")[0] for name in sys.modules}} & set({heavy!r})
print("code", code, "heavy", *sorted(found), file=sys.stderr)
"""


def heavy(folder: Path, *arguments: str, before: str = "", packages: tuple[str, ...] = HEAVY) -> list[str]:
    """The heavy packages that a command has imported when it ends, in a fresh process."""
    (folder / "net.resnet").write_text(NET, encoding="utf-8")
    program = PROGRAM.format(before=before, arguments=list(arguments), heavy=packages)
    ended = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    _, code, _, *found = ended.stderr.splitlines()[-1].split()
    assert code == "0", ended.stderr
    return found


@pytest.mark.parametrize(
    "command",
    [
        "check net.resnet",
        "summary net.resnet",
        "summary resnet50 --by layer --format json",
        "fmt --check net.resnet",
        "draw net.resnet -o x.svg",
        "compile net.resnet --to ir",
        "compile net.resnet --to tree",
        "compile net.resnet --to graph",
        "compile net.resnet --to calls",
        "list resnet",
        "schema",
        "new mine",
        "explain conv skip basic norm same params resnet50 E0302",
    ],
)
def test_the_front_end_imports_no_framework(tmp_path: Path, command: str) -> None:
    assert heavy(tmp_path, *command.split()) == []


@pytest.mark.parametrize(
    "command",
    [
        "compile net.resnet -o x.keras",
        "compile net.resnet --to keras-json -o x.json",
        "compile net.resnet --seed 3 --optimize inference -o x.keras",
        "compile net.resnet --features a,b -o x.keras",
        "compile net.resnet --weights first.keras --except head -o x.keras",
    ],
)
def test_files_of_keras_are_written_without_it(tmp_path: Path, command: str) -> None:
    heavy(tmp_path, "compile", "net.resnet", "-o", "first.keras")
    assert heavy(tmp_path, *command.split(), packages=("keras", "tensorflow", "jax", "torch")) == []


@pytest.mark.parametrize("asked", ["", "--optimize inference", "--seed 1 --channels first"])
def test_an_onnx_model_needs_no_keras(tmp_path: Path, asked: str) -> None:
    assert heavy(tmp_path, *f"compile net.resnet --to onnx {asked}".split()) == ["numpy"]


def test_this_test_can_fail(tmp_path: Path) -> None:
    """The same with NumPy imported first: it is seen."""
    assert heavy(tmp_path, "check", "net.resnet", before="import numpy") == ["numpy"]


def test_the_package_itself_imports_next_to_nothing() -> None:
    program = "import sys, resnet_dsl; print(*(name for name in sys.modules if name.startswith('resnet_dsl')))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["resnet_dsl"]


@pytest.mark.parametrize(
    "command", ["summary net.resnet", "paths net.resnet", "signal net.resnet", "compile net.resnet --to calls"]
)
def test_what_reads_no_json_imports_no_pydantic(tmp_path: Path, command: str) -> None:
    assert heavy(tmp_path, *command.split(), packages=("pydantic",)) == []


def test_what_lists_networks_imports_no_compiler(tmp_path: Path) -> None:
    """They stand in a table; nor is anything imported that only mistakes need."""
    program = PROGRAM.format(before="", arguments=["list"], heavy=()).replace(
        "found = ", "found = set(sys.modules) & {'resnet_dsl.pipeline', 'resnet_dsl.source', 'dataclasses'} or "
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stderr.split() == ["code", "0", "heavy"]


def test_check_leaves_out_what_only_targets_need(tmp_path: Path) -> None:
    """None of Lark (its tables are ready), rich, pydantic and Graphviz is needed to check; nor threads, to end soon."""
    (tmp_path / "net.resnet").write_text(NET, encoding="utf-8")
    program = (
        "import sys; from resnet_dsl.cli import main; main(['check', 'net.resnet']);"
        "left_out = {'lark', 'rich', 'pydantic', 'graphviz', 'graphviz_pure', 'fractions', 'traceback', 'threading'};"
        "print(*({name.partition('.')[0] for name in sys.modules} & left_out))"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == ["fine: 1 network", ""]


def test_a_process_that_ends_at_once_has_said_all(tmp_path: Path) -> None:
    """More than a pipe or a buffer holds, and the exit code."""
    (tmp_path / "net.resnet").write_text(NET, encoding="utf-8")
    program = [sys.executable, "-m", "resnet_dsl", "explain", *(["conv"] * 40)]
    ended = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    alone = subprocess.run([*program[:5]], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(ended.stdout) > 65_536
    assert ended.stdout.endswith(alone.stdout)
    (tmp_path / "net.resnet").write_text("network n {", encoding="utf-8")
    wrong = subprocess.run([*program[:3], "check", "net.resnet"], cwd=tmp_path, capture_output=True, check=False)
    assert (wrong.returncode, wrong.stderr[-1:]) == (1, b"\n")


def test_a_text_without_mistakes_never_opens_the_vocabulary_of_other_tools(tmp_path: Path) -> None:
    assert heavy(tmp_path, "check", "net.resnet", packages=("tomllib",)) == []
    assert heavy(tmp_path, "check", "net.resnet", before="import tomllib", packages=("tomllib",)) == ["tomllib"]


def test_what_runs_a_saved_model_imports_no_compiler() -> None:
    """A process that runs an ONNX file has its first answer sooner."""
    program = (
        "import sys, resnet_dsl as r; r.runner; r.load_keras; saved = 'resnet_dsl.pipeline' in sys.modules;"
        "r.load; print(saved, 'resnet_dsl.pipeline' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "False True\n"
