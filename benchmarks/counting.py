"""Counting the parameters and MACs of ResNet-152: from the IR, beside Keras and TensorFlow.

Run: python benchmarks/counting.py

Keras' ways and the profiler get a finished model, ours a compiled spec; what it takes to come so far stands below.
Processor time of the process.
"""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import measuring

import resnet_dsl
from resnet_dsl.analyses.counts import count_nodes, total

LOOPS = 100
"""Ours is over before the clock has ticked: so many counts make one measurement."""


def count_macs_with_tensorflow(model: Any) -> int:
    """Half the floating-point operations that TensorFlow's profiler finds."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze

    spec = tf.TensorSpec((1, 224, 224, 3), "float32")
    graph = freeze(tf.function(lambda x: model(x, training=False)).get_concrete_function(spec)).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    with contextlib.redirect_stdout(io.StringIO()):
        found = tf.compat.v1.profiler.profile(graph, options={**options, "output": "none"})
    return int(found.total_float_ops) // 2


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    network = resnet_dsl.load("resnet152").network("resnet152")
    graph, shapes = network.compiled.graph, network.compiled.shapes
    model = network.to_keras()

    def ours() -> float:
        return measuring.cpu(lambda: [total(count_nodes(graph, shapes)) for _ in range(LOOPS)]) / LOOPS

    taken = measuring.medians(
        {
            "ours, from the IR: parameters and MACs": ours,
            "`model.count_params()`": lambda: measuring.cpu(model.count_params),
            "`model.summary()`": lambda: measuring.cpu(lambda: model.summary(print_fn=lambda *_, **__: None)),
            "TensorFlow's profiler: MACs": lambda: measuring.cpu(lambda: count_macs_with_tensorflow(model)),
        },
        repetitions,
    )
    before = measuring.medians(
        {
            "ours, from the text to the IR": lambda: measuring.cpu(
                lambda: resnet_dsl.load("resnet152").network("resnet152")
            ),
            "keras.applications.ResNet152": lambda: measuring.cpu(lambda: keras.applications.ResNet152(weights=None)),
        },
        repetitions,
    )
    first = next(iter(taken.values()))
    rows = [(name, f"{1000 * seconds:,.2f}", measuring.times(seconds / first)) for name, seconds in taken.items()]
    print(measuring.table(("ResNet-152", "ms", "times ours"), rows))
    counted = total(count_nodes(graph, shapes))
    assert counted.total_params == model.count_params()
    print(
        f"\n{counted.params:,} parameters, {counted.macs:,} MACs; the profiler: {count_macs_with_tensorflow(model):,}"
    )
    print("(it counts the additions of biases, normalisations and sums, too). Before that: ", end="")
    print("; ".join(f"{name} {1000 * seconds:,.0f} ms" for name, seconds in before.items()) + ".")


if __name__ == "__main__":
    main()
