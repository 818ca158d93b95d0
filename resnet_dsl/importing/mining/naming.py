"""What a block is called, by what it does."""

from __future__ import annotations

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.ir.operations import OPERATIONS


def name_of(body: Program) -> str:
    """``residual_bottleneck_se``, ``dense_layer``, ``transition``, ``separable``."""
    if len(body.entries) > 1:
        return "fusion"
    last = [line for line in body.lines if line.name not in ("norm", "act") and not _is_light(line)][-1:]
    if any(line.name == "skip" for line in body.lines):
        return _residual(body)
    if last and last[0].name == "concat":
        return "dense_layer" if 0 in last[0].reads else "branches"
    if last and last[0].name == "mul":
        return "gate"
    convs = [line for line in body.lines if line.name == "conv"]
    if len(convs) == 2 and _is_depthwise(convs[0]) and convs[1].args["kernel"] == 1:
        return "separable"
    lowers = any(map(_lowers, body.lines)) and body.lines[0].name != "conv"
    return "transition" if lowers else "unit"


def _residual(body: Program) -> str:
    convs = [line for line in body.lines if line.name == "conv"]
    first = "preact" if body.lines[0].name in OPERATIONS and _is_light(body.lines[0]) else "residual"
    gates = {"mul": "gated", "se": "se", "eca": "eca", "cbam": "cbam"}
    return "_".join([first, _kind(body, convs), *(gates[line.name] for line in body.lines if line.name in gates)])


def _kind(body: Program, convs: list[Line]) -> str:
    if any(line.name == "attention" for line in body.lines):
        return "attention"
    if any(map(_is_depthwise, convs)):
        return "depthwise"
    if any(line.name == "concat" for line in body.lines):
        return "branches"
    ends = {line.args["kernel"] for line in (*convs[:1], *convs[-1:])}
    return "bottleneck" if len(convs) > 2 and ends == {1} else "block"


def _is_depthwise(line: Line) -> bool:
    return bool(line.args.get("groups", 1) == line.args["channels"])


def _is_light(line: Line) -> bool:
    return line.name in OPERATIONS and OPERATIONS[line.name].role in ("norm", "activation", "scale", "noise")


def _lowers(line: Line) -> bool:
    return line.args.get("stride", 1) != 1 or (line.name in OPERATIONS and OPERATIONS[line.name].role == "pool")
