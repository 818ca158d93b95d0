"""Which operations are tried on which values."""

from __future__ import annotations

from tests.interpreter.cases import Size
from tests.interpreter.networks import SINGLE

SIZES: dict[int, tuple[Size, ...]] = {
    0: ((4,),),
    1: ((7, 4), (8, 4), (None, 4)),
    2: ((7, 7, 4), (8, 8, 4), (7, 10, 4), (8, 5, 4), (None, None, 4)),
    3: ((7, 6, 5, 4), (4, 7, 8, 4), (None, None, None, 4)),
}
"""By rank: vectors, and maps of even and odd lengths, square and oblong, open ones too."""

RANKS = {"dense": (0,), "dropblock": (2,)}
MAPS = frozenset(
    {"conv", "conv_transpose", "maxpool", "avgpool", "blurpool", "attention", "instancenorm", "evonorm", "frn"}
    | {"subsample", "upsample", "normalize", "spatial_softmax", "zero_pad", "crop", "depth_to_space", "space_to_depth"}
    | {"resize"}
)
"""The operations that need a value with spatial axes."""

CALLS = [(op, rank) for op in SINGLE for rank in RANKS.get(op, (1, 2, 3) if op in MAPS else (0, 1, 2, 3))]


def entering(op: str, size: Size) -> Size:
    """Attention splits its channels into queries, keys and values: it needs more of them."""
    return (*size[:-1], 14) if op == "attention" else size
