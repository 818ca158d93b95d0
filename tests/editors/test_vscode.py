"""The extension for VS Code: what its manifest names is there, and its snippets are texts of the language."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import resnet_dsl
from tests.conftest import ROOT

FOLDER = ROOT / "editors" / "vscode"
MANIFEST = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
SNIPPETS: dict[str, Any] = json.loads((FOLDER / "snippets" / "resnet.json").read_text(encoding="utf-8"))
AROUND = {
    "network": "{}",
    "derived network": 'import "net.resnet"\n{}',
    "block": "{}\nnetwork net {{ input 8x8x4 stage a {{ mine(4) }} }}",
    "stage": "network net {{ input 8x8x4 {} }}",
    "import": "{}\nnetwork net {{ input 8x8x4 stem {{ conv(4, 3) }} }}",
    "expect": "network net {{ input 8x8x4 stem {{ conv(4, 3) }} {}144 }}",
}
"""Where each snippet stands in a text."""


def expanded(body: list[str]) -> str:
    """A snippet as it stands when nothing is typed: the words of its places, the first of a choice."""
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", "\n".join(body))
    return re.sub(r"\$\d+|\$\{\d+\}", "", re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text))


def test_the_manifest_names_what_is_there_and_the_version_of_the_package() -> None:
    contributed = MANIFEST["contributes"]
    (language,) = contributed["languages"]
    paths = [one["path"] for one in contributed["grammars"] + contributed["snippets"]]
    assert all((FOLDER / path).is_file() for path in [*paths, language["configuration"], MANIFEST["icon"]])
    assert MANIFEST["version"] == resnet_dsl.__version__
    assert json.loads((ROOT / "editors" / "lezer" / "package.json").read_text())["version"] == resnet_dsl.__version__


def test_the_commands_of_the_manifest_are_those_of_the_client() -> None:
    client = (FOLDER / "src" / "extension.js").read_text(encoding="utf-8")
    commands = {one["command"] for one in MANIFEST["contributes"]["commands"]}
    assert set(re.findall(r'registerCommand\("([^"]+)"', client)) == commands


@pytest.mark.parametrize("name", AROUND)
def test_snippets_compile(name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blocks.resnet").write_text("block mine(width) { conv(width, 3) }")
    (tmp_path / "net.resnet").write_text("network resnet50 { input 8x8x3 stem { conv(4, 3) } }")
    text = AROUND[name].format(expanded(SNIPPETS[name]["body"]))
    assert [one.message for one in resnet_dsl.load(text).check() if one.severity == "error"] == []


def test_every_snippet_is_tried() -> None:
    assert set(SNIPPETS) == set(AROUND)
