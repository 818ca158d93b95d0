"""ResNets written by hand with Keras' functional API: what the benchmarks compare with."""

from __future__ import annotations

import sys
from typing import Any

import keras

L = keras.layers


def _conv(value: Any, channels: int, kernel: int, stride: int = 1) -> Any:
    """Convolution and batch normalisation, padded on both sides alike."""
    padding = "same"
    if stride > 1 and kernel > 1:
        value, padding = L.ZeroPadding2D(kernel // 2)(value), "valid"
    convolution = L.Conv2D(channels, kernel, stride, padding, use_bias=False, kernel_initializer="he_normal")
    return L.BatchNormalization(epsilon=1e-5, momentum=0.9)(convolution(value))


def _model(entry: Any, value: Any, classes: int) -> Any:
    value = L.Dense(classes, kernel_initializer="he_normal")(L.GlobalAveragePooling2D()(value))
    return keras.Model(entry, L.Activation("softmax")(value))


def imagenet(depths: tuple[int, ...]) -> Any:
    """The ResNet of bottlenecks with these stages: (3, 8, 36, 3) is ResNet-152."""
    entry = keras.Input((224, 224, 3))
    value = L.Activation("relu")(_conv(entry, 64, 7, 2))
    value = L.MaxPooling2D(3, 2)(L.ZeroPadding2D(1)(value))
    for stage, depth in enumerate(depths):
        width = 64 * 2**stage
        for block in range(depth):
            stride = 2 if stage and not block else 1
            skip = value if block else _conv(value, 4 * width, 1, stride)
            main = L.Activation("relu")(_conv(value, width, 1))
            main = L.Activation("relu")(_conv(main, width, 3, stride))
            value = L.Activation("relu")(L.Add()([_conv(main, 4 * width, 1), skip]))
    return _model(entry, value, 1000)


def cifar(blocks: int) -> Any:
    """The CIFAR ResNet with this many basic blocks (option A): 600 is ResNet-1202. It needs a high recursion limit."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 30 * blocks + 1000))
    entry = keras.Input((32, 32, 3))
    value = L.Activation("relu")(_conv(entry, 16, 3))
    for stage in range(3):
        width = 16 * 2**stage
        for block in range(blocks // 3):
            stride = 2 if stage and not block else 1
            skip = value
            if stride > 1:
                skip = keras.ops.pad(L.MaxPooling2D(1, 2)(value), ((0, 0), (0, 0), (0, 0), (0, width // 2)))
            main = _conv(L.Activation("relu")(_conv(value, width, 3, stride)), width, 3)
            value = L.Activation("relu")(L.Add()([main, skip]))
    return _model(entry, value, 10)
