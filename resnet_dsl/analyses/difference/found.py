"""What can tell two networks apart, as data. In each pair the first network is the left one."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from resnet_dsl.analyses.network import CountedPart
from resnet_dsl.ir.lengths import Shape, as_json
from resnet_dsl.ir.parameters import Argument


class End(NamedTuple):
    """An input or output that is not alike: its shape in each network; None where one has none of this name."""

    kind: Literal["input", "output"]
    name: str
    left: Shape | None
    right: Shape | None


class Pair(NamedTuple):
    """A stem, stage, head or block of one network beside its counterpart; None where the other has none."""

    place: str
    left: CountedPart | None
    right: CountedPart | None

    @property
    def differs(self) -> bool:
        """Whether shape, parameters, multiply-accumulates or the number of blocks do."""
        return _facts(self.left) != _facts(self.right)


class Setting(NamedTuple):
    """An argument that differs in the same way wherever it does.

    places: the steps, in the left network's and in the right one's names. of: how many steps of this operation the two
    networks have in common.
    """

    op: str
    argument: str
    left: Argument
    right: Argument
    places: tuple[tuple[str, str], ...]
    of: int


class MovedStride(NamedTuple):
    """A stride that both networks have in a block, at different steps of it; ``places`` are these blocks."""

    stride: Argument
    left: str
    right: str
    places: tuple[str, ...]


class UnmatchedSteps(NamedTuple):
    """Steps that stand in one network and not in the other, at the same place of the same blocks."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    places: tuple[str, ...]


class Rewired(NamedTuple):
    """A step of both networks that reads other values; ``left`` and ``right`` name the steps that it reads.

    places: the blocks in which it does so. Values of other blocks are named by their nodes.
    """

    step: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    places: tuple[str, ...]


class Difference(NamedTuple):
    """All that tells two networks apart. ``quantities``: name -> (left, right), where they differ.

    ends: where one of the two has several inputs or outputs, those that differ; else their shapes are quantities. The
    quantities ``inputs`` and ``outputs`` are the order of those that both have.
    """

    names: tuple[str, str]
    quantities: dict[str, tuple[Any, Any]]
    parts: tuple[Pair, ...]
    blocks: tuple[Pair, ...]
    steps: tuple[UnmatchedSteps, ...]
    strides: tuple[MovedStride, ...]
    settings: tuple[Setting, ...]
    wiring: tuple[Rewired, ...] = ()
    ends: tuple[End, ...] = ()


def as_data(found: Difference) -> dict[str, Any]:
    """The same as plain data, for JSON: each pair is a list [left, right]."""
    return {
        "networks": list(found.names),
        "ends": [{name: _plain(value) for name, value in one._asdict().items()} for one in found.ends],
        "quantities": {name: [_plain(one) for one in pair] for name, pair in found.quantities.items()},
        "stages": _pairs_data(found.parts),
        "blocks": _pairs_data(found.blocks),
        "steps": [one._asdict() for one in found.steps],
        "strides": [one._asdict() for one in found.strides],
        "settings": [one._asdict() for one in found.settings],
        "wiring": [one._asdict() for one in found.wiring],
    }


def _facts(part: CountedPart | None) -> tuple[Any, ...] | None:
    if part is None:
        return None
    blocks = 0 if part.kind == "block" else part.blocks
    return part.output_shape, part.params, part.total_params, part.macs, blocks, part.block


def _pairs_data(pairs: tuple[Pair, ...]) -> list[dict[str, Any]]:
    return [{"place": one.place, "left": _part_data(one.left), "right": _part_data(one.right)} for one in pairs]


def _part_data(part: CountedPart | None) -> dict[str, Any] | None:
    names = ("name", "block", "blocks", "output_shape", "params", "total_params", "macs")
    return None if part is None else {name: _plain(getattr(part, name)) for name in names}


def _plain(value: Any) -> Any:
    return as_json(value) if isinstance(value, tuple) else value
