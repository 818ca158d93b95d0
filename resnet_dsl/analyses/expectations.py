"""Checks `expect` lines: the spec's own test of its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import nearest, suggestion
from resnet_dsl.elaborate.arithmetic import COMPARISONS, last_digit, meant_number, number
from resnet_dsl.elaborate.networks.expectations import NETWORK_QUANTITIES
from resnet_dsl.elaborate.values import Expectation
from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Length, Shape
from resnet_dsl.ir.notation import written
from resnet_dsl.ir.sizes import Size, multiple
from resnet_dsl.sentences import listed
from resnet_dsl.source import Source, Span

DEMANDED = "--expect"
"""How diagnostics call the text of a demand."""


def check_expectations(expectations: Iterable[Expectation], facts: Facts) -> tuple[Diagnostic, ...]:
    """A diagnostic for each expectation that fails."""
    found = []
    known: dict[tuple[str | None, str], Any] = {}
    for one in expectations:
        key = one.subject, one.quantity
        actual = known[key] = known[key] if key in known else _actual(one, facts)
        if not _holds(one, actual):
            found.append(_failed(one, actual))
    return tuple(found)


def demand(text: str) -> Expectation:
    """An expectation that is made from outside, of any network: ``params <= 26M``. Raises Failure where it is none."""
    found = re.fullmatch(_DEMAND, text)
    if found is None:
        raise Failure(f"`{text}` is no expectation", _meant(text) or _FORM)
    quantity, comparison, value = found.groups()
    if quantity not in _NUMBERS:
        remedy = suggestion(quantity, _NUMBERS) or f"a network has {listed(_NUMBERS)}"
        raise Failure(f"`{quantity}` is not a number that can be expected", remedy)
    unit = last_digit(value) if comparison == "~=" else 0.0
    whole = Span(Source(DEMANDED, text), 0, len(text))
    return Expectation(quantity, None, comparison, number(value), unit, whole)


def _meant(text: str) -> str | None:
    """The demand with its sign and its number as the language has them, where that makes one."""
    found = re.fullmatch(r"\s*(\w{1,40})\s*([=<>!~≤≥≠≈]{1,3})\s*([^=<>!~≤≥≠≈]{1,40})", text)
    if found is None:
        return None
    quantity, sign, number_ = found.groups()
    demanded = f"{nearest(quantity, _NUMBERS) or quantity} {_SIGNS.get(sign, sign)} {meant_number(number_) or number_}"
    return f"write `{demanded}`" if re.fullmatch(_DEMAND, demanded) else None


_DEMAND = r"\s*(\w{1,40})\s*(==|~=|!=|<=|>=|<|>)\s*(\d[\d_]{0,24}(?:\.\d[\d_]{0,24})?(?:e[+-]?\d{1,2})?[KMGT]?)\s*"
_FORM = (
    "a quantity, a comparison and a number with `K`, `M`, `G`, `T` or `_` in it: `params <= 26M`, `params < 200_000`"
)
_SIGNS = {
    "=": "==",
    "=<": "<=",
    "=>": ">=",
    "===": "==",
    "~": "~=",
    "<>": "!=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~=",
}
"""Comparisons of other notations."""
_NUMBERS = tuple(one for one in NETWORK_QUANTITIES if one != "output")


def check_demands(demands: Iterable[Expectation], facts: Facts, place: Span) -> Iterable[Diagnostic]:
    """A diagnostic for each that fails, at the network's name: what demands it stands in no file."""
    for one in check_expectations(demands, facts):
        if one.place is not None:
            yield one._replace(place=Label(place, one.place.text), others=(Label(one.place.span, "expected here"),))


def _actual(expectation: Expectation, facts: Facts) -> Any:
    subject, quantity = expectation.subject, expectation.quantity
    if quantity in _OF_ENDS:
        return _OF_ENDS[quantity](facts, subject)
    if subject is None:
        return _QUANTITIES[quantity](facts)
    if quantity == "output":
        return facts.output_shapes.get(subject) or facts.stage_of_name[subject].output_shape
    return getattr(facts.stage_of_name[subject], quantity)


_QUANTITIES: dict[str, Callable[[Facts], Any]] = {
    "params": lambda facts: facts.count.params,
    "total_params": lambda facts: facts.count.total_params,
    "macs": lambda facts: facts.count.macs,
    "blocks": lambda facts: facts.blocks,
    "output": lambda facts: facts.output_shape,
}

_OF_ENDS: dict[str, Callable[[Facts, str | None], Any]] = {
    "depth": Facts.depth_of,
    "receptive_field": Facts.receptive_field_of,
    "output_stride": Facts.output_stride_of,
}
"""Of an output or input by name, or of all of them."""


def _holds(expectation: Expectation, actual: Any) -> bool:
    value, comparison = expectation.value, expectation.comparison
    if expectation.quantity == "output":
        return _is_size(actual, value) == (comparison == "==")
    if actual is None:
        return False
    if comparison == "~=":
        return bool(abs(actual - value) <= expectation.unit / 2)
    return COMPARISONS[comparison](actual, value)


def _is_size(actual: Shape, wanted: Size) -> bool:
    """`?` is any open length, `32?` one that is known to be a multiple of 32."""
    return len(actual) == len(wanted) and all(map(_is_length, actual, wanted))


def _is_length(actual: Length, wanted: int | str | None) -> bool:
    divisor = multiple(wanted)
    if isinstance(actual, int) or divisor is None:
        return actual == wanted
    return actual.divisor % divisor == 0


def _failed(expectation: Expectation, actual: Any) -> Diagnostic:
    subject = f"{expectation.subject}.{expectation.quantity}" if expectation.subject else expectation.quantity
    found, wanted = _spell(actual), f"{_RELATIONS[expectation.comparison]}{_spell(expectation.value)}"
    message = f"the expectation failed: `{subject}` is {found}, expected {wanted}"
    place = Label(expectation.span, f"it is {found}")
    return Diagnostic("E0401", message, place, help=_remedy(expectation, subject, actual))


_RELATIONS = {
    "==": "",
    "~=": "about ",
    "!=": "other than ",
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}


def _remedy(expectation: Expectation, subject: str, actual: Any) -> str:
    if actual is None or (expectation.quantity == "output" and any(not isinstance(one, int) for one in actual)):
        return "give the input a size, or leave the expectation out"
    rounded = _as_rounded(expectation, actual)
    if rounded is not None:
        return f"`==` compares to the last digit; `~=` with those that are written: `expect {subject} ~= {rounded}`"
    if expectation.comparison in ("==", "~="):
        return f"change the network, or, if it is as it should be, write `expect {subject} == {_spell(actual)}`"
    return "change the network, or what is expected of it"


def _as_rounded(expectation: Expectation, actual: Any) -> str | None:
    """The number of an `==` as it is written, where it is the rounded one (`4.1G`)."""
    text = expectation.span.text.partition("==")[2].strip()
    if expectation.comparison != "==" or expectation.quantity == "output" or text[-1:] not in tuple("KMGT"):
        return None
    return text if abs(actual - expectation.value) <= last_digit(text) / 2 else None


def _spell(value: Any) -> str:
    return "unknown while an input length is open" if value is None else written(value)
