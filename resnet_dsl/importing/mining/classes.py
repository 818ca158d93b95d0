"""The number of classes, as a parameter: the channels of the layer that tells them."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.importing.mining.network import MinedPart
from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.words import Expression
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import is_integer

_CLASSES = "classes"

_BEHIND = {"upsample", "resize", "flatten", "avgpool"}
"""What may stand behind a convolution that tells the classes, with activations."""


def with_classes(program: Program, parts: Sequence[MinedPart]) -> tuple[Program, dict[str, int]]:
    """The program with the parameter, and what it is; none where no layer tells classes."""
    value = _classifier(program, parts)
    line = None if value is None else program.line(value)
    if value is None or line is None:
        return program, {}
    key = "units" if line.name == "dense" else "channels"
    lines = {**dict(program.values()), value: line.renamed(line.name, {**line.args, key: Expression(_CLASSES)})}
    number = line.args[key]
    assert is_integer(number)
    return rebuilt(program, [*lines.items()]), {_CLASSES: number}


def _classifier(program: Program, parts: Sequence[MinedPart]) -> int | None:
    """The last layer of a head with one output; None where what stands behind it is no end of a classification."""
    if not parts or parts[-1].kind != "head" or len(program.outputs) > 1:
        return None
    start = parts[-2].end if len(parts) > 1 else 0
    weighted = [value for value, line in program.values() if value > start and line.name in ("dense", "conv")][-1:]
    behind = [line for value, line in program.values() if weighted and value > weighted[0]]
    lines = [line for line in map(program.line, weighted) if line is not None]
    return weighted[0] if lines and _tells(lines[0], behind) else None


def _tells(line: Line, behind: Sequence[Line]) -> bool:
    """A dense layer before activations alone; a convolution whose channels become probabilities, or are averaged."""
    if line.name == "dense":
        return all(map(_activates, behind))
    light = all(_activates(one) or one.name in _BEHIND for one in behind)
    return light and "groups" not in line.args and any(map(_ends, behind))


def _activates(line: Line) -> bool:
    return line.name in OPERATIONS and OPERATIONS[line.name].role == "activation"


def _ends(line: Line) -> bool:
    return line.name == "softmax" or line.args.get("kernel") == "global"
