"""Factors and offsets: one number for all, or one a channel; fixed, or learned."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.reading import TracedCall
from resnet_dsl.importing.torch.standing import maps, places, plain, row
from resnet_dsl.importing.torch.values import Constant, Held
from resnet_dsl.importing.torch.views import cut, length

EPSILON = 1e-5
"""Of a norm that stands for factors and offsets alone: its variance is 1 less this, so that it divides by 1."""

COLOURS = 4
"""Of so many channels, or fewer, fixed numbers are written out: images as they come have them."""

_Array: TypeAlias = np.ndarray[Any, Any]


def scaled(at: TracedCall, held: Held, factor: Any, over: bool = False) -> Held:
    """Times a number or a tensor of the module; ``over``: divided by it."""
    held, factor = plain(at, held), _one_for_all(factor)
    if not isinstance(factor, Constant):
        number = 1 / factor if over else float(factor)
        return held if number == 1 else held._replace(node=at.node("scale", [held.node], value=number))
    if factor.tensor.numel() == 1:
        return _by_one(at, held, "scale", "factor", factor, 1 / factor.array if over else factor.array)
    held, numbers = _by_channel(at, held, factor)
    numbers = 1 / numbers if over else numbers
    if factor.learned and not over and held.node not in at.reader.affine:
        return held._replace(node=at.layer("channel_scale", [held.node], {"gamma": numbers}, {"gamma": factor}))
    return _affine(at, held, _started(at, held).times(numbers, factor), factor)


def at_least(at: TracedCall) -> Held:
    """The larger one of a number and the module's own, which may be learned for each channel."""
    held, number = (at["self"], at["other"]) if isinstance(at["self"], Held) else (at["other"], at["self"])
    if not isinstance(held, Held) or not isinstance(number, Constant):
        raise at.refuse("takes the larger one of two numbers that both follow from what flows in")
    held, row_of = _by_channel(at, plain(at, held), number)
    return held._replace(node=at.layer("tlu", [held.node], {"tau": row_of[None]}, {"tau": number}))


def offset(at: TracedCall, held: Held, number: Any, minus: bool = False) -> Held:
    """Plus a number or a tensor of the module, or less it."""
    held, number, sign = plain(at, held), _one_for_all(number), -1 if minus else 1
    if not isinstance(number, Constant):
        return held if number == 0 else held._replace(node=at.node("shift", [held.node], value=float(sign * number)))
    if number.tensor.numel() == 1:
        return _by_one(at, held, "shift", "offset", number, sign * number.array)
    held, numbers = _by_channel(at, held, number)
    return _affine(at, held, _started(at, held).plus(sign * numbers, number), number)


def _one_for_all(number: Any) -> Any:
    """A fixed tensor of one number, however often it stands there, as that number."""
    if not isinstance(number, Constant) or number.learned or (number.array != number.array.flat[0]).any():
        return number
    return float(number.array.flat[0])


def _by_one(at: TracedCall, held: Held, op: str, weight: str, number: Constant, value: _Array) -> Held:
    """One number for all, a parameter."""
    if number.leaves or not np.array_equal(value, number.array):
        at.say(f"the number of `{at.label}` is computed of `{number.name}`; here the result is what trains")
    weights = {weight: value.reshape(1)}
    return held._replace(node=at.layer(op, [held.node], weights, {weight: number}, learned=True))


def _by_channel(at: TracedCall, held: Held, numbers: Constant) -> tuple[Held, _Array]:
    """A value, and one number for each of its channels. Raises NotImportedError where the tensor has others."""
    shape = (1,) * (len(held.lengths) - numbers.tensor.dim()) + tuple(numbers.tensor.shape)
    axes = [axis for axis, one in enumerate(shape) if one > 1]
    if len(shape) == len(held.lengths) == 2 and axes == [1]:
        held, given = row(at, held), numbers.array.ravel()
        turned = np.empty_like(given)
        turned[places(held)] = given
        return held, turned
    if len(shape) != len(held.lengths) or 0 in axes:
        raise at.refuse(_OTHERS)
    return _along(at, held, axes, numbers.array.reshape(shape))


