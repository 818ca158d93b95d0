"""Prediction and probe side by side: plain and residual, with and without normalisation, He and Glorot, three depths.

    python benchmarks/gradients.py --data mnist5k --seeds 2 --output docs/figures

writes gradients.svg (lines: predicted; dots: measured) and gradients.md (the table), and prints how well they
agree. The data are those of `resnet-dsl train --data`, pooled to the networks' 14x14 and standardised.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import resnet_dsl
from resnet_dsl.laboratory.data.load import load
from resnet_dsl.laboratory.probe import Agreement, agreement, probe, typical
from resnet_dsl.laboratory.probe.figure import draw_panels
from resnet_dsl.laboratory.signal import Signal, predict

SPEC = Path(__file__).with_suffix(".resnet")
DEPTHS = (20, 56, 110)


def batch(data: str, samples: int, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Images with mean 0 and variance 1, (samples, size, size, channels), and their labels."""
    dataset = load(data, resize=(size, size))
    picks = np.random.default_rng(0).permutation(len(dataset.train))[:samples]
    images = dataset.train.read(picks)
    return (images - images.mean()) / images.std(), dataset.train.labels[picks]


def networks(channels: int, classes: int) -> Iterator[tuple[str, Any]]:
    spec = resnet_dsl.load(str(SPEC))
    for depth in DEPTHS:
        for name in spec.networks:
            network = spec.network(name, input_size=(14, 14, channels), n=(depth - 2) // 6, classes=classes)
            yield f"{name}{depth}", network.compiled


def compare(data: str, samples: int, seeds: int) -> list[tuple[Signal, Signal]]:
    images, labels = batch(data, samples, 14)
    pairs = []
    for name, compiled in networks(images.shape[-1], int(labels.max()) + 1):
        graph, shapes = compiled.graph, compiled.shapes
        measured = typical([probe(graph, shapes, images, labels, seed=seed) for seed in range(seeds)])
        pairs.append((replace(predict(graph, shapes), network=name), replace(measured, network=name)))
        print(row(*pairs[-1]), flush=True)
    return pairs


def row(predicted: Signal, measured: Signal) -> str:
    ratio = measured.growth / predicted.growth - 1
    return (
        f"| {predicted.network} | {predicted.growth:.3f} | {measured.growth:.3f} | {ratio:+.1%} "
        f"| {predicted.decades:.2f} | {measured.decades:.2f} | {predicted.verdict} |"
    )


def summary(found: Agreement) -> str:
    return (
        f"Correlation of the logarithms over all layers: {found.correlation:.4f}. Median error: {found.error:.2f} "
        f"decades. Growth a convolution: within {found.worst_growth:.1%}."
    )


def panels(pairs: list[tuple[Signal, Signal]]) -> dict[str, list[Signal]]:
    """One panel a kind of network, three depths in each."""
    kinds = dict.fromkeys(predicted.network.rstrip("0123456789") for predicted, _ in pairs)
    inside = {kind: [pair for pair in pairs if pair[0].network.rstrip("0123456789") == kind] for kind in kinds}
    return {kind.replace("_", ", "): [one for pair in found for one in pair] for kind, found in inside.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist5k")
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path())
    chosen = parser.parse_args()
    print(HEADER)
    pairs = compare(chosen.data, chosen.samples, chosen.seeds)
    found = agreement(pairs)
    print(f"\n{summary(found)}")
    draw_panels(chosen.output / "gradients.svg", panels(pairs), [f"{depth} layers" for depth in DEPTHS])
    table = "\n".join([HEADER, *(row(*pair) for pair in pairs), "", summary(found), ""])
    (chosen.output / "gradients.md").write_text(table, encoding="utf-8")


HEADER = (
    "| network | growth, predicted | measured | difference | decades, predicted | measured | verdict |\n"
    "|---|---|---|---|---|---|---|"
)

if __name__ == "__main__":
    main()
