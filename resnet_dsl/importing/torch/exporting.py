"""A module followed by torch: which operators it calls, on which of its tensors, and what it returns under which name.

`torch.export` runs the module's own code on tensors without numbers. Nothing is loaded: the module is in hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from resnet_dsl.extras import MissingPackageError, is_installed
from resnet_dsl.failure import reason
from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.torch.values import Constant
from resnet_dsl.importing.torch.views import BATCH


class TorchProgram(NamedTuple):
    """What a module does to its inputs.

    nodes: torch.fx nodes, each a call of an operator that changes none of its arguments.
    constants: the module's tensors, by the names of their placeholders.
    inputs: what each placeholder of an input is called. outputs: the nodes that are returned, by name and in order.
    noise: the rates of what drops numbers while it trains, and is left out.
    """

    nodes: Sequence[Any]
    constants: Mapping[str, Constant]
    inputs: Mapping[str, str]
    outputs: Mapping[str, Any]
    noise: Sequence[float] = ()


def need_torch() -> None:
    """Raises MissingPackageError where torch is not installed."""
    if not is_installed("torch"):
        raise MissingPackageError(["torch"], "modules are read with a package that is not installed: torch")


@contextmanager
def evaluating(module: Any) -> Iterator[None]:
    """The module at inference, and afterwards as it was."""
    modes = [(one, one.training) for one in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for one, mode in modes:
            one.training = mode


def followed(module: Any, arguments: Sequence[Any], named: Mapping[str, Any], source: str) -> TorchProgram:
    """What the module does to examples. Raises NotImportedError where torch cannot follow it."""
    import torch

    several = torch.utils._pytree.tree_map(_several, (tuple(arguments), dict(named)))
    with evaluating(module), torch.no_grad():
        try:
            exported = torch.export.export(module, *several)
            plain = exported.run_decompositions({})
        except Exception as error:  # whatever the module's own code raises
            raise _unfollowed(source, error) from error
    return _program(plain, source)._replace(noise=_noise(exported))


def _noise(exported: Any) -> list[float]:
    """At inference nothing drops, and no operator of it is left."""
    calls = [node for node in exported.graph.nodes if "dropout" in str(node.target) and len(node.args) > 1]
    return [node.args[1] for node in calls if node.args[1] > 0]


def _several(example: Any) -> Any:
    """An example of as many samples as axes are told apart with."""
    if not hasattr(example, "expand") or not example.dim():
        return example
    return example[:1].expand(BATCH, *example.shape[1:]).clone()


def _unfollowed(source: str, error: Exception) -> NotImportedError:
    return NotImportedError(
        f"`{source}` cannot be imported: torch.export cannot follow it: {reason(error)}",
        "what it does must not depend on the numbers that flow in; the example must be what it takes",
    )


def _program(exported: Any, source: str) -> TorchProgram:
    signature = exported.graph_signature
    _refuse_state(signature, source)
    constants = {
        one.arg.name: _constant(exported, one, source) for one in signature.input_specs if one.target is not None
    }
    asked = [one.arg.name for one in signature.input_specs if one.kind.name == "USER_INPUT" and one.target is None]
    return TorchProgram(list(exported.graph.nodes), constants, names_of(asked), _outputs(exported))


def _refuse_state(signature: Any, source: str) -> None:
    """Only results and changed inputs may come out."""
    for one in signature.output_specs:
        if one.kind.name not in ("USER_OUTPUT", "USER_INPUT_MUTATION"):
            raise NotImportedError(
                f"`{source}` cannot be imported: it changes its own `{one.target}` while it computes",
                "a network keeps nothing from one call to the next",
            )


def _constant(exported: Any, spec: Any, source: str) -> Constant:
    """A parameter or a buffer. Tensors that are one are known by their place in memory."""
    import torch

    held = exported.state_dict.get(spec.target)
    tensor = (exported.constants[spec.target] if held is None else held).detach()
    if tensor.is_meta or tensor.is_complex() or tensor.is_quantized or tensor.layout != torch.strided:
        why = "has no numbers" if tensor.is_meta else "is complex, quantised or sparse"
        raise NotImportedError(f"`{source}` cannot be imported: its `{spec.target}` {why}")
    key = (tensor.data_ptr(), tuple(tensor.shape), tuple(tensor.stride())) if tensor.numel() else (spec.target,)
    return Constant(tensor, key, spec.kind.name == "PARAMETER", spec.target)


def _outputs(exported: Any) -> dict[str, Any]:
    from torch.utils import _pytree

    nodes = list(exported.graph.nodes)[-1].args[0]
    kinds = [one.kind.name for one in exported.graph_signature.output_specs]
    returned = [node for node, kind in zip(nodes, kinds, strict=True) if kind == "USER_OUTPUT"]
    paths, _ = _pytree.tree_flatten_with_path(_pytree.tree_unflatten(returned, exported.call_spec.out_spec))
    found = [(_name(path), node) for path, node in paths if node is not None]
    return dict(zip(names_of([name for name, _ in found]).values(), [node for _, node in found], strict=True))


def _name(path: Sequence[Any]) -> str:
    """What a result is called: ``out`` for ``["out"]``, ``output_1`` for ``[1]``."""
    keys = [str(getattr(key, "key", getattr(key, "name", getattr(key, "idx", key)))) for key in path]
    return "_".join(["output", *keys] if not keys or keys[0].isdigit() else keys)


def names_of(given: Sequence[str]) -> dict[str, str]:
    """Each of them as the language writes names, no two alike."""
    found: dict[str, str] = {}
    for one in given:
        name = re.sub(r"\W+", "_", one, flags=re.ASCII).strip("_").lower() or "value"
        name = f"_{name}" if name[0].isdigit() else name
        while name in found.values():
            name += "_"
        found[one] = name
    return found
