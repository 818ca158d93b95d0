"""Commands that write: what lands where, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from resnet_dsl import pipeline, writing
from resnet_dsl.ir.graph import Graph
from tests.cli.calling import NET, call
from tests.golden.golden import stages_of


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_compile_to_ir_says_what_it_wrote_and_prints_the_summary(folder: Path) -> None:
    ended = call("compile", "small.resnet", "--to", "ir")
    assert ended.code == 0
    assert ended.out.startswith("small: 32x32x3 -> 10\n")
    assert ended.out.endswith("wrote small.ir.json\n")
    written = (folder / "small.ir.json").read_text(encoding="utf-8")
    assert Graph.model_validate_json(written) == pipeline.load_text(NET).compile().graph


def test_quiet_leaves_out_the_summary_and_o_names_the_file(folder: Path) -> None:
    ended = call("compile", "two.resnet:plain", "--to", "ir", "-o", "other.json", "--quiet")
    assert ended.out == "wrote other.json\n"
    assert json.loads((folder / "other.json").read_text(encoding="utf-8"))["name"] == "plain"


@pytest.mark.parametrize("stage", ["tree", "graph", "calls"])
def test_a_stage_is_written_without_a_summary(folder: Path, stage: str) -> None:
    ended = call("compile", "small.resnet", "--to", stage, "-o", "stage.txt")
    assert ended.out == "wrote stage.txt\n"
    text = stages_of(pipeline.load_text(NET).compile())[stage]
    assert (folder / "stage.txt").read_text(encoding="utf-8") == text


def test_the_same_spec_gives_the_same_bytes(folder: Path) -> None:
    for path in ("one.json", "two.json"):
        call("compile", "resnet50", "--to", "ir", "-o", path)
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()


def test_parameters_and_input_reach_what_is_written(folder: Path) -> None:
    call("compile", "small.resnet", "--to", "ir", "--set", "classes=3", "--input", "?x?x1", "-o", "n.json")
    graph = Graph.model_validate_json((folder / "n.json").read_text(encoding="utf-8"))
    assert graph.nodes[0].args["shape"] == (None, None, 1)
    assert next(node for node in graph.nodes if node.op == "dense").args["units"] == 3


@pytest.mark.parametrize("spec", ["wrong.resnet", "missing.resnet", "two.resnet"])
def test_an_existing_file_survives_a_spec_that_is_refused(folder: Path, spec: str) -> None:
    (folder / "out.json").write_text("precious", encoding="utf-8")
    assert call("compile", spec, "--to", "ir", "-o", "out.json").code in (1, 2)
    assert (folder / "out.json").read_text(encoding="utf-8") == "precious"


def test_an_existing_file_survives_a_write_that_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    (folder / "out.json").write_text("precious", encoding="utf-8")
    before = names(folder)
    monkeypatch.setattr(os, "replace", full)
    ended = call("compile", "small.resnet", "--to", "ir", "-o", "out.json")
    assert ended.code == 2
    assert "No space left" in ended.err
    assert (folder / "out.json").read_text(encoding="utf-8") == "precious"
    assert names(folder) == before


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    """A writer that breaks off in the middle leaves the old content, and nothing beside it."""
    target = tmp_path / "out.txt"
    target.write_text("precious", encoding="utf-8")

    def breaks(temporary: str) -> None:
        Path(temporary).write_text("hal", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing.write_through(target, breaks)
    assert (target.read_text(encoding="utf-8"), names(tmp_path)) == ("precious", {"out.txt"})


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    writing.write_whole(target, "first")
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()
    target.chmod(0o640)
    writing.write_whole(target, "second")
    assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == ("second", 0o640)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("target", ["nowhere/out.json", ".", "small.resnet/out.json"])
def test_a_place_that_cannot_be_written_is_named_as_it_was_given(target: str) -> None:
    ended = call("compile", "small.resnet", "--to", "ir", "-o", target)
    assert ended.code == 2
    assert f"`{target}`" in ended.err


def test_new_writes_a_network_that_compiles(folder: Path) -> None:
    ended = call("new", "mine")
    assert ended.code == 0
    assert "mine.resnet" in ended.out
    assert call("check", "mine.resnet", "--strict").code == 0
    assert call("fmt", "--check", "mine.resnet").code == 0
    assert "mine" in call("summary", "mine.resnet").out
    assert names(folder) >= {"mine.resnet"}


def test_new_derives_from_a_shipped_network(folder: Path) -> None:
    assert call("new", "mine", "--from", "resnet18").code == 0
    found = json.loads(call("summary", "mine.resnet:mine", "--format", "json").out)
    assert (found["network"], found["params"]) == ("mine", 11_689_512)
    assert "resnet18" in (folder / "mine.resnet").read_text(encoding="utf-8")


def test_new_replaces_no_file_unasked(folder: Path) -> None:
    before = (folder / "small.resnet").read_text(encoding="utf-8")
    assert call("new", "small").code == 2
    assert (folder / "small.resnet").read_text(encoding="utf-8") == before
    assert call("new", "small", "--force").code == 0
    assert (folder / "small.resnet").read_text(encoding="utf-8") != before


def test_fmt_rewrites_in_place_and_tells(folder: Path) -> None:
    messy = "network   n{input 8x8x3 stage s{conv(4,3)->relu}}"
    (folder / "messy.resnet").write_text(messy, encoding="utf-8")
    assert call("fmt", "--check", "messy.resnet").code == 1
    assert "+" in call("fmt", "--diff", "messy.resnet").out
    assert (folder / "messy.resnet").read_text(encoding="utf-8") == messy
    assert call("fmt", "messy.resnet").out == "formatted messy.resnet\n"
    written = (folder / "messy.resnet").read_text(encoding="utf-8")
    assert written != messy
    assert call("fmt", "--check", "messy.resnet") == (0, "", "")
    assert call("fmt", "-", stdin=messy).out == written


@pytest.mark.parametrize(
    ("output", "form"),
    [("t.md", "md"), ("t.tex", "latex"), ("t.HTML", "html"), ("t.csv", "csv"), ("t.txt", "text"), ("t", "text")],
)
def test_a_table_takes_the_form_of_its_ending(folder: Path, output: str, form: str) -> None:
    assert call("table", "small.resnet", "-o", output).code == 0
    assert (folder / output).read_text(encoding="utf-8") == call("table", "small.resnet", "--to", form).out


@pytest.mark.parametrize(("output", "form"), [("t.rst", "text"), ("t.txt", "md"), ("t", "csv"), ("t.md", "md")])
def test_or_the_form_that_is_asked_for(folder: Path, output: str, form: str) -> None:
    assert call("table", "small.resnet", "--to", form, "-o", output).code == 0
    assert (folder / output).read_text(encoding="utf-8") == call("table", "small.resnet", "--to", form).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "t.docx"], "`t.docx` says no form"),
        (["-o", "t.json"], "the endings are .md, .tex, .html, .csv or .txt"),
        (["--to", "latex", "-o", "t.html"], "`t.html` is the name of a table in the form html, not latex"),
    ],
)
def test_an_ending_of_no_form_or_another_one_is_refused(folder: Path, arguments: list[str], words: str) -> None:
    ended = call("table", "small.resnet", *arguments)
    assert ended.code == 2
    assert words in ended.err
    assert not [name for name in names(folder) if name.startswith("t.")]
