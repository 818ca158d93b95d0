"""Which calls of an operation are tried: every word and kind of every argument, each beside each of every other.

What an argument may be is listed here; a test compares the lists with the registry's signatures, so that a new
argument, or a new word of an old one, is named as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import INITIALISER

Case: TypeAlias = dict[str, Any]
"""The arguments of one call."""
Size: TypeAlias = tuple[int | None, ...]

OPEN = (13, 10, 11)
"""What open lengths are when a network is run."""

FLAGS = (False, True)
PADS = ("half", "same", "valid", "causal", 0, 1, (2, 0, 1), ((2, 1),), ((1, 0), (0, 2), (0, 1)))
FILLS = ("zeros", "reflect", "edge")
AMOUNTS = (1, 0, 2, (2, 0, 1), ((1, 0),), ((1, 0), (0, 2), (0, 1)))
KERNELS = (3, 1, 2, 4, (3, 1, 2), (1, 4, 3))
STRIDES = (1, 2, 3, (2, 1, 3))

CHOICES: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "input": {"shape": ()},
    "conv": {
        "channels": (4, 8),
        "kernel": KERNELS,
        "stride": STRIDES,
        "dilation": (1, 2, (1, 2, 1), (3, 1, 2)),
        "groups": (1, 2, 4),
        "bias": FLAGS,
        "pad": PADS,
        "init": INITIALISER.words,
        "standardize": ("none", "plain", "scaled"),
        "epsilon": (1e-6, 0.3),
        "gamma": (1.0, 1.7),
        "fill": FILLS,
    },
    "conv_transpose": {
        "channels": (3, 4),
        "kernel": KERNELS,
        "stride": (None, *STRIDES),
        "bias": FLAGS,
        "init": INITIALISER.words,
    },
    "dense": {"units": (1, 5), "bias": FLAGS, "init": INITIALISER.words},
    "attention": {"heads": (1, 2), "key": (1, 3), "position": ("none", "relative")},
    "maxpool": {
        "kernel": ("global", *KERNELS),
        "stride": (None, *STRIDES),
        "pad": PADS,
        "keepdims": FLAGS,
        "fill": ("lowest", *FILLS),
    },
    "avgpool": {
        "kernel": ("global", *KERNELS),
        "stride": (None, *STRIDES),
        "pad": PADS,
        "keepdims": FLAGS,
        "count_border": FLAGS,
        "fill": FILLS,
    },
    "blurpool": {"kernel": (2, 3, 4, 5, 7), "stride": STRIDES},
    "channel_pool": {"by": ("mean", "max")},
    "batchnorm": {
        "epsilon": (1e-5, 0.3),
        "momentum": (0.9, 0.0),
        "scale": FLAGS,
        "center": FLAGS,
        "gamma": ("ones", "zeros"),
    },
    "layernorm": {"epsilon": (1e-6, 0.3), "scale": FLAGS, "center": FLAGS, "gamma": ("ones", "zeros")},
    "groupnorm": {
        "groups": (1, 2, 4),
        "epsilon": (1e-5, 0.3),
        "scale": FLAGS,
        "center": FLAGS,
        "gamma": ("ones", "zeros"),
    },
    "instancenorm": {"epsilon": (1e-5, 0.3), "scale": FLAGS, "center": FLAGS, "gamma": ("ones", "zeros")},
    "evonorm": {"groups": (1, 2, 4), "epsilon": (1e-5, 0.3)},
    "frn": {"epsilon": (1e-6, 0.3), "gamma": ("ones", "zeros")},
    "leaky_relu": {"slope": (0.01, 0, -0.5, 2)},
    "gelu": {"approximate": FLAGS},
    "softmax": {"splits": (1, 2, 4)},
    "normalize": {"mean": (0, 0.5, (0.4, -2.0, 120.0, 0.0)), "std": (1, 0.25, (0.2, 57.4, 1.0, 3.0))},
    "scale": {"value": (1, -0.5, 0), "learned": FLAGS},
    "shift": {"value": (0, -0.5, 2), "learned": FLAGS},
    "channel_scale": {"init": (1e-6, -1)},
    "dropout": {"rate": (0, 0.5)},
    "drop_path": {"rate": (0, 0.5)},
    "dropblock": {"rate": (0, 0.5), "size": (1, 3, 7)},
    "reshape": {"size": (-1, (1, -1), (-1, 2), (1, 1, -1), (-1, 1, 1, 2))},
    "channels": {"start": (0, 1, 3), "count": (1, 2, 4)},
    "pad_channels": {"channels": (4, 5, 8), "side": ("end", "both")},
    "subsample": {"stride": STRIDES},
    "zero_pad": {"amounts": AMOUNTS},
    "crop": {"amounts": AMOUNTS, "like": (None,)},
    "depth_to_space": {"factor": (1, 2, 3, (2, 1, 2), (1, 2, 1)), "order": ("tensorflow", "pytorch")},
    "space_to_depth": {"factor": (1, 2, 3, (2, 1, 2), (1, 2, 1)), "order": ("tensorflow", "pytorch")},
    "upsample": {"factor": (1, 2, 3, (3, 1, 2)), "method": ("nearest", "bilinear")},
    "resize": {"size": (5, 1, 8, 14, (3, 16, 10), (21, 10, 3)), "like": (None,), "method": ("nearest", "bilinear")},
}
"""Operation -> argument -> what is tried for it, what is usual first.

