"""On what a training runs: the backend's devices, one process or several, and how chance is pinned down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training import workers
from resnet_dsl.laboratory.training.batches import Share
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.options import EngineOptions, Precision


@dataclass(frozen=True)
class TrainingEngine:
    """``share``: the part of each batch that this process feeds; ``replicas``: the devices a batch is divided over."""

    share: Share = field(default_factory=Share)
    replicas: int = 1
    strategy: Any = field(default=None, repr=False)

    @property
    def leads(self) -> bool:
        """Whether this process writes the run folder: the first of them does."""
        return self.share.index == 0

    def scope(self) -> Any:
        """Where models are to be built and compiled."""
        return nullcontext() if self.strategy is None else self.strategy.scope()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Where this process builds a model for itself: under a distribution that waits for the other processes."""
        before = keras.distribution.distribution()
        keras.distribution.set_distribution(None)
        try:
            yield
        finally:
            keras.distribution.set_distribution(before)

    def agreed(self, state: Checkpoint) -> Checkpoint:
        """The first process' state, in every process: only that one reads the run folder."""
        if self.share.count == 1:
            return state
        position, *values = workers.told([np.asarray(state.position, np.int32), *state.values.values()])
        return Checkpoint(TrainingPosition(*position.tolist()), dict(zip(state.values, values, strict=True)))


@contextmanager
def started(options: EngineOptions, xla: bool = False) -> Iterator[TrainingEngine]:
    """The engine that the options ask for, for the time of the block. ``xla``: whether steps are to be compiled."""
    _pin_down(xla)
    if workers.asked_for(options):
        share, devices = workers.join(options)
        keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
        engine = TrainingEngine(share, devices)
    elif options.devices == 1:
        engine = TrainingEngine()
    else:
        engine = _several_devices(options.devices)
    try:
        with workers.watched(engine.share.count):
            yield engine
    finally:
        if engine.replicas > 1 and engine.strategy is None:
            keras.distribution.set_distribution(None)


@contextmanager
def precision(policy: Precision) -> Iterator[None]:
    """Keras' dtype policy for the time of the block."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _pin_down(xla: bool) -> None:
    """On CPU, TensorFlow is to add in the same order every time. XLA will not be told; on GPU it would cost speed."""
    if keras.backend.backend() != "tensorflow" or xla:
        return
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        tf.config.experimental.enable_op_determinism()


def _several_devices(count: int) -> TrainingEngine:
    backend = keras.backend.backend()
    if backend == "jax":
        chosen = _chosen(keras.distribution.list_devices(), count)
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=chosen))
        return TrainingEngine(replicas=len(chosen))
    if backend == "tensorflow":
        import tensorflow as tf

        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        chosen = _chosen([device.name for device in tf.config.list_logical_devices(kind)], count)
        return TrainingEngine(replicas=len(chosen), strategy=tf.distribute.MirroredStrategy(chosen))
    raise Failure(f"several devices need the TensorFlow or JAX backend, not {backend}", "set KERAS_BACKEND=jax")


def _chosen(devices: list[str], count: int) -> list[str]:
    if count > len(devices):
        raise Failure(f"--devices {count}: this machine has {len(devices)}")
    return devices[: count or len(devices)]
