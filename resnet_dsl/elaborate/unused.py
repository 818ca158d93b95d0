"""What is used, and warnings for what is not. Asked for only where no name is misspelt: one is often the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Used:
    """The blocks that were called in a run over a network, or in several, the skips that were made, the settings that
    did something; and of the settings that were come by, what is to be said where nothing asked for them."""

    def __init__(self) -> None:
        self.blocks: set[tree.SyntaxNode] = set()
        self.skips: set[tree.SyntaxNode] = set()
        self.settings: set[tree.SyntaxNode] = set()
        self._stated: dict[tree.SyntaxNode, tuple[str, str]] = {}

    def state(self, setting: tree.SyntaxNode, why: str, remedy: str) -> None:
        """A setting that holds from here on; ``why`` it may change nothing."""
        if setting not in self._stated:
            self._stated[setting] = why, remedy

    def add(self, other: Used) -> None:
        self.blocks |= other.blocks
        self.skips |= other.skips
        self.settings |= other.settings
        self._stated |= other._stated

    def idle(self) -> dict[tree.SyntaxNode, Diagnostic]:
        """What is to be said of the settings that nothing asked for."""
        idle = {setting: words for setting, words in self._stated.items() if setting not in self.settings}
        return {setting: _unused_setting(why, setting.span, remedy) for setting, (why, remedy) in idle.items()}

    def moved(self, places: Mapping[tree.SyntaxNode, tree.SyntaxNode]) -> Used:
        """The same of another reading of the text; ``places``: what stands there in a node's place, if another one."""
        found = Used()
        for name in ("blocks", "skips", "settings"):
            setattr(found, name, {places.get(one, one) for one in getattr(self, name)})
        found._stated = {places.get(one, one): words for one, words in self._stated.items()}
        return found


def idle_skips(module: Module, used: Used) -> Iterator[Diagnostic]:
    """Skip connections of a file's blocks that are called, though never so that the skip connection is made."""
    for definition in module.own.values():
        if definition.tree in used.blocks:
            for node in tree.walk(definition.tree):
                if isinstance(node, tree.Skip) and node not in used.skips:
                    yield _idle(node, definition.tree.name.text)


def idle_settings(module: Module, used: Used) -> Iterator[Diagnostic]:
    """Settings in a file's blocks that its networks come by, and in none of their calls change anything."""
    idle = used.idle()
    for definition in module.own.values():
        if isinstance(definition.tree, tree.Block):
            yield from (idle[node] for node in tree.walk(definition.tree) if node in idle)


def unused_names(module: Module, mistaken: list[Span]) -> Iterator[Diagnostic]:
    """Parameters and `let`s that nothing mentions, and imports of which nothing is.

    A definition that holds a place of ``mistaken`` is not asked, nor is the file where there is any: what seems unused
    was perhaps meant there.
    """
    places = sorted(one.start for one in mistaken if one.source is module.source)
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
        if isinstance(definition.tree, tree.Block | tree.NetworkNode) and not _holds(definition.tree.span, places):
            yield from (_unused(_DEFINED[type(one)], one.name) for one in defined if one.name.text not in inside)
    if mistaken:
        return
    used = {other for other in module.imported() if not mentioned.isdisjoint(other.own)}
    for statement, other in module.imports:
        if other not in used:
            yield _unused_import(statement)
    if not module.networks():
        return
    for name, definition in module.own.items():
        if isinstance(definition.tree, tree.Let) and name not in mentioned:
            yield _unused("`let`", definition.tree.name)


def _holds(span: Span, places: list[int]) -> bool:
    return bisect_left(places, span.start) < bisect_left(places, span.end)


_MENTIONED: dict[type, Callable[[Any], str]] = {
    tree.Name: lambda node: node.token.text,
    **dict.fromkeys((tree.Default, tree.Base, tree.Indexed, tree.Call), lambda node: node.name.text),
    tree.Use: lambda node: node.slot.text,
}
"""What asks for a name, and for which."""

_DEFINED = {tree.ParameterNode: "parameter", tree.Let: "`let`"}


def _unused(what: str, token: tree.Token) -> Diagnostic:
    return Diagnostic(
        "W0201", f"the {what} `{token.text}` is never used", Label(token.span), help="use it or remove it"
    )


def _unused_import(statement: tree.ImportFile) -> Diagnostic:
    message = f"nothing of {statement.path.text} is used"
    return Diagnostic("W0204", message, Label(statement.span), help="remove the import")


def _unused_setting(why: str, span: Span, remedy: str) -> Diagnostic:
    return Diagnostic("E0229", f"this setting changes nothing: {why}", Label(span), help=remedy)


def _idle(skip: tree.Skip, block: str) -> Diagnostic:
    return Diagnostic(
        "W0202",
        f"block `{block}` is called, but never so that this skip connection is made",
        Label(skip.span, "the `if` around it chooses otherwise in every call"),
        help="call the block with arguments that choose it, or take the skip connection out of the block",
    )
