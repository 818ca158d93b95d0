"""The reference of the operations, written from the registry: what `explain` shows and what the documentation holds."""

from __future__ import annotations

from resnet_dsl.ir.notation import written
from resnet_dsl.ir.operation import RESERVED, Operation, Role
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Parameter

_ROLES: dict[Role, str] = {
    "weighted": "Convolution and dense layers",
    "attention": "Attention",
    "norm": "Normalisation",
    "activation": "Activations",
    "pool": "Pooling",
    "merge": "Merges",
    "scale": "Factors and offsets",
    "noise": "Noise while training",
    "reshape": "Rearrangement",
}


def describe(operation: Operation) -> str:
    """One operation in Markdown: its signature, what it does, and its arguments with types, ranges and defaults."""
    came = (
        ""
        if operation.name in RESERVED
        else " *Came later: a file's own step or value of the name stands in its place.*"
    )
    lines = [f"### `{signature(operation)}`", "", operation.doc + came]
    if operation.parameters:
        lines += ["", "| argument | takes | default | |", "|---|---|---|---|"]
        lines += [_row(parameter) for parameter in operation.parameters]
    return "\n".join(lines)


def signature(operation: Operation) -> str:
    """``conv(channels, kernel, stride = 1, …)``; merges name their values."""
    if operation.many:
        return f"{operation.name}(a, b{', …' if operation.most > 2 else ''})"
    parts = [
        parameter.name if parameter.required else f"{parameter.name} = {default(parameter)}"
        for parameter in operation.parameters
    ]
    return f"{operation.name}({', '.join(parts)})" if operation.parameters else operation.name


def _row(parameter: Parameter) -> str:
    taken = "needed" if parameter.required else f"`{default(parameter)}`"
    return f"| `{parameter.name}` | {parameter.kind.wants} | {taken} | {parameter.doc} |"


def default(parameter: Parameter) -> str:
    """What stands for an argument that is not given."""
    return parameter.computed or written(parameter.default)


def reference() -> str:
    """All operations, family by family, as one page of Markdown."""
    lines = [
        "# Operations",
        "",
        "Written by `resnet-dsl explain --operations` from the registry in `resnet_dsl/ir/operations/`.",
        "An extent (a kernel, a stride) is one number for all axes, or one an axis: `3x1`.",
    ]
    for role, title in _ROLES.items():
        lines += ["", f"## {title}"]
        for operation in OPERATIONS.values():
            if operation.role == role:
                lines += ["", describe(operation)]
    return "\n".join(lines) + "\n"
