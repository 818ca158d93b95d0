"""Every shipped network is what it was; where a change is meant, `python -m tests.golden.golden` writes it down."""

from __future__ import annotations

import json

import pytest

from resnet_dsl import shipped
from resnet_dsl.shipped import ShippedFile
from tests.golden.golden import FOLDER, STAGES, described, golden_path, text_of, whole_stages

FILES = list(shipped.shipped_files())


@pytest.mark.parametrize("file", FILES, ids=[f"{golden_path(file).relative_to(FOLDER)}" for file in FILES])
def test_every_shipped_network_is_what_it_was(file: ShippedFile) -> None:
    path = golden_path(file)
    assert path.exists(), f"{path} is missing: run `python -m tests.golden.golden`"
    before, now = json.loads(path.read_text(encoding="utf-8")), described(file)
    assert list(now) == list(before)
    for name, network in now.items():
        assert network == before[name], f"`{name}` has changed"
    assert text_of(now) == path.read_text(encoding="utf-8")


def test_the_stages_of_ten_networks_are_what_they_were() -> None:
    for path, text in whole_stages().items():
        assert text == path.read_text(encoding="utf-8"), f"{path.relative_to(STAGES)} has changed"


def test_no_golden_file_is_left_over() -> None:
    assert set(STAGES.rglob("*.txt")) == set(whole_stages())
    assert set(FOLDER.rglob("*.json")) == {golden_path(file) for file in FILES}
