"""Training with grouped convolutions on a processor: as `train` does it, and by Keras' `fit` alone.

Run: python benchmarks/training.py

Both run `fit` without XLA, from the same weights on the same batch of 32 images, 32x32: three residual stages whose
convolutions have four groups. A turn is one step; the first, which is compiled, is not timed. Images a second by the
clock; the difference is the largest of a turn's loss, as a part of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import measuring
import numpy as np

import resnet_dsl
from resnet_dsl.targets.keras.private.grouping import groups_apart

GROUPED = """
network grouped {
  input 32x32x3
  stem { conv(32, 3) -> norm -> act }
  stage one { 2 x basic(32, groups = 4) }
  stage two(stride = 2) { 2 x basic(64, groups = 4) }
  stage three(stride = 2) { 2 x basic(128, groups = 4) }
  head { avgpool(global) -> dense(10) -> softmax }
}
"""
BATCH = 32
PLAIN = "Keras' `fit`"


class Learner:
    """A model that is trained within a context; ``losses`` are those of its turns."""

    def __init__(self, within: Callable[[], AbstractContextManager[None]]) -> None:
        self.within, self.losses = within, list[float]()
        self.model = resnet_dsl.load(GROUPED).network("grouped").to_keras(seed=0)
        self.model.compile(keras.optimizers.SGD(0.01, 0.9), "sparse_categorical_crossentropy", jit_compile=False)

    def train(self, images: Any, classes: Any) -> None:
        """One step."""
        with self.within():
            fitted = self.model.fit(images, classes, batch_size=BATCH, shuffle=False, verbose=0)
        self.losses += fitted.history["loss"]


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    images = np.random.default_rng(0).normal(size=(BATCH, 32, 32, 3)).astype("float32")
    learners = {PLAIN: Learner(nullcontext), "as `train` does it": Learner(groups_apart)}
    turns = {name: partial(one.train, images, np.arange(len(images)) % 10) for name, one in learners.items()}
    for turn in turns.values():
        turn()  # what is compiled at the first step is not timed
    taken = measuring.medians({name: partial(measuring.wall, turn) for name, turn in turns.items()}, repetitions)
    rows = []
    for name, one in learners.items():
        apart = np.abs(np.divide(one.losses, learners[PLAIN].losses) - 1).max()
        ratio = measuring.times(taken[PLAIN] / taken[name])
        rows.append((name, f"{len(images) / taken[name]:,.1f}", ratio, f"{apart:.0e}"))
    print(measuring.table((keras.backend.backend(), "images/s", "times", "losses differ by"), rows))


if __name__ == "__main__":
    main()
