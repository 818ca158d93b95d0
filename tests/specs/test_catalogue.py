"""The table of what ships is what the compiler says now, and stands in for nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from resnet_dsl import catalogue, pipeline, resources, shipped
from tests.cli.calling import call


def test_the_table_is_that_of_the_specs() -> None:
    """Where this fails: `python -m resnet_dsl.catalogue`."""
    assert Path(catalogue._FILE).read_text(encoding="utf-8") == catalogue.table()


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Specs of one's own, equal to those that ship."""
    folder = tmp_path / "specs"
    shutil.copytree(resources.specs_folder(), folder)
    monkeypatch.setattr(resources, "specs_folder", lambda: str(folder))
    return folder


def _listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(call("list", "resnet", "--format", "json").out)
    return found


@pytest.mark.usefixtures("copied")
def test_what_is_listed_was_compiled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "load", lambda path: pytest.fail("a spec was compiled"))
    assert [one["name"] for one in _listed()] == [
        name for file in shipped.shipped_files() if file.family == "resnet" for name in file.networks
    ]


def test_an_edited_spec_is_compiled(copied: Path) -> None:
    file = copied / "resnet" / "imagenet.resnet"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("3 x bottleneck(64)", "2 x bottleneck(64)").replace("expect ", "# "), encoding="utf-8")
    found = {one["name"]: one["depth"] for one in _listed()}
    assert (found["resnet50"], found["resnet18"]) == (47, 18)


def test_so_is_one_whose_import_was_edited(copied: Path) -> None:
    before = _listed()
    for file in (copied / "resnet").glob("*.resnet"):
        file.write_text(file.read_text(encoding="utf-8") + "\n# The same.\n", encoding="utf-8")
    assert _listed() == before


def test_a_new_spec_is_listed(copied: Path) -> None:
    text = "network mine { input 8x8x3 head { avgpool(global) -> dense(2) } }\n"
    (copied / "resnet" / "mine.resnet").write_text(text, encoding="utf-8")
    assert {one["name"]: one["params"] for one in _listed()}["mine"] == 8
