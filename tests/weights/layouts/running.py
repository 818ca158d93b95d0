"""What a network computes that was written as an ONNX model."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def run(path: Path, batch: Any) -> Any:
    """Its first output, for images with their channels last; of one that ends in a softmax what goes into that."""
    import onnx
    import onnxruntime

    model = onnx.load(path)
    (last,) = [node for node in model.graph.node if node.output[0] == model.graph.output[0].name]
    wanted = last.input[0] if last.op_type == "Softmax" else last.output[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(wanted, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run([wanted], {"input": batch})[0]
