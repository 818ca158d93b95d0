"""Grouped convolutions without the cliff: what is traced on a CPU convolves group by group.

The backends' own kernels for 1 < groups < channels are the slowest thing that a CPU does (their gradients most of all).
Splitting the channels, convolving each group and joining the results computes the same, from the same variable.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from resnet_dsl.targets.keras.backend import has_accelerator
from resnet_dsl.targets.keras.private import UnexpectedKerasError, expect, module

_BACKENDS = ("tensorflow", "jax")
"""PyTorch's kernels for groups are as fast as those without."""


@contextmanager
def groups_apart() -> Iterator[None]:
    """What is traced within convolves group by group, where the backend runs on a CPU and is one that gains by it.

    Depthwise convolutions stay as they are, and so does everything where Keras' inside is another than was known: then
    the results are the same, and only later.
    """
    try:
        functions = _functions()
    except UnexpectedKerasError:
        functions = None
    if functions is None:
        yield
        return
    known = functions.conv
    functions.conv = _by_group(known)
    try:
        yield
    finally:
        functions.conv = known


def _functions() -> Any:
    """The backend's module of convolutions; None where nothing is to be gained."""
    name: str = module("keras.src.backend").backend()
    if name not in _BACKENDS or has_accelerator():
        return None
    functions: Any = module(f"keras.src.backend.{name}.nn")
    expect(module("keras.src.backend").nn is functions, "where convolutions are looked up")
    expect([*inspect.signature(functions.conv).parameters] == _PARAMETERS, "the arguments of a convolution")
    return functions


_PARAMETERS = ["inputs", "kernel", "strides", "padding", "data_format", "dilation_rate"]


def _by_group(known: Any) -> Any:
    """The backend's convolution, group by group where there are several and none is a channel alone."""

    def conv(
        inputs: Any,
        kernel: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
    ) -> Any:
        keras = module("keras")
        axis = -1 if (data_format or keras.config.image_data_format()) == "channels_last" else 1
        own, channels = kernel.shape[-2], inputs.shape[axis]
        groups = 1 if channels is None else channels // own
        if groups == 1 or own == 1 or channels % own or kernel.shape[-1] % groups:
            return known(inputs, kernel, strides, padding, data_format, dilation_rate)
        kernels = keras.ops.split(kernel, groups, axis=-1)
        parts = zip(keras.ops.split(inputs, groups, axis=axis), kernels, strict=True)
        convolved = [known(*part, strides, padding, data_format, dilation_rate) for part in parts]
        return keras.ops.concatenate(convolved, axis=axis)

    return conv
