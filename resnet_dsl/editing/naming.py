"""What each name of a text means: who defines it, and where it stands.

A symbol is what a name means. Names of one definition are told apart by their letters alone, as the language sees them:
what a network's parts and results are called is one name in the network and in all that it derives from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from resnet_dsl.editing.positions import file_of
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.merging import merged
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Kind: TypeAlias = Literal[
    "network", "block", "slot", "let", "parameter", "index", "value", "stage", "input", "head", "stem", "file",
    "operation", "argument", "word", "function", "quantity",
]  # fmt: skip
VALUES = ("value", "stage", "input", "head", "stem")
"""What flows, and may be asked for by name."""
OF_THE_LANGUAGE = ("operation", "argument", "word", "function", "quantity")
"""What is defined in no text."""


class Symbol(NamedTuple):
    """What a name means. ``owner``: the definition that it is the name of, or a name within; None of the language.

    places: where it is given, the nearest first. of: of an argument whose it is.
    """

    kind: Kind
    name: str
    owner: Definition | None = None
    places: tuple[Span, ...] = ()
    of: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for one thing, asked from anywhere."""
        if self.owner is None:
            return self.kind, self.name, self.of
        source, owner = file_of(self.owner.module.source), self.owner.tree.name.text
        return (source, owner) if self.is_definition else (source, owner, self.name)

    @property
    def is_definition(self) -> bool:
        """Whether it is the name of its owner, and none within."""
        return self.owner is not None and self.places[:1] == (self.owner.tree.name.span,)


class Mention(NamedTuple):
    """A name in the text, and what it means; ``defines``: whether it is given there."""

    span: Span
    symbol: Symbol
    defines: bool = False


Locals: TypeAlias = dict[str, Symbol]

_GIVEN: dict[type, tuple[Kind, Callable[[Any], tree.Token | None]]] = {
    tree.ParameterNode: ("parameter", lambda node: node.name),
    tree.Let: ("let", lambda node: node.name),
    tree.Repeat: ("index", lambda node: node.index),
    tree.Named: ("value", lambda node: node.target.token if isinstance(node.target, tree.Name) else node.target.name),
    tree.Stage: ("stage", lambda node: node.name),
    tree.NamedInput: ("input", lambda node: node.name),
    tree.Head: ("head", lambda node: node.name),
}
"""What gives a name within a definition."""


def symbol_of(definition: Definition) -> Symbol:
    """What the name of a definition means."""
    kind: Kind = definition.tree.kind.lower()  # type: ignore[assignment]
    return Symbol(kind, definition.tree.name.text, definition, (definition.tree.name.span,))


class Naming:
    """The names of a spec's texts; what is asked for again is kept."""

    def __init__(self) -> None:
        self._locals: dict[Definition, Locals] = {}
        self._mentions: dict[Module, list[Mention]] = {}

    def mentions(self, module: Module) -> list[Mention]:
        """All names in a text whose meaning is known, in its order."""
        if module not in self._mentions:
            found = {one.span.start: one for one in _imports(module)}
            for definition in module.own.values():
                for mention in _Reader(self, definition).read():
                    found.setdefault(mention.span.start, mention)
            self._mentions[module] = [found[start] for start in sorted(found)]
        return self._mentions[module]

    def at(self, module: Module, offset: int) -> Mention | None:
        """The name at a place, or that ends there."""
        around = (one for one in self.mentions(module) if one.span.start <= offset <= one.span.end)
        return max(around, key=lambda one: one.span.start, default=None)

    def visible(self, definition: Definition) -> Locals:
        """The names within a definition, and in the networks that it derives from; its own stand first."""
        found: Locals = {}
        for level in levels_of(definition):
            found = {**found, **{name: one for name, one in self.locals(level).items() if name not in found}}
        return found

    def locals(self, definition: Definition) -> Locals:
        """The names that a definition gives. One for a part or a result that its base has, too, is the base's."""
        if definition not in self._locals:
            self._locals[definition] = _given_in(definition)
            self._join_bases(definition)
        return self._locals[definition]

    def _join_bases(self, definition: Definition) -> None:
        own = self._locals[definition]
        for level in levels_of(definition)[1:]:
            for name, other in self.locals(level).items():
                if name in own and own[name].kind in VALUES and other.kind in VALUES:
                    places = dict.fromkeys((*own[name].places, *other.places))
                    own[name] = other._replace(places=tuple(places))


def _given_in(definition: Definition) -> Locals:
    found: Locals = {}
    for node in tree.walk(definition.tree):
        kind, token = _given(node)
        if token is not None and token.text and node is not definition.tree:
            known = found.setdefault(token.text, Symbol(kind, token.text, definition))
            found[token.text] = known._replace(places=(*known.places, token.span))
    return found


def _given(node: tree.SyntaxNode) -> tuple[Kind, tree.Token | None]:
    kind, token = _GIVEN.get(type(node), ("value", lambda node: None))
    return kind, token(node)


def levels_of(definition: Definition) -> list[Definition]:
    """A definition, and the networks that it derives from."""
    found = [definition]
    while isinstance(found[-1].tree, tree.NetworkNode) and len(found) <= DEEPEST_DERIVATION:
        base = found[-1].module.base_of(found[-1].tree)
        if base is None or base in found:
            break
        found.append(base)
    return found


