"""The words of what can be wrong with a network as a whole: its derivation, its parts, its parameters."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.values import Constant, Items, Value
from resnet_dsl.elaborate.wording import sort_of
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def unknown_base(name: str, span: Span, module: Module) -> Diagnostic:
    other = module.find(name)
    if other is not None:
        remedy = f"`{name}` is no network: write `network NAME {{ … }}` and call it in a stage"
    else:
        remedy = "define it in this file, or import the file that does"
    known = module.names(tree.Network)
    return Diagnostic(
        "E0215",
        f"there is no network called `{name}` to derive from",
        Label(span),
        help=remedy if other is not None else suggestion(name, known) or remedy,
    )


def why_no_input(size: Constant) -> str:
    if not isinstance(size, tuple) or isinstance(size, Items | Value):
        return f"this is {sort_of(size)}"
    if not 2 <= len(size) <= 4:
        return f"there are {len(size)} numbers, and one to three axes with channels behind them make two to four"
    if size[-1] is None:
        return "the channels must be known"
    return "a length is at least 1"


def no_input(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0233",
        f"network `{network.name.text}` has no input",
        Label(network.name.span),
        help="begin it with `input 224x224x3`: height, width, channels",
    )


def empty(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0234",
        f"network `{network.name.text}` has neither a stem, a stage nor a head",
        Label(network.name.span),
        help="write `stage NAME { … }` with its blocks",
    )


def nearly_a_stage(name: str, place: Span, other: str, first: Span) -> Diagnostic:
    return Diagnostic(
        "W0207",
        f"stage `{name}` is new, and stands behind the stages of the base, which has a stage `{other}`",
        Label(place),
        (Label(first, "this one stays as it is"),),
        help=f"to replace that one, write `stage {other}`; otherwise give the new one a name that is less like it",
    )


def out_of_order(part: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "E0235",
        f"`{part}` stands out of order: a network flows from its stem through its stages to its head",
        Label(place),
        help="move it: stem first, stages next, head last",
    )


def unknown_parameter(name: str, network: tree.Network, known: list[str]) -> Diagnostic:
    has = f"it has {', '.join(f'`{one}`' for one in known)}" if known else "it has none"
    return Diagnostic(
        "E0236",
        f"network `{network.name.text}` has no parameter `{name}` to set",
        Label(network.name.span, has),
        help=suggestion(name, known),
    )


def parameter_missing(network: tree.Network, names: list[str]) -> Diagnostic:
    listed = " and ".join(f"`{name}`" for name in names)
    return Diagnostic(
        "E0237",
        f"network `{network.name.text}` needs a value for {listed}",
        Label(network.name.span),
        help=f"give a default (`{names[0]} = …`), or set it: `--set {names[0]}=…`",
    )


def unused_value(token: tree.Token) -> Diagnostic:
    return Diagnostic(
        "W0203",
        f"the value `{token.text}` is never used, and what led to it is left out of the network",
        Label(token.span),
        help="use the name in a later step, or remove the line",
    )
