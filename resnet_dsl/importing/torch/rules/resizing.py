"""Other sizes of maps: torch's interpolation, where its positions are ours."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.standing import maps
from resnet_dsl.importing.torch.values import Held


def _nearest(at: TracedCall) -> Held:
    """torch takes the position at the front of each cell; ours is the one in its middle."""
    node = maps(at, at.first)
    for there, wanted in zip(at.shape(node), at.lengths[2:], strict=False):
        front = [index * there // wanted for index in range(wanted)]
        middle = [(2 * index + 1) * there // (2 * wanted) for index in range(wanted)]
        if front != middle:
            raise at.refuse(
                f"resizes {there} positions to {wanted} by the front of each cell (torch's `nearest`)",
                "`mode='nearest-exact'` goes by the middle, as the language does",
            )
    return _resized(at, node, "nearest")


def _exact(at: TracedCall) -> Held:
    return _resized(at, maps(at, at.first), "nearest")


def _bilinear(at: TracedCall) -> Held:
    node = maps(at, at.first)
    if at["align_corners"] and any(
        1 != there != wanted for there, wanted in zip(at.shape(node), at.lengths[2:], strict=False)
    ):
        raise at.refuse(
            "resizes with its corners in place (`align_corners=True`)",
            "`align_corners=False` keeps the middles of cells",
        )
    return _resized(at, node, "bilinear")


def _resized(at: TracedCall, node: int, method: str) -> Held:
    """By a factor where one is given and is whole; else to a size."""
    wanted, shape = at.lengths[2:], at.shape(node)[:-1]
    factors = at.arguments.get("scale_factors") or [None] * len(shape)
    for there, one, factor in zip(shape, wanted, factors, strict=True):
        if factor is not None and there * factor != one:
            raise at.refuse(
                f"resizes {there} positions to {one} by a factor of {factor:g}, which leaves a part of one over"
            )
    if at.arguments.get("scale_factors") and all(one % there == 0 for there, one in zip(shape, wanted, strict=True)):
        factor = tuple(one // there for there, one in zip(shape, wanted, strict=True))
        return at.maps(at.node("upsample", [node], factor=factor, method=method))
    return at.maps(node if wanted == shape else at.node("resize", [node], size=wanted, method=method))


_RANKS: dict[str, Callable[[TracedCall], Held]] = {"upsample_nearest": _nearest, "_upsample_nearest_exact": _exact}

RULES: Rules = {
    **{f"{name}{rank}d": rule for name, rule in _RANKS.items() for rank in (1, 2, 3)},
    "upsample_bilinear2d": _bilinear,
}
