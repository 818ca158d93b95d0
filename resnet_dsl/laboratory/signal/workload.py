"""What a prediction may cost. Checked before it is paid: a window may be larger than the map that it slides over."""

from __future__ import annotations

from math import prod

from resnet_dsl.laboratory.signal.report import UnpredictableError
from resnet_dsl.laboratory.signal.rule import Site
from resnet_dsl.laboratory.signal.state import State

MOST_POSITIONS = 2**20
"""Positions of one map, with its padding."""

MOST_TAPS = 4096
"""Values that a window sees."""

MOST_NUMBERS = 2**26
"""Numbers that the states of all operations hold together: half a gigabyte."""

MOST_WORK = 2**29
"""Numbers that are looked at through all windows together, a tap at a time: ten seconds or so."""

_WORK_OF_A_TAP = 1000  # what NumPy takes for a tap beside the map's numbers


class Workload:
    """Counts what one prediction takes."""

    def __init__(self) -> None:
        self._numbers = 0
        self._work = 0

    def before(self, site: Site, states: list[State]) -> None:
        """Raises UnpredictableError where the operation would take too long on these states."""
        kernel = site.args.get("kernel")
        if not isinstance(kernel, tuple):
            return
        _check_window(site, kernel)
        segments = sum(len(state) for state in states)
        self._work += prod(kernel) * segments * (_WORK_OF_A_TAP + prod(site.output[:-1]))
        if self._work > MOST_WORK:
            raise UnpredictableError(f"the windows up to `{site.name}` take too long to follow: {_REMEDY}", site.name)

    def behind(self, site: Site, state: State) -> None:
        """Raises UnpredictableError where the state, with those before it, holds too much."""
        self._numbers += sum(4 * one.mean.size + one.correlation.size + one.sample.size for one in state)
        if self._numbers > MOST_NUMBERS:
            raise UnpredictableError(
                f"the network up to `{site.name}` is too large to be predicted: {_REMEDY}", site.name
            )


_REMEDY = "give the input a smaller size, or predict a network with fewer blocks"


def _check_window(site: Site, kernel: tuple[int, ...]) -> None:
    if prod(kernel) > MOST_TAPS:
        raise UnpredictableError(
            f"`{site.name}` has a window of more than {MOST_TAPS} taps: give it a smaller kernel", site.name
        )
    pad = site.args.get("pad")
    sides = [sum(one) for one in pad] if isinstance(pad, tuple) else kernel
    if prod(length + more for length, more in zip(site.inputs[0], sides, strict=False)) > MOST_POSITIONS:
        raise UnpredictableError(
            f"`{site.name}` pads its map to more than {MOST_POSITIONS:,} positions: give it less padding", site.name
        )
