"""Two engines of ONNX, and PyTorch, against each other in one thread, where other work on the machine disturbs least.

Run: python benchmarks/one_thread.py

Processor time of a call at batch 1 and 8, the least of many turns in which the engines take the lead by turns: what
else the machine does only lengthens a turn. It decides which engine the runner takes first (resnet_dsl.engines).
PyTorch, where it and torchvision are installed, runs what torch.compile makes of the same network (in_torch.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import measuring
import numpy as np
import onnxruntime
import openvino
from engines import NETWORKS
from of_torch import OfTorch

import resnet_dsl

TURNS = {1: 40, 8: 10}
"""By the size of the batch."""
HEAD = ("network, batch", "ONNX Runtime (ms)", "OpenVINO (ms)", "PyTorch (ms)", "ONNX Runtime / best other")


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


def in_torch(name: str) -> list[OfTorch]:
    """The network in PyTorch; nothing where that is not installed."""
    try:
        return [OfTorch(name, "one")]
    except ImportError:
        return []


def least(ways: Sequence[Callable[[], float]], turns: int) -> list[float]:
    """Seconds of each way; a first turn, in which they make room, is not counted."""
    costs: list[list[float]] = [[] for _ in ways]
    for turn in range(turns + 1):
        for place in range(len(ways))[:: 1 if turn % 2 else -1]:
            costs[place].append(ways[place]())
    return [min(found[1:]) for found in costs]


def rows(name: str, spec: str, folder: str) -> Iterator[tuple[str, ...]]:
    file = str(Path(folder) / f"{name}.onnx")
    resnet_dsl.load(spec or name).network(name).to_onnx(file)
    engines, side = [onnx_runtime(file), open_vino(file)], 32 if name.startswith("cifar") else 224
    modules = in_torch(name)
    for batch, turns in TURNS.items():
        values = np.random.default_rng(batch).normal(size=(batch, side, side, 3)).astype("float32")
        for module in modules:
            module(values)  # which compiles it
        ways = [partial(measuring.cpu, partial(engine, values)) for engine in engines]
        yield row(f"{name}, {batch}", least([*ways, *(module.seconds for module in modules)], turns))


def row(name: str, seconds: list[float]) -> tuple[str, ...]:
    """Milliseconds of each, and how many times the best of the others ONNX Runtime takes."""
    cells = [f"{1000 * one:,.1f}" for one in seconds]
    return (name, *cells, *[""] * (3 - len(cells)), f"{seconds[0] / min(seconds[1:]):.2f}")


def main() -> None:
    print(measuring.here("onnxruntime", "openvino", "torch") + "\n")
    with TemporaryDirectory() as folder:
        found = [row for name, spec in NETWORKS.items() for row in rows(name, spec, folder)]
    print(measuring.table(HEAD, found))


if __name__ == "__main__":
    main()
