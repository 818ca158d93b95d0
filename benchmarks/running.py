"""ResNet-50 at work: latency and throughput, optimised and not, beside keras.applications.

Run: python benchmarks/running.py

All ways compute the same function with the same weights: random ones, no factor 1 and no offset 0, moving statistics
half those of a batch of noise, and a last layer scaled so that the softmax is neither flat nor saturated (the largest
probability is about 0.1). Times are by the clock, on all cores. The runner is that of Keras' backend; engines.py
measures the one that takes other engines (docs/shipping.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import measuring
import numpy as np

import resnet_dsl

THEIRS = "`keras.applications.ResNet50`"
PREDICT = f"{THEIRS}: `predict`"
WORD = {"tensorflow": "`tf.function`", "jax": "`jax.jit`", "torch": "`torch.no_grad`"}[keras.backend.backend()]
FUNCTION = f"{THEIRS}: {WORD}"
OURS = "ours, `optimize`, `runner`"


def images(count: int) -> Any:
    return np.random.default_rng(count).normal(size=(count, 224, 224, 3)).astype("float32")


def varied(model: Any) -> Any:
    """The model with weights that hide no difference: see above."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.name == "gamma":
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif weight.name in {"beta", "bias"}:
            weight.assign(random.normal(0, 0.2, weight.shape))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.5
    model(images(8), training=True)
    _sharpen(model)
    return model


def _sharpen(model: Any) -> None:
    """Scales the last layer until the largest probability is about 0.1."""
    last = model.layers[-1]
    kernel, bias = last.get_weights()
    for _ in range(30):
        probability = float(np.max(model.predict(images(8), verbose=0)))
        if 0.08 < probability < 0.12:
            return
        factor = 1.1 if probability < 0.1 else 0.94
        kernel, bias = kernel * factor, bias * factor
        last.set_weights([kernel, bias])


def own_function(model: Any) -> Callable[[Any], Any]:
    """What users write who want more than ``predict``: see WORD."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        function = tf.function(lambda values: model(values, training=False))
        return lambda values: function(tf.constant(values)).numpy()
    if backend == "jax":
        import jax

        kinds = (model.trainable_variables, model.non_trainable_variables)
        weights = [[jax.numpy.array(variable.value, copy=True) for variable in kind] for kind in kinds]
        function = jax.jit(lambda values: model.stateless_call(*weights, values)[0])
        return lambda values: np.asarray(function(values))
    import torch

    def run(values: Any) -> Any:
        with torch.no_grad():
            return keras.ops.convert_to_numpy(model(values, training=False))

    return run


def ways() -> dict[str, Callable[[Any], Any]]:
    keras.utils.set_random_seed(0)
    theirs = varied(keras.applications.ResNet50(weights=None))
    network = resnet_dsl.load("keras_resnet50").network("keras_resnet50")
    ours = network.to_keras()
    ours.set_weights(theirs.get_weights())
    optimised = network.optimize(ours)
    return {
        PREDICT: lambda values: theirs.predict(values, verbose=0),
        f"{THEIRS}: `predict_on_batch`": theirs.predict_on_batch,
        FUNCTION: own_function(theirs),
        "ours: `predict`": lambda values: ours.predict(values, verbose=0),
        "ours, `runner`": resnet_dsl.runner(ours, engine="keras"),
        "ours, `optimize`: `predict`": lambda values: optimised.predict(values, verbose=0),
        OURS: resnet_dsl.runner(optimised, engine="keras"),
    }


def measure(batch: int, run: dict[str, Callable[[Any], Any]], repetitions: int) -> str:
    values = images(batch)
    results = {name: np.asarray(one(values)) for name, one in run.items()}
    for one in run.values():
        one(values)
    taken = measuring.medians(
        {name: partial(measuring.wall, partial(one, values)) for name, one in run.items()}, repetitions
    )
    expected = results[PREDICT]
    rows = []
    for name, seconds in taken.items():
        difference = np.abs(results[name] - expected).max()
        relative = [measuring.times(taken[other] / seconds) for other in (PREDICT, FUNCTION)]
        rows.append((name, f"{1000 * seconds:,.0f}", f"{batch / seconds:.1f}", *relative, f"{difference:.0e}"))
    head = (f"batch of {batch}", "ms", "images/s", "times `predict`", f"times {WORD}", "largest difference")
    return measuring.table(head, rows) + f"\n\nThe largest probability is {expected.max():.2f}."


def main() -> None:
    repetitions = 4 * measuring.repetitions(__doc__)
    run = ways()
    print(f"{keras.backend.backend()}, medians of {repetitions} turns.")
    for batch in (1, 8):
        print("\n" + measure(batch, run, repetitions), flush=True)


if __name__ == "__main__":
    main()
