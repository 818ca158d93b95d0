"""Every network that ships has the numbers that other people's code gives it (tests/reference/family.csv)."""

from __future__ import annotations

import pytest

from tests.specs.family import ROWS, Row, compiled


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.network)
def test_parameters_and_macs_are_those_of_other_peoples_code(row: Row) -> None:
    count = compiled(row).facts.count
    assert (count.params, count.total_params, count.macs) == (row.params, row.total_params, row.macs)
