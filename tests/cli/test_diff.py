"""`diff` on the command line: which network is which."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.calling import call

NET = "network net { input 8x8x16  stage first { basic(16) } }"
MORE = "network net { input 8x8x16  stage first { basic(16) }  stage third { basic(16) } }"


def test_networks_of_one_name_are_called_after_their_files(folder: Path) -> None:
    (folder / "a.resnet").write_text(MORE)
    (folder / "b.resnet").write_text(NET)
    assert "third: in a.resnet:net alone\n" in call("diff", "a.resnet", "b.resnet:net").out
    data = json.loads(call("diff", "a.resnet", "b.resnet:net", "--format", "json").out)
    assert data["networks"] == ["a.resnet:net", "b.resnet:net"]


def test_networks_of_two_names_are_called_by_them(folder: Path) -> None:
    (folder / "a.resnet").write_text(MORE)
    (folder / "b.resnet").write_text(NET.replace("net {", "other {", 1))
    assert "third: in net alone\n" in call("diff", "a.resnet", "b.resnet").out
