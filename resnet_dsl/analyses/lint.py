"""What compiles but is probably not meant.

Much of it are single operations that fit what flows in and do what nobody means: each a question asked of one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from resnet_dsl.analyses.parts import stage_of_scopes
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.values import Origin
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Length, Shape, channels, show
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span

_LARGE = 8
"""Windows below this are larger than small maps in many networks, and lose little by it."""

_HUGE = 32
"""No network for images convolves with square windows of this length; the largest known are 31 (Ding et al. 2022)."""

_SIDE = 48
"""Sides of images that are not square: shorter pairs of numbers are as likely something else."""

_FEW = (1, 3, 4)
"""Channels of images: grey, colours, colours with transparency or depth."""


Diagnostics: TypeAlias = tuple[Diagnostic, ...]


def lint(graph: Graph, shapes: Sequence[Shape], origins: Sequence[Origin]) -> tuple[Diagnostic, ...]:
    """What follows from the shapes; of strides the first of each kind, since what comes behind follows from it."""
    owners = stage_of_scopes(graph)
    found: list[Diagnostic] = [*_doubts(graph, shapes, origins), *_probabilities(graph, origins)]
    rounded = collapsed = False
    for index, node in enumerate(graph.nodes):
        if not node.inputs or len(shapes[node.inputs[0]]) < 2 or "stride" not in node.args:
            continue
        before, after = shapes[node.inputs[0]], shapes[index]
        if not collapsed and _collapses(node, before, after) and graph.scopes[owners[node.scope]].kind != "head":
            collapsed = True
            found.append(located(_collapsed(before, after, origins[index].span), origins[index].caller))
        elif not rounded and _rounds(node, before):
            rounded = True
            found.append(located(_rounded(before, after, origins[index].span), origins[index].caller))
    is_turned = graph.inputs == 1 and any(one.code == "W0208" for one in found)
    return tuple(one for one in found if not (is_turned and one.code in _OF_LENGTHS))


_OF_LENGTHS = ("W0209", "W0301", "W0302")
"""What follows where an input's channels stand for one of its lengths."""


def explained(mistakes: Diagnostics, doubts: Diagnostics) -> tuple[Diagnostics, Diagnostics]:
    """A window larger than the map, where the one input reads like another order, is one mistake with that remedy."""
    turned = [one for one in doubts if one.code == "W0208" and one.place is not None]
    if len(turned) != 1 or all(one.code != "E0303" for one in mistakes):
        return mistakes, doubts
    (cause,) = turned
    assert cause.place is not None
    label = Label(cause.place.span, cause.message.partition(" is ")[2])
    told = (
        one._replace(others=(*one.others, label), help=cause.help, edits=()) if one.code == "E0303" else one
        for one in mistakes
    )
    return tuple(told), tuple(one for one in doubts if one is not cause)


def _probabilities(graph: Graph, origins: Sequence[Origin]) -> Iterator[Diagnostic]:
    """Layers that go on from a softmax over channels as if it were a map of numbers: mostly it was to be the last."""
    shares = {index for index, node in enumerate(graph.nodes) if node.op in _SHARING and _shares(node)}
    told: set[int] = set()
    for index, node in enumerate(graph.nodes[graph.inputs :] if shares else (), graph.inputs):
        before = graph.nodes[node.inputs[0]]
        if node.inputs[0] in shares and OPERATIONS[node.op].role in _GOES_ON and id(origins[index].span) not in told:
            told.add(id(origins[index].span))
            yield located(_behind_softmax(node, before, origins[index].span), origins[index].caller)


_SHARING = {
    name for name, one in OPERATIONS.items() if one.probabilities is not Operation._field_defaults["probabilities"]
}
"""Operations that may make probabilities."""


def _shares(node: Node) -> bool:
    return OPERATIONS[node.op].probabilities(node.args) == "channels"


_GOES_ON = ("weighted", "norm", "activation")


def _behind_softmax(node: Node, before: Node, place: Span) -> Diagnostic:
    return Diagnostic(
        "W0272",
        f"`{node.op}` goes on from probabilities: what flows in is the result of `{before.op}`",
        Label(place),
        help=f"leave one of the two out: `{before.op}` stands last, or makes a gate that `mul` reads",
    )


