"""What an editor says of a name: its documentation, as Markdown.

What a stranger's file says of itself is shown as plain text: no link and no picture of it is one in an editor.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from resnet_dsl.analyses.network import Facts
from resnet_dsl.editing.naming import Symbol
from resnet_dsl.explain import arguments, pages, prelude
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.ir.parameters import Parameter
from resnet_dsl.ir.reference import default, describe
from resnet_dsl.source import PRELUDE
from resnet_dsl.syntax import tree
from resnet_dsl.targets.figure.outline.words import count

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~])")
_LONGEST = 2_000
"""Characters of a stranger's text that are shown."""


def about(symbol: Symbol) -> str:
    """What a name means, in Markdown; "" where there is nothing to be said."""
    return _TELL.get(symbol.kind, _local)(symbol)


def about_word(word: str) -> str:
    """A word or sign of the language; "" of another."""
    return pages.WORDS.brief(word) if word in pages.WORDS.names() else ""


def counts(facts: Facts) -> str:
    """A network in a line: ``25.6M parameters, 4.09G MACs, depth 50, 224x224x3 to 1000``."""
    sizes = (", ".join(map(show, shapes.values())) for shapes in (facts.input_shapes, facts.output_shapes))
    numbers = f"{count(facts.count.params)} parameters, {count(facts.count.macs)} MACs, depth {facts.depth}"
    return f"{numbers}, {' to '.join(sizes)}"


def as_text(words: str) -> str:
    """Words that are no Markdown."""
    return _MARKS.sub(r"\\\1", words[:_LONGEST])


def as_code(text: str) -> str:
    """A piece of the language, in a fence that it does not close."""
    longest = max((len(one) for one in re.findall("`+", text[:_LONGEST])), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}resnet\n{text[:_LONGEST]}\n{fence}"


def _operation(symbol: Symbol) -> str:
    return describe(OPERATIONS[symbol.name])


def _argument(symbol: Symbol) -> str:
    operation = OPERATIONS.get(symbol.of)
    parameter = operation.parameter(symbol.name) if operation is not None else None
    if parameter is None:
        return f"`{symbol.name}`: an argument of whatever fills `{symbol.of}`" if symbol.of != "stage" else _STRIDE
    return f"`{symbol.name}` of `{symbol.of}`: {taken(parameter)}"


_STRIDE = "`stride` of a stage: that of its first step that takes one"


def taken(parameter: Parameter) -> str:
    """What an argument takes, what stands for it, and what it is for."""
    needed = "needed" if parameter.required else f"`{default(parameter)}` unless given"
    return f"{parameter.kind.wants}; {needed}. {parameter.doc}"


def _word(symbol: Symbol) -> str:
    if symbol.name in WORDS:
        return arguments.tell_word(symbol.name).partition("\nFrom the reference")[0].rstrip()
    return about_word(symbol.name)


def _function(symbol: Symbol) -> str:
    return pages.tell_function(symbol.name)


def _quantity(symbol: Symbol) -> str:
    return pages.QUANTITIES.brief(symbol.name) if symbol.name in pages.QUANTITIES.names() else ""


def _definition(symbol: Symbol) -> str:
    assert symbol.owner is not None
    written, source = symbol.owner.tree, symbol.owner.module.source
    from_prelude = " of the prelude" if source.name == PRELUDE else ""
    head = prelude.signature(written) if isinstance(written, tree.Block | tree.NetworkNode) else written.span.text
    doc = "" if isinstance(written, tree.Let) else as_text(written.doc)
    kind = "" if isinstance(written, tree.Let | tree.Slot) else f"{symbol.kind} "
    return "\n\n".join(filter(None, (as_code(kind + head), doc, from_prelude and f"*{symbol.kind}{from_prelude}*")))


def _local(symbol: Symbol) -> str:
    """A name within a definition, as it is given there first."""
    if symbol.owner is None or not symbol.places:
        return ""
    if symbol.is_definition:
        return _definition(symbol)
    place = symbol.places[0]
    line = place.source.line(place.source.position(place.start)[0]).strip()
    owner = symbol.owner.tree
    return f"{as_code(line)}\n\n*{symbol.kind} of {owner.kind.lower()} `{owner.name.text}`*"


_TELL: dict[str, Callable[[Symbol], str]] = {
    "operation": _operation,
    "argument": _argument,
    "word": _word,
    "function": _function,
    "quantity": _quantity,
    "file": lambda symbol: f"`{symbol.name}`, a file",
}
