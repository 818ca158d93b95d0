"""Modules read into flat networks, which the interpreter computes beside the modules themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.torch import flat_of_module
from tests.interpreter.interpret import interpret

SAMPLES = 3


def shaken(module: Any) -> Any:
    """With numbers that tell its tensors apart: statistics, factors and offsets that are not 0 and 1."""
    import torch

    draws = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in (*module.named_buffers(), *module.named_parameters()):
            if name.endswith("running_var"):
                tensor.copy_(torch.rand(tensor.shape, generator=draws) / 2 + 0.75)
            elif tensor.is_floating_point() and (tensor.dim() < 2 or 1 in tensor.shape) and not name.endswith("fixed"):
                tensor.add_(torch.randn(tensor.shape, generator=draws) / 10)
    return module


def examples(shapes: Sequence[tuple[int, ...]]) -> tuple[Any, ...]:
    """Tensors of one sample, in torch's order of axes."""
    import torch

    return tuple(torch.zeros(1, *shape) for shape in shapes)


def batches(flat: FlatNetwork) -> list[Any]:
    random = np.random.default_rng(0)
    inputs = flat.graph.nodes[: flat.graph.inputs]
    return [random.standard_normal((SAMPLES, *one.args["shape"])).astype(np.float32) for one in inputs]  # type: ignore[misc]


def distance(found: Sequence[Any], wanted: Sequence[Any]) -> float:
    """Of the largest number that is wanted."""
    pairs = zip(found, wanted, strict=True)
    assert all(one.shape == other.shape for one, other in zip(found, wanted, strict=True))
    return max(float(np.abs(one - other).max() / np.abs(other).max()) for one, other in pairs)


def read(module: Any, *shapes: tuple[int, ...]) -> FlatNetwork:
    """A module as a flat network that computes what it computes."""
    flat = flat_of_module(shaken(module), examples(shapes))
    given = batches(flat)
    assert flat.run is not None
    wanted = flat.run(given)
    values = interpret(flat.graph, flat.network.weights or {}, given)
    assert distance([values[output.node] for output in flat.graph.outputs], wanted) < 1e-5
    return flat


def operations(flat: FlatNetwork) -> list[str]:
    """What is behind the inputs."""
    return [node.op for node in flat.graph.nodes[flat.graph.inputs :]]
