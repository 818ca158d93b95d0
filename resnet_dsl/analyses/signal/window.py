"""Sliding a window over a map of moments, and back: what convolutions and pools have in common."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.analyses.signal.rule import Site
from resnet_dsl.analyses.signal.state import Array


class Window(NamedTuple):
    """One number an axis; pad as (before, after) pairs; ``shape`` is the input map's, ``places`` the output's."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pad: tuple[tuple[int, int], ...]
    shape: tuple[int, ...]
    places: tuple[int, ...]

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
        for tap in self._offsets():
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
        padded = self._padded(np.zeros(self.shape))
        for tap in self._offsets():
            padded[self._slices(tap)] += energy
        inner = (slice(before, before + length) for (before, _), length in zip(self.pad, self.shape, strict=True))
        result: Array = padded[tuple(inner)]
        return result

    def distances(self) -> list[int]:
        """The distance between each two taps, rounded: taps * taps numbers."""
        taps = np.array(self._offsets(), dtype=np.float64) * np.array(self.dilation)
        apart = np.sqrt(((taps[:, None] - taps[None]) ** 2).sum(axis=2))
        rounded: list[int] = np.rint(apart).astype(int).ravel().tolist()
        return rounded

    def _offsets(self) -> list[tuple[int, ...]]:
        return list(product(*map(range, self.kernel)))

    def _padded(self, maps: Array) -> Array:
        lead = maps.ndim - len(self.shape)
        return np.pad(maps, [(0, 0)] * lead + list(self.pad))

    def _slices(self, tap: tuple[int, ...]) -> tuple[slice, ...]:
        axes = zip(tap, self.dilation, self.stride, self.places, strict=True)
        return tuple(slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, s, n in axes)


def window(site: Site) -> Window:
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
    return Window(tuple(kernel), tuple(stride), tuple(dilation), pad, shape, places)


def _same(total: int) -> tuple[int, int]:
    """TensorFlow puts the odd position of padding behind."""
    return total // 2, total - total // 2
