"""Words for expressions that have no value where they stand, or another one than is wanted there."""

from __future__ import annotations

import re
from math import ceil, floor

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.frames import Frame
from resnet_dsl.elaborate.names import meant, unseen
from resnet_dsl.elaborate.values import Constant, Items, PoisonedError, Value
from resnet_dsl.elaborate.wording import spell, spelled
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.sentences import there_are
from resnet_dsl.source import PRELUDE, Span
from resnet_dsl.syntax import tree

_HALF = 0.5  # what is less is rounded to nothing
_NEAR = 5_000  # characters in which the `repeat` is looked for whose rounds a name counts


def unknown_name(token: tree.Token, frame: Frame, others: list[str]) -> Diagnostic:
    """A name that nothing has; ``others``: what is known beside the frame's names."""
    if found := unseen.given_later(token, frame.module):
        return found
    known, flows = [*_names(frame), *others], frame.entry is not None
    return unseen.unknown_name(token.text, token.span, known, frame.module, _running_block(frame), flows)


def no_part(word: str, span: Span, frame: Frame) -> Diagnostic:
    """`input`, `stem` or `head`, where there is no such value."""
    block = _running_block(frame)
    if isinstance(block, tree.Block):
        return unseen.hidden_value(word, span, block)
    return errors.no_part(word, span) if frame.kind == "file" else errors.no_such_part(word, span, frame.kind)


def _running_block(frame: Frame) -> tree.SyntaxNode | None:
    """The block whose braces a place stands in."""
    return frame.caller.runs if frame.kind == "block" and frame.caller is not None else None


def as_word(
    raised: DiagnosticError | PoisonedError, callee: str, name: str, expression: tree.SyntaxNode, frame: Frame
) -> DiagnosticError | PoisonedError:
    """The same mistake, or, of an unknown name where a word is taken, which words there are."""
    operation = frame.module.operation(callee)
    if operation is None or not isinstance(expression, tree.Name) or isinstance(raised, PoisonedError):
        return raised
    parameter, span = operation.parameter(name), expression.span
    if raised.diagnostic.code != "E0208" or raised.diagnostic.place is None or raised.diagnostic.place.span != span:
        return raised
    mistake = meant.no_word(callee, parameter, expression.token.text, span, _names(frame))
    return raised if mistake is None else DiagnosticError(mistake)


def _names(frame: Frame) -> list[str]:
    """The names that are known in a frame, families left out."""
    values = (name for name in frame.values if isinstance(name, str))
    return [*frame.constants, *values, *frame.module.lets()]


def meant_the_input(part: str, span: Span) -> Diagnostic:
    """`in` in a part of a network."""
    return Diagnostic(
        "W0231",
        f"`in` is what entered the {part}; before this version it was the network's input",
        Label(span),
        help="write `input` where the network's input is meant; this warning goes with the next version",
    )


def progress_adrift(blocks: int, progress: float, span: Span) -> Diagnostic:
    """`progress` where it says little; ``blocks``: how many the network has."""
    if blocks:
        why = "it goes on from block to block: calls of what has a `skip`"
        remedy = "give what asks for it a `skip` of its own, or use a number in its stage: `use drop = drop_path(0.1)`"
    else:
        why = "it goes on from block to block, and this network has none"
        remedy = "put the steps into a block, and call it: `block NAME { … }`, `4 x NAME`"
    message = f"`progress` is asked for outside of a residual block, and is {progress:.3g} here"
    return Diagnostic("W0205", message, Label(span, why), help=remedy)


def repeats(value: Constant, span: Span) -> str | None:
    """What to write where a whole number of repeats is needed; ``span``: where the value is written."""
    text = span.text
    if is_number(value):
        return rounded(value, span)
    if isinstance(value, Items):
        return f"`len({text})` is how many it holds: `repeat len({text}) as i {{ … }}`, where `{text}[i]` is the item"
    return f"write one number: `{text}[0]`" if isinstance(value, tuple) and not isinstance(value, Value) else None


def rounded(value: float, span: Span) -> str:
    """What to write for a whole number in the place of a fraction."""
    if text := as_whole(value, span):
        return f"write `{text}`, which rounds down" if "//" in text else f"write `{text}`, or `floor(…)` or `ceil(…)`"
    if value < _HALF:
        return "write a whole number"
    if span.text == spell(value):
        return f"write `{floor(value)}` or `{ceil(value)}`" if value > 1 else "write `1`"
    return "give it a whole number, or round it: `round(…)`, `floor(…)` or `ceil(…)`"


def as_whole(value: float, span: Span) -> str | None:
    """A fraction's expression, rounded; None of one number, and of one in the prelude, which nobody changes."""
    text = spelled(span)
    if text.count("/") == 1:
        return text.replace("/", "//")
    is_fixed = text == spell(value) or "…" in text or span.source.name == PRELUDE
    return None if is_fixed or value < _HALF else f"round({text})"


def no_index(name: str, index: int, span: Span, known: list[int]) -> Diagnostic:
    """``known``: the indices that there are."""
    meant_by_it = _index_meant(name, index, span, known)
    return Diagnostic("E0230", f"there is no `{name}[{index}]`", Label(span, "counted from 0"), help=meant_by_it)


def _index_meant(name: str, index: int, span: Span, known: list[int]) -> str | None:
    if known and _counts_rounds(span):
        return f"`{name}` holds {len(known)}, counted from 0: write `repeat len({name}) as {span.text}`, or add to it"
    if index < 0 and -index <= len(known):
        return f"items are counted from 0, and not from behind: `{name}[len({name}) - {-index}]`"
    return there_are(f"{name}[{one}]" for one in known[:8]) if known else None


def _counts_rounds(span: Span) -> bool:
    """Whether an index is the name of a round: `repeat 3 as i`."""
    name, before = span.text, span.source.text[max(0, span.start - _NEAR) : span.start]
    return name.isidentifier() and re.search(rf"\bas\s+{name}\s*\{{", before) is not None