def _doubts(graph: Graph, shapes: Sequence[Shape], origins: Sequence[Origin]) -> Iterator[Diagnostic]:
    """Repeated blocks share their arguments: each kind of node is asked once at each place.

    Both are told by identity: arguments have no hash, and what was written once has one span.
    """
    asked: set[tuple[int, int]] = set()
    for shape, origin in zip(shapes[: graph.inputs], origins, strict=False):
        doubt = _doubtful_input(shape, origin.span)
        if doubt is not None:
            yield doubt
    for index, node in enumerate(graph.nodes[graph.inputs :], graph.inputs):
        key = id(node.args), id(origins[index].span)
        if key in asked:
            continue
        asked.add(key)
        for question in _DOUBTS:
            doubt = question(node, shapes[node.inputs[0]], origins[index].span)
            if doubt is not None:
                yield located(doubt, origins[index].caller)


def _collapses(node: Node, before: Shape, after: Shape) -> bool:
    """Whether a window (not a global pool) leaves one position of several."""
    if node.args.get("kernel") == "global" or len(after) < 2:
        return False
    return all(length == 1 for length in after[:-1]) and any(length != 1 for length in before[:-1])


def _rounds(node: Node, before: Shape) -> bool:
    stride = node.args["stride"]
    if stride is None or all(length == 1 for length in before[:-1]):
        return False
    return any(isinstance(length, int) and length % step for length, step in zip(before, stride, strict=False))


def _collapsed(before: Shape, after: Shape, place: Span) -> Diagnostic:
    message = f"the map is down to one position ({show(before)} -> {show(after)}) before the head"
    return Diagnostic("W0301", message, Label(place), help="use fewer strides, or a larger input")


def _rounded(before: Shape, after: Shape, place: Span) -> Diagnostic:
    message = f"the stride does not divide the map's size: {show(before)} -> {show(after)}"
    remedy = "choose an input whose lengths the strides divide (224, 256), if the border matters"
    return Diagnostic("W0302", message, Label(place), help=remedy)


def _softmax_of_one(node: Node, before: Shape, place: Span) -> Diagnostic | None:
    if OPERATIONS[node.op].probabilities(node.args) != "channels" or channels(before) != 1:
        return None
    return Diagnostic(
        "E0245",
        f"the softmax of one number is 1, whatever flows in ({show(before)})",
        Label(place, "softmax shares 1 between the channels, and there is one"),
        help="use `sigmoid` for one output, or two channels or more before the softmax",
    )


def _norm_of_one(node: Node, before: Shape, place: Span) -> Diagnostic | None:
    if OPERATIONS[node.op].centred(node.args, before) != 1:
        return None
    return Diagnostic(
        "W0210",
        f"this normalises single numbers ({show(before)}), and makes a constant of them",
        Label(place, "less its own mean a number is 0, whatever flows in"),
        help="use fewer groups, or `batchnorm`; or leave it out here",
    )


def _window_of_a_width(node: Node, before: Shape, place: Span) -> Diagnostic | None:
    """PyTorch's order of arguments, channels in, channels out, kernel, makes a window of what was to be a width."""
    kernel = node.args.get("kernel")
    if not isinstance(kernel, tuple) or len(before) < 2 or not (_too_large(kernel, before) or _too_wide(node, before)):
        return None
    shown = show(kernel)
    return Diagnostic(
        "W0209",
        f"`{node.op}` has a window of {shown} on a map of {show(before)}",
        Label(place, f"the window is {shown}"),
        help=_window_meant(node, before, place),
    )


def _window_meant(node: Node, before: Shape, place: Span) -> str:
    kernel = node.args["kernel"]
    takes = OPERATIONS[node.op].parameter("kernel")
    if takes is not None and "global" in takes.kind.words:
        return f"write `{node.op}(global)` for the whole map"
    if len(set(kernel)) == 1 and (kernel[0] >= _HUGE or node.args["channels"] == channels(before)):
        written = _in_order(place.text)
        if written is not None:
            return f"write `{written}` if that is meant: channels of the result, then the window"
    return "use a smaller window, or reduce the map less before it"


