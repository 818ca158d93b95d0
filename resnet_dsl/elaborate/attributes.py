"""What a value that flows says of itself: `in.channels`, `a.shape`."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate.values import Constant, Items, PoisonedError, Value
from resnet_dsl.elaborate.wording import sort_of
from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.sizes import SIDES, written_size
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

ATTRIBUTES: dict[str, Callable[[Value], Constant]] = {
    "channels": lambda value: channels(value.shape),
    "shape": lambda value: written_size(value.shape),
    "rank": lambda value: len(value.shape) - 1,
}
"""What a value has."""


def attribute_of(value: Constant, name: tree.Token) -> Constant:
    """What a value says of itself. Raises DiagnosticError where it is none, or has no such attribute.

    Raises PoisonedError where that is not known behind a mistake.
    """
    if not isinstance(value, Value) or name.text not in ATTRIBUTES:
        raise DiagnosticError(_unknown_attribute(name.text, value, name.span))
    attribute = ATTRIBUTES[name.text]
    found = attribute(value)
    if any(attribute(value._replace(shape=other)) != found for other in value.others):
        raise PoisonedError
    return found


def _unknown_attribute(name: str, value: Constant, span: Span) -> Diagnostic:
    sort = sort_of(value)
    if isinstance(value, Value):
        return Diagnostic("E0219", f"{sort} has no `{name}`", Label(span), help=_attribute_meant(name, value))
    remedy = "only values that flow (`in`, a named result) have attributes"
    sides = SIDES.get(len(value) - 1, ()) if isinstance(value, tuple) and not isinstance(value, Items) else ()
    if name in sides:
        remedy = f"write `[{sides.index(name)}]` behind its name for its {name}"
    elif isinstance(value, tuple):
        remedy = "`len(a)` is how many numbers it holds, `a[0]` the first one"
    return Diagnostic("E0219", f"{sort} has no `{name}`", Label(span), help=remedy)


_ALIKE = {
    **dict.fromkeys(("depth", "filters", "features", "planes", "width_of_channels", "c"), "channels"),
    **dict.fromkeys(("size", "dims", "dim", "output", "shape_of"), "shape"),
    **dict.fromkeys(("ndim", "ndims", "axes", "dimensions"), "rank"),
}
"""What other tools call what a value has."""


def _attribute_meant(name: str, value: Value) -> str:
    near = _ALIKE.get(name) or nearest(name, ATTRIBUTES)
    if near is not None:
        return f"did you mean `{near}`?"
    sides = SIDES.get(len(value.shape) - 1, ())
    position = sides.index(name) if name in sides else 0
    side = f"its {name}" if name in sides else "the first length"
    return f"it has {listed(ATTRIBUTES)}: after `let size = in.shape`, `size[{position}]` is {side}"
