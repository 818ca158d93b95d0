"""The tables about installing and shipping are those that the command line goes by."""

from __future__ import annotations

import re
import tomllib

from resnet_dsl.cli import needs
from resnet_dsl.extras import EXTRAS
from tests.conftest import ROOT

INSTALLING = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")


def test_the_pages_hold_the_tables() -> None:
    """Where this fails: `python -m resnet_dsl.cli.needs` prints both."""
    assert needs.table() in INSTALLING
    assert needs.outputs() in (ROOT / "docs" / "shipping.md").read_text(encoding="utf-8")


def test_every_extra_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    explained = {name for names in re.findall(r"^\| (`\[.+?) \|", INSTALLING, re.MULTILINE) for name in _extras(names)}
    assert {*EXTRAS, "train", "all", "test"} <= explained <= {*project["optional-dependencies"]}


def _extras(text: str) -> list[str]:
    return re.findall(r"`\[(\w+)\]`", text)
