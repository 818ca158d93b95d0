"""Several machines, a process on each: JAX's distributed runtime, joined, used and watched.

TensorFlow's way, MultiWorkerMirroredStrategy, fails within Keras' fit (keras issue 20585) and is not offered.
"""

from __future__ import annotations

import atexit
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from resnet_dsl.extras import remedy
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.batches import Share
from resnet_dsl.laboratory.training.options import EngineOptions

ADDRESSES, COUNT, INDEX = (
    "KERAS_DISTRIBUTION_JOB_ADDRESSES",
    "KERAS_DISTRIBUTION_NUM_PROCESSES",
    "KERAS_DISTRIBUTION_PROCESS_ID",
)
"""Where ``keras.distribution.initialize`` looks."""

PATIENCE = 30
"""Seconds without a sign of life after which a worker counts as dead. A connection that breaks tells so at once."""

LOST = ("Gloo", "NCCL", "UNAVAILABLE", "oordination", "eartbeat", "onnection")
"""Words of JAX's errors that speak of another worker."""


def asked_for(options: EngineOptions) -> bool:
    """Whether the options or the environment speak of several processes."""
    return options.workers is not None or COUNT in os.environ


def join(options: EngineOptions) -> tuple[Share, int]:
    """Meet the other workers; which of them this one is, and how many devices they have together."""
    if keras.backend.backend() != "jax":
        raise Failure("several machines need the JAX backend", f"set KERAS_BACKEND=jax ({remedy(['jax'])})")
    import jax

    if not jax.distributed.is_initialized():
        addresses, count, index = _places(options)
        known = inspect.signature(jax.distributed.initialize).parameters
        patience = {"heartbeat_timeout_seconds": PATIENCE} if "heartbeat_timeout_seconds" in known else {}
        jax.distributed.initialize(addresses, count, index, **patience)
    return Share(jax.process_index(), jax.process_count()), jax.device_count()


def _places(options: EngineOptions) -> tuple[str | None, int, int]:
    """The coordinator's address, how many workers there are, and which of them this one is."""
    if options.workers is not None and options.worker is not None:
        addresses, count, index = options.workers, options.workers.count(",") + 1, options.worker
    else:
        addresses = os.environ.get(ADDRESSES, "")
        count, index = int(os.environ[COUNT]), int(os.environ.get(INDEX, "0"))
    if not 0 <= index < count:
        raise Failure(f"--worker {index}: there are {count} workers, counted from 0")
    return addresses.split(",")[0] or None, count, index


def told(values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """The first worker's values, in every worker."""
    from jax.experimental import multihost_utils

    return [np.asarray(value) for value in multihost_utils.broadcast_one_to_all(list(values))]


@contextmanager
def watched(count: int) -> Iterator[None]:
    """Within the block the death of another worker is a Failure, and this process then ends without waiting for it."""
    try:
        yield
    except Exception as error:
        if count == 1 or isinstance(error, Failure) or not any(word in str(error) for word in LOST):
            raise
        atexit.register(_end)
        remedy = "start all workers again as before: the training goes on from its last checkpoint"
        raise Failure("another worker died or cannot be reached", remedy) from error


def _end() -> None:
    """End now: at its exit JAX would wait for the worker that is dead, and then abort."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(2)
