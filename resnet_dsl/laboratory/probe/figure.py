"""Figures: the gradient by depth, and the paths of a residual network by length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from resnet_dsl.analyses.paths import Paths
from resnet_dsl.laboratory.plotting import COLOURS, DASHES, save, settings
from resnet_dsl.laboratory.signal import Layer, Signal


def draw_signals(path: Path, signals: Sequence[Signal], title: str | None = None) -> None:
    """Root mean squares of gradient (above) and activations (below) at each weighted layer, from input to output.

    One line a network, on a logarithmic scale; where a network is both predicted and measured, the measurement is drawn
    as dots. Written whole or not at all, as the ending says: .svg, .png, .pdf.
    """
    with settings():
        figure = Figure(figsize=(6.4, 5.6), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        draw_layers(upper, signals, "gradient")
        draw_layers(lower, signals, "activation")
        upper.set_title(title or "")
        upper.set_xlabel("")
        upper.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        save(figure, path)


def draw_panels(path: Path, panels: Mapping[str, Sequence[Signal]], names: Sequence[str]) -> None:
    """The gradient at each layer, one panel a kind of network: {title: signals}. Lines are predicted, dots measured.

    names: what the lines of every panel are called, in one legend below.
    """
    columns = min(len(panels), 4)
    rows = -(-len(panels) // columns)
    with settings():
        figure = Figure(figsize=(0.4 + 2.6 * columns, 0.3 + 2.5 * rows), layout="constrained")
        for axis, (title, signals) in zip(figure.subplots(rows, columns).flat, panels.items(), strict=False):
            draw_layers(axis, signals, "gradient")
            axis.set_title(title, fontsize=9)
            axis.set_xlabel("weighted layer")
        lines = [line for line in figure.axes[0].lines if line.get_linestyle() != "None"]
        figure.legend(lines, names, loc="outside lower center", ncols=len(names), frameon=False)
        save(figure, path)


def draw_layers(axis: Any, signals: Sequence[Signal], what: str) -> None:
    """One quantity of several signals over the number of the layer."""
    lines = {name: number for number, name in enumerate(dict.fromkeys(one.network for one in signals))}
    predicted = {one.network for one in signals if one.source == "predicted"}
    for signal in signals:
        number = lines[signal.network]
        beside = signal.source == "measured" and signal.network in predicted
        axis.semilogy(
            *_points(signal.layers, what),
            color=COLOURS[number % len(COLOURS)],
            linestyle="none" if beside else DASHES[number % len(DASHES)],
            marker="o" if beside else "",
            markersize=2.2,
            linewidth=1.3,
            label=f"{signal.network}, {signal.source}",
        )
    axis.set_xlabel("weighted layer, from input to output")
    axis.set_ylabel(f"{what}, root mean square")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="y", linewidth=0.4, color="#CCCCCC")


def _points(layers: Sequence[Layer], what: str) -> tuple[list[int], list[float]]:
    """Layer numbers from 1 and sizes; zeros have no place on a logarithmic scale."""
    known = [(number, getattr(layer, what)) for number, layer in enumerate(layers, 1)]
    shown = [(number, sqrt(square)) for number, square in known if square > 0]
    return [number for number, _ in shown], [size for _, size in shown]


def draw_paths(path: Path, networks: Sequence[tuple[str, Paths]]) -> None:
    """The share of all paths by how many residual branches they pass, one line a network.

    As in Veit et al. 2016, figure 6a. Written whole or not at all.
    """
    with settings():
        figure = Figure(figsize=(5.2, 3.3), layout="constrained")
        axis = figure.subplots()
        for number, (name, paths) in enumerate(networks):
            shares = paths.shares()
            axis.plot(
                range(len(shares)),
                shares,
                color=COLOURS[number % len(COLOURS)],
                linestyle=DASHES[number % len(DASHES)],
                marker="o" if len(shares) < 2 else "",
                label=name,
            )
        axis.set_xlabel("residual branches on the path")
        axis.set_ylabel("share of the paths")
        axis.set_ylim(bottom=0)
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(fontsize=8, frameon=False)
        save(figure, path)
