"""Operations that move numbers, scale them, or drop some at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site, borders, cut, each, joined
from resnet_dsl.laboratory.signal.state import (
    EVEN,
    Array,
    Gradient,
    Gradients,
    Segment,
    State,
    blank,
    combined,
    gradient,
    replaced,
    reshaped,
    scaled,
    split,
    through,
    typical,
    unlike,
)
from resnet_dsl.laboratory.signal.window import farther, nearer, over_pairs

Places: TypeAlias = NDArray[np.intp]
Amounts: TypeAlias = tuple[tuple[int, int], ...]


def _mixed(parts: State) -> Segment:
    """All positions and channels as one kind of channel of a vector: what differed by position is frozen."""
    shares = [part.count / sum(one.count for one in parts) for part in parts]
    mean = sum(share * float(part.mean.mean()) for share, part in zip(shares, parts, strict=True))
    steady = sum(share * float(part.steady.mean()) for share, part in zip(shares, parts, strict=True))
    batch = sum(share * float(part.batch.mean()) for share, part in zip(shares, parts, strict=True))
    frozen = np.array(max(steady - mean**2, 0.0))
    channel, sample = split(typical(parts[0]))
    moved = replaced(parts[0], np.array(mean), frozen, np.array(batch), frozen)
    correlation = combined([(part.batch * part.count, part.correlation) for part in parts])
    return replace(moved, correlation=correlation, channel=channel, sample=sample)


def _scattered(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    """Each position meets weights of its own behind it, so no two gradients are alike."""
    at = gradients[0]
    energy, alone = float(at.energy.mean()), unlike(at.correlation)
    return (tuple(gradient(np.full(segment.mean.shape, energy), at.weight, alone) for segment in states[0]),)


def _keeps_channels(site: Site) -> bool:
    return site.inputs[0][-1] == site.output[-1]


def _reshape(site: Site, states: list[State]) -> State:
    """Where channels stay channels the positions are laid out anew; else all numbers are taken as alike."""
    form = site.output[:-1]
    if _keeps_channels(site):
        return tuple(reshaped(segment, form, segment.maps) for segment in states[0])
    one = _mixed(states[0])
    spread = replaced(one, *(np.full(form, float(part)) for part in one.maps))
    return (replace(spread, count=site.output[-1], correlation=unlike(one.correlation)),)


def _reshape_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    if not _keeps_channels(site):
        return _scattered(site, states, gradients)
    pairs = zip(states[0], gradients, strict=True)
    return (tuple(gradient(at.energy.reshape(s.mean.shape), at.weight, at.correlation) for s, at in pairs),)


def _inside(site: Site, state: State) -> list[tuple[Segment, bool]]:
    """The state's pieces, and which of them the slice takes."""
    start, end = site.args["start"], site.args["start"] + site.args["count"]
    starts = sorted({*borders(state), start, *([end] if end < site.inputs[0][-1] else [])})
    return [(piece, start <= at < end) for at, piece in zip(starts, cut(state, starts), strict=True)]


def _channels_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    pieces, given = _inside(site, states[0]), iter(gradients)
    none = (Gradient(np.zeros(piece.mean.shape), EVEN, piece.correlation) for piece, taken in pieces if not taken)
    back = tuple(next(given if taken else none) for _, taken in pieces)
    return (joined(back, [piece.count for piece, _ in pieces], states[0]),)


def _zeros(site: Site, state: State) -> tuple[State, State]:
    """The channels of zeros before and behind."""
    added = site.output[-1] - site.inputs[0][-1]
    before = added // 2 if site.args["side"] == "both" else 0
    first = state[0]
    made = [
        (blank(count, first.mean.shape, len(first.correlation), (first.channel, first.sample)),) if count else ()
        for count in (before, added - before)
    ]
    return made[0], made[1]


def _pad_channels(site: Site, states: list[State]) -> State:
    before, behind = _zeros(site, states[0])
    return (*before, *states[0], *behind)


def _pad_channels_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    before = len(_zeros(site, states[0])[0])
    return (gradients[before : before + len(states[0])],)


def _mapped(segment: Segment, places: tuple[Places, ...], correlation: Array) -> Segment:
    """The segment at these positions, indices an axis."""
    grid = np.ix_(*places)
    return replace(replaced(segment, *(part[grid] for part in segment.maps)), correlation=correlation)


def _subsample(site: Site, segment: Segment) -> Segment:
    steps = zip(segment.mean.shape, site.args["stride"], strict=True)
    places = tuple(np.arange(0, length, step) for length, step in steps)
    return _mapped(segment, places, nearer(segment.correlation, site.args["stride"][0]))


def _subsample_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    energy = np.zeros(segment.mean.shape)
    energy[tuple(slice(None, None, step) for step in site.args["stride"])] = at.energy
    return gradient(energy, at.weight, farther(at.correlation, site.args["stride"][0]))


