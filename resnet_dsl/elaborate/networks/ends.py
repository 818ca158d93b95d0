"""What a network takes and returns: its inputs with their sizes, its outputs by name, and the mistakes in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate import limits, notation
from resnet_dsl.elaborate.networks.derivation import Level
from resnet_dsl.elaborate.networks.plan import Part, PlannedInput
from resnet_dsl.elaborate.values import Constant, Items, Value
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.ir.lengths import LARGEST_FACTOR, show
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import is_integer
from resnet_dsl.ir.sizes import Size, beside, fits, is_open, multiples, rule
from resnet_dsl.sentences import either, listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

InputSize: TypeAlias = Size | Mapping[str, Size]
"""Of the one input; of several by name, those that are to have another size than the text gives them."""


def sizes_of_inputs(asked: InputSize | None, known: list[str], network: tree.NetworkNode) -> Mapping[str, Size]:
    """What was asked for, by the names of the inputs. Raises DiagnosticError where it is not said for which."""
    if asked is None:
        return {}
    if not isinstance(asked, Mapping):
        asked = {known[0] if len(known) == 1 else "": asked}
    for name in asked:
        if name not in known:
            raise DiagnosticError(_unknown_input(name, network, known))
    return asked


def checked_size(size: Constant, name: tree.Token | None, span: Span) -> Size:
    """The size of an input. A number alone is that of a vector, where the input has a name: without one it is a slip.

    Raises DiagnosticError where a constant is no size of an input.
    """
    given = (size,) if is_integer(size) and name is not None else size
    if not _is_input(given):
        raise DiagnosticError(notation.size_of_input(span) or _not_an_input(size, _why_no_input(size), span))
    return given


def check_multiples(size: Size, written: Constant, span: Span) -> None:
    """Raises DiagnosticError where lengths are none of the multiples that the text asks for; ``size`` is one."""
    divisors = multiples(written) if _is_input(written) else ()
    if not fits(size, divisors):
        raise DiagnosticError(_no_multiple(size, divisors, span))


def _is_input(size: Constant) -> TypeGuard[Size]:
    return not isinstance(size, Items | Value) and OPERATIONS["input"].parameters[0].kind.fits(size)


def name_of_output(written: tree.Name | tree.Indexed | tree.Entry) -> str:
    """What a value is returned under. Raises DiagnosticError where it has no name."""
    if isinstance(written, tree.Indexed):
        raise DiagnosticError(_nameless(written.span))
    return written.token.text if isinstance(written, tree.Name) else written.keyword.text


def no_input(network: tree.NetworkNode) -> Diagnostic:
    return Diagnostic(
        "E0233",
        f"network `{network.name.text}` has no input",
        Label(network.name.span),
        help="begin it with `input 224x224x3`: height, width, channels",
    )


def unread(source: PlannedInput, known: list[str]) -> Diagnostic:
    """``known``: the names of all inputs."""
    name = source.key
    others = [one for one in known if one != name]
    remedy = f"start a chain from it (`{name} -> …`), or take it out"
    if source.name is None and others:
        remedy = f"start a chain from it; or, if it was to replace another input, write `input {others[0]} …`"
    return Diagnostic("E0260", f"nothing reads the input `{name}`", Label(source.member.span), help=remedy)


def only_lent(source: PlannedInput) -> Diagnostic:
    """Of an input from which comes what is named behind ``like``, and is of a size that is known."""
    return Diagnostic(
        "E0260",
        f"nothing reads the input `{source.key}`: it only lends a size, which is known without it",
        Label(source.member.span),
        help="take it out, and write the size in place of `like = …`: `resize(64x64)`",
    )


def too_many_inputs(count: int, most: int, what: str, span: Span) -> Diagnostic:
    message = f"there are {count} inputs, and {what} has {most} at most"
    return Diagnostic("E0264", message, Label(span), help="let several come in as channels of one, or repeat less")


def too_many_outputs(count: int, span: Span) -> Diagnostic:
    message = f"there are {count:,} outputs, and a network has {limits.MOST_OUTPUTS:,} at most"
    return Diagnostic("E0264", message, Label(span), help="merge some of them: `concat(a, b)`")


def left_out(parts: list[Part], output: tree.OutputNode, level: Level, own: Level) -> Diagnostic:
    """``parts``: whose values an `output` loses, which stands at ``level``; ``own`` is that of the network itself."""
    names = listed(part.key for part in parts)
    derived = " ".join(_emptied(part) for part in parts if part.level is not own)
    remedy = f"leave out what is lost: `{derived}`" if derived else "take out what is lost"
    add = "add" if level is own else f"write an `output` in `{own.tree.name.text}` with"
    lost, it = (f"the result of {names} is", "it") if len(parts) == 1 else (f"the results of {names} are", "them")
    return Diagnostic(
        "E0265",
        f"{lost} lost: no output depends on {it}",
        Label(output.span),
        tuple(Label(part.place, "computed here") for part in parts[:3]),
        help=f"{add} `{parts[-1].key}`, or {remedy}",
    )


def _emptied(part: Part) -> str:
    """How a network leaves a part out."""
    name = "" if part.name is None else f" {part.name.text}"
    return f"{part.kind}{name} {{}}"


def _unknown_input(name: str, network: tree.NetworkNode, known: list[str]) -> Diagnostic:
    """``name`` is empty where a size was given without one."""
    message = f"network `{network.name.text}` has no input `{name}`"
    if not name:
        message = f"network `{network.name.text}` has several inputs, and it is not said which has this size"
    has = f"its {'input is' if len(known) == 1 else 'inputs are'} {listed(known)}"
    remedy = suggestion(name, known) or f"write the input's name in front: `{known[0]}=…`"
    return Diagnostic("E0263", message, Label(network.name.span, has), help=remedy)


def _nameless(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0266",
        "an output is returned under its name, and this has none of its own",
        Label(span),
        help=f"name it where it is computed: `result = {span.text}`, then `output result`",
    )


def _no_multiple(size: Size, divisors: tuple[int, ...], span: Span) -> Diagnostic:
    return Diagnostic(
        "E0290",
        f"the network does not take an input of {show(size)}: {rule(divisors)}",
        Label(span, "asked for here"),
        help=f"give it {either([show(one) for one in beside(size, divisors)])}",
    )


def _not_an_input(size: Constant, wrong: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0221",
        "an input is a size with its channels last",
        Label(span, f"{spell(size)}: {wrong}"),
        help="`5000x12` is a signal, `224x224x3` an image, `16x112x112x3` a volume; `?x?x3` leaves lengths open, "
        "`32?x32?x3` but for multiples of 32; `input NAME 8` is a vector",
    )


def _why_no_input(size: Constant) -> str:
    if not isinstance(size, tuple) or isinstance(size, Items | Value):
        return f"this is {sort_of(size)}"
    if not 2 <= len(size) <= 4:
        return f"there are {len(size)} numbers, and one to three axes with channels behind them make two to four"
    if is_open(size[-1]):
        return "the channels must be known"
    return f"a length is at least 1, and what divides an open one at most {LARGEST_FACTOR:,}"
