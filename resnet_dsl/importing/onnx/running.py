"""The runtime of files in ONNX, with channels last at its ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from resnet_dsl.engines.sessions import onnx_runtime
from resnet_dsl.extras import is_installed
from resnet_dsl.importing.flat import Run
from resnet_dsl.importing.onnx.axes import Order
from resnet_dsl.importing.onnx.source import OnnxSource


def run_of(source: OnnxSource, batch: int | None, orders: Sequence[Order], returned: Sequence[Order]) -> Run | None:
    """From inputs to outputs, in their order, with channels last; None where ONNX Runtime is not installed.

    batch: the only number of samples that the file takes. The file is opened when it is first run.
    """
    if not is_installed("onnxruntime"):
        return None
    session: list[Any] = []

    def run(values: Sequence[Any]) -> Sequence[Any]:
        if not session:
            session.append(onnx_runtime(source.path))
        parts = _parts(values, batch)
        made = [_once(session[0], source, part, orders, returned) for part in parts]
        return [np.concatenate(one)[: len(values[0])] for one in zip(*made, strict=True)]

    return run


def _parts(values: Sequence[Any], batch: int | None) -> list[list[Any]]:
    """The samples in parts of the only size that is taken; the last one is filled up."""
    if batch is None:
        return [[np.asarray(one) for one in values]]
    count = len(values[0])
    places = np.arange(-(-count // batch) * batch).reshape(-1, batch) % count
    return [[np.asarray(one)[part] for one in values] for part in places]


def _once(
    session: Any, source: OnnxSource, values: list[Any], orders: Sequence[Order], returned: Sequence[Order]
) -> Any:
    given = {}
    for end, value, order in zip(source.inputs, values, orders, strict=True):
        turned = np.transpose(value, (0, *(1 + order.index(place) for place in range(len(order)))))
        given[end.name] = np.ascontiguousarray(turned, _KINDS.get(end.kind, np.float32))
    found = session.run([one.name for one in source.outputs], given)
    return [
        np.transpose(one.reshape(len(one), -1) if one.ndim != len(order) + 1 else one, (0, *(1 + p for p in order)))
        for one, order in zip(found, returned, strict=True)
    ]


_KINDS = {"float16": np.float16, "double": np.float64}
