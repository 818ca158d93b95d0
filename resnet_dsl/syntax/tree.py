"""The tree of a text: one frozen class a rule of grammar/resnet.lark, each with its span.

``SyntaxNode.span`` reaches from the rule's first to its last token. Fields stand in the order of the rule's children;
an optional child that is not written is None, and a last field of many takes all that are left. Binary operators
that stand in a row are kept flat, as the grammar has them: ``a + b - c`` is
``Sum((a, Token("+"), b, Token("-"), c))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, TypeVar, dataclass_transform

from resnet_dsl.source import Span
from resnet_dsl.syntax.comments import doc_above


class Token(NamedTuple):
    """One word of the text: ``kind`` is the terminal's name in the grammar."""

    kind: str
    text: str
    span: Span


_Item_co = TypeVar("_Item_co", covariant=True)

_NO_NODES = ("Span", "Token", "Token | None", "tuple[Token, ...]")


@dataclass_transform(frozen_default=True, eq_default=False)
class _Frozen:
    """Frozen, compared by identity, made with its fields in order; ``fields`` are their names.

    ``kind``: what a class's rule is called, as a title. ``below``: the fields that may hold nodes, the last one first.
    ``has_row``: whether the last field is a tuple. A dataclass would do the same; making forty of them takes as long as
    all the rest of a `check`.
    """

    kind: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = ()
    below: ClassVar[tuple[str, ...]] = ()
    has_row: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.kind = cls.__name__.removesuffix("Node")
        cls.fields = (*cls.fields, *cls.__annotations__)
        cls.below = tuple(name for name, kind in reversed(cls.__annotations__.items()) if kind not in _NO_NODES)
        cls.has_row = any(kind.startswith("tuple[") for kind in cls.__annotations__.values())

    def __init__(self, *values: object) -> None:
        self.__dict__.update(zip(self.fields, values, strict=False))  # an optional last one may be missing

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields[1:])
        return f"{type(self).__name__}({shown})"


class SyntaxNode(_Frozen):
    """What every class of the tree is."""

    span: Span

    def children(self) -> list[tuple[int, SyntaxNode | Token]]:
        """What its fields hold, in the order of the text, each with its field's number."""
        found: list[tuple[int, SyntaxNode | Token]] = []
        for place, name in enumerate(self.fields[1:]):
            value = getattr(self, name)
            if type(value) is tuple:
                found += [(place, child) for child in value]
            elif value is not None:
                found.append((place, value))
        return found


class _Documented(SyntaxNode):
    @property
    def doc(self) -> str:
        """The text of the comment directly above the definition, "" where there is none."""
        return doc_above(self.span)


class File(SyntaxNode):
    definitions: tuple[Definition, ...]


class ImportFile(SyntaxNode):
    path: Token


class Let(SyntaxNode):
    name: Token
    value: Expression


class Slot(_Documented):
    name: Token
    chain: Chain


class Block(_Documented):
    """``shared`` is the word: calls with equal arguments are the same layers, weights and all."""

    shared: Token | None
    name: Token
    parameters: Parameters | None
    body: Body


class NetworkNode(_Documented):
    name: Token
    parameters: Parameters | None
    base: Base | None
    members: Members


class Base(SyntaxNode):
    name: Token
    arguments: Arguments | None


class Parameters(SyntaxNode):
    items: tuple[ParameterNode, ...]


class ParameterNode(SyntaxNode):
    name: Token
    default: Expression | None = None


class Members(SyntaxNode):
    items: tuple[Member, ...]


class Input(SyntaxNode):
    size: Expression


class NamedInput(SyntaxNode):
    name: Token
    size: Lengths | Number | Extent | Unknown | Name


class Stem(SyntaxNode):
    keyword: Token
    body: Body


class Stage(SyntaxNode):
    name: Token
    arguments: Arguments | None
    place: PlaceNode | None
    body: Body


class PlaceNode(SyntaxNode):
    """``after conv3``: the ``word`` is a name like others, so that a stage or a value may still be called so."""

    word: Token
    stage: Token


class Head(SyntaxNode):
    name: Token | None
    body: Body


class OutputNode(SyntaxNode):
    """What the network returns, in this order."""

    values: tuple[Name | Indexed | Entry, ...]


