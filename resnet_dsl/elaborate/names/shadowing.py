"""`let`s and rounds that take the place of a parameter: whoever sets it changes nothing. From the text alone."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def hidden_parameters(module: Module) -> Iterator[Diagnostic]:
    """`let`s and rounds in a file's definitions that take the place of a parameter: what sets it would be ignored.

    A `let` that is made of the parameter (`let width = 2 * width`), or stands in an `if`, may be meant.
    """
    parameters = _Parameters()
    for definition in module.own.values():
        for token, value in _given_always(definition.tree):
            parameter = parameters.find(token.text, definition)
            if parameter is not None:
                yield _hides_parameter(token.text, token.span, parameter, _of_base(definition, token.text, value))


def _of_base(definition: Definition, name: str, value: str) -> str | None:
    """How a network gives a parameter of its base a value, None where the parameter is its own."""
    network = definition.tree
    if not isinstance(network, tree.NetworkNode) or network.base is None or not value:
        return None
    if name in {one.name.text for one in tree.parameters(network)}:
        return None
    return f"from {network.base.name.text}({name} = {value})"


def _given_always(definition: tree.SyntaxNode) -> Iterator[tuple[tree.Token, str]]:
    """The names of `let`s inside a block or network, and their values, and of rounds; those in an `if` left out."""
    for node in tree.walk(definition, tree.Condition):
        if isinstance(node, tree.Let) and node is not definition and not tree.mentions(node.value, node.name.text):
            yield node.name, node.value.span.text
        elif isinstance(node, tree.Repeat) and node.index is not None:
            yield node.index, ""


class _Parameters:
    """The parameters of blocks and networks by name, and of networks those that a `from` gives; each read once."""

    def __init__(self) -> None:
        self._own: dict[tree.SyntaxNode, dict[str, Span]] = {}
        self._given: dict[tree.Base, set[str]] = {}

    def find(self, name: str, definition: Definition) -> Span | None:
        """A parameter of a block, or of a network and those that it derives from and leaves open."""
        for _ in range(DEEPEST_DERIVATION):
            own = self._of(definition.tree)
            if name in own:
                return own[name]
            base = definition.tree.base if isinstance(definition.tree, tree.NetworkNode) else None
            found = (
                definition.module.base_of(definition.tree) if isinstance(definition.tree, tree.NetworkNode) else None
            )
            if base is None or found is None or name in self._given_by(base, found):
                return None
            definition = found
        return None

    def _of(self, definition: tree.SyntaxNode) -> dict[str, Span]:
        if definition not in self._own:
            self._own[definition] = {one.name.text: one.name.span for one in tree.parameters(definition)}
        return self._own[definition]

    def _given_by(self, base: tree.Base, network: Definition) -> set[str]:
        if base not in self._given:
            items = tree.items(base.arguments)
            named = {item.name.text for item in items if isinstance(item, tree.Argument)}
            self._given[base] = named.union(list(self._of(network.tree))[: len(items) - len(named)])
        return self._given[base]


def _hides_parameter(name: str, span: Span, parameter: Span, given: str | None) -> Diagnostic:
    remedy = f"give this another name, or leave the parameter out; another default is written `{name} = …` up there"
    if given is not None:
        remedy = f"write `{given}` to give the base another value, or give this another name"
    return Diagnostic(
        "E0244",
        f"this takes the place of the parameter `{name}`: whoever sets it changes nothing",
        Label(span),
        (Label(parameter, "the parameter"),),
        help=remedy,
    )
