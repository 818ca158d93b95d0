"""`compile --to` goes by the table of targets: a new one is a row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from resnet_dsl.cli import main
from resnet_dsl.pipeline import Compiled
from resnet_dsl.sentences import either
from resnet_dsl.targets import TARGETS, Target
from resnet_dsl.targets.request import Request, Written
from tests.cli.calling import NET, call


def _write(compiled: Compiled, path: str, request: Request) -> Written:
    """The names of the operations, a line each."""
    assert request == Request()
    Path(path).write_text("\n".join(node.op for node in compiled.graph.nodes), encoding="utf-8")
    return Written(("one line an operation",), ("read it line by line",))


def test_a_row_is_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(TARGETS, "names", Target(".names", _write))
    monkeypatch.chdir(tmp_path)
    Path("net.resnet").write_text(NET, encoding="utf-8")
    assert main(["compile", "net.resnet", "--to", "names", "--quiet"]) == 0
    (written,) = tmp_path.glob("*.names")
    assert written.read_text(encoding="utf-8").startswith("input\n")
    said = f"one line an operation\nwrote {written.name}\n  to load it: read it line by line\n"
    assert capsys.readouterr().out == said
    assert main(["compile", "net.resnet", "--to", "names", "--weights", "x.keras"]) == 2
    assert "nothing for `--to names`" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("to", [name for name, target in TARGETS.items() if not target.takes])
@pytest.mark.parametrize("asked", ["--seed 1", "--seed 0", "--plain", "--optimize inference", "--weights none.keras"])
def test_what_only_a_model_can_do_is_asked_of_no_other_target(asked: str, to: str) -> None:
    """Refused before anything is written, with the targets that can."""
    before = sorted(os.listdir())
    ended = call("compile", "small.resnet", "--to", to, "-o", "made", *asked.split())
    assert (ended.code, ended.out) == (2, "")
    option = asked.split(maxsplit=1)[0]
    heeding = either([f"`--to {name}`" for name, target in TARGETS.items() if option[2:] in target.takes])
    assert f"`{option}` does nothing for `--to {to}`" in ended.err
    assert f"leave it out, or ask for {heeding}" in ended.err
    assert sorted(os.listdir()) == before
    assert call("compile", "small.resnet", "--to", to, "-o", "made.svg").code == 0


def test_endings_tell_targets_apart() -> None:
    endings = [target.ending for target in TARGETS.values() if target.ending is not None]
    assert len(set(endings)) == len(endings)
    assert all("weights" in target.takes for target in TARGETS.values() if target.keeps_weights)


def test_the_help_says_what_each_is() -> None:
    said = " ".join(call("compile", "--help").out.split())
    assert all(f"{name}: {target.words}" in said for name, target in TARGETS.items())
