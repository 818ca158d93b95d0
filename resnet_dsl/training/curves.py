"""The paper's Figure 4: training error (thin) and test error (bold) by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from resnet_dsl.training.history import Row
from resnet_dsl.training.plotting import COLOURS, DASHES, save, settings

THIN, BOLD = 0.9, 2.4


@dataclass(frozen=True)
class Curve:
    """One network: its history for each of its seeds."""

    name: str
    residual: bool
    histories: Sequence[Sequence[Row]]

    def errors(self, part: str) -> NDArray[np.float64]:
        """Errors of ``part``, train or test, in percent: shape (seeds, epochs), the epochs that all seeds reached."""
        epochs = min(len(rows) for rows in self.histories)
        return np.asarray([[100 * getattr(row, f"{part}_error") for row in rows[:epochs]] for rows in self.histories])


def draw(stem: Path, curves: Sequence[Curve]) -> list[Path]:
    """Write ``stem`` as .svg and .png; plain and residual networks stand side by side in two panels, as there."""
    panels = [group for group in _panels(curves) if group[1]]
    written = [stem.with_suffix(suffix) for suffix in (".svg", ".png")]
    with settings():
        figure = _figure(panels)
        for path in written:
            save(figure, path)
    return written


def _panels(curves: Sequence[Curve]) -> list[tuple[str, list[Curve]]]:
    plain = [curve for curve in curves if not curve.residual]
    residual = [curve for curve in curves if curve.residual]
    if len(curves) == 1:
        return [("", list(curves))]
    return [("plain", plain), ("residual", residual)]


def _figure(panels: list[tuple[str, list[Curve]]]) -> Figure:
    figure = Figure(figsize=(0.6 + 3.7 * len(panels), 3.3), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, (title, curves) in zip(axes, panels, strict=True):
        axis.set_title(title)
        axis.set_xlabel("epoch")
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", linewidth=0.4, color="#CCCCCC")
        for number, curve in enumerate(curves):
            _plot(axis, curve, COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)])
    axes[0].set_ylabel("error (%)")
    axes[0].set_ylim(bottom=0)
    for axis, (_, curves) in zip(axes, panels, strict=True):
        _label(axis, curves)
    return figure


def _plot(axis: Any, curve: Curve, colour: str, dashes: Any) -> None:
    for part, width in (("train", THIN), ("test", BOLD)):
        errors = curve.errors(part)
        epochs = np.arange(1, errors.shape[1] + 1)
        axis.plot(epochs, errors.mean(0), color=colour, linewidth=width, linestyle=dashes)
        if len(errors) > 1:
            axis.fill_between(epochs, errors.min(0), errors.max(0), color=colour, alpha=0.13, linewidth=0)


def _label(axis: Any, curves: list[Curve]) -> None:
    """Names at the ends of the bold curves, moved apart where they would touch."""
    bottom, top = axis.get_ylim()
    gap = (top - bottom) * 0.055
    ends = sorted((float(curve.errors("test")[:, -1].mean()), number) for number, curve in enumerate(curves))
    at = bottom
    for height, number in ends:
        at = max(height, at + gap)
        curve = curves[number]
        last = curve.errors("test").shape[1]
        axis.annotate(
            curve.name, (last, height), (last * 1.03, at), color=COLOURS[number % len(COLOURS)],
            va="center", annotation_clip=False, fontweight="bold", fontsize=8,
        )  # fmt: skip
