"""Functions that stand in a model as layers do: those of ``keras.ops``, operators, and Keras 2's of TensorFlow.

Keras 3 says how a function was made (``config``) and called (``args``, ``kwargs``): together they are its settings.
"""

from __future__ import annotations

from collections.abc import Mapping

_TWO = ("x1", "x2")
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    **{f"ops.{name}": _TWO for name in ("add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum")},
    **{f"ops.{name}": _TWO for name in ("equal", "matmul")},
    "ops.pad": ("x", "pad_width", "mode", "constant_values"),
    "ops.repeat": ("x", "repeats", "axis"),
    "ops.flip": ("x", "axis"),
    "ops.mean": ("x", "axis", "keepdims"),
    "ops.max": ("x", "axis", "keepdims", "initial"),
    "ops.cast": ("x", "dtype"),
    "ops.gelu": ("x", "approximate"),
    "ops.leaky_relu": ("x", "negative_slope"),
    "ops.reshape": ("x", "newshape"),
    "ops.transpose": ("x", "axes"),
    "ops.clip": ("x", "x_min", "x_max"),
    "ops.softmax": ("x", "axis"),
    "ops.concatenate": ("xs", "axis"),
    "ops.split": ("x", "indices_or_sections", "axis"),
    "slice": ("x", "key"),
}
"""The names of what functions are called with, in order; of all others only the first is one: ``x``."""

RENAMED: Mapping[str, str] = {
    "ops.absolute": "ops.abs",
    "ops.get_item": "slice",
    "ops.true_divide": "ops.divide",
    "ops.swish": "ops.silu",
    "ops.hard_swish": "ops.hard_silu",
}
"""Functions that go by several names."""

OF_TENSORFLOW: Mapping[str, str] = {
    **{f"__operators__.{name}": f"ops.{name}" for name in ("add", "subtract", "multiply")},
    **{f"math.{name}": f"ops.{name}" for name in ("add", "subtract", "multiply", "divide", "sigmoid", "tanh", "abs")},
    **{f"nn.{name}": f"ops.{name}" for name in ("relu", "relu6", "sigmoid", "tanh", "elu", "selu", "softplus", "silu")},
    "math.truediv": "ops.divide",
    "__operators__.truediv": "ops.divide",
    "__operators__.getitem": "slice",
    "nn.swish": "ops.silu",
    "math.reduce_mean": "ops.mean",
    "math.reduce_max": "ops.max",
}
"""Those of TensorFlow that Keras 2 writes as ``TFOpLambda``, where the language has what they compute."""

SAID_THERE: Mapping[str, str] = {
    **dict.fromkeys(("x", "input_tensor", "features", "value"), "x"),
    "slice_spec": "key",
    **{"y": "x2", "keepdims": "keepdims", "axis": "axis", "approximate": "approximate"},
}
"""What TensorFlow calls what a function is called with."""
