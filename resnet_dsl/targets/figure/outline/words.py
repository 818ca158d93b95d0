"""What figures and tables say of operations, blocks, shapes and counts: short, printable, for people."""

from __future__ import annotations

from collections.abc import Collection, Container

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Scope
from resnet_dsl.ir.notation import times
from resnet_dsl.ir.operations import OPERATIONS

_LONG = "global avg pool"
LONGEST = 48
"""Letters of a label; a longer name (it is a stranger's text) is cut."""


def clean(text: str, longest: int = LONGEST) -> str:
    """A stranger's text as one printable line of bounded length."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * longest])
    line = " ".join(line.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def label(node: Node) -> str:
    """What a row says of an operation: ``3×3 conv, 64``."""
    write = OPERATIONS[node.op].label
    return write(node.args) if write else node.op.replace("_", " ")


def short(words: str, kept: Container[str] = ()) -> str:
    """A label as a stage's card says it: ``3×3, 64``. kept: words that a theme replaces, which stay until it does."""
    return words.replace(" conv, ", ", ").replace(_LONG, _LONG if _LONG in kept else "avg pool")


def call(scope: Scope) -> str:
    """A block as it was called: ``se(16)``."""
    given = ", ".join(_plain(value) for value in scope.args.values() if isinstance(value, int | float | str))
    return clean(f"{scope.block or scope.name}({given})" if given else scope.block or scope.name, 28)


def _plain(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def size(shape: Shape) -> str:
    """The spatial size for people: ``56×56``; of a vector its length: ``1000-d``."""
    return times(shape[:-1]) if len(shape) > 1 else f"{shape[0]}-d"


def whole(shape: Shape) -> str:
    """A shape for people: ``56×56×64``, ``?×?×3``, ``1000-d``."""
    return times(shape) if len(shape) > 1 else f"{shape[0]}-d"


def count(number: int | None) -> str:
    """A count for people, three digits: ``25.6M``, ``1.73k``, ``64``; unknown while an input length is open."""
    if number is None:
        return "?"
    for unit, factor in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= factor * 0.9995:
            value = number / factor
            return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}{unit}"
    return str(number)


def adapting(operations: Collection[str]) -> str:
    """The paper's words (He et al. 2015, section 3.3): option A pads with zeros, B and C project."""
    if any(OPERATIONS[one].role == "weighted" for one in operations):
        return "projection"
    return "padded" if "pad_channels" in operations else "adapted"