An extent of three numbers stands for as many as there are axes; -1 in a size for what is left of the numbers.
"""

FIRST_VALUES = frozenset({"init", "momentum"})
"""Arguments that say nothing of the function: each of their words is tried once."""


def uncovered() -> list[str]:
    """Arguments, and words of arguments, that the registry has and no case tries."""
    missing = []
    for name, operation in OPERATIONS.items():
        for parameter in operation.parameters:
            tried = CHOICES.get(name, {}).get(parameter.name)
            if tried is None:
                missing.append(f"{name}: {parameter.name}")
                continue
            missing += [f"{name}: {parameter.name} = {word}" for word in parameter.kind.words if word not in tried]
    return missing


def cases(
    name: str, sizes: Sequence[Size], random: np.random.Generator, strength: int = 2
) -> Iterator[tuple[Size, Case]]:
    """Calls that fit values of these sizes (of one rank); every ``strength`` choices that can meet, meet in one.

    Choices are the size and each argument. The rest of a call is drawn, what is usual in half of the draws.
    """
    columns = {_SIZE: sizes, **CHOICES.get(name, {})}
    wanted = _meetings(columns, strength)
    while wanted:
        meeting = dict(wanted.pop(int(random.integers(len(wanted)))))
        drawn = next(filter(lambda one: _fits(name, one), (_drawn(columns, meeting, random) for _ in range(30))), None)
        if drawn is not None:
            wanted = [one for one in wanted if any(drawn[what] != choice for what, choice in one)]
            yield drawn[_SIZE], _written(drawn)


_SIZE = "the size that flows in"


def _meetings(columns: Mapping[str, Sequence[Any]], strength: int) -> list[tuple[tuple[str, Any], ...]]:
    meeting = [what for what in columns if what not in FIRST_VALUES]
    chosen = [*combinations(meeting, min(strength, len(meeting))), *((what,) for what in columns)]
    return [tuple(zip(one, choices, strict=True)) for one in chosen for choices in product(*(columns[w] for w in one))]


def _drawn(columns: Mapping[str, Sequence[Any]], fixed: Case, random: np.random.Generator) -> Case:
    places = {what: int(random.integers(len(tried))) if random.random() < 0.5 else 0 for what, tried in columns.items()}
    return {what: tried[places[what]] for what, tried in columns.items()} | fixed


def _written(drawn: Case) -> Case:
    """The arguments as they are for a value of this size."""
    size = drawn[_SIZE]
    arguments = {what: _on_axes(value, len(size) - 1) for what, value in drawn.items() if what != _SIZE}
    if "size" in arguments and drawn["size"] in CHOICES["reshape"]["size"]:
        arguments["size"] = _filled(drawn["size"], size)
    return arguments


def _on_axes(value: Any, rank: int) -> Any:
    return value[:rank] if isinstance(value, tuple) else value


def _filled(size: Any, entering: Size) -> Any:
    if None in entering:
        return size
    whole = prod(entering)  # type: ignore[arg-type]
    if size == -1:
        return whole
    left = whole // -prod(size)
    return tuple(left if length == -1 else length for length in size)


def _fits(name: str, drawn: Case) -> bool:
    return fits(name, _written(drawn), OPERATIONS["input"].infer({"shape": drawn[_SIZE]}, ()))


def fits(name: str, arguments: Case, entering: Shape) -> bool:
    """Whether the language takes the call where a value of this shape flows in."""
    try:
        OPERATIONS[name].infer(OPERATIONS[name].settle(arguments, (entering,)), (entering,))
    except UnfitError:
        return False
    return True


def call_by_chance(name: str, entering: Shape, random: np.random.Generator) -> Case | None:
    """A call that fits there; None where ten draws found none."""
    size = tuple(length if isinstance(length, int) else None for length in entering)
    columns = {_SIZE: [size], **CHOICES.get(name, {})}
    draws = (_written(_drawn(columns, {}, random)) for _ in range(10))
    return next((one for one in draws if fits(name, one, entering)), None)
