"""Operations that bring a value to another size: by positions, to one that is written, or to that of another value.

Behind ``like`` stands a value whose numbers are not read. Where its lengths tell all, they become plain arguments, and
the node does not read it; else ``like`` is true, and the node reads it second.
"""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, channels, difference, never_shorter, padded, proportion, told_apart
from resnet_dsl.ir.notation import once, times
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError, Window, per_axis, spatial
from resnet_dsl.ir.parameters import BORDER, EXTENT, LIKE, Argument, Parameter, required, words
from resnet_dsl.ir.windows import settle_border
from resnet_dsl.sentences import counted

_LIKE = Parameter("like", LIKE, "The value whose size the result has; its numbers are not read.", computed="none")
_IN_TWO_AXES = ("bilinear",)


def _one_of_two(name: str, what: str, arguments: Arguments) -> None:
    """Either an argument or a value says the size."""
    if (arguments[what] is None) == (arguments["like"] is None):
        both = "neither is given" if arguments["like"] is None else "both are given"
        raise UnfitError(
            "E0291",
            f"`{name}` goes by `{what}`, or by the size of a value: {both}",
            f"write `{name}({'64x64' if what == 'size' else '2'})`, or `{name}(like = NAME)`",
        )


def _check_axes(name: str, shape: Shape, like: Shape) -> None:
    if len(shape) != len(like):
        raise UnfitError(
            "E0301",
            f"`{name}` needs a value of as many axes, and these are {told_apart(shape, like)} and "
            f"{told_apart(like, shape)}",
            "name a value of the same number of axes: `like = NAME`",
        )


def _resized_like(arguments: Arguments, shape: Shape, like: Shape) -> Arguments:
    _one_of_two("resize", "size", arguments)
    _check_axes("resize", shape, like)
    known = all(isinstance(length, int) for length in like)
    return {**arguments, "like": None if known else True, "size": like[:-1] if known else None}


def _settle_resize(arguments: Arguments, shapes: Shapes) -> Arguments:
    rank = spatial(shapes[0], "resize")
    _one_of_two("resize", "size", arguments)
    if arguments["method"] in _IN_TWO_AXES and rank != 2:
        raise UnfitError(
            "E0293",
            f"`{arguments['method']}` is defined on images, and what flows in has {rank} spatial "
            f"{'axis' if rank == 1 else 'axes'}",
            "use `method = nearest`",
        )
    size = arguments["size"]
    return arguments if size is None else {**arguments, "size": per_axis(size, rank, "the size")}


def _resized(arguments: Arguments, shapes: Shapes) -> Shape:
    if arguments["like"]:
        _check_axes("resize", *shapes)
    return (*(shapes[1][:-1] if arguments["like"] else arguments["size"]), channels(shapes[0]))


def _resize_window(arguments: Arguments, shape: Shape) -> Window | str:
    """Position p lies at (p + 1/2) * stride / factor - 1/2: the cell that this is in, or the two middles around it."""
    ratios = [proportion(*axis) for axis in zip(arguments["size"], shape[:-1], strict=True)]
    known = [one for one in ratios if one is not None]
    if len(known) < len(ratios):
        return "all"
    axes = [_reach(arguments["method"], factor, stride) for factor, stride in known]
    factors, strides = zip(*known, strict=True)
    return Window(tuple(before + behind + 1 for before, behind in axes), strides, factors, tuple(b for b, _ in axes))


