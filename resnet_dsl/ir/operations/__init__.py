"""The registry: every operation of the language by its name. A new one is added in its family's file.

Whoever has a rule for each operation (a target, a prediction) has it in a table that `complete` checks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar, get_args

from resnet_dsl.ir.operation import Operation, OperationName
from resnet_dsl.ir.operations import (
    activation,
    attention,
    convolution,
    merging,
    noise,
    normalisation,
    pooling,
    resizing,
    scaling,
    shaping,
)

_FAMILIES = (shaping, convolution, attention, normalisation, activation, pooling, merging, noise, scaling, resizing)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for family in _FAMILIES for operation in family.OPERATIONS
}

WORDS: frozenset[str] = frozenset(
    word for operation in OPERATIONS.values() for parameter in operation.parameters for word in parameter.kind.words
)
"""The names that stand for themselves as arguments (``half``, ``global``); nothing else may be called so."""

_Rule = TypeVar("_Rule")


class MissingRuleError(Exception):
    """An operation of which not all is written down yet, or which stands where it does not belong: our bug."""


def complete(
    where: str, *tables: Mapping[OperationName, _Rule], but: Collection[OperationName] = ()
) -> dict[str, _Rule]:
    """The tables as one, with a rule for each operation. Raises MissingRuleError where one is missing, or is twice.

    where: the folder of the tables, for whoever has to add a rule. but: operations that have none there.
    """
    rules: dict[str, _Rule] = {name: rule for table in tables for name, rule in table.items()}
    wanted = [name for name in OPERATIONS if name not in but]
    missing = [name for name in wanted if name not in rules]
    if missing:
        raise MissingRuleError("; ".join(f"{where} has no rule for `{one}`: {_add(one, rules)}" for one in missing))
    if sum(map(len, tables)) > len(wanted):
        raise MissingRuleError(f"{where} has two rules for one operation, or one for an operation that has none there")
    return rules


def _add(name: str, rules: Mapping[str, object]) -> str:
    """Where a rule would stand: beside those of its kin."""
    kin = [f"`{one}`" for one in rules if one in OPERATIONS and OPERATIONS[one].role == OPERATIONS[name].role]
    return f"add it to RULES beside {', '.join(kin[:3])}" if kin else "add it to RULES"


def check_names(names: Collection[str]) -> None:
    """Raises MissingRuleError where these are not the names that mypy knows."""
    known: set[str] = {*get_args(OperationName)}
    added = [f"add `{name}` to OperationName in resnet_dsl/ir/operation.py" for name in names if name not in known]
    left = [f"add `{name}` to OPERATIONS of its family in resnet_dsl/ir/operations/" for name in known - {*names}]
    if added or left:
        raise MissingRuleError("; ".join([*added, *left]))


check_names(OPERATIONS)
