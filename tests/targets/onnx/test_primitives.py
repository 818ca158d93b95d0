"""Composite operations in steps, also those for which ONNX has an operator, beside NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.targets.onnx import lower
from resnet_dsl.targets.onnx.lower.primitives import in_steps
from tests.interpreter.expected import some_batch
from tests.interpreter.test_primitives import ALL, taken_apart
from tests.targets.keras.graphs import one_op
from tests.targets.onnx.running import compare


@pytest.mark.parametrize("op", ALL)
def test_steps_compute_what_the_whole_is(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lower.RULES, op, in_steps)
    for size, args, _ in taken_apart(op):
        random = np.random.default_rng(len(size))
        given = {name: value for name, value in args.items() if value is not None}
        compare(*one_op(size, op, **given), some_batch(size, random), random)
