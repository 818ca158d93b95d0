"""`same` padding in all convolutions where some need it: one default says it, for blocks with strides and without."""

from __future__ import annotations

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.normal import resolved
from resnet_dsl.importing.words import Args
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument


def needs_same(program: Program) -> bool:
    return any(line.name == "conv" and line.args.get("pad") == "same" for line in program.lines)


def with_same(program: Program) -> Program:
    """With `pad = same` in each convolution that has no other padding, where it comes to the same numbers."""
    lines = tuple(_padded(line, program.shape(line.reads[0])) for line in program.lines)
    return Program(program.entries, lines, program.outputs, program.nodes)


def _padded(line: Line, shape: Shape) -> Line:
    if line.name != "conv" or "pad" in line.args:
        return line
    given = {one.name: line.args.get(one.name, one.default) for one in OPERATIONS["conv"].parameters}
    if _border(given, shape) != _border({**given, "pad": "same"}, shape):
        return line
    ordered = {name: value for name, value in {**given, "pad": "same"}.items() if name in line.args or name == "pad"}
    return line.renamed("conv", ordered)


def _border(args: Args, shape: Shape) -> Argument:
    try:
        settled = OPERATIONS["conv"].settle(args, (shape,))
    except UnfitError:
        return None
    return resolved("conv", settled, shape)["pad"]
