"""How well a prediction agrees with what was measured, over layers and networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, log10

import numpy as np

from resnet_dsl.laboratory.signal import Signal


@dataclass(frozen=True)
class Agreement:
    """Predictions beside measurements.

    correlation: of the logarithms of the gradient's size, over the layers of all networks.
    error: the median of how far they are apart, in decades of the root mean square.
    growths: by network, the measured growth a layer over the predicted one.
    """

    correlation: float
    error: float
    growths: dict[str, float]

    @property
    def worst_growth(self) -> float:
        """The largest departure of a growth from the prediction: 0.08 is eight percent."""
        return max(abs(ratio - 1) for ratio in self.growths.values())


def typical(signals: Sequence[Signal]) -> Signal:
    """The geometric mean of one network's measurements with several seeds: single ones scatter."""
    by_layer = zip(*(signal.layers for signal in signals), strict=True)
    layers = tuple(
        replace(
            same[0],
            activation=_geometric([one.activation for one in same]),
            gradient=_geometric([one.gradient for one in same]),
        )
        for same in by_layer
    )
    return replace(signals[0], layers=layers)


def _geometric(values: Sequence[float]) -> float:
    if min(values) <= 0:
        return 0.0
    return exp(sum(map(log, values)) / len(values))


def agreement(pairs: Sequence[tuple[Signal, Signal]]) -> Agreement:
    """Of (predicted, measured) signals of the same networks; layers without a gradient are left out."""
    sizes = np.array(
        [
            (log10(one.gradient) / 2, log10(other.gradient) / 2)
            for predicted, measured in pairs
            for one, other in zip(predicted.layers, measured.layers, strict=True)
            if one.gradient > 0 and other.gradient > 0
        ]
    )
    return Agreement(
        correlation=float(np.corrcoef(sizes.T)[0, 1]),
        error=float(np.median(np.abs(sizes[:, 0] - sizes[:, 1]))),
        growths={predicted.network: measured.growth / predicted.growth for predicted, measured in pairs},
    )
