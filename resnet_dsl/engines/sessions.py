"""ONNX Runtime and OpenVINO: a function from inputs in order to outputs in order, out of an ONNX model's bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.extras import is_installed

Precision: TypeAlias = Literal["float32", "bfloat16"]
Run: TypeAlias = Callable[[list[Any]], Sequence[Any]]


class Engine(NamedTuple):
    """package: what it is imported as. start: (an ONNX model, precision) -> the function."""

    package: str
    start: Callable[[bytes, Precision], Run]
    precisions: tuple[Precision, ...]

    @property
    def installed(self) -> bool:
        return is_installed(self.package)


def _onnx_runtime(model: bytes, precision: Precision) -> Run:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    return lambda values: session.run(None, {name: _float32(one) for name, one in zip(names, values, strict=True)})


def _openvino(model: bytes, precision: Precision) -> Run:
    import openvino

    hints = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
    }
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model=model, weights=b""), "CPU", hints)

    def run(values: list[Any]) -> Sequence[Any]:
        found = compiled([_float32(one) for one in values])
        return [np.array(found[output]) for output in compiled.outputs]  # they lie in memory of the engine's own

    return run


def _float32(value: Any) -> Any:
    """As an array of NumPy in one piece; of tensors of a backend, too."""
    return np.ascontiguousarray(value, np.float32)


ENGINES = {
    "onnxruntime": Engine("onnxruntime", _onnx_runtime, ("float32",)),
    "openvino": Engine("openvino", _openvino, ("float32", "bfloat16")),
}
"""In the order in which they are taken where nothing is asked: docs/benchmarks.md has what was measured."""
