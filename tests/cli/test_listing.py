"""`list`, `schema`, `explain` and the help."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.cli import COMMANDS
from tests.cli.calling import NET, call


def test_list_shows_names_counts_and_documentation() -> None:
    out = call("list", "resnet").out
    line = next(line for line in out.splitlines() if line.split()[:1] == ["resnet50"])
    assert "25.56 M" in line
    assert "4.09 GMACs" in line
    assert "224x224x3" in line
    assert "50-layer" in line


def test_few_macs_are_told_in_a_smaller_unit() -> None:
    listed = call("list").out
    (line,) = [one for one in listed.splitlines() if one.split()[:1] == ["small_resnet8"]]
    macs = {one["name"]: one["macs"] for one in json.loads(call("list", "--format", "json").out)}["small_resnet8"]
    assert f"{macs / 1e6:.2f} MMACs" in line
    assert " 0.00 " not in listed


def test_list_as_data() -> None:
    found = {one["name"]: one for one in json.loads(call("list", "resnet", "--format", "json").out)}
    assert found["resnet50"]["params"] == 25_557_032
    assert found["resnet50"]["family"] == "resnet"
    assert found["resnet50"]["depth"] == 50


def test_names_are_those_of_the_files() -> None:
    names = call("list", "--names").out.split()
    assert names == shipped.names()
    assert len(set(names)) == len(names)
    for file in shipped.shipped_files():
        assert tuple(pipeline.load(file.path).networks) == file.networks


@pytest.mark.parametrize(
    ("family", "remedy"),
    [("resnets", "did you mean `resnet`?"), ("transformers", "the families are attention, cifar, ")],
)
def test_an_unknown_family_names_those_that_there_are(family: str, remedy: str) -> None:
    ended = call("list", family)
    assert ended.code == 2
    assert f"= help: {remedy}" in ended.err


def test_the_schema_that_is_printed_is_one_that_graphs_fit() -> None:
    found = json.loads(call("schema").out)
    graph = json.loads(pipeline.load_text(NET).compile().graph.model_dump_json())
    jsonschema.Draft202012Validator(found).validate(graph)


def test_help_names_every_command_and_the_exit_codes() -> None:
    out = call("--help").out
    assert all(f"  {name} " in out for name in COMMANDS)
    assert "exit codes" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    ended = call(name, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"usage: resnet-dsl {name}")


def test_explain_knows_every_code_that_a_user_can_meet() -> None:
    listed = call("explain").out
    assert "E0302" in listed
    told = call("explain", "e0302").out
    assert "skip" in told
    assert call("explain", "E0999").code == 2


@pytest.mark.parametrize("words", [("->",), ("--debug", "->"), ("->", "conv"), ("-",), ("--", "->")])
def test_signs_are_explained_without_two_dashes_in_front(words: tuple[str, ...]) -> None:
    assert call("explain", *words).out.startswith("## `-")


@pytest.mark.parametrize("base", ["resnet50", "densenet121", "siamese_omniglot"])
def test_a_new_spec_is_as_the_formatter_leaves_it(base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "mine", "--from", base).code == 0
    assert call("fmt", "--check", "mine.resnet").code == 0
