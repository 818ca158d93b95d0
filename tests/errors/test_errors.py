"""One wrong spec a mistake, named for its code, beside the drawing that it gets (see redraw.py)."""

import time

import pytest

from resnet_dsl.diagnostics.draw import draw_all
from tests.errors.redraw import FOLDER, SPECS, check


@pytest.mark.parametrize("name", SPECS)
def test_the_drawing_is_the_expected_one(name: str) -> None:
    start = time.process_time()
    found = check(name)
    assert time.process_time() - start < 2
    assert name[:5] in {diagnostic.code for diagnostic in found}
    assert draw_all(found) == (FOLDER / name).with_suffix(".txt").read_text("utf-8")


def test_each_drawing_has_its_spec() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.txt")) == [name.replace(".resnet", ".txt") for name in SPECS]
