"""Arguments of operations and blocks, and the words that they take: where each stands, and what it means there."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.elaborate.wording import spelled
from resnet_dsl.explain import pages, prelude
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.ir.parameters import Parameter
from resnet_dsl.ir.reference import default


def _all() -> Iterator[tuple[Operation, Parameter]]:
    for operation in OPERATIONS.values():
        for parameter in operation.parameters if operation.name != "input" else ():
            yield operation, parameter


def names() -> list[str]:
    of_blocks = (parameter.name.text for _, parameter in prelude.parameters())
    return [*dict.fromkeys([*(parameter.name for _, parameter in _all()), *of_blocks])]


def words() -> list[str]:
    return sorted(WORDS)


def tell(name: str) -> str:
    """The operations and blocks that have the argument, with what it takes there."""
    lines = [f"## `{name}`: an argument", ""]
    for operation, parameter in _all():
        if parameter.name == name:
            needed = "needed" if parameter.required else f"`{default(parameter)}` unless given"
            lines.append(f"- of `{operation.name}`: {parameter.kind.wants}; {needed}. {parameter.doc}")
    for block, written in prelude.parameters():
        if written.name.text == name:
            taken = "needed" if written.default is None else f"`{spelled(written.default.span)}` unless given"
            lines.append(f"- of the block `{block}`: {taken}; `resnet-dsl explain {block}` shows what it is for")
    return "\n".join([*lines, *pages.quoted("3. Operations", name)])


def tell_word(word: str) -> str:
    """The arguments that take the word."""
    lines = [f"## `{word}`: a word that arguments take", ""]
    for operation, parameter in _all():
        if word in parameter.kind.words:
            lines.append(f"- for `{parameter.name}` of `{operation.name}`: {parameter.doc}")
    return "\n".join([*lines, *pages.quoted("3. Operations", word)])
