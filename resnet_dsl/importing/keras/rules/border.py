"""The border in front of a window: Keras adds it by a layer of its own, the language says it with the window."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.importing.keras.at import At
from resnet_dsl.importing.keras.called import Called, UnknownError
from resnet_dsl.importing.keras.settings import LayerSettings
from resnet_dsl.ir.windows import reach
from resnet_dsl.sentences import counted
from resnet_dsl.targets.keras.lower.pooling import LOWEST

Widths = tuple[tuple[int, int], ...]


def expect_rank(at: At, node: int, rank: int) -> None:
    """That a layer for so many axes runs over such a map. Raises UnknownError."""
    entering = len(at.shape(node)) - 1
    if entering != rank:
        raise at.cannot(f"runs along {counted(rank, 'axis')}, and what enters has {entering}")


class KerasBorder(NamedTuple):
    """What a window runs over. node: of the map without it. fill: as operations say it."""

    node: int
    pad: Widths
    fill: str


def border_before(at: At, rank: int, *fills: str) -> KerasBorder:
    """The border that the call in front adds, where it is of one of these fills; else none."""
    before = at.before()
    found = None if before is None else border_of(before[0], rank)
    if before is None or found is None or found[1] not in fills:
        return KerasBorder(at.input, ((0, 0),) * rank, "zeros")
    return KerasBorder(before[1], *found)


def border_of(called: Called, rank: int) -> tuple[Widths, str] | None:
    """The border that a call adds, and what stands in it; None where it does something else."""
    try:
        settings = LayerSettings(called)
        if called.kind == f"ZeroPadding{rank}D":
            found = settings.widths("padding", rank), "zeros"
        elif called.kind == "ops.pad":
            first, *pads, last = settings.widths("pad_width", rank + 2)
            fill = _fill(settings)
            if fill is None or any((*first, *last)):
                return None
            found = tuple(pads), fill
        else:
            return None
        settings.done()
    except UnknownError:
        return None
    return found


def _fill(settings: LayerSettings) -> str | None:
    mode, value = settings.take("mode", "constant"), settings.take("constant_values", 0)
    if mode == "constant" and isinstance(value, int | float):
        return "zeros" if value == 0 else "lowest" if value <= LOWEST else None
    return mode if mode == "reflect" else None


def explicit_or_same(kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Widths | str:
    """Keras' ``same``: in numbers where these are the usual ones whatever the length is, else as a word."""
    reaches = tuple(map(reach, kernel, dilation))
    even = all(taps % 2 for taps in reaches)
    if all(taps == 1 for taps in reaches) or (even and max(stride) == 1):
        return tuple((taps // 2, taps // 2) for taps in reaches)
    return "same"
