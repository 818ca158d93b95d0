"""The tree of a text: one frozen class a rule of grammar/resnet.lark, each with its span.

``Node.span`` reaches from the rule's first to its last token. Fields stand in the order of the rule's children; an
optional child that is not written is None. Binary operators that stand in a row are kept flat, as the grammar has
them: ``a + b - c`` is ``Sum((a, Token("+"), b, Token("-"), c))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from resnet_dsl.source import Span


class Token(NamedTuple):
    """One word of the text: ``kind`` is the terminal's name in the grammar."""

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span


@dataclass(frozen=True, slots=True)
class File(Node):
    definitions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class ImportFile(Node):
    path: Token


@dataclass(frozen=True, slots=True)
class Let(Node):
    name: Token
    value: Expression


@dataclass(frozen=True, slots=True)
class Slot(Node):
    """``doc`` here and below: the text of the comment directly above the definition, "" where there is none."""

    name: Token
    chain: Chain
    doc: str


@dataclass(frozen=True, slots=True)
class Block(Node):
    name: Token
    parameters: Parameters | None
    body: Body
    doc: str


@dataclass(frozen=True, slots=True)
class Network(Node):
    name: Token
    parameters: Parameters | None
    base: Base | None
    members: Members
    doc: str


@dataclass(frozen=True, slots=True)
class Base(Node):
    name: Token
    arguments: Arguments | None


@dataclass(frozen=True, slots=True)
class Parameters(Node):
    items: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: Token
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Members(Node):
    items: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Input(Node):
    size: Expression


@dataclass(frozen=True, slots=True)
class Stem(Node):
    keyword: Token
    body: Body


@dataclass(frozen=True, slots=True)
class Stage(Node):
    name: Token
    arguments: Arguments | None
    body: Body


@dataclass(frozen=True, slots=True)
class Head(Node):
    body: Body


@dataclass(frozen=True, slots=True)
class Expect(Node):
    quantity: Expression
    comparison: Token
    value: Expression


@dataclass(frozen=True, slots=True)
class Use(Node):
    slot: Token
    chain: Chain


@dataclass(frozen=True, slots=True)
class Default(Node):
    name: Token
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Skips(Node):
    """``policy`` is the word ``off``, or the word ``always``, or None; ``chain`` is None where it is ``off``."""

    policy: Token | None
    chain: Chain | None


@dataclass(frozen=True, slots=True)
class Body(Node):
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Named(Node):
    target: Name | Indexed
    chain: Chain


@dataclass(frozen=True, slots=True)
class Chain(Node):
    items: tuple[Step | Times, ...]


@dataclass(frozen=True, slots=True)
class Times(Node):
    count: Number | Name
    step: Step


@dataclass(frozen=True, slots=True)
class Step(Node):
    """An operation, block or slot to apply, or a value to start from; ``label`` is the string behind ``as``."""

    subject: Name | Indexed | Call | Entry
    label: Token | None


@dataclass(frozen=True, slots=True)
class Skip(Node):
    always: Token | None
    source: Name | Indexed | Entry | None
    via: Chain | None
    merge: Token | None


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    count: Expression
    index: Token | None
    body: Body


@dataclass(frozen=True, slots=True)
class Condition(Node):
    test: Expression
    then: Body
    otherwise: Body | Condition | None


@dataclass(frozen=True, slots=True)
class Indexed(Node):
    name: Token
    index: Expression


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """``in``, the value that entered the block or network, or ``stem``, the stem's output."""

    keyword: Token


@dataclass(frozen=True, slots=True)
class Call(Node):
    name: Token
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Arguments(Node):
    items: tuple[Argument | Expression, ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    name: Token
    value: Expression


@dataclass(frozen=True, slots=True)
class Either(Node):
    """Operands of ``or``."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Both(Node):
    """Operands of ``and``."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    left: Expression
    operator: Token
    right: Expression


@dataclass(frozen=True, slots=True)
class Size(Node):
    """``a x b x c`` with at least one length that is not a plain number (else it is an Extent)."""

    lengths: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Operands with the signs between them."""

    items: tuple[Expression | Token, ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Operands with ``*``, ``/``, ``//`` or ``%`` between them."""

    items: tuple[Expression | Token, ...]


@dataclass(frozen=True, slots=True)
class Sign(Node):
    sign: Token
    operand: Expression


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """``value.channels``: the subject and the names behind its dots."""

    subject: Expression
    names: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class List(Node):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Number(Node):
    token: Token


@dataclass(frozen=True, slots=True)
class Extent(Node):
    """``7x7x2048`` or ``?x?x3``, one word."""

    token: Token


@dataclass(frozen=True, slots=True)
class Text(Node):
    token: Token


@dataclass(frozen=True, slots=True)
class Truth(Node):
    token: Token


@dataclass(frozen=True, slots=True)
class Unknown(Node):
    """``?``: a length that is not known yet."""


@dataclass(frozen=True, slots=True)
class Name(Node):
    token: Token


Definition: TypeAlias = ImportFile | Let | Slot | Block | Network
Setting: TypeAlias = Use | Default | Skips
Member: TypeAlias = Input | Stem | Stage | Head | Let | Expect | Setting
Statement: TypeAlias = Chain | Named | Let | Skip | Repeat | Condition | Setting
Expression: TypeAlias = (
    Either | Both | Negation | Comparison | Size | Sum | Product | Sign | Attribute
    | List | Number | Extent | Text | Truth | Unknown | Name | Indexed | Call | Entry
)  # fmt: skip
