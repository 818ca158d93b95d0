"""Files of Keras 2, as data: Keras 3 loads few of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.importing.keras import read_keras
from tests.fixtures.keras_2.write import ramp
from tests.importing.keras.test_models import computed

FILES = Path(__file__).parents[2] / "fixtures" / "keras_2"

COMPUTED = {"functions": [-0.309929], "nested": [0.395686, 0.604314]}
"""What tf_keras computed."""


@pytest.mark.parametrize("name", ["functions.h5", "nested.h5", "nested.keras"])
def test_a_file_computes_what_keras_2_computed(name: str) -> None:
    flat = read_keras(FILES / name)
    assert flat.run is None
    np.testing.assert_allclose(np.ravel(computed(flat, [ramp()])[0]), COMPUTED[Path(name).stem], atol=2e-6)
