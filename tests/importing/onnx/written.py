"""Files in ONNX: what ships, written by our own target, and networks of single operators; and what is read of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from resnet_dsl import pipeline, shipped
from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, divides
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.windows import border_of_same, content, reach
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.onnx import to_onnx
from resnet_dsl.targets.onnx.model import calls_of
from resnet_dsl.targets.onnx.writing import save
from tests.interpreter.expected import some_weights

UNSAID = {"init", "momentum", "gamma", "standardize"}
NOISE = {"dropout", "drop_path", "dropblock", "identity"}
"""What stands in no file in ONNX."""


def compiled(name: str) -> Compiled:
    return pipeline.load(str(shipped.find(name))).compile(name)


def written(network: Compiled, path: Path) -> Path:
    """A file of ours, with weights by chance."""
    weights = some_weights(network.graph, network.shapes, np.random.default_rng(0))
    save(calls_of(network.graph, network.shapes, weights, "last", None), path)
    return path


def computed(graph: Graph, shapes: tuple[Shape, ...]) -> Counter[Any]:
    """What each node computes, by all that it is computed from: two graphs are equal where these are."""
    known: list[Any] = []
    for node in graph.nodes:
        inputs = [known[one] for one in node.inputs]
        if node.op in NOISE:
            known.append(inputs[0])
            continue
        said = _resolved(node.op, node.args, shapes, node.inputs)
        shared = node.shares is not None and OPERATIONS[node.op].has_weights
        inputs = sorted(inputs) if node.op == "add" else inputs
        known.append(hash((node.op, tuple(sorted((a, repr(b)) for a, b in said.items())), tuple(inputs), shared)))
    return Counter(known[output.node] for output in graph.outputs)


def _resolved(op: str, args: Any, shapes: tuple[Shape, ...], inputs: tuple[int, ...]) -> dict[str, Any]:
    """The arguments of which a file says something, `same` in numbers, and without those that change nothing."""
    said = {"fill": content(args), **args} if op in ("conv", "avgpool") else dict(args)
    lengths = shapes[inputs[0]][:-1] if inputs and said.get("pad") == "same" else ()
    known = all(map(divides, args["stride"] if lengths else (), lengths)) or all(
        isinstance(one, int) for one in lengths
    )
    if said.get("pad") == "same" and known:
        reaches = map(reach, args["kernel"], args.get("dilation", (1,) * len(lengths)))
        said["pad"] = tuple(border_of_same(*axis) for axis in zip(lengths, reaches, args["stride"], strict=True))
        said |= {"count_border": False} if op == "avgpool" else {}
    border = said.get("pad")
    bare = not (isinstance(border, tuple) and any(map(any, border)))
    idle = {*OPERATIONS[op].ignored(args), *(("fill", "count_border") if bare else ())}
    idle |= {"value"} if args.get("learned") else set()
    idle |= {"epsilon"} if op == "conv" else set()  # of standardised kernels, which files hold as they are
    kept = {name: value for name, value in said.items() if name not in {*UNSAID, *idle}}
    return {name: float(np.float32(value)) if type(value) in (int, float) else value for name, value in kept.items()}


def difference(
    flat: FlatNetwork, path: Path, random: np.random.Generator, count: int = 2, open_length: int = 32
) -> float:
    """The largest difference between the network, compiled to ONNX anew, and the file in ONNX Runtime: as a part of the
    largest number. The reader's own runtime is not asked, but held to the same."""
    graph, shapes, weights = flat.network
    taken = [tuple(one if isinstance(one, int) else open_length for one in shapes[i]) for i in range(graph.inputs)]
    batches = [random.normal(size=(count, *one)).astype(np.float32) for one in taken]
    model = to_onnx(graph, shapes, weights or {})
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(None, dict(zip((one.name for one in session.get_inputs()), batches, strict=True)))
    assert flat.run is not None
    return max(_apart(*pair) for pair in zip(found, flat.run(batches), strict=True))


def _apart(found: Any, expected: Any) -> float:
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())
