"""The engines against each other in one thread, where other work on the machine disturbs least.

Run: python benchmarks/one_thread.py

Milliseconds of the processor for a call at batch 1 and 8, the least of many turns in which the ways take the lead by
turns: what else the machine does only lengthens a turn. It decides which engine the runner takes first
(resnet_dsl.engines). ONNX Runtime and OpenVINO run the file that the runner would give them. PyTorch, where it and
torchvision are installed, runs what torch.compile makes of the same network (in_torch.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import measuring
import numpy as np
import onnxruntime
import openvino
from engines import NETWORKS, by_keras
from of_torch import OfTorch

import resnet_dsl

TURNS = {1: 40, 8: 10}
"""By the size of the batch."""
CHOSEN = "ONNX Runtime"
"""What the runner takes first."""


def onnx_runtime(file: str) -> Callable[[Any], object]:
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
    (entering,) = session.get_inputs()
    return lambda values: session.run(None, {entering.name: values})


def open_vino(file: str) -> Callable[[Any], object]:
    core = openvino.Core()
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    compiled = core.compile_model(core.read_model(file), "CPU", hints)
    return lambda values: compiled([values])


def ways(name: str, spec: str, folder: str) -> dict[str, Callable[[Any], object]]:
    network, file = resnet_dsl.load(spec or name).network(name), str(Path(folder) / f"{name}.onnx")
    model = network.to_keras(seed=0)
    network.to_onnx(file, weights=model)
    found = {**by_keras(network, model), CHOSEN: onnx_runtime(file), "OpenVINO": open_vino(file)}
    try:
        return {**found, "PyTorch": OfTorch(name, "one")}
    except ImportError:
        return found


def cost(way: Callable[[Any], object], values: Any) -> Callable[[], float]:
    return way.seconds if isinstance(way, OfTorch) else partial(measuring.cpu, partial(way, values))


def least(ways: Sequence[Callable[[], float]], turns: int) -> list[float]:
    """Seconds of each way; a first turn, in which they make room, is not counted."""
    costs: list[list[float]] = [[] for _ in ways]
    for turn in range(turns + 1):
        for place in range(len(ways))[:: 1 if turn % 2 else -1]:
            costs[place].append(ways[place]())
    return [min(found[1:]) for found in costs]


def rows(name: str, run: dict[str, Callable[[Any], object]]) -> Iterator[dict[str, str]]:
    side = 32 if name.startswith("cifar") else 224
    for batch, turns in TURNS.items():
        values = np.random.default_rng(batch).normal(size=(batch, side, side, 3)).astype("float32")
        for way in run.values():
            way(values)  # what is compiled at the first call is not timed
        taken = dict(zip(run, least([cost(way, values) for way in run.values()], turns), strict=True))
        best = min(seconds for way, seconds in taken.items() if way != CHOSEN)
        cells = {way: f"{1000 * seconds:,.1f}" for way, seconds in taken.items()}
        yield {"network, batch": f"{name}, {batch}", **cells, f"{CHOSEN} / best other": f"{taken[CHOSEN] / best:.2f}"}


def main() -> None:
    print(measuring.here("keras", "tensorflow", "onnxruntime", "openvino", "torch") + "\n")
    with TemporaryDirectory() as folder:
        found = [row for name, spec in NETWORKS.items() for row in rows(name, ways(name, spec, folder))]
    print(measuring.table(found[0], [row.values() for row in found]))


if __name__ == "__main__":
    main()