class Expect(SyntaxNode):
    quantity: Expression
    comparison: Token
    value: Expression


class Use(SyntaxNode):
    slot: Token
    chain: Chain


class Default(SyntaxNode):
    name: Token
    arguments: Arguments


class Skips(SyntaxNode):
    """``policy`` is the word ``off``, or the word ``always``, or None; ``chain`` is None where it is ``off``."""

    policy: Token | None
    chain: Chain | None = None


class Body(SyntaxNode):
    statements: tuple[Statement, ...]


class Named(SyntaxNode):
    target: Name | Indexed
    chain: Chain


class Chain(SyntaxNode):
    items: tuple[Step | Times, ...]


class Times(SyntaxNode):
    count: Count
    step: Step


class Bracketed(SyntaxNode):
    """What a count begins with where that stands in brackets: `(n + 1) x basic(16)`."""

    inside: Expression


class Step(SyntaxNode):
    """An operation, block or slot to apply, or a value to start from; ``label`` is the string behind ``as``."""

    subject: Name | Indexed | Call | Entry
    label: Token | None

    @property
    def callee(self) -> Token | None:
        """The bare name that it begins with: of what it applies, or of a value; None where it is another subject."""
        if isinstance(self.subject, Call):
            return self.subject.name
        return self.subject.token if isinstance(self.subject, Name) else None


class Skip(SyntaxNode):
    always: Token | None
    source: Name | Indexed | Entry | None
    via: Chain | None
    merge: Token | None


class _Chooses(SyntaxNode):
    """A statement that runs its braces, one of them or none, as it turns out."""

    def bodies(self) -> Iterator[Body]:
        raise NotImplementedError

    @cached_property
    def holds_settings_alone(self) -> bool:
        """Whether all that stands in its braces, in each of them, are settings."""
        inside = (one for body in self.bodies() for one in body.statements)
        return self.no_setting is None and any(
            not isinstance(one, _Chooses) or one.holds_settings_alone for one in inside
        )

    @cached_property
    def no_setting(self) -> Statement | None:
        """The first statement in its braces, in each of them, that is neither a setting nor chooses settings alone."""
        for one in (one for body in self.bodies() for one in body.statements):
            other = one.no_setting if isinstance(one, _Chooses) else None if isinstance(one, Setting) else one
            if other is not None:
                return other
        return None


class Repeat(_Chooses):
    count: Expression
    index: Token | None
    body: Body

    def bodies(self) -> Iterator[Body]:
        yield self.body


class Condition(_Chooses):
    test: Expression
    then: Body
    otherwise: Body | Condition | None

    def bodies(self) -> Iterator[Body]:
        """That of the `if`, of each `else if`, and of the `else`."""
        part: Body | Condition | None = self
        while isinstance(part, Condition):
            yield part.then
            part = part.otherwise
        if part is not None:
            yield part


class Indexed(SyntaxNode):
    name: Token
    index: Expression


class Entry(SyntaxNode):
    """``in``, what entered the block or part; ``input``, ``stem`` or ``head``: what these give."""

    keyword: Token


class Call(SyntaxNode):
    name: Token
    arguments: Arguments


class Arguments(SyntaxNode):
    items: tuple[Argument | Expression | Chain, ...]


class Argument(SyntaxNode):
    name: Token
    value: Expression | Chain


class Either(SyntaxNode):
    """Operands of ``or``."""

    operands: tuple[Expression, ...]


class Both(SyntaxNode):
    """Operands of ``and``."""

    operands: tuple[Expression, ...]


class Negation(SyntaxNode):
    operand: Expression


class Comparison(SyntaxNode):
    left: Expression
    operator: Token
    right: Expression


class Size(SyntaxNode):
    """``a x b x c`` with at least one length that is not a plain number (else it is an Extent)."""

    lengths: tuple[Expression, ...]


class Lengths(SyntaxNode):
    """A Size behind an input's name: its first length is one word."""

    lengths: tuple[Expression, ...]


class Sum(SyntaxNode):
    """Operands with the signs between them."""

    items: tuple[Operand | Token, ...]


