"""What an operation of the language is: one record that holds all that the compiler knows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd, inf
from typing import Literal, NamedTuple, TypeAlias, get_args

from resnet_dsl.ir.lengths import Shape, elements, show
from resnet_dsl.ir.parameters import Argument, Parameter
from resnet_dsl.sentences import either

Arguments: TypeAlias = Mapping[str, Argument]
Shapes: TypeAlias = tuple[Shape, ...]
Reserved: TypeAlias = Literal[
    "input", "identity", "flatten", "reshape", "channels", "pad_channels", "subsample", "upsample",
    "conv", "conv_transpose", "dense",
    "attention",
    "batchnorm", "layernorm", "groupnorm", "instancenorm", "evonorm", "frn",
    "relu", "relu6", "leaky_relu", "tlu", "prelu", "elu", "gelu", "silu", "mish", "softplus", "sigmoid", "hard_sigmoid",
    "hard_swish", "tanh", "softmax",
    "maxpool", "avgpool", "blurpool", "channel_pool",
    "add", "mul", "concat",
    "dropout", "drop_path", "dropblock",
    "scale", "shift", "channel_scale",
]  # fmt: skip
"""The operations of the language's first version, family by family. Nothing else may be called so."""
Later: TypeAlias = Literal[
    "zero_pad", "crop", "resize", "depth_to_space", "space_to_depth",
    "abs", "selu", "spatial_softmax", "sub", "normalize",
]  # fmt: skip
"""Those that came after it: what a file itself calls so stands in their place, as when there was none."""
OperationName: TypeAlias = Literal[Reserved, Later]
"""Every operation. Tables of rules have these as their keys, so that mypy finds a misspelt one."""
RESERVED: frozenset[str] = frozenset(get_args(Reserved))
Role: TypeAlias = Literal[
    "input", "weighted", "attention", "norm", "activation", "pool", "merge", "noise", "scale", "reshape"
]
Merge: TypeAlias = Literal["sum", "difference", "product", "join"]
"""How several values become one. A difference is of two; of a product the first is the main path, the others gates."""


MOST_PARTS = 100_000
"""Numbers of groups that are looked through for one that fits."""