def _in_order(call: str) -> str | None:
    """A call whose arguments are channels in, channels out, window, or window, channels, as it is written here."""
    name, _, inside = call.strip().removesuffix(")").partition("(")
    given = [one.strip() for one in inside.split(",")]
    numbers = [one for one in given if "=" not in one]
    if len(numbers) < 2 or given[: len(numbers)] != numbers or not {*"()[]#"}.isdisjoint(inside):
        return None
    ordered = numbers[1:] if len(numbers) > 2 else numbers[::-1]
    return f"{name}({', '.join([*ordered, *given[len(numbers) :]])})"


def _too_large(kernel: tuple[int, ...], before: Shape) -> bool:
    known = zip(kernel, before, strict=False)
    return any(isinstance(length, int) and length < window >= _LARGE for window, length in known)


def _too_wide(node: Node, before: Shape) -> bool:
    """Whether it reads like `conv(in, out, 3)`: a width for a window, or what flows in and a kernel for a stride."""
    window = min(node.args["kernel"])
    swapped = node.args.get("channels") == channels(before) and set(node.args["stride"]) in ({3}, {5}, {7})
    return node.op == "conv" and len(before) > 2 and (window >= _HUGE or (window >= _LARGE and swapped))


def _lost_dilation(node: Node, before: Shape, place: Span) -> Diagnostic | None:
    pairs = zip(node.args["kernel"], node.args["dilation"], before, strict=False) if "dilation" in node.args else ()
    lost = [d for k, d, length in pairs if k > 1 and d > 1 and isinstance(length, int) and length <= d]
    if not lost:
        return None
    return Diagnostic(
        "W0209",
        f"a dilation of {lost[0]} reaches beyond a map of {show(before)}",
        Label(place, "all taps but one see padding only"),
        help="use a smaller dilation, or reduce the map less before it",
    )


def _huge_epsilon(node: Node, before: Shape, place: Span) -> Diagnostic | None:
    """PyTorch's and Flax' norms begin with the number of channels."""
    epsilon = node.args.get("epsilon", 0)
    if epsilon < 1 or OPERATIONS[node.op].role != "norm":
        return None
    return Diagnostic(
        "W0271",
        f"the epsilon of `{node.op}` is {epsilon:g}, and drowns the variance that it is added to",
        Label(place, "the number of channels is no argument: it is that of what flows in"),
        help=f"leave it out, or write a small number: `{node.op}(epsilon = 1e-5)`",
    )


_DOUBTS: tuple[Callable[[Node, Shape, Span], Diagnostic | None], ...] = (
    _softmax_of_one,
    _norm_of_one,
    _window_of_a_width,
    _lost_dilation,
    _huge_epsilon,
)


def _doubtful_input(size: Shape, place: Span) -> Diagnostic | None:
    """An input that reads like channels first, or like an image without its channels."""
    *lengths, last = size
    turned = show((*size[1:], size[0]))
    if len(lengths) == 1 and _is_picture(*size):
        return _input(size, f"{_positions(lengths[0])} with {show((last,))} channels each", f"{show(size)}x3", place)
    if len(lengths) == 1 and _is_turned_signal(*size):
        return _input(size, f"{_positions(lengths[0])} with {last:,} channels each", turned, place)
    if len(lengths) > 1 and lengths[0] in _FEW and _are_sides(lengths[-1], last):
        return _input(size, f"{last} channels on a map of {show(size[:-1])}", turned, place)
    return None


def _positions(length: Length) -> str:
    return "1 position" if length == 1 else f"{show((length,))} positions"


def _is_picture(height: Length, width: Length) -> bool:
    """A square, or as wide to high as screens and cameras are (4:3 and 16:9)."""
    if not (isinstance(height, int) and isinstance(width, int)):
        return height == width
    short, long = sorted((height, width))
    return short == long or (short >= _SIDE and (4 * short == 3 * long or 16 * short == 9 * long))


def _is_turned_signal(first: Length, last: Length) -> bool:
    return isinstance(first, int) and isinstance(last, int) and last >= max(1000, 200 * first)


def _are_sides(height: Length, width: Length) -> bool:
    """Two lengths that are the sides of an image sooner than a length and channels."""
    if not (isinstance(height, int) and isinstance(width, int)):
        return False
    return height == width >= _LARGE or _SIDE <= max(height, width) < 2 * min(height, width)


def _input(size: Shape, read: str, meant: str, place: Span) -> Diagnostic:
    message = f"the input {show(size)} is taken as {read}: channels stand last"
    return Diagnostic("W0208", message, Label(place), help=f"write `input {meant}` if that is meant")
