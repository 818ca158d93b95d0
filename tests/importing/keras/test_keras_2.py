"""Files of Keras 2, as data: Keras 3 loads few of them. Outputs are compared where `tf_keras` is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.imported import imported
from resnet_dsl.importing.keras import read_keras, running
from tests.fixtures.keras_2.write import ramp
from tests.importing.keras.test_models import computed

FILES = Path(__file__).parents[2] / "fixtures" / "keras_2"

COMPUTED = {"functions": [-0.309929], "nested": [0.395686, 0.604314]}
"""What tf_keras computed."""


@pytest.mark.parametrize("name", ["functions.h5", "nested.h5", "nested.keras"])
def test_a_file_computes_what_keras_2_computed(name: str) -> None:
    flat = read_keras(FILES / name)
    np.testing.assert_allclose(np.ravel(computed(flat, [ramp()])[0]), COMPUTED[Path(name).stem], atol=2e-6)


@pytest.mark.parametrize("name", ["functions.h5", "nested.keras"])
def test_outputs_are_compared_with_those_of_keras_2(name: str) -> None:
    pytest.importorskip("tf_keras")
    flat = read_keras(FILES / name)
    assert "outputs on random inputs agree to" in imported(flat, "net").said[-1]
    weights = flat.network.weights
    assert weights is not None
    for arrays in weights.values():
        arrays.update({key: 1.5 * array for key, array in arrays.items()})
    with pytest.raises(NotImportedError, match="the text computes something else"):
        imported(flat, "net")


def test_without_keras_2_it_is_told_that_outputs_were_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "is_installed", lambda package: package != "tf_keras")
    found = imported(read_keras(FILES / "nested.h5"), "net")
    assert found.difference is None
    assert found.said[-1] == (
        "outputs were not compared: the file is of Keras 2, whose runtime is not installed (`pip install tf_keras`)"
    )
