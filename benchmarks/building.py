"""Building Keras models, ours beside the same network by hand. Run: python benchmarks/building.py

Processor time of the process, with initialised weights, on the backend that KERAS_BACKEND names; the ratio is what
carries over to other machines. The hand-written networks raise Python's recursion limit: without that Keras cannot
build the deep ones at all.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import by_hand
import keras
import measuring

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
    """Our CIFAR network of this many blocks, a multiple of 3."""
    return resnet_dsl.load(_CIFAR).network(n=blocks // 3)


def shipped(name: str) -> Any:
    """A network that ships."""
    return resnet_dsl.load(name).network(name)


def seconds(make: Callable[[], Any]) -> float:
    """Processor time of making a model."""
    gc.collect()
    return measuring.cpu(make)


NETWORKS = (
    ("ResNet-50", "ResNet50", lambda: shipped("resnet50"), lambda: by_hand.imagenet((3, 4, 6, 3))),
    ("ResNet-152", "ResNet152", lambda: shipped("resnet152"), lambda: by_hand.imagenet((3, 8, 36, 3))),
    ("CIFAR ResNet-110", None, lambda: cifar(54), lambda: by_hand.cifar(54)),
    ("CIFAR ResNet-1202", None, lambda: cifar(600), lambda: by_hand.cifar(600)),
    ("999 basic blocks", None, lambda: cifar(999), lambda: by_hand.cifar(999)),
)


def row(title: str, theirs: str | None, ours: Any, hand: Callable[[], Any], repetitions: int) -> tuple[str, ...]:
    ways = {"hand": lambda: seconds(hand), "ours": lambda: seconds(ours.to_keras)}
    if theirs:
        ways["theirs"] = lambda: seconds(lambda: getattr(keras.applications, theirs)(weights=None))
    taken = measuring.medians(ways, repetitions)
    application = f"{taken['theirs']:.2f}" if theirs else ""
    ratio = measuring.times(taken["hand"] / taken["ours"])
    return title, f"{taken['hand']:.2f}", application, f"{taken['ours']:.2f}", ratio


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    for make in (cifar(9).to_keras, lambda: by_hand.cifar(9)):  # what the first model of a process costs
        seconds(make)
    rows = [row(title, theirs, ours(), hand, repetitions) for title, theirs, ours, hand in NETWORKS]
    head = (keras.backend.backend(), "by hand (s)", "`keras.applications` (s)", "ours (s)", "by hand / ours")
    print(measuring.table(head, rows))


if __name__ == "__main__":
    main()
