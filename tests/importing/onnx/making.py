"""Small models in ONNX, made operator by operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def node(kind: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    """``node("Add", "x y", "sum")``; its name is that of its first output."""
    names = outputs.split()
    return helper.make_node(kind, [one if one != "_" else "" for one in inputs.split()], names, names[0], **attributes)


def model(
    nodes: Sequence[Any],
    size: Sequence[Any] = ("batch", 4, 8, 8),
    arrays: dict[str, Any] | None = None,
    opset: int = 20,
    outputs: Sequence[str] = ("y",),
    kind: int = FLOAT,
) -> Any:
    """A model of one input ``x``."""
    ends = [helper.make_tensor_value_info(one, FLOAT, None) for one in outputs]
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in (arrays or {}).items()]
    graph = helper.make_graph(list(nodes), "net", [helper.make_tensor_value_info("x", kind, size)], ends, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def file(folder: Path, made: Any) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path


def floats(*size: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


__all__ = ["FLOAT", "file", "floats", "model", "node", "onnx"]
