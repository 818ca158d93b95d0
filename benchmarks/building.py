"""Building models, ours beside the same network by hand: ``python benchmarks/building.py [--quick]``.

Medians of interleaved runs of process CPU time, with initialised weights; the ratio is what carries over to other
machines. Then the growth with the number of blocks.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import by_hand
import keras

import resnet_dsl

_CIFAR = """
network deep(n = 9) {
  input 32x32x3
  stem { conv(16, 3) -> norm -> act }
  stage conv2             { n x basic(16) }
  stage conv3(stride = 2) { n x basic(32) }
  stage conv4(stride = 2) { n x basic(64) }
  head { avgpool(global) -> dense(10) -> softmax }
  skips via pad
}
"""


def cifar(blocks: int) -> Any:
    """Our CIFAR network of this many blocks."""
    return resnet_dsl.load(_CIFAR).network(n=blocks // 3)


def seconds(make: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    model = make()
    taken = time.process_time() - start
    assert model.count_params() > 0
    return taken


def compare(name: str, ours: Any, hand: Callable[[], Any], repetitions: int) -> None:
    times: dict[str, list[float]] = {"hand": [], "ours": []}
    for _ in range(repetitions):
        times["hand"].append(seconds(hand))
        times["ours"].append(seconds(ours.to_keras))
    by, own = median(times["hand"]), median(times["ours"])
    print(f"{name:>14}  by hand {by:7.2f} s  ours {own:7.2f} s  ratio {by / own:5.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small networks, once")
    quick = parser.parse_args().quick
    print(f"Keras {keras.__version__} on {keras.backend.backend()}")
    seconds(cifar(9).to_keras), seconds(lambda: by_hand.cifar(9))
    once = 1 if quick else 5
    compare("ResNet-50", resnet_dsl.load("resnet50").network("resnet50"), lambda: by_hand.imagenet((3, 4, 6, 3)), once)
    compare("ResNet-110", cifar(54), lambda: by_hand.cifar(54), once)
    if quick:
        return
    compare("ResNet-152", resnet_dsl.load("resnet152").network("resnet152"), lambda: by_hand.imagenet((3, 8, 36, 3)), 5)
    compare("ResNet-1202", cifar(600), lambda: by_hand.cifar(600), 5)
    compare("999 blocks", cifar(999), lambda: by_hand.cifar(999), 5)
    for blocks in (99, 999, 9999):
        taken = seconds(cifar(blocks).to_keras)
        print(f"{blocks:>7} blocks  {taken:7.2f} s  {1000 * taken / blocks:5.2f} ms a block", flush=True)


if __name__ == "__main__":
    main()
