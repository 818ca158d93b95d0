"""The layers of our own: what neither a layer of Keras nor a composition of its operations can express.

They are registered with Keras under the package name ``resnet_dsl``: a file that holds one is loaded by
``keras.saving.load_model`` once this module has been imported (``import resnet_dsl.layers``).
"""

from __future__ import annotations

from itertools import chain
from math import prod
from typing import Any

import keras
import numpy as np


class _Standardized:
    """Weight standardisation, for a convolution of Keras: each filter with mean 0 and variance 1 before it is used.

    Plain: Qiao et al. (2019), "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization".
    Scaled: Brock et al. (2021), "Characterizing signal propagation to close the performance gap in unnormalized
    ResNets", equation 1: times gamma / sqrt(fan in), and a learned gain for each filter.

    epsilon: added to the variance. gamma: the gain of the non-linearity (scaled only).
    """

    def __init__(
        self, *args: Any, epsilon: float = 1e-6, gamma: float = 1.0, scaled: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.epsilon = epsilon
        self.gamma = gamma
        self.scaled = scaled
        self.gain: Any = None

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)  # type: ignore[misc]
        if self.scaled:
            self.gain = self.add_weight(shape=(self.filters,), initializer="ones", name="gain")  # type: ignore[attr-defined]

    def standardize(self, kernel: Any) -> Any:
        """The kernel that is convolved with, from the kernel that is learned."""
        axes = tuple(range(len(kernel.shape) - 1))
        mean = keras.ops.mean(kernel, axis=axes, keepdims=True)
        variance = keras.ops.var(kernel, axis=axes, keepdims=True)
        kernel = (kernel - mean) * keras.ops.rsqrt(variance + self.epsilon)
        if not self.scaled:
            return kernel
        fan_in = 1
        for length in kernel.shape[:-1]:
            fan_in *= int(length)
        return kernel * (self.gain * (self.gamma * fan_in**-0.5))

    def call(self, inputs: Any) -> Any:
        """Written here for every number of axes: Keras' own ``call`` over one axis leaves ``convolution_op`` out."""
        outputs = self.convolution_op(inputs, self.standardize(self.kernel))  # type: ignore[attr-defined]
        if self.use_bias:  # type: ignore[attr-defined]
            behind = 0 if self.data_format == "channels_last" else self.rank  # type: ignore[attr-defined]
            outputs = outputs + keras.ops.reshape(self.bias, (-1, *(1,) * behind))  # type: ignore[attr-defined]
        return outputs if self.activation is None else self.activation(outputs)  # type: ignore[attr-defined]

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)  # type: ignore[misc]
        if self.gain is not None:
            store["gain"] = self.gain

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)  # type: ignore[misc]
        if self.gain is not None:
            self.gain.assign(store["gain"])

    def get_config(self) -> dict[str, Any]:
        own = {"epsilon": self.epsilon, "gamma": self.gamma, "scaled": self.scaled}
        return {**super().get_config(), **own}  # type: ignore[misc]


@keras.saving.register_keras_serializable("resnet_dsl")
class StandardizedConv1D(_Standardized, keras.layers.Conv1D):  # type: ignore[misc]
    """Conv1D with standardised weights."""


@keras.saving.register_keras_serializable("resnet_dsl")
class StandardizedConv2D(_Standardized, keras.layers.Conv2D):  # type: ignore[misc]
    """Conv2D with standardised weights."""


@keras.saving.register_keras_serializable("resnet_dsl")
class StandardizedConv3D(_Standardized, keras.layers.Conv3D):  # type: ignore[misc]
    """Conv3D with standardised weights."""


class _Rearranged(keras.layers.Layer):  # type: ignore[misc]
    """Blocks of positions and channels, where several lengths are open: Keras' Reshape takes one.

    factor: the lengths of a block. order: of the channels, ``tensorflow`` (place, channel) or ``pytorch`` (channel,
    place). A value is (batch, *lengths, channels).
    """

    def __init__(self, factor: tuple[int, ...], order: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = tuple(factor)
        self.order = order

    def deep(self, lengths: tuple[Any, ...], channels: int) -> tuple[Any, ...]:
        """The shape, but for the batch, in which places and channels have axes of their own behind the lengths."""
        first = self.order == "tensorflow"
        return (*lengths, *self.factor, channels) if first else (*lengths, channels, *self.factor)

    def widening(self) -> tuple[int, ...]:
        """The order of the axes that puts each place behind its length, and the channels last."""
        rank = len(self.factor)
        start, last = (rank + 1, 2 * rank + 1) if self.order == "tensorflow" else (rank + 2, rank + 1)
        return (0, *chain.from_iterable((1 + axis, start + axis) for axis in range(rank)), last)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "order": self.order}


