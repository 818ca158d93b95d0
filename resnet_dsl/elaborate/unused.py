"""Warnings for what a file defines and never uses. Asked for only where no name is misspelt: one is often the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.syntax import tree


def unused_names(module: Module) -> Iterator[Diagnostic]:
    """Parameters and `let`s that nothing mentions, and imports of which nothing is."""
    mentioned: set[str] = set()
    for definition in module.own.values():
        inside: set[str] = set()
        defined: list[Any] = []
        for node in tree.walk(definition.tree):
            kind = type(node)
            if kind in _MENTIONED:
                inside.add(_MENTIONED[kind](node))
            elif kind in _DEFINED:
                defined.append(node)
        mentioned |= inside
        if isinstance(definition.tree, tree.Block | tree.Network):
            yield from (_unused(_DEFINED[type(one)], one.name) for one in defined if one.name.text not in inside)
    used = {id(other) for other in module.imported() if not mentioned.isdisjoint(other.own)}
    for statement, other in module.imports:
        if id(other) not in used:
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
        for node in tree.walk(definition.tree):
            if isinstance(node, tree.Skip) and id(node) not in run:
                yield _idle(node, definition.tree.name.text)


def idle_settings(module: Module, idle: dict[int, Diagnostic], used: set[int]) -> Iterator[Diagnostic]:
    """Settings in a file's blocks that its networks come by, and in none of their calls change anything."""
    for definition in module.own.values():
        if isinstance(definition.tree, tree.Block):
            asked = (id(node) for node in tree.walk(definition.tree) if id(node) in idle)
            yield from (idle[key] for key in asked if key not in used)


_MENTIONED: dict[type, Callable[[Any], str]] = {
    tree.Name: lambda node: node.token.text,
    **dict.fromkeys((tree.Default, tree.Base, tree.Indexed, tree.Call), lambda node: node.name.text),
    tree.Use: lambda node: node.slot.text,
}
"""What asks for a name, and for which."""

_DEFINED = {tree.Parameter: "parameter", tree.Let: "`let`"}


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