_OTHERS = "has numbers of its own for each position, which the language does not have: they are one a channel, or one"


def _along(at: TracedCall, held: Held, axes: list[int], numbers: _Array) -> tuple[Held, _Array]:
    rank = len(at.shape(held.node))
    atoms = cut([held.axes[axis] for axis in axes])
    whole = length(tuple(atoms)) == at.shape(held.node)[-1] and all(atom.axis == rank for atom in atoms)
    if not whole and axes == [1]:
        held = at.maps(maps(at, held))
        return held, numbers.ravel()
    if not whole or [len(held.axes[axis]) for axis in axes] != [1] * len(axes):
        raise at.refuse(_OTHERS)
    order = sorted(range(len(atoms)), key=lambda index: -atoms[index].step)
    return held, np.ascontiguousarray(numbers.reshape([atom.length for atom in atoms]).transpose(order)).ravel()


class Affine(NamedTuple):
    """An operation whose last steps are factors and offsets, into which those behind it go.

    weights: ``gamma`` and ``beta`` among them. of: the tensors that these are.
    """

    op: str
    node: int
    weights: dict[str, _Array]
    arguments: dict[str, Any]
    of: dict[str, Constant]

    def times(self, factor: _Array, name: Constant) -> Affine:
        both = {one: self.weights[one] * factor for one in ("gamma", "beta")}
        return self._replace(weights={**self.weights, **both}, of={**self.of, "gamma": name})

    def plus(self, added: _Array, name: Constant) -> Affine:
        weights = {**self.weights, "beta": self.weights["beta"] + added}
        return self._replace(weights=weights, of={**self.of, "beta": name})

    def held(self, at: TracedCall, held: Held) -> Held:
        """Added to the network, in the place of what it was before."""
        node = at.layer(self.op, [self.node], self.weights, self.of, **self.arguments)
        at.reader.affine[node] = self
        return held._replace(node=node)


def ones_and_zeros(channels: int) -> dict[str, _Array]:
    return {"gamma": np.ones(channels, np.float32), "beta": np.zeros(channels, np.float32)}


def _started(at: TracedCall, held: Held) -> Affine:
    """What factors and offsets behind a value go into: the operation that it is, or one of their own.

    Fixed ones of an image are written out; others are a norm that has learned nothing.
    """
    known = at.reader.affine.get(held.node)
    if known is not None:
        return known  # type: ignore[no-any-return]
    channels = at.shape(held.node)[-1]
    still = {
        "moving_mean": np.zeros(channels, np.float32),
        "moving_variance": np.full(channels, 1 - EPSILON, np.float32),
    }
    return Affine("batchnorm", held.node, ones_and_zeros(channels) | still, {"epsilon": EPSILON}, {})


def _colours(at: TracedCall, made: Affine, held: Held, of: Constant) -> Held | None:
    gamma, beta = (made.weights[one].astype(float) for one in ("gamma", "beta"))
    if (
        made.op != "batchnorm"
        or of.learned
        or len(at.shape(held.node)) < 2
        or len(gamma) > COLOURS
        or (gamma <= 0).any()
    ):
        return None
    mean, std = tuple(map(float, -beta / gamma)), tuple(map(float, 1 / gamma))
    node = at.node("normalize", [made.node], mean=mean, std=std)
    at.reader.affine[node] = made
    return held._replace(node=node)


def _affine(at: TracedCall, held: Held, made: Affine, of: Constant) -> Held:
    """Factors and offsets a channel that are no layer scale."""
    colours = _colours(at, made, held, of)
    if colours is None and made.op == "batchnorm":
        at.say(
            f"`{at.label}` has a factor or an offset for each channel: here it is a batch norm whose statistics are 0 "
            "and 1, which would change while it trains"
        )
    return colours or made.held(at, held)
