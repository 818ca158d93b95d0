"""How the files of this folder were written, with tf_keras 2.21: ``python -m tests.importing.keras.keras_2.write``.

They are never written again. The numbers in test_keras_2.py are what tf_keras computed of ``ramp`` then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def ramp() -> Any:
    return np.linspace(-1, 1, 32, dtype="float32").reshape(1, 4, 4, 2)


def functions(keras: Any, tf: Any) -> Any:
    """Operators and functions of TensorFlow, and the ``hard_sigmoid`` that Keras 3 has another one of."""
    image = keras.Input((4, 4, 2))
    value = keras.layers.Conv2D(2, 3, padding="same", activation="hard_sigmoid")(image)
    value = value * 0.5 + 1.0
    value = 1.0 - (value + tf.nn.relu6(value)) / 2.0
    value = value[:, :, :, 1:]
    return keras.Model(image, tf.reduce_mean(value, axis=[1, 2], keepdims=True), name="functions")


def nested(keras: Any, tf: Any) -> Any:
    """A frozen model within another, as in transfer learning."""
    layers = keras.layers
    steps = [keras.Input((4, 4, 2)), layers.SeparableConv2D(3, 3), layers.BatchNormalization(), layers.LeakyReLU(0.2)]
    inner = keras.Sequential(steps, name="inner")
    inner.trainable = False
    image = keras.Input((4, 4, 2))
    value = layers.Flatten()(inner(image, training=False))
    return keras.Model(image, layers.Dense(2, activation="softmax")(value), name="nested")


def main() -> None:
    import tensorflow as tf
    import tf_keras as keras

    for make in (functions, nested):
        model, random = make(keras, tf), np.random.default_rng(0)
        model.set_weights([random.uniform(0.1, 0.9, one.shape).astype("float32") for one in model.get_weights()])
        for ending in ("h5", "keras"):
            model.save(Path(__file__).with_name(f"{model.name}.{ending}"))
        print(model.name, model(ramp(), training=False).numpy().ravel())


if __name__ == "__main__":
    main()
