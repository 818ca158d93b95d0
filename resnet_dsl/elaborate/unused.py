"""Warnings for what a file defines and never uses. Asked for only where no name is misspelt: one is often the other."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.names import walk
from resnet_dsl.syntax import tree


def unused_names(module: Module) -> Iterator[Diagnostic]:
    """Parameters and `let`s that nothing mentions, and imports of which nothing is."""
    mentioned: set[str] = set()
    for definition in module.own.values():
        inside = set(_mentioned(definition.tree))
        mentioned |= inside
        yield from (_unused(what, token) for what, token in _defined(definition.tree) if token.text not in inside)
    for statement, other in module.imports:
        if not mentioned & set(other.own):
            yield _unused_import(statement)
    if not module.networks():
        return
    for name, definition in module.own.items():
        if isinstance(definition.tree, tree.Let) and name not in mentioned:
            yield _unused("`let`", definition.tree.name)


def idle_skips(module: Module, called: set[int], run: set[int]) -> Iterator[Diagnostic]:
    """Skip connections of a file's blocks that are called, though never so that the skip connection is made.

    ``called`` and ``run`` hold the identities of the blocks and of the skip statements that the networks ran.
    """
    for definition in module.own.values():
        if id(definition.tree) not in called:
            continue
        for node in walk(definition.tree):
            if isinstance(node, tree.Skip) and id(node) not in run:
                yield _idle(node, definition.tree.name.text)


def idle_settings(module: Module, idle: dict[int, Diagnostic], used: set[int]) -> Iterator[Diagnostic]:
    """Settings in a file's blocks that its networks come by, and in none of their calls change anything."""
    for definition in module.own.values():
        if isinstance(definition.tree, tree.Block):
            asked = (id(node) for node in walk(definition.tree) if id(node) in idle)
            yield from (idle[key] for key in asked if key not in used)


def _mentioned(definition: tree.Node) -> Iterator[str]:
    """The names that a definition asks for, anywhere in it."""
    for node in walk(definition):
        if isinstance(node, tree.Name):
            yield node.token.text
        elif isinstance(node, tree.Default | tree.Base | tree.Indexed | tree.Call):
            yield node.name.text
        elif isinstance(node, tree.Use):
            yield node.slot.text


def _defined(definition: tree.Node) -> Iterator[tuple[str, tree.Token]]:
    """The parameters and inner `let`s of a block or network."""
    if not isinstance(definition, tree.Block | tree.Network):
        return
    for node in walk(definition):
        if isinstance(node, tree.Parameter):
            yield "parameter", node.name
        elif isinstance(node, tree.Let):
            yield "`let`", node.name


def _unused(what: str, token: tree.Token) -> Diagnostic:
    return Diagnostic(
        "W0201", f"the {what} `{token.text}` is never used", Label(token.span), help="use it or remove it"
    )


def _unused_import(statement: tree.ImportFile) -> Diagnostic:
    message = f"nothing of {statement.path.text} is used"
    return Diagnostic("W0204", message, Label(statement.span), help="remove the import")


def _idle(skip: tree.Skip, block: str) -> Diagnostic:
    return Diagnostic(
        "W0202",
        f"block `{block}` is called, but never so that this skip connection is made",
        Label(skip.span, "the `if` around it chooses otherwise in every call"),
        help="call the block with arguments that choose it, or take the skip connection out of the block",
    )
