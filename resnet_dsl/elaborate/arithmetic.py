"""Numbers as they are written, and what is done with them.

Integers are exact, `/` gives a fraction, nothing is rounded unasked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import notation
from resnet_dsl.elaborate.values import Constant, Value
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.ir.sizes import Size, open_length
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

LARGEST = 2**63
_MOST_DIGITS = 30  # beyond LARGEST by far: such a number is refused before it is worked out
_MOST_BITS = 64
_SCALES = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


@lru_cache(maxsize=4096)
def number(text: str) -> int | float:
    """A number as written: `25_557_032`, `36.5M` (whole: exact), `0.1`, `1.001e-5` (fractions)."""
    plain = text.replace("_", "")
    scale = _SCALES.get(plain[-1], 1)
    if scale > 1:
        from decimal import Decimal  # few texts have such numbers, and importing it takes as long as reading a spec

        exact = Decimal(plain[:-1])
        if exact.adjusted() > _MOST_DIGITS:
            return math.inf
        exact *= scale
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    return int(plain) if plain.isdigit() else float(plain)


def last_digit(text: str) -> float:
    """What the last digit written is worth: `36.5M` has 100,000, `1.5e3` has 100."""
    from decimal import Decimal

    plain = text.replace("_", "")
    scale = _SCALES.get(plain[-1], 1)
    mantissa = Decimal(plain[:-1] if scale > 1 else plain)
    exponent = mantissa.as_tuple().exponent
    return float(scale * Decimal(10) ** int(exponent))


def meant_number(text: str) -> str | None:
    """A number that is written as elsewhere (`200,000`, `10k`, `25.6 million`, `1 000`) as the language has it.

    None where nothing is left to guess by.
    """
    found = re.fullmatch(r"(\d[\d.,_' ]{0,30}|\d)([A-Za-z]{0,9})", text.strip(), re.ASCII)
    if found is None or (unit := _scale_called(found[2])) is None:
        return None
    digits = found[1].strip()
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+|[1-9]\d{0,2}([.' ]\d{3}){2,}|[1-9]\d{0,2}([' ]\d{3})+", digits):
        return re.sub(r"\D", "_", digits) + unit
    return f"{digits.replace(',', '.')}{unit}" if re.fullmatch(r"[\d_]+([.,]\d+)?", digits) else None


def _scale_called(word: str) -> str | None:
    """`K`, `M`, `G`, `T` for what they are called elsewhere; nothing for no word, None for another one."""
    called = {
        "K": ("k", "thousand"),
        "M": ("m", "mio", "million"),
        "G": ("g", "b", "bn", "billion"),
        "T": ("t", "trillion"),
    }
    return next((scale for scale, names in called.items() if word.lower() in names), None if word else "")


@lru_cache(maxsize=1024)
def extent(text: str) -> Size:
    """`7x7x2048`, `?x?x3` or `32?x32?x3`."""
    return tuple(open_length(part) if part[-1] == "?" else int(part.replace("_", "")) for part in text.split("x"))


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def compare(left: Constant, operator: str, right: Constant, span: Span) -> bool:
    """A comparison; sizes and words can only be equal or not. Raises DiagnosticError."""
    comparable = is_number(left) and is_number(right)
    same_sort = comparable or type(left) is type(right)
    if not same_sort or operator not in COMPARISONS or (operator not in ("==", "!=") and not comparable):
        raise DiagnosticError(_wrong_operands(operator, left, right, span))
    return COMPARISONS[operator](left, right)


def _power(base: int | float, exponent: int | float) -> int | float:
    """A whole power of a whole number is exact; one that is too large is told before it is worked out."""
    if exponent * math.log2(max(abs(base), 1)) > _MOST_BITS:
        raise OverflowError
    return base**exponent


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": _power,
}


def calculate(left: Constant, operator: tree.Token, right: Constant) -> int | float:
    """One step of arithmetic on numbers; whole numbers stay exact and within 2^63. Raises DiagnosticError."""
    if not (is_number(left) and is_number(right)):
        raise DiagnosticError(_wrong_operands(operator.text, left, right, operator.span))
    if operator.text == "**" and ((left < 0 and right != int(right)) or (left == 0 and right < 0)):
        raise DiagnosticError(_no_power(left, right, operator.span))
    try:
        result: int | float = _ARITHMETIC[operator.text](left, right)
    except OverflowError:
        result = math.inf
    except ZeroDivisionError:
        raise DiagnosticError(_divided_by_zero(operator.span)) from None
    if not -LARGEST < result < LARGEST:
        raise DiagnosticError(too_large(operator.span))
    return result


def _wrong_operands(operator: str, left: Constant, right: Constant, span: Span) -> Diagnostic:
    remedy = None
    if operator == "~=":
        remedy = "`~=` stands in `expect` lines only: compare with `==`, or with `<` and `>`"
    elif isinstance(left, tuple) or isinstance(right, tuple):
        remedy = "take one number of it: `NAME[0]`, `NAME[1]`, …"
        remedy += "; sizes are compared by `==` and `!=`" if operator in ("<", ">", "<=", ">=") else ""
    elif any(isinstance(one, str) and one.isdigit() for one in (left, right)):
        remedy = "write the number without quotes"
    elif isinstance(left, bool) or isinstance(right, bool):
        remedy = "a truth value stands alone (`if fast`), or beside `and`, `or`, `not`, `==`"
    behind = Span(span.source, span.end, span.end)
    return (notation.prose(behind) if operator == "//" else None) or Diagnostic(
        "E0220",
        f"`{operator}` cannot be used on {sort_of(left)} and {sort_of(right)}",
        Label(span, f"{_quoted(left)} and {_quoted(right)}"),
        help=remedy,
    )


def _quoted(value: Constant) -> str:
    return spell(value) if isinstance(value, Value) else f"`{spell(value)}`"


def _no_power(base: Constant, exponent: Constant, span: Span) -> Diagnostic:
    sort, remedy = "below 0 has no power with a fraction", "take a base of 0 or more, or round the exponent: `round(…)`"
    if base == 0:
        sort, remedy = "0 has no power below 0", "take a base other than 0, or an exponent of 0 or more"
    return Diagnostic(
        "E0220", f"the number {sort}", Label(span, f"`{spell(base)}` and `{spell(exponent)}`"), help=remedy
    )


def _divided_by_zero(span: Span) -> Diagnostic:
    return Diagnostic("E0222", "division by zero", Label(span, "what stands behind this is 0"))


def too_large(span: Span) -> Diagnostic:
    return Diagnostic("E0223", "this number is too large: numbers end at 2^63, about 9.2e18", Label(span))
