"""Four networks at work on every engine that is installed, at batch 1 and 8, beside Keras and PyTorch.

Run: python benchmarks/engines.py

All ways have the same weights. PyTorch runs what torch.compile makes of the same network (in_torch.py), with random
weights of its own, where it and torchvision are installed. Times are by the clock, on all cores; a depthwise network is
one of ours: MobileNet's blocks with a skip. How far results lie apart, tests/engines holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import measuring
import numpy as np
from of_torch import OfTorch
from running import own_function

import resnet_dsl
from resnet_dsl.extras import MissingPackageError

DEPTHWISE = """
block separated(width, stride = 1) {
  conv(2 * in.channels, 1) -> norm -> act
  conv(2 * in.channels, 3, stride = stride, groups = 2 * in.channels) -> norm -> act
  conv(width, 1) -> norm
  skip
}
network depthwise(classes = 1000) {
  input 224x224x3
  stem { conv(32, 3, stride = 2) -> norm -> act }
  stage one(stride = 2) { 2 x separated(64) }
  stage two(stride = 2) { 3 x separated(128) }
  stage three(stride = 2) { 4 x separated(256) }
  stage four(stride = 2) { 2 x separated(512) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""
NETWORKS = {"resnet50": "", "resnext50_32x4d": "", "depthwise": DEPTHWISE, "cifar_resnet56": ""}


def by_keras(network: Any, model: Any) -> dict[str, Callable[[Any], Any]]:
    """What Keras' backend has to run a model with."""
    return {
        "Keras' `predict`": lambda values: model.predict(values, verbose=0),
        "`tf.function`": own_function(model),
        "runner, Keras' backend": resnet_dsl.runner(network.optimize(model), engine="keras"),
    }


def ways(name: str, spec: str) -> dict[str, Callable[[Any], Any]]:
    network = resnet_dsl.load(spec or name).network(name)
    model = network.to_keras(seed=0)
    found = by_keras(network, model)
    for engine in ("onnxruntime", "openvino"):
        with suppress(MissingPackageError):
            found[f"runner, {engine}"] = resnet_dsl.runner(model, engine=engine)
    found[f"runner, as it chooses ({resnet_dsl.runner(model).engine})"] = resnet_dsl.runner(model)
    with suppress(ImportError):
        found["PyTorch, `torch.compile`"] = OfTorch(name)
    return found


def cost(way: Callable[[Any], Any], values: Any) -> Callable[[], float]:
    return way.seconds if isinstance(way, OfTorch) else partial(measuring.wall, partial(way, values))


def measure(name: str, run: dict[str, Callable[[Any], Any]], side: int, repetitions: int) -> list[tuple[str, ...]]:
    rows: dict[str, list[str]] = {way: [] for way in run}
    for batch in (1, 8):
        values = np.random.default_rng(batch).normal(size=(batch, side, side, 3)).astype("float32")
        for way in run.values():
            way(values)  # what is compiled at the first call is not timed
        taken = measuring.medians({way: cost(one, values) for way, one in run.items()}, repetitions)
        best = min(taken.values())
        for way, seconds in taken.items():
            rows[way] += [f"{1000 * seconds:.1f}", measuring.times(seconds / best)]
    return [(f"{name}, {way}", *cells) for way, cells in rows.items()]


def main() -> None:
    repetitions = 3 * measuring.repetitions(__doc__)
    print(measuring.here("keras", "tensorflow", "onnxruntime", "openvino", "torch"))
    print(f"\nMedians of {repetitions} turns; `times`: beside the fastest of them.\n")
    head = ("", "1: ms", "times", "8: ms", "times")
    rows = []
    for name, spec in NETWORKS.items():
        rows += measure(name, ways(name, spec), 32 if name.startswith("cifar") else 224, repetitions)
    print(measuring.table(head, rows))


if __name__ == "__main__":
    main()
