"""ONNX Runtime and OpenVINO: a function from inputs in order to outputs in order, out of an ONNX model's bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.engines.ends import RunnerInput
from resnet_dsl.engines.starting import MappedModel, NotMappedError, StartingSession
from resnet_dsl.extras import is_installed
from resnet_dsl.ir.sizes import Size

Precision: TypeAlias = Literal["float32", "bfloat16"]
Run: TypeAlias = Callable[[list[Any]], Sequence[Any]]

_MAPS = os.name == "posix"
"""Whether a file that is open may be replaced and removed, as users do."""


class Session(NamedTuple):
    """A model in an engine. inputs, outputs: in order, the latter by name."""

    run: Run
    inputs: tuple[RunnerInput, ...]
    outputs: tuple[str, ...]


class Engine(NamedTuple):
    """package: what it is imported as. start: (an ONNX model's bytes, or its path; precision) -> the session."""

    package: str
    start: Callable[[bytes | str, Precision], Session]
    precisions: tuple[Precision, ...]

    @property
    def installed(self) -> bool:
        return is_installed(self.package)


def onnx_runtime(model: bytes | str) -> Any:
    """A model, or the file at a path, in ONNX Runtime on the processor. It raises its errors, and says nothing."""
    return _session(model, _settings())


def _settings() -> Any:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    return settings


def _session(model: bytes | str, settings: Any) -> Any:
    import onnxruntime

    providers = ["CPUExecutionProvider"]  # there is no other to fall back on, of which it would speak to the output
    return onnxruntime.InferenceSession(model, settings, providers=providers, enable_fallback=0)


def _as_it_lies(mapped: MappedModel) -> Any:
    """A model whose weights stay in their file, in ONNX Runtime, which arranges nothing."""
    import onnxruntime

    settings = _settings()
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.add_session_config_entry("session.model_external_initializers_file_folder_path", mapped.folder)
    return _session(mapped.model, settings)


def _onnx_runtime(model: bytes | str, precision: Precision) -> Session:
    started, compute = _started(model)
    inputs = tuple(RunnerInput(one.name, _size(one.shape)) for one in started.get_inputs())

    def run(values: list[Any]) -> Sequence[Any]:
        return compute(dict(zip((one.name for one in inputs), map(_float32, values), strict=True)))

    return Session(run, inputs, tuple(one.name for one in started.get_outputs()))


def _size(shape: Sequence[Any]) -> Size:
    """That of a sample; ONNX Runtime has names, and None, for lengths that are open."""
    return tuple(one if isinstance(one, int) else None for one in shape[1:])


def _started(model: bytes | str) -> tuple[Any, Callable[[dict[str, Any]], Sequence[Any]]]:
    """ONNX Runtime's session, and what computes all outputs from the inputs by name; of a file it answers soon."""
    if isinstance(model, str) and _MAPS:
        with suppress(NotMappedError):
            starting = StartingSession(model, _as_it_lies, onnx_runtime)
            return starting.session, starting.run
    session = onnx_runtime(model)
    return session, partial(session.run, None)


def _openvino(model: bytes | str, precision: Precision) -> Session:
    import openvino

    computes = {"float32": "f32", "bfloat16": "bf16"}[precision]
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": computes}
    core = openvino.Core()
    read = core.read_model(model) if isinstance(model, str) else core.read_model(model=model, weights=b"")
    compiled = core.compile_model(read, "CPU", hints)

    known: set[tuple[tuple[int, ...], ...]] = set()

    def run(values: list[Any]) -> Sequence[Any]:
        arrays = [_float32(one) for one in values]
        shapes = tuple(one.shape for one in arrays)
        if shapes not in known:  # compiled, a window that does not fit gives numbers of nothing; here it is refused
            read.reshape(dict(enumerate(shapes)))
            known.add(shapes)
        found = compiled(arrays)
        return [np.array(found[output]) for output in compiled.outputs]  # they lie in memory of the engine's own

    inputs = tuple(
        RunnerInput(
            one.get_any_name(), tuple(side.get_length() if side.is_static else None for side in one.partial_shape)[1:]
        )
        for one in compiled.inputs
    )
    return Session(run, inputs, tuple(one.get_any_name() for one in compiled.outputs))


def _float32(value: Any) -> Any:
    """As an array of NumPy in one piece; of tensors of a backend, too."""
    return np.ascontiguousarray(value, np.float32)


ENGINES = {
    "onnxruntime": Engine("onnxruntime", _onnx_runtime, ("float32",)),
    "openvino": Engine("openvino", _openvino, ("float32", "bfloat16")),
}
"""In the order in which they are taken where nothing is asked: docs/shipping.md has what was measured."""
