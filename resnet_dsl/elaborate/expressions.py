"""Expressions: from their tree to a constant. Integers are exact, `/` gives a fraction, nothing is rounded unasked."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Mistake
from resnet_dsl.elaborate import errors, flow_errors, limits
from resnet_dsl.elaborate.values import POISON, Constant, Frame, Items, Poisoned, Value
from resnet_dsl.ir.lengths import Unknown, channels
from resnet_dsl.ir.operations import WORDS
from resnet_dsl.ir.parameters import is_integer, is_number
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_LARGEST = 2**63
_MOST_DIGITS = 30  # beyond _LARGEST by far: such a number is refused before it is worked out
_SCALES = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def refuse(diagnostic: Diagnostic) -> NoReturn:
    raise Mistake(diagnostic)


@lru_cache(maxsize=4096)
def number(text: str) -> int | float:
    """A number as written: `25_557_032`, `36.5M` (whole: exact), `0.1`, `1.001e-5` (fractions)."""
    plain = text.replace("_", "")
    scale = _SCALES.get(plain[-1], 1)
    if scale > 1:
        exact = Decimal(plain[:-1])
        if exact.adjusted() > _MOST_DIGITS:
            return math.inf
        exact *= scale
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    return int(plain) if plain.isdigit() else float(plain)


def last_digit(text: str) -> float:
    """What the last digit written is worth: `36.5M` has 100,000, `1.5e3` has 100."""
    plain = text.replace("_", "")
    scale = _SCALES.get(plain[-1], 1)
    mantissa = Decimal(plain[:-1] if scale > 1 else plain)
    exponent = mantissa.as_tuple().exponent
    return float(scale * Decimal(10) ** int(exponent))


@lru_cache(maxsize=1024)
def extent(text: str) -> tuple[int | None, ...]:
    """`7x7x2048` or `?x?x3`; an unknown length is None."""
    return tuple(None if part == "?" else int(part.replace("_", "")) for part in text.split("x"))


class Expressions:
    """Evaluates expressions."""

    def __init__(self, budget: limits.Budget) -> None:
        self.budget = budget
        self.clouded = False
        self.refused: set[tuple[int, str]] = set()
        self.depth = 0

    def evaluate(self, expression: tree.Expression, frame: Frame) -> Constant:
        """The constant that an expression is worth in a frame. Raises Mistake or Poisoned."""
        kind = type(expression)
        self.budget.spend(expression.span, 1)
        if kind in _LEAVES:
            return _EVALUATORS[kind](self, expression, frame)
        with self.deeper(limits.IN_AN_EXPRESSION, expression.span):
            return _EVALUATORS[kind](self, expression, frame)

    def deeper(self, calls: int, span: Span) -> _Deeper:
        """Around what leads the compiler deeper. Raises Mistake where that is too deep."""
        limits.check_depth(self.depth + calls, span)
        return _Deeper(self, calls)

    def unless_lost(self, name: str, frame: Frame) -> None:
        """Raises Poisoned where an unknown name is the consequence of a mistake that is reported.

        It was refused to a value, or it may stand in a text that could not be read.
        """
        if (frame.scope, name) in self.refused:
            raise Poisoned
        if frame.module.may_hold(name):
            self.clouded = True
            raise Poisoned

    def integer(self, expression: tree.Expression, frame: Frame, wanted: str) -> int:
        value = self.evaluate(expression, frame)
        if not is_integer(value):
            remedy = "round it: `round(…)`, `floor(…)`, `ceil(…)`, or divide with `//`" if is_number(value) else None
            refuse(flow_errors.not_a(wanted, value, expression.span, remedy))
        return int(value)

    def truth(self, expression: tree.Expression, frame: Frame) -> bool:
        value = self.evaluate(expression, frame)
        if not isinstance(value, bool):
            refuse(flow_errors.not_a("a truth value (a comparison, `true`, `false`)", value, expression.span))
        return value

    def name(self, token: tree.Token, frame: Frame) -> Constant:
        """What a bare name means: the frame's constants and values first, the file's, then words."""
        text = token.text
        if text in frame.constants:
            found = frame.constants[text]
            if found is POISON:
                raise Poisoned
            return found
        if text in frame.values:
            return _known(frame.values[text])
        if text == "progress":
            return self.progress(token, frame)
        definition = frame.module.find_let(text)
        if definition is not None:
            return self.file_constant(definition, token, frame)
        if text in WORDS:
            return text
        self.unless_lost(text, frame)
        refuse(errors.unknown_name(text, token.span, self.visible(frame)))

    def file_constant(self, definition: Any, token: tree.Token, frame: Frame) -> Constant:
        raise NotImplementedError

    def progress(self, token: tree.Token, frame: Frame) -> float:
        raise NotImplementedError

    def visible(self, frame: Frame) -> list[str]:
        """The names that an expression may use in a frame."""
        values = [name for name in frame.values if isinstance(name, str)]
        return [*frame.constants, *values, *frame.module.lets(), *FUNCTIONS, *sorted(WORDS), "progress"]


class _Deeper:
    """So many calls more while the braces of a `with` last: made too often for a generator to be quick enough."""

    __slots__ = ("calls", "expressions")

    def __init__(self, expressions: Expressions, calls: int) -> None:
        self.expressions = expressions
        self.calls = calls

    def __enter__(self) -> None:
        self.expressions.depth += self.calls

    def __exit__(self, *raised: object) -> None:
        self.expressions.depth -= self.calls


def _known(value: Value | None) -> Value:
    if value is None:
        raise Poisoned
    return value


def _name(self: Expressions, node: tree.Name, frame: Frame) -> Constant:
    return self.name(node.token, frame)


def _entry(self: Expressions, node: tree.Entry, frame: Frame) -> Constant:
    if node.keyword.text == "stem":
        return value_of(self, node, frame)
    if frame.kind in ("file", "network"):
        refuse(flow_errors.no_entry(node.span))
    return _known(frame.entry)


def _indexed(self: Expressions, node: tree.Indexed, frame: Frame) -> Constant:
    name = node.name.text
    index = self.integer(node.index, frame, "a whole number as index")
    if (name, index) in frame.values:
        return _known(frame.values[(name, index)])
    known = sorted(key[1] for key in frame.values if isinstance(key, tuple) and key[0] == name)
    if known:
        refuse(flow_errors.no_index(name, index, node.span, known))
    items = self.name(node.name, frame)
    if not isinstance(items, Items | tuple) or isinstance(items, Value):
        refuse(flow_errors.not_a("a list", items, node.name.span))
    if not 0 <= index < len(items):
        refuse(flow_errors.no_index(name, index, node.index.span, list(range(len(items)))))
    return items[index]


def value_of(self: Expressions, node: tree.Name | tree.Indexed | tree.Entry, frame: Frame) -> Value:
    """The value that a reference names. Raises Mistake where it names none."""
    if isinstance(node, tree.Entry) and node.keyword.text == "stem":
        if "stem" not in frame.values:
            refuse(errors.unknown_part("stem", node.span, ()))
        return _known(frame.values["stem"])
    found = self.evaluate(node, frame)
    if not isinstance(found, Value):
        refuse(flow_errors.not_a("a value that flows", found, node.span, "name a result first: `a = conv(…)`"))
    return found


def _either(self: Expressions, node: tree.Either, frame: Frame) -> Constant:
    return any(self.truth(operand, frame) for operand in node.operands)


def _both(self: Expressions, node: tree.Both, frame: Frame) -> Constant:
    return all(self.truth(operand, frame) for operand in node.operands)


def _negation(self: Expressions, node: tree.Negation, frame: Frame) -> Constant:
    return not self.truth(node.operand, frame)


def compare(left: Constant, operator: str, right: Constant, span: Span) -> bool:
    """A comparison; sizes and words can only be equal or not."""
    comparable = is_number(left) and is_number(right)
    same_sort = comparable or type(left) is type(right)
    if not same_sort or (operator not in ("==", "!=") and not comparable):
        refuse(flow_errors.wrong_operands(operator, left, right, span))
    return COMPARISONS[operator](left, right)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _comparison(self: Expressions, node: tree.Comparison, frame: Frame) -> Constant:
    left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
    if node.operator.text == "~=":
        refuse(flow_errors.wrong_operands("~=", left, right, node.operator.span))
    if isinstance(left, Items):
        self.budget.spend(node.span, limits.check_list(left, node.span))
    return compare(left, node.operator.text, right, node.span)


def _size(self: Expressions, node: tree.Size, frame: Frame) -> Constant:
    lengths: list[int | None] = []
    for part in node.lengths:
        value = self.evaluate(part, frame)
        if isinstance(value, tuple) and not isinstance(value, Items | Value):
            lengths.extend(value)
        elif value is None or is_integer(value):
            lengths.append(value)
        else:
            refuse(flow_errors.not_a("a whole number", value, part.span))
        limits.check_size(tuple(lengths), node.span)
    return tuple(lengths)


def _divide(left: Any, right: Any, span: Span, operator: str) -> Any:
    if right == 0:
        refuse(flow_errors.divided_by_zero(span))
    if operator == "/":
        return left / right
    return left // right if operator == "//" else left % right


def calculate(left: Constant, operator: tree.Token, right: Constant) -> int | float:
    """One step of arithmetic on numbers; whole numbers stay exact and within 2^63."""
    sign = operator.text
    if not (is_number(left) and is_number(right)):
        refuse(flow_errors.wrong_operands(sign, left, right, operator.span))
    try:
        if sign == "+":
            result = left + right
        elif sign == "-":
            result = left - right
        elif sign == "*":
            result = left * right
        else:
            result = _divide(left, right, operator.span, sign)
    except OverflowError:
        refuse(flow_errors.too_large(operator.span))
    if not -_LARGEST < result < _LARGEST:
        refuse(flow_errors.too_large(operator.span))
    return result  # type: ignore[no-any-return]


def _arithmetic(self: Expressions, node: tree.Sum | tree.Product, frame: Frame) -> Constant:
    items = node.items
    result = self.evaluate(items[0], frame)  # type: ignore[arg-type]
    for position in range(1, len(items), 2):
        right = self.evaluate(items[position + 1], frame)  # type: ignore[arg-type]
        result = calculate(result, items[position], right)  # type: ignore[arg-type]
    return result


def _sign(self: Expressions, node: tree.Sign, frame: Frame) -> Constant:
    value = self.evaluate(node.operand, frame)
    if not is_number(value):
        refuse(flow_errors.not_a("a number", value, node.operand.span))
    return -value if node.sign.text == "-" else value


_ATTRIBUTES: dict[str, Callable[[Value], Constant]] = {
    "channels": lambda value: channels(value.shape),
    "shape": lambda value: tuple(None if isinstance(one, Unknown) else one for one in value.shape),
    "rank": lambda value: len(value.shape) - 1,
}


def _attribute(self: Expressions, node: tree.Attribute, frame: Frame) -> Constant:
    value = self.evaluate(node.subject, frame)
    for token in node.names:
        if not isinstance(value, Value) or token.text not in _ATTRIBUTES:
            known = _ATTRIBUTES if isinstance(value, Value) else ()
            refuse(flow_errors.unknown_attribute(token.text, value, token.span, known))
        value = _ATTRIBUTES[token.text](value)
    return value


def _list(self: Expressions, node: tree.List, frame: Frame) -> Constant:
    items = Items(self.evaluate(item, frame) for item in node.items)
    self.budget.spend(node.span, limits.check_list(items, node.span))
    return items


def _length(items: Constant) -> int:
    return len(items)


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "min": (1, 64, lambda *values: min(values)),
    "max": (1, 64, lambda *values: max(values)),
    "round": (1, 1, lambda value: math.floor(value + 0.5)),
    "ceil": (1, 1, math.ceil),
    "floor": (1, 1, math.floor),
    "sqrt": (1, 1, math.sqrt),
    "log2": (1, 1, math.log2),
    "len": (1, 1, _length),
}
"""Functions of expressions, with the least and the largest number of their arguments."""

_POSITIVE = ("sqrt", "log2")


def _call(self: Expressions, node: tree.Call, frame: Frame) -> Constant:
    name = node.name.text
    if name not in FUNCTIONS:
        refuse(errors.unknown_function(name, node.name.span, FUNCTIONS))
    least, most, function = FUNCTIONS[name]
    for item in node.arguments.items:
        if isinstance(item, tree.Argument):
            refuse(errors.unknown_argument(name, item.name.text, item.name.span, []))
    values = [self.evaluate(item, frame) for item in node.arguments.items]  # type: ignore[arg-type]
    if len(values) > most:
        refuse(errors.too_many(name, node.arguments.span, ["value"] * most))
    if len(values) < least:
        refuse(errors.missing(name, ["value"], node.span, bool(values)))
    if name != "len" and len(values) == 1 and isinstance(values[0], Items):
        values = list(values[0]) if name in ("min", "max") and values[0] else values
        self.budget.spend(node.span, len(values))
    for value in values:
        if not (isinstance(value, tuple) and not isinstance(value, Value) if name == "len" else is_number(value)):
            refuse(flow_errors.not_a("a list" if name == "len" else "a number", value, node.arguments.span))
    if name in _POSITIVE and not values[0] > 0:
        refuse(flow_errors.not_a("a number above 0", values[0], node.arguments.span))
    return function(*values)


def _unknown(self: Expressions, node: tree.Unknown, frame: Frame) -> Constant:
    return None


def _number(self: Expressions, node: tree.Number, frame: Frame) -> Constant:
    value = number(node.token.text)
    if value >= _LARGEST:
        refuse(flow_errors.too_large(node.span))
    return value


_LEAVES = (tree.Name, tree.Number, tree.Text, tree.Truth, tree.Extent, tree.Entry)

_EVALUATORS: dict[type, Callable[[Expressions, Any, Frame], Constant]] = {
    tree.Name: _name,
    tree.Entry: _entry,
    tree.Indexed: _indexed,
    tree.Either: _either,
    tree.Both: _both,
    tree.Negation: _negation,
    tree.Comparison: _comparison,
    tree.Size: _size,
    tree.Sum: _arithmetic,
    tree.Product: _arithmetic,
    tree.Sign: _sign,
    tree.Attribute: _attribute,
    tree.List: _list,
    tree.Call: _call,
    tree.Unknown: _unknown,
    tree.Number: _number,
    tree.Extent: lambda self, node, frame: extent(node.token.text),
    tree.Text: lambda self, node, frame: node.token.text[1:-1],
    tree.Truth: lambda self, node, frame: node.token.text == "true",
}
