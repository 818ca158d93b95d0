"""From a module in hand to a flat network with its weights, and to what runs the module beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError, Run
from resnet_dsl.importing.torch.attending import attentions
from resnet_dsl.importing.torch.exporting import evaluating, followed, need_torch
from resnet_dsl.importing.torch.reading import TorchReader, TracedCall
from resnet_dsl.importing.torch.rules import RULES
from resnet_dsl.importing.torch.rules.formulas import OF_FORMULAS
from resnet_dsl.importing.torch.standing import standing
from resnet_dsl.importing.torch.values import Held
from resnet_dsl.importing.torch.views import cut, in_order

UNSAID = frozenset({"init"})
"""A module in hand has its numbers, and says nothing of what they started from."""

_Arguments: TypeAlias = "tuple[tuple[Any, ...], dict[str, Any]]"


def flat_of_module(module: Any, inputs: Any, name: str | None = None) -> FlatNetwork:
    """A module as a flat network, for inference.

    module: a ``torch.nn.Module``; it stays as it is, in whichever mode. inputs: examples of what it takes, with a batch
    axis and torch's order of axes: a tensor, a sequence of the positional ones, or a mapping of the named ones. Of
    their numbers nothing is read, of their batch's length neither. name: what it is called; its class unless given.

    Raises NotImportedError where the module does what the language cannot say, or depends on its inputs' numbers;
    Failure where it is no module, and MissingPackageError without torch.
    """
    need_torch()
    source, arguments = name or type(module).__name__, _arguments(module, inputs)
    program = followed(module, *arguments, source)
    reader = TorchReader(program, source, RULES, OF_FORMULAS, attentions(program))
    reader.read()
    outputs = {name: _output(reader, name, node) for name, node in program.outputs.items()}
    if not outputs:
        raise NotImportedError(f"`{source}` cannot be imported: it returns no tensor")
    last = [of_lines for _, of_lines in outputs.values()]
    nodes = {name: node for name, (node, _) in outputs.items()}
    return reader.assembler.finish(source, nodes, UNSAID, _run(module, arguments, last), _said(reader))


def _said(reader: TorchReader) -> tuple[str, ...]:
    """What its operators have to say, and what is true of the whole."""
    rates = sorted({f"{rate:g}" for rate in reader.program.noise})
    noise = [f"dropout ({', '.join(rates)}) does nothing at inference, and is left out"] if rates else []
    tensors = [one.tensor.dtype for one in reader.program.constants.values() if one.tensor.is_floating_point()]
    kinds = sorted({str(one).removeprefix("torch.") for one in tensors} - {"float32"})
    return (*reader.said, *noise, *(f"numbers of type {kind} are float32 here" for kind in kinds))


def _arguments(module: Any, inputs: Any) -> _Arguments:
    """What the module is called with: positional, and by name."""
    import torch

    if not isinstance(module, torch.nn.Module):
        raise Failure(
            f"a module of PyTorch is read, and this is {type(module).__name__}",
            "build the module yourself, load its weights into it, and give it: files can hold code, and are not opened",
        )
    if isinstance(inputs, torch.Tensor):
        return (inputs,), {}
    return ((), dict(inputs)) if isinstance(inputs, Mapping) else (tuple(inputs), {})


def _output(reader: TorchReader, name: str, node: Any) -> tuple[int, bool]:
    """The node of a result, and whether the tensor has its channels last, as it is known by how its axes lie."""
    held, at = reader.values[node.name], TracedCall(reader, name)
    if not isinstance(held, Held):
        raise at.refuse("is returned, and does not depend on what flows in")
    rank = len(held.lengths)
    first = (*range(2, rank), 1)
    last = rank > 2 and in_order(cut(held.axes)) and not in_order(cut([held.axes[axis] for axis in first]))
    return standing(at, held, range(1, rank) if last else first), last


def _run(module: Any, arguments: _Arguments, last: Sequence[bool]) -> Run:
    """The module itself, on arrays with their channels last."""
    import torch
    from torch.utils import _pytree

    leaves, spec = _pytree.tree_flatten(arguments)

    def run(inputs: Sequence[Any]) -> Sequence[Any]:
        given = iter(inputs)
        placed = [_tensor(next(given), one) if isinstance(one, torch.Tensor) else one for one in leaves]
        positional, named = _pytree.tree_unflatten(placed, spec)
        with evaluating(module), torch.inference_mode():
            made = [one for one in _pytree.tree_leaves(module(*positional, **named)) if one is not None]
        return [_array(one, of_lines) for one, of_lines in zip(made, last, strict=True)]

    return run


def _tensor(array: Any, like: Any) -> Any:
    """An array with its channels last as a tensor that has them behind the batch, of the example's kind."""
    import torch

    moved = np.ascontiguousarray(np.moveaxis(np.asarray(array), -1, 1))
    return torch.from_numpy(moved).to(like.device, like.dtype)


def _array(tensor: Any, of_lines: bool) -> Any:
    found = tensor.detach().cpu().float().numpy()
    return found if of_lines else np.moveaxis(found, 1, -1)
