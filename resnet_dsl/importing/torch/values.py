"""What flows through a module that is read: values of ours as torch sees them, and the module's own tensors."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.views import Axes

Fill: TypeAlias = Literal["zeros", "lowest", "reflect", "edge"]


class TorchBorder(NamedTuple):
    """Positions in front and behind, one pair for each of a value's lengths, and what they hold."""

    amounts: tuple[tuple[int, int], ...]
    fill: Fill


class Held(NamedTuple):
    """A tensor that follows from the network's inputs.

    node: the value of ours that holds its numbers. axes: how they lie there. lengths: the tensor's, its batch's
    included; where they are longer than the axes, what these hold is repeated, or stands in a border.
    """

    node: int
    axes: Axes
    lengths: tuple[int, ...]
    border: TorchBorder | None = None


class WrittenOut(NamedTuple):
    """A part of a normalisation that is written out: what it is, of which value, and what has become of it.

    kind: ``centred`` (less the mean over the channels), ``square of centred``, ``variance of channels``, ``variance``
    (over all positions of ``groups`` of channels), ``power`` (the mean square of each channel over all positions).
    """

    kind: str
    of: Held
    groups: int
    epsilon: float = 0.0
    root: bool = False
    inverse: bool = False


class Constant(NamedTuple):
    """A tensor that does not depend on the inputs.

    key: equal for tensors that are one, or are computed in one way of one. learned: whether a parameter is among what
    it is computed of. name: the module's own for it; none where it is computed, of ``leaves``, with these numbers.
    """

    tensor: Any
    key: Hashable
    learned: bool
    name: str | None = None
    leaves: tuple[Constant, ...] = ()
    numbers: tuple[float, ...] = ()

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """float32, whatever the tensor has."""
        return np.ascontiguousarray(self.tensor.detach().cpu().float().numpy())