def _imports(module: Module) -> Iterator[Mention]:
    for statement, other in module.imports:
        place = Span(other.source, 0, 0)
        yield Mention(statement.path.span, Symbol("file", statement.path.text[1:-1], None, (place,)))


class _Reader:
    """Reads one definition. Names stand in front of what they hold: the first that is said of a word holds."""

    def __init__(self, naming: Naming, definition: Definition) -> None:
        self.naming = naming
        self.definition = definition
        self.module = definition.module
        self.visible = naming.visible(definition)
        self.own = naming.locals(definition)
        self.found: list[Mention] = []

    def read(self) -> list[Mention]:
        self._say(self.definition.tree.name, symbol_of(self.definition), defines=True)
        for node in tree.walk(self.definition.tree):
            _, token = _given(node)
            if token is not None and node is not self.definition.tree:
                self._say(token, self.own.get(token.text), defines=True)
            if type(node) in _READ:
                _READ[type(node)](self, node)
        return self.found

    def _say(self, token: tree.Token | None, symbol: Symbol | None, defines: bool = False) -> None:
        if token is not None and symbol is not None and token.text:
            self.found.append(Mention(token.span, symbol, defines))

    # What names mean

    def _step(self, name: str) -> Symbol | None:
        """Of a step that is called, or of a value that a chain starts from."""
        local = self.visible.get(name)
        if local is not None and local.kind in VALUES:
            return local
        found = self.module.find(name)
        if found is not None and isinstance(found.tree, tree.Block | tree.Slot):
            return symbol_of(found)
        return Symbol("operation", name) if name in OPERATIONS else local

    def _value(self, name: str) -> Symbol | None:
        """Of a name in an expression."""
        found = self.module.find_let(name)
        if name in self.visible:
            return self.visible[name]
        if found is not None:
            return symbol_of(found)
        if name in WORDS or name == "progress":
            return Symbol("word", name)
        return self._step(name)

    def _argument(self, callee: Symbol | None, name: str) -> Symbol | None:
        """Of the name of an argument; those of a slot are for whatever fills it."""
        if callee is None:
            return None
        if callee.owner is None or callee.kind == "slot":
            return Symbol("argument", name, of=callee.name)
        levels = map(self.naming.locals, levels_of(callee.owner))
        return next((one[name] for one in levels if name in one and one[name].kind == "parameter"), None)

    # What stands in the tree

    def _arguments(self, callee: Symbol | None, arguments: tree.Arguments | None) -> None:
        for item in tree.items(arguments):
            if isinstance(item, tree.Argument):
                self._say(item.name, self._argument(callee, item.name.text))

    def _chain_step(self, step: tree.Step) -> None:
        if step.callee is not None:
            self._say(step.callee, self._step(step.callee.text))
        for item in merged(step, self.module):
            if isinstance(item, tree.Name):
                self._say(item.token, self._step(item.token.text))

    def _call(self, call: tree.Call) -> None:
        name = call.name.text
        found = self._step(name)
        if found is None and name in FUNCTIONS:
            found = Symbol("function", name)
        self._say(call.name, found)
        self._arguments(found, call.arguments)

    def _base(self, base: tree.Base) -> None:
        network = self.definition.tree
        assert isinstance(network, tree.NetworkNode)
        found = self.module.base_of(network)
        if found is not None:
            self._say(base.name, symbol_of(found))
            self._arguments(symbol_of(found), base.arguments)

    def _default(self, statement: tree.Default) -> None:
        callee = self._step(statement.name.text)
        self._say(statement.name, callee)
        self._arguments(callee, statement.arguments)

    def _slot(self, statement: tree.Use) -> None:
        found = self.module.find(statement.slot.text)
        if found is not None and isinstance(found.tree, tree.Slot):
            self._say(statement.slot, symbol_of(found))

    def _expect(self, statement: tree.Expect) -> None:
        if isinstance(statement.quantity, tree.Name):
            token = statement.quantity.token
            self._say(token, Symbol("quantity", token.text))

    def _attribute(self, attribute: tree.Attribute) -> None:
        for token in attribute.names:
            self._say(token, Symbol("quantity", token.text))

    def _stage(self, stage: tree.Stage) -> None:
        self._arguments(Symbol("word", "stage"), stage.arguments)
        if stage.place is not None:
            self._say(stage.place.word, Symbol("word", stage.place.word.text))
            self._say(stage.place.stage, self.visible.get(stage.place.stage.text))


_READ: dict[type, Callable[[_Reader, Any], None]] = {
    tree.Step: _Reader._chain_step,
    tree.Call: _Reader._call,
    tree.Base: _Reader._base,
    tree.Default: _Reader._default,
    tree.Use: _Reader._slot,
    tree.Expect: _Reader._expect,
    tree.Attribute: _Reader._attribute,
    tree.Stage: _Reader._stage,
    tree.Skip: lambda reader, node: reader._say(node.merge, node.merge and Symbol("operation", node.merge.text)),
    tree.Name: lambda reader, node: reader._say(node.token, reader._value(node.token.text)),
    tree.Indexed: lambda reader, node: reader._say(node.name, reader._value(node.name.text)),
}
"""The names that stand directly in a node, but for those that it gives."""
