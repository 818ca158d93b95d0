"""The ONNX target: from a graph and its weights to a model for inference, without Keras.

Operators take maps with their channels first; inputs and outputs have them last, as in Keras, unless it is asked
otherwise. The graph is lowered to calls (resnet_dsl.targets.onnx.lower) by NumPy alone; `onnx` makes the file of them.
"""

from __future__ import annotations

from resnet_dsl.targets.onnx.model import to_onnx

__all__ = ["to_onnx"]
