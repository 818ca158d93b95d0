"""Checks `expect` lines: the spec's own test of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.arithmetic import COMPARISONS
from resnet_dsl.elaborate.values import Expectation
from resnet_dsl.ir.notation import written


def check_expectations(expectations: Iterable[Expectation], facts: Facts) -> tuple[Diagnostic, ...]:
    """A diagnostic for each expectation that fails."""
    found = []
    for one in expectations:
        actual = _actual(one, facts)
        if not _holds(one, actual):
            found.append(_failed(one, actual))
    return tuple(found)


def _actual(expectation: Expectation, facts: Facts) -> Any:
    if expectation.stage is None:
        return _QUANTITIES[expectation.quantity](facts)
    stage = facts.stage_of_name[expectation.stage]
    if expectation.quantity == "output":
        return stage.output_shape
    return getattr(stage, expectation.quantity)


_QUANTITIES: dict[str, Callable[[Facts], Any]] = {
    "params": lambda facts: facts.count.params,
    "total_params": lambda facts: facts.count.total_params,
    "macs": lambda facts: facts.count.macs,
    "depth": lambda facts: facts.depth,
    "blocks": lambda facts: facts.blocks,
    "output": lambda facts: facts.output_shape,
    "receptive_field": lambda facts: facts.receptive_field,
    "output_stride": lambda facts: facts.output_stride,
}


def _holds(expectation: Expectation, actual: Any) -> bool:
    value, comparison = expectation.value, expectation.comparison
    if expectation.quantity == "output":
        same = tuple(length if isinstance(length, int) else None for length in actual) == tuple(value)
        return same == (comparison == "==")
    if actual is None:
        return False
    if comparison == "~=":
        return bool(abs(actual - value) <= expectation.unit / 2)
    return COMPARISONS[comparison](actual, value)


def _failed(expectation: Expectation, actual: Any) -> Diagnostic:
    subject = f"{expectation.stage}.{expectation.quantity}" if expectation.stage else expectation.quantity
    wanted = _spell(expectation.value)
    relation = _RELATIONS[expectation.comparison]
    return Diagnostic(
        "E0401",
        f"the expectation failed: `{subject}` is {_spell(actual)}, expected {relation}{wanted}",
        Label(expectation.span, f"it is {_spell(actual)}"),
        help=_remedy(expectation, subject, actual),
    )


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
    if expectation.comparison in ("==", "~="):
        return f"change the network, or, if it is as it should be, write `expect {subject} == {_spell(actual)}`"
    return "change the network, or what is expected of it"


def _spell(value: Any) -> str:
    return "unknown while an input length is open" if value is None else written(value)