class UnfitError(Exception):
    """What flows into an operation does not fit it. ``code`` is the diagnostic's; ``remedy`` its help."""

    def __init__(self, code: str, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


class Weight(NamedTuple):
    """One array that an operation owns; ``init`` is a word of INITIALISER, or a number that fills it."""

    name: str
    shape: tuple[int, ...]
    init: str | float
    trainable: bool = True


class Window(NamedTuple):
    """What output position p sees of each spatial axis: the input positions i for which i * factor is one of ``reach``
    numbers (dilation included) from p * stride - before on.

    A convolution has factor 1, and as ``before`` its border; ``factor`` is above 1 where the axis is lengthened.
    """

    reach: tuple[int, ...]
    stride: tuple[int, ...]
    factor: tuple[int, ...]
    before: tuple[int, ...]


def _same_shape(arguments: Arguments, shapes: Shapes) -> Shape:
    return shapes[0]


def _as_given(arguments: Arguments, shapes: Shapes) -> Arguments:
    return arguments


def _no_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    return ()


def _no_macs(arguments: Arguments, shapes: Shapes, output: Shape) -> int | None:
    return 0


def always(arguments: Arguments) -> bool:
    return True


def _never(arguments: Arguments) -> bool:
    return False


def _no_probabilities(arguments: Arguments) -> Literal["channels", "parts"] | None:
    return None


def _not_centred(arguments: Arguments, shape: Shape) -> int | None:
    return None


def _none_ignored(arguments: Arguments) -> Mapping[str, str]:
    return {}


def _point(arguments: Arguments, shape: Shape) -> Window | Literal["all"]:
    axes = (1,) * (len(shape) - 1)
    return Window(axes, axes, axes, (0,) * len(axes))


class Operation(NamedTuple):
    """One operation, defined in one place: all that is true of it wherever it is computed.

    name, doc: what the user writes, and one sentence for the reference (with the paper where there is one).
    role: what it is to a reader of the network; ``weighted`` ones count in the depth.
    parameters: its arguments, in positional order.
    merge: how it makes one value of several named ones; None where it takes the current value.
    settle: (arguments, shapes) -> arguments with nothing left open: one number an axis, padding as pairs.
    infer: (settled arguments, input shapes) -> the output's shape; raises UnfitError.
    weights: (settled arguments, input shapes) -> its arrays, in Keras' order and layout.
    macs: (…, output shape) -> multiply-accumulates of one sample; None while a length is unknown.
    window: (settled arguments, input shape) -> the receptive-field rule; "all" where each output sees everything.
    label: settled arguments -> what a figure's row says.
    liken: of an operation with ``like``: (arguments, input shape, shape of the value to be like) -> arguments that go
        by that value, without reading it where its lengths tell all; raises UnfitError.

    Facts of its result at inference; the defaults claim nothing:

    ignored: arguments -> those that change nothing, each with the name of the argument that leaves them nothing to do.
    range: no number of it lies outside, whatever flows in.
    keeps_sign: no number of it is negative where none that flows in is.
    affine: it is a matrix times the value, plus an offset.
    idle: settled arguments -> whether it is the value as it is.
    probabilities: settled arguments -> what of it sums to one: all ``channels`` of a position, or ``parts`` of them.
    centred: (settled arguments, input shape) -> how many numbers of a sample have their mean taken away together;
        None where none have, or a length is unknown.
    """

    name: OperationName
    doc: str
    role: Role
    parameters: tuple[Parameter, ...] = ()
    merge: Merge | None = None
    settle: Callable[[Arguments, Shapes], Arguments] = _as_given
    infer: Callable[[Arguments, Shapes], Shape] = _same_shape
    weights: Callable[[Arguments, Shapes], tuple[Weight, ...]] = _no_weights
    macs: Callable[[Arguments, Shapes, Shape], int | None] = _no_macs
    window: Callable[[Arguments, Shape], Window | Literal["all"]] = _point
    label: Callable[[Arguments], str] | None = None
    liken: Callable[[Arguments, Shape, Shape], Arguments] | None = None
    ignored: Callable[[Arguments], Mapping[str, str]] = _none_ignored
    range: tuple[float, float] = (-inf, inf)
    keeps_sign: bool = False
    affine: bool = False
    idle: Callable[[Arguments], bool] = _never
    probabilities: Callable[[Arguments], Literal["channels", "parts"] | None] = _no_probabilities
    centred: Callable[[Arguments, Shape], int | None] = _not_centred

    @property
    def has_weights(self) -> bool:
        """Whether it may have any."""
        return self.weights is not _no_weights

    @property
    def many(self) -> bool:
        """Whether it reads several values."""
        return self.merge is not None

    @property
    def most(self) -> float:
        """The most values that it reads."""
        return 2 if self.merge == "difference" else inf if self.many else 1

    def parameter(self, name: str) -> Parameter | None:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        return None


def spatial(shape: Shape, operation: str) -> int:
    """The number of spatial axes; Unfit where there are none."""
    if len(shape) < 2:
        raise UnfitError(
            "E0301",
            f"`{operation}` needs a value with spatial axes, and what flows in is a vector of {shape[0]}",
            f"put `{operation}` before the pooling or flattening that made the vector, or pool with "
            "`avgpool(global, keepdims = true)`; `dense` takes vectors",
        )
    return len(shape) - 1


def nearest_divisors(count: int, *totals: int) -> str:
    """The numbers next to ``count`` that divide all of the totals, in words: ``4 or 8``."""
    whole = gcd(*totals)
    found = [one for one in range(1, min(whole, MOST_PARTS) + 1) if whole % one == 0]
    below, above = [one for one in found if one < count][-1:], [one for one in found if one > count][:1]
    return either([str(one) for one in (*below, *above)])


def positions(shape: Shape) -> int | None:
    """How many positions a value has (the channels left out); None while a length is unknown."""
    return elements(shape[:-1])


def _as_many(numbers: tuple[int, ...], rank: int) -> str:
    """What to write for one number an axis where there are more, as with the channels, or fewer."""
    if len(numbers) > rank:
        return f"write `{show(numbers[:rank])}`, a number an axis, or one for all axes"
    return f"write {rank} numbers, or one for all axes"


def per_axis(value: Argument, rank: int, what: str) -> tuple[int, ...]:
    """One number for all axes, or one an axis, as one an axis."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        raise UnfitError(
            "E0301",
            f"{what} {show(value)} has {len(value)} numbers, and the value that flows in has {rank} spatial "
            f"{'axis' if rank == 1 else 'axes'}",
            _as_many(value, rank),
        )
    return tuple(value)
