"""What `resnet-dsl explain` knows: each name of the language, and what it is. Without Keras.

A name may mean several things (`output` is a word and a quantity): each family that has it tells its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from resnet_dsl.diagnostics.explain import codes, explanation
from resnet_dsl.diagnostics.nearest import nearest, suggestion
from resnet_dsl.explain import arguments, networks, operations, pages, prelude
from resnet_dsl.vocabulary.meaning import meaning
from resnet_dsl.vocabulary.table import rows


class Family(NamedTuple):
    """Names of one kind. ``tell``: of one of them all there is to say, as Markdown."""

    title: str
    names: Callable[[], Iterable[str]]
    tell: Callable[[str], str]


FAMILIES = (
    Family("Words and signs of the language", pages.WORDS.names, pages.WORDS.tell),
    Family("Quantities that are expected, and what a value has", pages.QUANTITIES.names, pages.tell_quantity),
    Family("Functions of expressions", pages.functions, pages.tell_function),
    Family("Operations", operations.names, operations.tell),
    Family("Blocks that every file sees", prelude.blocks, prelude.tell_block),
    Family("Slots that every file sees", prelude.slots, prelude.tell_slot),
    Family("Words that arguments take", arguments.words, arguments.tell_word),
    Family("Arguments", arguments.names, arguments.tell),
    Family("Files that ship", networks.files, networks.tell_file),
    Family("Networks that ship", networks.names, networks.tell),
)
"""All but the codes of diagnostics, in the order in which they are listed."""


def explain(subject: str) -> list[str]:
    """Everything that a name means, a page each; nothing where it means nothing.

    ``subject`` may be a code in either case, a call (`conv(64, 3)`), a part's quantity (`head.params`), or a word of
    other tools (`nn.Conv2d`).
    """
    code = subject.upper()
    if code in codes():
        return [explanation(code)]
    name = subject.partition("(")[0].strip() or subject
    return _pages(name) or _pages(name.rpartition(".")[2])


def _pages(name: str) -> list[str]:
    return [*(family.tell(name) for family in FAMILIES if name in family.names()), *_elsewhere(name)]


def _elsewhere(name: str) -> list[str]:
    """What a word of another tool is here."""
    found = meaning(name)
    return [f"## `{name}`: a word of other tools\n\n{found}"] if found else []


def known() -> Iterator[list[str]]:
    """Every name that is explained, list by list: families, codes, and other tools' layers."""
    yield from ([*family.names()] for family in FAMILIES)
    yield [*codes()]
    yield [name for row in rows() for name in row.names]


def near(subject: str) -> str | None:
    """The name that was probably to be explained: the nearest of those that are nearest in each list."""
    found = (nearest(word, names) for names in known() for word in (subject, subject.upper()))
    return suggestion(subject, filter(None, found))


def overview() -> str:
    """What there is to ask for."""
    lines = []
    for family in FAMILIES:
        lines += [f"{family.title}:", *_wrapped(family.names()), ""]
    lines += ["Words of Keras, PyTorch and Python: `resnet-dsl explain Conv2D`.", ""]
    lines += ["Codes of diagnostics:", *(f"{code}  {title}" for code, title in codes().items())]
    return "\n".join(lines) + "\n"


def _wrapped(names: Iterable[str], width: int = 100) -> Iterator[str]:
    """Names in lines of at most so many characters."""
    line = " "
    for name in dict.fromkeys(names):
        if len(line) + len(name) >= width:
            yield line
            line = " "
        line += f" {name}"
    yield line
