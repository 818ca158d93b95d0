"""Six figures are what they were; where a change is meant, `python -m tests.golden.figures` writes them down."""

from __future__ import annotations

import pytest

from tests.golden.figures import FIGURES, FOLDER, golden_path, text_of


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_what_it_was(name: str) -> None:
    assert text_of(FIGURES[name]().geometry).splitlines() == golden_path(name).read_text(encoding="utf-8").splitlines()


def test_no_figure_is_left_over() -> None:
    assert set(FOLDER.iterdir()) == {golden_path(name) for name in FIGURES}
