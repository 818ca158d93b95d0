"""The layers of our own: what neither a layer of Keras nor a composition of its operations can express.

They are registered with Keras under the package name ``resnet_dsl``: a file that holds one is loaded by
``keras.saving.load_model`` once this module has been imported (``import resnet_dsl.layers``).
"""

from __future__ import annotations

from typing import Any

import keras


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
