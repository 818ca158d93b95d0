"""What others call in their repositories: the hooks of pre-commit and the action, each as it is called there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from resnet_dsl.cli import COMMANDS
from tests.cli.calling import NET, call
from tests.cli.test_base import commit, git
from tests.cli.test_hosts import read_as_github_does
from tests.conftest import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_runs_a_command_on_specs(hook: dict[str, Any], folder: Path) -> None:
    program, command = hook["entry"].split()
    assert program == "resnet-dsl"
    assert command in COMMANDS
    assert hook["id"] == f"resnet-dsl-{command}"
    assert hook["files"] == r"\.resnet$"
    assert call(command, "small.resnet").code == 0


def test_what_the_action_is_given_is_what_its_program_reads() -> None:
    *_, step = ACTION["runs"]["steps"]
    assert step["env"] == {name.upper(): f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", "")
    text = (ROOT / ".ci" / "action").read_text(encoding="utf-8")
    assert all(f"${name.upper()}" in text for name in ACTION["inputs"])


def act(folder: Path, **given: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """The program of the action, with the defaults of what is not given; and its outputs."""
    program = folder / "programs" / "resnet-dsl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m resnet_dsl "$@"\n')
    program.chmod(0o755)
    inputs = {name.upper(): given.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
    files = {name: str(folder / name.lower()) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **inputs, **files, "RUNNER_TEMP": str(folder), "PATH": path}
    environment["PYTHONPATH"] = str(ROOT)
    where = folder / "repository"
    ended = subprocess.run(
        [str(ROOT / ".ci" / "action")], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    said = (folder / "github_output").read_text() if (folder / "github_output").exists() else ""
    return ended, dict(line.split("=", 1) for line in said.splitlines())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder beside which the action writes; `repository` in it has a spec that is another one than in HEAD^."""
    root = tmp_path / "repository"
    root.mkdir()
    git("init", "-q", "-b", "main", where=root)
    (root / "net.resnet").write_text(NET)
    commit(root)
    (root / "net.resnet").write_text(NET.replace("width = 8", "width = 9"))
    commit(root)
    return tmp_path


def test_the_action_says_what_changed(checkout: Path) -> None:
    ended, outputs = act(checkout, base="HEAD^", sarif="log.sarif", expect="params <= 26M\n\nmacs <= 1G\n")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    summary = (checkout / "github_step_summary").read_text()
    assert "### Networks since HEAD" in summary
    assert Path(outputs["changes"]).read_text() == summary
    assert '"results": []' in (checkout / "repository" / "log.sarif").read_text()


def test_the_action_fails_as_check_does(checkout: Path) -> None:
    (checkout / "repository" / "-odd name;touch x.resnet").write_text("network odd { input 8x8x3; }\n")
    budget = "params <= 1K"
    ended, outputs = act(checkout, base="HEAD^", sarif="log.sarif", expect=budget)
    assert ended.returncode == 1
    found = [(one["title"], one["file"]) for _, one, _ in read_as_github_does(ended.stdout)]
    assert ("E0113", "-odd name;touch x.resnet") in found
    assert ("E0401", "net.resnet") in found
    assert outputs == {}
    assert "E0113" in (checkout / "repository" / "log.sarif").read_text()
    assert not (checkout / "repository" / "x").exists()


def test_inputs_of_the_action_are_arguments_and_nothing_else(checkout: Path) -> None:
    ended, _ = act(checkout, specs="net.resnet\n-x.resnet\n$(touch ran)\n`touch ran`;touch ran")
    assert ended.returncode == 2
    assert not list(checkout.rglob("ran"))
    ended, _ = act(checkout, base="--output=ran")
    assert ended.returncode == 2
    assert not list(checkout.rglob("ran"))


def test_a_log_that_cannot_be_written_ends_the_step(checkout: Path) -> None:
    ended, _ = act(checkout, sarif="none/log.sarif")
    assert ended.returncode != 0
    assert "none/log.sarif" in ended.stderr


def test_strict_is_a_choice(checkout: Path) -> None:
    (checkout / "repository" / "net.resnet").write_text(
        "network warned { input 33x33x3 stage s { conv(4, 3, stride = 2) } }\n"
    )
    assert [act(checkout, strict=strict)[0].returncode for strict in ("false", "true")] == [0, 1]


def test_the_page_names_what_there_is() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"- id: {hook['id']}" in page for hook in HOOKS)
    table = page.partition("| input | what it is |")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [*ACTION["inputs"]]
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        yaml.safe_load(block)
