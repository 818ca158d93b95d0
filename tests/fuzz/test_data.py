"""A few hundred mutated data sets; ``python -m tests.fuzz.data`` makes any number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.data import fuzz, targets

pytestmark = pytest.mark.keras  # records are made by TensorFlow


def test_the_targets_are_valid(tmp_path: Path) -> None:
    for number, target in enumerate(targets()):
        for name, content in target.files.items():
            file = tmp_path / str(number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        target.read(tmp_path / str(number))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_mutated_sets_are_read_or_refused() -> None:
    outcomes, findings = fuzz(400, seed=0)
    assert findings == []
    assert outcomes["refused"] > 100
    assert outcomes["read"] > 10
