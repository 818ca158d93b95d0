"""The paper's Figure 4: training error (thin) and test error (bold) by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from resnet_dsl.laboratory.plotting import COLOURS, DASHES, save, settings
from resnet_dsl.laboratory.training.history import EpochRecord

THIN, BOLD, SHADE = 0.9, 2.4, 0.13


@dataclass(frozen=True)
class Curve:
    """One network: its history for each of its seeds."""

    name: str
    residual: bool
    histories: Sequence[Sequence[EpochRecord]]

    def errors(self, part: str) -> NDArray[np.float64]:
        """Errors of ``part``, train or test, in percent: shape (seeds, epochs), the epochs that all seeds reached."""
        epochs = min(len(rows) for rows in self.histories)
        return np.asarray([[100 * getattr(row, f"{part}_error") for row in rows[:epochs]] for rows in self.histories])


def draw(stem: Path, curves: Sequence[Curve]) -> list[Path]:
    """Write ``stem``.svg and .png; plain and residual networks stand side by side in two panels, as there."""
    panels = _panels(curves)
    written = [ending(stem, ".svg"), ending(stem, ".png")]
    with settings():
        figure = _figure(panels)
        for path in written:
            save(figure, path)
    return written


def ending(stem: Path, suffix: str) -> Path:
    """``stem`` with a suffix behind all of its name, dots and all."""
    return stem.with_name(stem.name + suffix)


def _panels(curves: Sequence[Curve]) -> list[tuple[str, list[Curve]]]:
    plain, residual = ([one for one in curves if one.residual == kind] for kind in (False, True))
    return [("plain", plain), ("residual", residual)] if plain and residual else [("", list(curves))]


def _figure(panels: list[tuple[str, list[Curve]]]) -> Figure:
    figure = Figure(figsize=(0.6 + 3.7 * len(panels), 3.5), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, (title, curves) in zip(axes, panels, strict=True):
        axis.set_title(title)
        axis.set_xlabel("epoch")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", linewidth=0.4, color="#CCCCCC")
        for number, curve in enumerate(curves):
            _plot(axis, curve, COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)])
    axes[0].set_ylabel("error (%)")
    seeds = max(len(curve.histories) for _, curves in panels for curve in curves)
    figure.legend(handles=_key(seeds), loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    axes[0].set_ylim(bottom=0)
    for axis, (_, curves) in zip(axes, panels, strict=True):
        _label(axis, curves)
    return figure


def _key(seeds: int) -> list[Any]:
    """What thin, bold and shaded mean."""
    key: list[Any] = [
        Line2D([], [], color="#555555", linewidth=THIN, label="training error"),
        Line2D([], [], color="#555555", linewidth=BOLD, label="test error"),
    ]
    if seeds > 1:
        key.append(Patch(color="#555555", alpha=SHADE, linewidth=0, label=f"range over {seeds} seeds"))
    return key


def _plot(axis: Any, curve: Curve, colour: str, dashes: Any) -> None:
    for part, width in (("train", THIN), ("test", BOLD)):
        errors = curve.errors(part)
        epochs = np.arange(1, errors.shape[1] + 1)
        marker = "o" if len(epochs) == 1 else ""
        axis.plot(epochs, errors.mean(0), color=colour, linewidth=width, linestyle=dashes, marker=marker)
        if len(errors) > 1:
            axis.fill_between(epochs, errors.min(0), errors.max(0), color=colour, alpha=SHADE, linewidth=0)


def _label(axis: Any, curves: list[Curve]) -> None:
    """Names beside the ends of the bold curves, each with a piece of its line; moved apart where they would touch."""
    bottom, top = axis.get_ylim()
    gap = (top - bottom) * 0.06
    ends = sorted((float(curve.errors("test")[:, -1].mean()), number) for number, curve in enumerate(curves))
    at = bottom - gap / 2
    for height, number in ends:
        at = max(height, at + gap)
        colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        beside = axis.get_yaxis_transform()
        axis.plot(
            [1.02, 1.13], [at, at], color=colour, linestyle=dashes, linewidth=BOLD, transform=beside, clip_on=False
        )
        axis.text(1.15, at, curves[number].name, va="center", fontsize=8, transform=beside)
