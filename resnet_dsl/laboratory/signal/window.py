"""Sliding a window over a map of moments, and back: what convolutions and pools have in common."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.ir.windows import content
from resnet_dsl.laboratory.signal.rule import Site
from resnet_dsl.laboratory.signal.state import Array


class SlidingWindow(NamedTuple):
    """One number an axis; pad as (before, after) pairs; ``shape`` is the input map's, ``places`` the output's.

    fill: what stands in the border, as in resnet_dsl.ir.windows.content; ``lowest`` tells nothing, as zeros do.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pad: tuple[tuple[int, int], ...]
    shape: tuple[int, ...]
    places: tuple[int, ...]
    fill: str = "zeros"

    @property
    def taps(self) -> int:
        return int(np.prod(self.kernel))

    @property
    def whole(self) -> bool:
        """Whether it is one window that is the map."""
        return self.kernel == self.shape and all(place == 1 for place in self.places)

    def views(self, maps: Array) -> Iterator[Array]:
        """What each tap sees of maps (…, *shape), zero outside them: (…, *places), a tap at a time."""
        padded = self._padded(maps)
        for tap in product(*map(range, self.kernel)):
            window: tuple[Any, ...] = (..., *self._slices(tap))
            yield padded[window]

    def sum(self, maps: Array) -> Array:
        """The sum over the taps."""
        total = np.zeros((*maps.shape[: maps.ndim - len(self.shape)], *self.places))
        for view in self.views(maps):
            total += view
        return total

    def adjoint(self, energy: Array) -> Array:
        """What each input position gets of the output's (*places), summed over the windows that see it: (*shape)."""
        padded = np.pad(np.zeros(self.shape), self.pad)
        for tap in self._offsets():
            padded[self._slices(tap)] += energy
        return self._taken_back(padded)

    def _taken_back(self, padded: Array) -> Array:
        """A map with its border as one without: what a position has in the border is added to it."""
        for axis, (length, pad) in enumerate(zip(self.shape, self.pad, strict=True)):
            held, inner = np.moveaxis(padded, axis, 0), np.arange(length) + pad[0]
            result = held[inner].copy()
            if self._mode != "constant":
                source = np.pad(np.arange(length), pad, mode=self._mode)
                outer = np.setdiff1d(np.arange(len(held)), inner)
                np.add.at(result, source[outer], held[outer])
            padded = np.moveaxis(result, 0, axis)
        return padded

    @property
    def _mode(self) -> Any:
        """NumPy's name of what stands in the border."""
        return self.fill if self.fill in ("reflect", "edge") else "constant"

    def adjoint_of_weights(self, energy: Array, correlation: Array) -> Array:
        """The adjoint for windows with a weight for each tap: what a position gets through one weight from several
        windows, which see it in the border, adds up as far as it is alike."""
        if self._mode == "constant":
            return self.adjoint(energy)
        alike = self._alike(correlation, max(map(max, self.pad)))
        taps = (self._through(tap, energy) for tap in self._offsets())
        parts = ((self._taken_back(one), self._taken_back(np.sqrt(one)) ** 2) for one in taps)
        result: Array = np.sum([(1 - alike) * apart + alike * together for apart, together in parts], axis=0)
        return result

    def _through(self, tap: tuple[int, ...], energy: Array) -> Array:
        """What the padded map gets through one tap."""
        padded = np.pad(np.zeros(self.shape), self.pad)
        padded[self._slices(tap)] = energy
        return padded

    def overlapping(self, energy: Array, correlation: Array) -> Array:
        """The adjoint for windows whose gradients are alike: what one position gets from several of them adds up."""
        alike = self._alike(correlation, max(-(-k // s) for k, s in zip(self.kernel, self.stride, strict=True)) - 1)
        return (1 - alike) * self.adjoint(energy) + alike * self.adjoint(np.sqrt(energy)) ** 2

    @staticmethod
    def _alike(correlation: Array, reach: int) -> float:
        """The mean correlation of a window with those up to ``reach`` from it."""
        return float(correlation[1 : reach + 1].mean()) if reach > 0 and len(correlation) > 1 else 0.0

    def _offsets(self) -> list[tuple[int, ...]]:
        return list(product(*map(range, self.kernel)))

    def _padded(self, maps: Array) -> Array:
        lead = maps.ndim - len(self.shape)
        return np.pad(maps, [(0, 0)] * lead + list(self.pad), mode=self._mode)

    def _slices(self, tap: tuple[int, ...]) -> tuple[slice, ...]:
        axes = zip(tap, self.dilation, self.stride, self.places, strict=True)
        return tuple(slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, s, n in axes)


def over_pairs(correlation: Array, lengths: tuple[int, ...]) -> float:
    """The mean correlation over all pairs of positions of a box, each with itself among them."""
    shares = _pairs(lengths)
    last = len(correlation) - 1
    return float(shares @ correlation[np.minimum(np.arange(len(shares)), last)])


@lru_cache(maxsize=64)
def _pairs(lengths: tuple[int, ...]) -> Array:
    """What part of all pairs of positions in a box lies at the distance 0, 1, 2 … (rounded)."""
    squares, shares = np.zeros(1), np.ones(1)
    for length in lengths:
        steps = np.arange(length)
        pairs = np.where(steps > 0, 2.0, 1.0) * (length - steps) / length**2
        squares = np.add.outer(squares, steps.astype(np.float64) ** 2).ravel()
        shares = np.outer(shares, pairs).ravel()
    return np.bincount(np.rint(np.sqrt(squares)).astype(np.intp), weights=shares).astype(np.float64)


def nearer(correlation: Array, factor: int) -> Array:
    """The correlation after a stride: what was ``factor`` apart is 1 apart."""
    result: Array = correlation[np.minimum(np.arange(len(correlation)) * factor, len(correlation) - 1)]
    return result


def farther(correlation: Array, factor: int) -> Array:
    """The correlation before a stride: positions between others belong to none, or meet other weights."""
    distances = np.arange(len(correlation))
    result: Array = np.where(distances % factor == 0, correlation[distances // factor], 0.0)
    return result


def window(site: Site) -> SlidingWindow:
    """The window of a convolution or pool with settled arguments."""
    kernel, stride = site.args["kernel"], site.args["stride"]
    dilation = site.args.get("dilation") or (1,) * len(kernel)
    shape, places = site.inputs[0][:-1], site.output[:-1]
    pad = site.args.get("pad", "blur")
    if pad == "blur":
        pad = tuple(((k - 1) // 2, k // 2) for k in kernel)
    if pad == "same":
        axes = zip(kernel, stride, dilation, shape, places, strict=True)
        pad = tuple(_same(max((n - 1) * s + (k - 1) * d + 1 - length, 0)) for k, s, d, length, n in axes)
    return SlidingWindow(tuple(kernel), tuple(stride), tuple(dilation), pad, shape, places, content(site.args))


def _same(total: int) -> tuple[int, int]:
    """TensorFlow puts the odd position of padding behind."""
    return total // 2, total - total // 2
