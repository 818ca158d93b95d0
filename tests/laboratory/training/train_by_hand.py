"""Trains a small network in a process of its own, for tests that kill it: FOLDER [option=value …].

The options are those of ``train``, and ``logical_cpus``: as how many devices TensorFlow is to see the processor.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from rich.console import Console

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.options import TrainOptions
from resnet_dsl.laboratory.training.train import train
from tests.laboratory.training.networks import ByHand


def main(folder: str, *given: str) -> None:
    """Train on scikit-learn's digits, long enough to be killed, with everything that has state."""
    options = {"epochs": 6, "batch_size": 32, "checkpoint_steps": 7, "augment": "crop", "pad": 1}
    for option in given:
        name, value = option.split("=")
        with contextlib.suppress(ValueError):
            value = json.loads(value)
        options[name] = value
    logical = options.pop("logical_cpus", 1)
    if logical > 1:
        import tensorflow as tf

        processor = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * logical)
    try:
        train(ByHand(blocks=2), TrainOptions(data="digits", out=Path(folder), **options), Console())
    except Failure as failure:
        sys.exit(f"error: {failure}")  # as the command line does


if __name__ == "__main__":
    main(*sys.argv[1:])