def _reach(method: str, factor: int, stride: int) -> tuple[int, int]:
    """How many of the numbers i * factor before and behind p * stride are positions i that p reads."""
    if method == "nearest":
        return factor - 1 - stride // 2, stride // 2
    return -((stride - 3 * factor) // 2 + 1), -(-(stride + factor) // 2) - 1


def _cropped_like(arguments: Arguments, shape: Shape, like: Shape) -> Arguments:
    _one_of_two("crop", "amounts", arguments)
    _check_axes("crop", shape, like)
    _check_longer(shape, like)
    more = [difference(*axis) for axis in zip(shape[:-1], like[:-1], strict=True)]
    if None in more:
        return {**arguments, "like": True}
    return {**arguments, "like": None, "amounts": tuple(_halves(one) for one in more if one is not None)}


def _halves(more: int) -> tuple[int, int]:
    return more // 2, more - more // 2


def _check_longer(shape: Shape, like: Shape) -> None:
    if not all(map(never_shorter, shape[:-1], like[:-1])):
        raise UnfitError(
            "E0292",
            f"`crop` cannot lengthen: what flows in is {told_apart(shape, like)}, and it is to be as long as "
            f"{told_apart(like, shape)}",
            "crop the longer one like the shorter, or use `resize(like = …)`",
        )


def _settle_crop(arguments: Arguments, shapes: Shapes) -> Arguments:
    _one_of_two("crop", "amounts", arguments)
    spatial(shapes[0], "crop")
    return arguments if arguments["like"] else _settle_amounts("crop", arguments, shapes)


def _settle_amounts(name: str, arguments: Arguments, shapes: Shapes) -> Arguments:
    rank = spatial(shapes[0], name)
    return {**arguments, "amounts": settle_border(arguments["amounts"], rank, "the amount")}


def _bordered(arguments: Arguments, shapes: Shapes) -> Shape:
    return (*padded(shapes[0], arguments["amounts"]), channels(shapes[0]))


def _cropped(arguments: Arguments, shapes: Shapes) -> Shape:
    if arguments["like"]:
        _check_axes("crop", *shapes)
        _check_longer(*shapes)
        return (*shapes[1][:-1], channels(shapes[0]))
    _check_some_left(arguments["amounts"], shapes[0])
    taken = tuple((-front, -behind) for front, behind in arguments["amounts"])
    return (*padded(shapes[0], taken), channels(shapes[0]))


def _check_some_left(amounts: Argument, shape: Shape) -> None:
    for length, (front, behind) in zip(shape, amounts, strict=False):
        if isinstance(length, int) and front + behind >= length:
            raise UnfitError(
                "E0284",
                f"`crop` takes {counted(front + behind, 'position')} of a length of {length}, and leaves none",
                f"take at most {length - 1} in all: `crop([front, behind])`",
            )


def _moved(front: tuple[int, ...]) -> Window:
    """Each position is one of the value's, so many further in front."""
    ones = (1,) * len(front)
    return Window(ones, ones, ones, front)


def _crop_window(arguments: Arguments, shape: Shape) -> Window:
    """Where it depends on the input's length how much is cropped, positions are taken to lie where they lay."""
    return _moved(tuple(-front for front, _ in arguments["amounts"] or ((0, 0),) * (len(shape) - 1)))


def _crop_label(arguments: Arguments) -> str:
    return "crop to match" if arguments["like"] else f"crop, {_amounts(arguments)}"


def _amounts(arguments: Arguments) -> str:
    """``2``, ``2+1`` where there are others behind than in front, ``2×2+1`` where axes differ."""
    return once(tuple(str(a) if a == b else f"{a}+{b}" for a, b in arguments["amounts"]))


def _nothing(arguments: Arguments) -> bool:
    return arguments["amounts"] is not None and not any(map(any, arguments["amounts"]))


def _resize_label(arguments: Arguments) -> str:
    size = "resize to match" if arguments["like"] else f"resize, {times(arguments['size'])}"
    return size if arguments["method"] == "nearest" else f"{size}, {arguments['method']}"


RESIZE = Operation(
    "resize",
    "Another size, or that of another value (`resize(like = in)`): the middles of cells stay in place, and nothing is "
    "blurred first (PyTorch's `align_corners=False`; its `nearest-exact`).",
    "reshape",
    (
        Parameter("size", EXTENT, "Lengths of the result.", computed="none"),
        _LIKE,
        Parameter(
            "method", words("nearest", "bilinear"), "How positions are filled; `bilinear` for images.", "nearest"
        ),
    ),
    settle=_settle_resize,
    infer=_resized,
    window=_resize_window,  # type: ignore[arg-type]
    label=_resize_label,
    liken=_resized_like,
    keeps_sign=True,
    affine=True,
)
ZERO_PAD = Operation(
    "zero_pad",
    "Zeros in front of the map and behind it.",
    "reshape",
    (required("amounts", BORDER, "How many positions."),),
    settle=lambda arguments, shapes: _settle_amounts("zero_pad", arguments, shapes),
    infer=_bordered,
    window=lambda arguments, shape: _moved(tuple(front for front, _ in arguments["amounts"])),
    label=lambda arguments: f"zero border, {_amounts(arguments)}",
    keeps_sign=True,
    affine=True,
    idle=_nothing,
)
CROP = Operation(
    "crop",
    "The map without positions in front and behind: so many, or down to the middle that is as long as another value "
    "(`crop(like = up)`; of an odd number one more behind).",
    "reshape",
    (Parameter("amounts", BORDER, "How many positions are taken away.", computed="none"), _LIKE),
    settle=_settle_crop,
    infer=_cropped,
    window=_crop_window,
    label=_crop_label,
    liken=_cropped_like,
    keeps_sign=True,
    affine=True,
    idle=_nothing,
)

OPERATIONS = (RESIZE, ZERO_PAD, CROP)