def _upsample(site: Site, segment: Segment) -> Segment:
    """Bilinear filling is taken as nearest: neighbours are much alike."""
    factors = zip(segment.mean.shape, site.args["factor"], strict=True)
    places = tuple(np.repeat(np.arange(length), factor) for length, factor in factors)
    distances = np.arange(len(segment.correlation)) // site.args["factor"][0]
    return _mapped(segment, places, segment.correlation[distances])


def _upsample_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    energy = at.energy
    for axis, factor in enumerate(site.args["factor"]):
        length = segment.mean.shape[axis]
        energy = energy.reshape((*energy.shape[:axis], length, factor, *energy.shape[axis + 1 :])).sum(axis=axis + 1)
    factors = tuple(site.args["factor"])
    alike = prod(factors) * over_pairs(at.correlation, factors)
    return gradient(energy * alike, at.weight, nearer(at.correlation, factors[0]))


def _changed(segment: Segment, change: Callable[[Array], Array]) -> Segment:
    """The segment with other maps of moments."""
    maps = [change(part) for part in (segment.mean, segment.frozen, segment.batch, segment.shared)]
    return replaced(segment, maps[0], maps[1], maps[2], maps[3])


def _inner(amounts: Amounts, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """What is left of a map of this shape without positions in front and behind."""
    return tuple(slice(front, length - behind) for (front, behind), length in zip(amounts, shape, strict=True))


def _zero_pad(site: Site, segment: Segment) -> Segment:
    return _changed(segment, lambda part: np.pad(part, site.args["amounts"]))


def _zero_pad_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    inner = _inner(site.args["amounts"], at.energy.shape)
    return gradient(at.energy[inner], at.weight, at.correlation)


def _crop(site: Site, segment: Segment) -> Segment:
    inner = _inner(site.args["amounts"], segment.mean.shape)
    return _changed(segment, lambda part: part[inner])


def _crop_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    return gradient(np.pad(at.energy, site.args["amounts"]), at.weight, at.correlation)


def _times(argument: str) -> Propagation:
    """The rule of a factor that stands in this argument."""
    return each(
        lambda site, segment: scaled(segment, float(site.args[argument])),
        lambda site, segment, at: through(at, float(site.args[argument]) ** 2),
    )


def _shift(site: Site, segment: Segment) -> Segment:
    return _shifted(segment, float(site.args["value"]))


def _shifted(segment: Segment, by: float) -> Segment:
    return replaced(segment, segment.mean + by, *segment.maps[1:])


def _normalize(site: Site, states: list[State]) -> State:
    return tuple(
        _shifted(scaled(piece, 1 / std), -mean / std)
        for piece, mean, std in zip(*_channel_by_channel(site, states[0]), strict=True)
    )


def _normalize_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    pieces, _, stds = _channel_by_channel(site, states[0])
    back = tuple(through(at, std**-2) for at, std in zip(gradients, stds, strict=True))
    return (joined(back, [piece.count for piece in pieces], states[0]),)


def _channel_by_channel(site: Site, state: State) -> tuple[State, list[float], list[float]]:
    """Pieces of the state, with the mean and the deviation of each."""
    rows = [site.args[name] for name in ("mean", "std")]
    apart = any(isinstance(row, tuple) for row in rows)
    starts = [*range(site.output[-1])] if apart else borders(state)
    pieces = cut(state, starts)
    mean, std = ([row[at] if isinstance(row, tuple) else float(row) for at in starts] for row in rows)
    return pieces, mean, std


def _dropped(site: Site, segment: Segment) -> Segment:
    """While training: what stays is scaled so that means hold; second moments grow by 1 / (1 - rate)."""
    batch = segment.square / (1 - site.args["rate"]) - segment.steady
    return replaced(segment, segment.mean, segment.frozen, batch, segment.shared)


DROP = each(_dropped, lambda site, segment, at: through(at, 1 / (1 - site.args["rate"])))

RULES: Rules = {
    "identity": each(lambda site, segment: segment, lambda site, segment, at: at),
    "flatten": Propagation(lambda site, states: (replace(_mixed(states[0]), count=site.output[0]),), _scattered),
    "reshape": Propagation(_reshape, _reshape_backward),
    "channels": Propagation(
        lambda site, states: tuple(piece for piece, taken in _inside(site, states[0]) if taken), _channels_backward
    ),
    "pad_channels": Propagation(_pad_channels, _pad_channels_backward),
    "zero_pad": each(_zero_pad, _zero_pad_backward),
    "crop": each(_crop, _crop_backward),
    "subsample": each(_subsample, _subsample_backward),
    "upsample": each(_upsample, _upsample_backward),
    "normalize": Propagation(_normalize, _normalize_backward),
    "scale": _times("value"),
    "channel_scale": _times("init"),
    "shift": each(_shift, lambda site, segment, at: at),
    "dropout": DROP,
    "drop_path": DROP,
    "dropblock": DROP,
}
