"""The text of a block."""

from __future__ import annotations

from collections.abc import Collection

from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.program import Definition
from resnet_dsl.importing.mining.writing import Writer
from resnet_dsl.importing.words import value


def block_text(definition: Definition, taken: Collection[str]) -> str:
    """``taken``: names of the file, which no value in the block may have."""
    parameters = [name if usual is None else f"{name} = {value(usual)}" for name, usual in definition.parameters]
    free = Names({*taken, *(name for name, _ in definition.parameters)})
    [statements] = Writer(definition.body, {0: "in"}, free).parts()
    shown = f"({', '.join(parameters)})" if parameters else ""
    shared = "shared " if definition.shared else ""
    return f"{shared}block {definition.name}{shown} {{\n" + "\n".join(statements) + "\n}\n"
