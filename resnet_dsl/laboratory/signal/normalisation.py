"""Normalisation: a value over its standard deviation, and its gradient over the same.

What batch normalisation divides by leaves out the channel's own mean, and with it the frozen part that each ReLU makes:
the gradient pays for it, ``pi / (pi - 1)`` a layer of a plain network (Yang et al. 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from resnet_dsl.laboratory.signal.activations import FUNCTIONS, activated, passed_back
from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site, borders, cut, each, joined
from resnet_dsl.laboratory.signal.state import Array, Gradient, Gradients, Segment, State, replaced, scaled, through
from resnet_dsl.laboratory.signal.window import over_pairs


def _gamma(site: Site) -> float:
    return 0.0 if site.args["scale"] and site.args["gamma"] == "zeros" else 1.0


def _centred(segment: Segment, mean: float | Array, alike: int) -> Segment:
    """The segment without the mean over positions of each run of ``alike`` channels."""
    frozen = segment.frozen + (segment.shared.mean() - 2 * segment.shared) / alike
    return replaced(segment, segment.mean - mean, frozen, segment.batch, segment.shared * (1 - 1 / alike))


def _batch_centred(segment: Segment) -> tuple[Segment, float]:
    """A channel without its mean over batch and positions, and its variance."""
    centred = _centred(segment, float(segment.mean.mean()), 1)
    return centred, float(centred.square.mean())


def _batchnorm(site: Site, segment: Segment) -> Segment:
    centred, variance = _batch_centred(segment)
    return scaled(centred, _gamma(site) / np.sqrt(variance + site.args["epsilon"]))


def _batchnorm_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    _, variance = _batch_centred(segment)
    return through(at, _gamma(site) ** 2 / (variance + site.args["epsilon"]))


def _over_channels(state: State) -> tuple[Array, Array]:
    """Mean and variance over the channels of one sample's one position: (positions)."""
    count = sum(segment.count for segment in state)
    mean = np.sum([segment.count / count * segment.mean for segment in state], axis=0)
    square = np.sum([segment.count / count * segment.square for segment in state], axis=0)
    return mean, np.maximum(square - mean**2, 0)


def _layernorm(site: Site, states: list[State]) -> State:
    mean, variance = _over_channels(states[0])
    factor = _gamma(site) / np.sqrt(variance + site.args["epsilon"])
    return tuple(scaled(replaced(one, one.mean - mean, *one.maps[1:]), factor) for one in states[0])


def _layernorm_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    """A gradient along the mean or along the value itself does not pass: two of the channels' directions."""
    _, variance = _over_channels(states[0])
    count = site.output[-1]
    factor = max(count - 2, 0) / count * _gamma(site) ** 2 / (variance + site.args["epsilon"])
    return (tuple(through(at, factor) for at in gradients),)


def _in_groups(site: Site, state: State) -> list[tuple[State, int]]:
    """Each group's segments and how many alike groups there are: one entry where all channels are alike."""
    size = site.output[-1] // site.args["groups"]
    starts = range(0, site.output[-1], size)
    if len(state) == 1:
        return [((replace(state[0], count=size),), len(starts))]
    groups: list[list[Segment]] = [[] for _ in starts]
    edges = sorted({*borders(state), *starts})
    for start, segment in zip(edges, cut(state, edges), strict=True):
        groups[start // size].append(segment)
    return [(tuple(group), 1) for group in groups]


def _group_moments(group: State) -> tuple[float, float]:
    """One sample's mean and variance over a group's channels and positions."""
    count = sum(segment.count for segment in group)
    mean = sum(segment.count / count * float(segment.mean.mean()) for segment in group)
    square = sum(segment.count / count * float(segment.square.mean()) for segment in group)
    own = 0.0  # the variance of the mean over one image's positions, of all channels
    for segment in group:
        moving = float(segment.batch.mean()) * over_pairs(segment.correlation, segment.mean.shape)
        own += segment.count * (float(segment.shared.mean()) + moving)
    return mean, max(square - mean**2 - own / count**2, 0.0)


def _off_mean(site: Site, correlation: Array) -> float:
    """What is left of a value or gradient without its mean over a group's channels and positions."""
    size = site.output[-1] // int(site.args["groups"])
    return max(1 - over_pairs(correlation, site.output[:-1]) / size, 0.0)


def _groups(
    forward: Callable[[Site, State], State], backward: Callable[[Site, Segment, float, Gradient], Gradient]
) -> Propagation:
    """The rule of an operation that treats each group by itself; backward is told the group's variance, too."""

    def back(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
        result, counts, at = [], [], iter(gradients)
        for group, times in _in_groups(site, states[0]):
            _, variance = _group_moments(group)
            result += [backward(site, segment, variance, next(at)) for segment in group]
            counts += [segment.count * times for segment in group]
        return (joined(tuple(result), counts, states[0]),)

    return Propagation(
        lambda site, states: tuple(
            replace(one, count=one.count * times)
            for group, times in _in_groups(site, states[0])
            for one in forward(site, group)
        ),
        back,
    )


def _groupnorm(site: Site, group: State) -> State:
    mean, variance = _group_moments(group)
    size = sum(segment.count for segment in group)
    factor = _gamma(site) / np.sqrt(variance + site.args["epsilon"])
    result = []
    for one in (_centred(segment, mean, size) for segment in group):
        left = one.batch * _off_mean(site, one.correlation)
        result.append(scaled(replaced(one, one.mean, one.frozen, left, one.shared), factor))
    return tuple(result)


def _groupnorm_backward(site: Site, segment: Segment, variance: float, at: Gradient) -> Gradient:
    factor = _gamma(site) ** 2 / (variance + site.args["epsilon"])
    return through(at, factor * _off_mean(site, at.correlation))


def _each_channel(site: Site) -> Site:
    """The same as groups of one channel."""
    return site._replace(args={**site.args, "groups": site.output[-1]})


def _instancenorm(site: Site, segment: Segment) -> Segment:
    (one,) = _groupnorm(_each_channel(site), (replace(segment, count=1),))
    return replace(one, count=segment.count)


def _instancenorm_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    _, variance = _group_moments((replace(segment, count=1),))
    return _groupnorm_backward(_each_channel(site), segment, variance, at)


def _response(site: Site, segment: Segment) -> float:
    """One over the root mean square of a channel of a sample."""
    gamma = 0.0 if site.args["gamma"] == "zeros" else 1.0
    return gamma / float(np.sqrt(segment.square.mean() + site.args["epsilon"]))


def _evonorm(site: Site, group: State) -> State:
    """silu(x) over the standard deviation of x in its group."""
    _, variance = _group_moments(group)
    factor = 1 / np.sqrt(variance + site.args["epsilon"])
    return tuple(scaled(activated(FUNCTIONS["silu"], site, one), factor) for one in group)


def _evonorm_backward(site: Site, segment: Segment, variance: float, at: Gradient) -> Gradient:
    return passed_back(FUNCTIONS["silu"], site, segment, through(at, 1 / (variance + site.args["epsilon"])))


RULES: Rules = {
    "batchnorm": each(_batchnorm, _batchnorm_backward),
    "layernorm": Propagation(_layernorm, _layernorm_backward),
    "groupnorm": _groups(_groupnorm, _groupnorm_backward),
    "instancenorm": each(_instancenorm, _instancenorm_backward),
    "evonorm": _groups(_evonorm, _evonorm_backward),
    "frn": each(
        lambda site, segment: scaled(segment, _response(site, segment)),
        lambda site, segment, at: through(at, _response(site, segment) ** 2),
    ),
}
