"""The table of docs/family.md is what the specs and the reference say."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl import resources
from tests.specs.document import DOCUMENT, END, START, table, written
from tests.specs.family import ROWS, spec


def test_the_table_is_up_to_date() -> None:
    shown = DOCUMENT.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    assert shown == table()


@pytest.mark.parametrize("path", sorted({row.spec for row in ROWS}))
def test_every_network_of_a_file_is_counted(path: str) -> None:
    assert list(written(Path(resources.specs_folder(), path))) == list(spec(path).networks)


def test_variants_are_one_to_ten_lines() -> None:
    """But for a width for each layer, for what brings both a stem and four stages of other blocks, and a way up."""
    longer = {
        row.network
        for row in ROWS
        if (mine := written(Path(resources.specs_folder(), row.spec))[row.network]).base and mine.lines > 10
    }
    blocks = {"ecaresnet50d_pruned", "resnetv2_50x1_bit", "fixup_resnet50", "resnetv2_50d_evos"}
    assert longer == blocks | {"unet_resnet34", "resnet50_fpn", "retinanet_resnet50_fpn"}
