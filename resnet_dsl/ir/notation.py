"""How values are written: as the language writes them, and in the labels of figures and tables."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.parameters import Argument


def written(value: Argument) -> str:
    """A value as the language writes it: ``true``, ``25_557_032``, ``0.1``, ``3x1``, ``same``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return show(value)
    return f"{value:_}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def times(numbers: Iterable[object]) -> str:
    """A kernel, a stride or a shape for people: ``3×3``, ``1×7``, ``3``."""
    return "×".join(map(str, numbers))


def once(numbers: tuple[object, ...]) -> str:
    """One number where all axes have the same: ``2``; else all of them: ``2×1``."""
    return str(numbers[0]) if len(set(numbers)) == 1 else times(numbers)


def signed(value: float) -> str:
    """Three digits, with a minus sign that is as long as a plus."""
    return f"{value:.3g}".replace("-", "−")
