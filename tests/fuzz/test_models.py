"""Some hundred mutated files of models in each run; `python -m tests.fuzz.models` tries as many as one likes."""

from __future__ import annotations

import pytest

from tests.fuzz.models import run


@pytest.mark.parametrize("start", [0, 10_000])
def test_each_is_read_or_refused(start: int) -> None:
    report = run(range(start, start + 200))
    assert report.found == []
    assert sum(report.counts.values()) == 200
    assert report.memory < 2048


@pytest.mark.slow
def test_each_of_many_is_read_or_refused() -> None:
    assert run(range(20_000, 32_000)).found == []