@keras.saving.register_keras_serializable("resnet_dsl")
class DepthToSpace(_Rearranged):
    """Each position becomes a block of positions with fewer channels (Shi et al. 2016)."""

    def call(self, inputs: Any) -> Any:
        batch, *lengths, _ = keras.ops.shape(inputs)
        channels = inputs.shape[-1] // prod(self.factor)
        deep = keras.ops.reshape(inputs, (batch, *self.deep(tuple(lengths), channels)))
        wide = keras.ops.transpose(deep, self.widening())
        spread = (length * factor for length, factor in zip(lengths, self.factor, strict=True))
        return keras.ops.reshape(wide, (batch, *spread, channels))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        batch, *lengths, entering = input_shape
        axes = zip(lengths, self.factor, strict=True)
        spread = (None if length is None else length * factor for length, factor in axes)
        return (batch, *spread, entering // prod(self.factor))


@keras.saving.register_keras_serializable("resnet_dsl")
class SpaceToDepth(_Rearranged):
    """Each block of positions becomes one position with more channels: the inverse of ``DepthToSpace``."""

    def call(self, inputs: Any) -> Any:
        batch, *lengths, _ = keras.ops.shape(inputs)
        entering = inputs.shape[-1]
        gathered = tuple(length // factor for length, factor in zip(lengths, self.factor, strict=True))
        pairs = zip(gathered, self.factor, strict=True)
        wide = keras.ops.reshape(inputs, (batch, *chain.from_iterable(pairs), entering))
        order = self.widening()
        deep = keras.ops.transpose(wide, tuple(order.index(axis) for axis in range(len(order))))
        return keras.ops.reshape(deep, (batch, *gathered, entering * prod(self.factor)))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        batch, *lengths, entering = input_shape
        axes = zip(lengths, self.factor, strict=True)
        gathered = (None if length is None else length // factor for length, factor in axes)
        return (batch, *gathered, entering * prod(self.factor))


@keras.saving.register_keras_serializable("resnet_dsl")
class Resize(keras.layers.Layer):  # type: ignore[misc]
    """Another size over one, two or three axes, channels last; the middles of cells stay in place (half-pixel centres).

    size: lengths of the result; None where it is that of a second value, which is called with.
    method: ``nearest``, or ``bilinear`` (linear along each axis). Places are worked out in whole numbers: exact, and
    alike on every backend.
    """

    def __init__(self, *args: Any, size: Any = None, method: str = "nearest", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size = None if size is None else tuple(size)
        self.method = method

    def call(self, value: Any, like: Any = None) -> Any:
        entering = keras.ops.shape(value)[1:-1]
        leaving = self.size or keras.ops.shape(like)[1:-1]
        for axis, (old, new) in enumerate(zip(entering, leaving, strict=True), start=1):
            value = self._along(value, axis, old, new)
        return value

    def _along(self, value: Any, axis: int, old: Any, new: Any) -> Any:
        """One axis: position i lies at (i + 1/2) * old / new - 1/2."""
        at, unit = (2 * _counted(new) + 1) * _wide(old), 2 * _wide(new)
        if self.method == "nearest":
            return _taken(value, at // unit, axis)
        at = at - _wide(new)
        below = at // unit
        share = keras.ops.cast((at - below * unit) / unit, value.dtype)
        share = keras.ops.reshape(share, [-1 if one == axis else 1 for one in range(len(value.shape))])
        last = _wide(old) - 1
        first, second = (keras.ops.clip(one, 0, last) for one in (below, below + 1))
        return _taken(value, first, axis) * (1 - share) + _taken(value, second, axis) * share

    def compute_output_shape(self, value_shape: Any, like_shape: Any = None) -> tuple[Any, ...]:
        return (value_shape[0], *(self.size or like_shape[1:-1]), value_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "method": self.method}


@keras.saving.register_keras_serializable("resnet_dsl")
class Crop(keras.layers.Layer):  # type: ignore[misc]
    """The middle of a value, as long as a second one, channels last; of an odd number one position more goes behind."""

    def call(self, value: Any, like: Any) -> Any:
        old, new = keras.ops.shape(value)[1:-1], keras.ops.shape(like)[1:-1]
        starts = [(one - other) // 2 for one, other in zip(old, new, strict=True)]
        inside = (slice(start, start + length) for start, length in zip(starts, new, strict=True))
        return value[(slice(None), *inside)]

    def compute_output_shape(self, value_shape: Any, like_shape: Any) -> tuple[Any, ...]:
        return (value_shape[0], *like_shape[1:-1], value_shape[-1])


def _counted(length: Any) -> Any:
    """0, 1, … in whole numbers wide enough for products of lengths: with NumPy where the length is known."""
    return np.arange(length, dtype="int64") if isinstance(length, int) else keras.ops.arange(length, dtype="int64")


def _wide(length: Any) -> Any:
    return length if isinstance(length, int) else keras.ops.cast(length, "int64")


def _taken(value: Any, places: Any, axis: int) -> Any:
    return keras.ops.take(value, keras.ops.convert_to_tensor(places, "int32"), axis=axis)
