"""How the axes of a tensor lie in a value: reshapes and permutations, beside NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.importing.torch.views import BATCH, Axes, channels_first, in_order, joined, natural, reshaped, whole

SHAPE = (4, 6, 12)
STEPS = {
    "as it comes": [],
    "channels last": [(0, 2, 3, 1)],
    "a line of positions": [(BATCH, 12, 24), (0, 2, 1)],
    "groups of channels": [(BATCH, 3, 4, 4, 6), (0, 2, 1, 3, 4), (BATCH, 12, 4, 6)],
    "places among channels": [(BATCH, 3, 2, 2, 4, 6), (0, 1, 4, 2, 5, 3), (BATCH, 3, 8, 12)],
    "all in one row": [(BATCH, 288)],
    "axes of length 1": [(BATCH, 1, 12, 24, 1), (BATCH, 12, 4, 6)],
}


def _held(batch: NDArray[np.int64], axes: Axes) -> NDArray[np.int64]:
    """A value as the tensor that lies in it so: each axis of the value is cut, and the cuts are put in order."""
    atoms = [atom for axis in axes for atom in axis]
    order = sorted(range(len(atoms)), key=lambda index: (atoms[index].axis, -atoms[index].step))
    cut = batch.reshape([atoms[index].length for index in order])
    moved = cut.transpose([order.index(index) for index in range(len(order))])
    return moved.reshape([int(np.prod([atom.length for atom in axis], dtype=int)) for axis in axes])


@pytest.mark.parametrize("name", STEPS)
def test_steps_on_axes_are_those_of_numpy_on_numbers(name: str) -> None:
    batch = np.arange(BATCH * 4 * 6 * 12).reshape(BATCH, *SHAPE)
    tensor, axes = np.moveaxis(batch, -1, 1), channels_first(SHAPE)
    for step in STEPS[name]:
        if step[0] == 0:
            tensor, axes = tensor.transpose(step), tuple(axes[one] for one in step)
        else:
            new = reshaped(axes, step)
            assert new is not None
            tensor, axes = tensor.reshape(step), new
        np.testing.assert_array_equal(_held(batch, axes), tensor)


def test_what_cuts_axes_unevenly_has_no_view() -> None:
    assert reshaped(channels_first((3, 5, 4)), (BATCH, 6, 10)) is None
    assert reshaped(natural((6,)), (BATCH, 4)) is None


def test_atoms_beside_each_other_become_one() -> None:
    assert joined([*whole(1, 4), *whole(2, 3)]) == (*whole(1, 4), *whole(2, 3))
    there = reshaped(channels_first((2, 2, 6)), (BATCH, 2, 3, 2, 2))
    assert there is not None
    assert reshaped(there, (BATCH, 6, 2, 2)) == channels_first((2, 2, 6))


def test_row_by_row_is_the_order_of_the_value() -> None:
    assert in_order([atom for axis in natural(SHAPE) for atom in axis])
    assert not in_order([atom for axis in channels_first(SHAPE) for atom in axis])
