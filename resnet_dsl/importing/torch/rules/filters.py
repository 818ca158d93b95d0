"""Kernels that are made of other numbers: standardised ones, and blurs. They are known by what they are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.reading import TracedCall
from resnet_dsl.importing.torch.rules.border import Pads
from resnet_dsl.importing.torch.values import Constant, Fill

CLOSE = 3e-6
"""Of the largest number: how far apart float32 may be that was computed in two orders."""

_Array: TypeAlias = np.ndarray[Any, Any]


class Kernel(NamedTuple):
    """A convolution's own tensors, by the names of its weights, and the arguments that say what is made of them."""

    tensors: dict[str, Constant]
    arguments: dict[str, Any]


def own_kernel(at: TracedCall, kernel: Constant) -> Kernel:
    """What a kernel is made of. One that is computed in a way that the language cannot say is taken as it came out."""
    found = next(_standardized(kernel), None)
    if found is None and kernel.leaves:
        names = ", ".join(f"`{one.name}`" for one in kernel.leaves)
        at.say(f"the kernel of `{at.label}`, which is computed of {names}, is an ordinary one here: the result")
    elif found is None and not kernel.learned:
        at.say(f"the kernel of `{at.label}` is fixed in the source, and trains here")
    return found or Kernel({"kernel": kernel}, {})


def _standardized(kernel: Constant) -> Iterator[Kernel]:
    """The ways in which it is a standardised one."""
    for raw in kernel.leaves:
        if raw.tensor.shape == kernel.tensor.shape:
            for epsilon in {one for one in kernel.numbers if 0 < one < 1}:
                yield from _as_standard(kernel, raw, epsilon)


def _as_standard(kernel: Constant, raw: Constant, epsilon: float) -> Iterator[Kernel]:
    filters, made = _standard(raw.array, epsilon), kernel.array.astype(np.float64)
    if _close(filters, made):
        yield Kernel({"kernel": raw}, {"standardize": "plain", "epsilon": epsilon})
    for gain in kernel.leaves:
        if gain is not raw and gain.tensor.numel() == len(made):
            yield from _as_scaled(filters, made, kernel, Kernel({"kernel": raw, "gain": gain}, {"epsilon": epsilon}))


def _standard(kernel: _Array, epsilon: float) -> _Array:
    """Each filter with mean 0 and variance 1 (Qiao et al. 2019)."""
    exact, axes = kernel.astype(np.float64), tuple(range(1, kernel.ndim))
    centred = exact - exact.mean(axes, keepdims=True)
    return np.asarray(centred / np.sqrt(exact.var(axes, keepdims=True) + epsilon))


def _as_scaled(filters: _Array, made: _Array, kernel: Constant, found: Kernel) -> Iterator[Kernel]:
    """With a gain for each filter, and one number for all: the non-linearity's over the root of the fan in."""
    axes = tuple(range(1, made.ndim))
    factors = (made * filters).sum(axes) / np.maximum((filters * filters).sum(axes), 1e-30)
    gains = found.tensors["gain"].array.ravel().astype(np.float64)
    common = float((factors * gains).sum() / max((gains * gains).sum(), 1e-30))
    if common > 0 and _close(filters * (common * gains).reshape(-1, *(1,) * len(axes)), made):
        gamma = _gain(common, kernel.numbers, prod(made.shape[1:]))
        yield found._replace(arguments={**found.arguments, "standardize": "scaled", "gamma": gamma})


def _gain(common: float, numbers: tuple[float, ...], fan_in: int) -> float:
    """The shortest number that makes this factor: the one that stands in the computation, where one does."""
    exact = min(numbers, key=lambda one: abs(one - common))
    exact = exact if abs(exact - common) <= 1e-5 * common else common
    tries = (float(f"{exact * fan_in**0.5:.{digits}g}") for digits in range(1, 18))
    return next((one for one in tries if one * fan_in**-0.5 == exact), exact * fan_in**0.5)


def _close(found: _Array, wanted: _Array) -> bool:
    return bool(np.abs(found - wanted).max() <= CLOSE * max(np.abs(wanted).max(), 1e-30))


def is_blur(at: TracedCall, kernel: Constant, entering: int, pads: Pads, fill: Fill) -> bool:
    """Whether this is a binomial filter on each channel, fixed, mirrored at the border (Zhang 2019)."""
    channels, single, *lengths = kernel.tensor.shape
    taps = lengths[0]
    fits = channels == at["groups"] == entering and single == 1 and {*lengths} == {taps} and 2 <= taps <= 7
    if kernel.learned or not fits or at["bias"] is not None or fill != "reflect":
        return False
    return pads == (((taps - 1) // 2, taps // 2),) * len(lengths) and _close(
        _binomial(lengths)[None, None], kernel.array
    )


def _binomial(lengths: list[int]) -> _Array:
    rows = [reduce(np.convolve, [np.array([0.5, 0.5])] * (taps - 1)) for taps in lengths]
    return np.asarray(reduce(np.multiply.outer, rows))