class Product(SyntaxNode):
    """Operands with ``*``, ``/``, ``//`` or ``%`` between them."""

    items: tuple[Operand | Token, ...]


class Power(SyntaxNode):
    base: Operand
    operator: Token
    exponent: Expression


class Sign(SyntaxNode):
    sign: Token
    operand: Expression


class Attribute(SyntaxNode):
    """``value.channels``: the subject and the names behind its dots."""

    subject: Operand
    names: tuple[Token, ...]


class Choice(SyntaxNode):
    """``if test { then } else { otherwise }`` as a value; behind ``else if`` the other is a Choice, too."""

    test: Expression
    then: Expression
    otherwise: Expression


class List(SyntaxNode):
    items: tuple[Expression, ...]


class Number(SyntaxNode):
    token: Token


class Extent(SyntaxNode):
    """``7x7x2048`` or ``?x?x3``, one word."""

    token: Token


class Text(SyntaxNode):
    token: Token


class Truth(SyntaxNode):
    token: Token


class Unknown(SyntaxNode):
    """``?``: a length that is not known yet; ``32?``: that is a multiple of 32."""

    token: Token


class Name(SyntaxNode):
    token: Token


Definition: TypeAlias = ImportFile | Let | Slot | Block | NetworkNode
Setting: TypeAlias = Use | Default | Skips
Member: TypeAlias = Input | NamedInput | Stem | Stage | Head | OutputNode | Let | Expect | Condition | Setting
Statement: TypeAlias = Chain | Named | Let | Skip | Repeat | Condition | Setting
Expression: TypeAlias = (
    Either | Both | Negation | Comparison | Size | Sum | Product | Power | Sign | Attribute
    | Choice | List | Number | Extent | Text | Truth | Unknown | Name | Indexed | Call | Entry
)  # fmt: skip
Operand: TypeAlias = Expression | Bracketed
Count: TypeAlias = Sum | Product | Power | Attribute | Number | Name | Indexed | Call | Entry | Bracketed


class _Row(Protocol[_Item_co]):
    @property
    def items(self) -> tuple[_Item_co, ...]: ...


def items(row: _Row[_Item_co] | None) -> tuple[_Item_co, ...]:
    """What stands in brackets; nothing where they are left out."""
    return row.items if row is not None else ()


def parameters(definition: SyntaxNode) -> tuple[ParameterNode, ...]:
    """Of a block or a network; other definitions have none."""
    return items(definition.parameters) if isinstance(definition, Block | NetworkNode) else ()


def walk(node: SyntaxNode | None, closed: type[SyntaxNode] | None = None) -> list[SyntaxNode]:
    """A node and all below it, in the order of the text; what lies in ``closed`` nodes is left out, and they, too."""
    found: list[SyntaxNode] = []
    pending: list[Any] = [node]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is tuple:
            pending.extend(reversed(current))
        elif isinstance(current, SyntaxNode) and kind is not closed:
            found.append(current)
            for name in kind.below:
                pending.append(getattr(current, name))  # noqa: PERF401 - a list of one or two costs more
    return found


def names(node: SyntaxNode) -> Iterator[Token]:
    """The names that expressions in a node ask for."""
    for below in walk(node):
        if isinstance(below, Name):
            yield below.token
        elif isinstance(below, Indexed):
            yield below.name


def mentions(node: SyntaxNode, name: str) -> bool:
    return any(token.text == name for token in names(node))


def class_of(rule: str) -> type[SyntaxNode]:
    """The class of a rule: ImportFile of ``import_file``; NetworkNode of ``network``, where others have the name."""
    name = rule.title().replace("_", "")
    found: type[SyntaxNode] | None = globals().get(name) or globals().get(f"{name}Node")
    if found is None:
        raise LookupError(f"the rule `{rule}` of the grammar has no class `{name}` in {__name__}")
    return found


@cache
def maker(rule: str) -> Callable[[Span, list[Any]], SyntaxNode]:
    """What makes the node of a rule of its span and its children: one a field, what is left for a row."""
    cls: Any = class_of(rule)
    row = len(cls.fields) - 2  # behind the span and the fields of one child
    if cls.has_row:
        return lambda span, children: cls(span, *children[:row], tuple(children[row:]))
    return lambda span, children: cls(span, *children)
