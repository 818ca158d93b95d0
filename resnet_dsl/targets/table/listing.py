"""A table with a row for each network: its counts, how far they are from a baseline's, and what tells the two apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.analyses.difference import marks
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import show
from resnet_dsl.sentences import counted
from resnet_dsl.targets.figure.outline.words import clean

Value: TypeAlias = "str | int | float | bool | None"
"""Of a cell: words, a number, a mark; None where there is nothing to be said."""

_MOST_MARKS = 12
_COUNTS_NOTE = "MACs: multiply-accumulates of one image; parameters: those that are trained."


class ListingColumn(NamedTuple):
    """One column. unit: what its numbers are divided by where people read them, and its sign; None: they are whole.

    kind: words, numbers, differences (with a sign), or marks.
    """

    name: str
    kind: Literal["words", "number", "change", "mark"]
    unit: tuple[float, str] = (1, "")
    decimals: int = 0

    @property
    def title(self) -> str:
        """With the unit: ``parameters (M)``."""
        return f"{self.name} ({self.unit[1]})" if self.unit[1] else self.name

    def said(self, value: Value) -> str:
        """A value as people read it: in the column's unit, all with equally many digits, a change with its sign.

        Only what did not change has none: +0.00 is a small change.
        """
        if value is None or isinstance(value, bool):
            return "✓" if value else ""
        if isinstance(value, str):
            return value
        sign = "+" if self.kind == "change" and value else ""
        return f"{value / self.unit[0]:{sign}.{self.decimals}f}".replace("-", "−")


@dataclass(frozen=True)
class Listing:
    """columns, and one row a network; ``baseline``: whether the first row is what the others are compared with."""

    columns: tuple[ListingColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    baseline: bool = False
    notes: tuple[str, ...] = ()


class Listed(NamedTuple):
    """A network under the name that its row has."""

    name: str
    facts: Facts


def list_networks(networks: Sequence[Listed], baseline: Listed | None = None) -> Listing:
    """``baseline``: it comes first, and the others say how they differ from it."""
    others = [one for one in networks if baseline is None or one.facts is not baseline.facts]
    shown = others if baseline is None else [baseline, *others]
    found = [() if baseline is None or one is baseline else marks(baseline.facts, one.facts) for one in shown]
    told, more = _columns_of_marks(found)
    counts = [*_columns(shown, baseline is not None)]
    columns = (*counts, *(ListingColumn(clean(mark, 60), "mark") for mark in told))
    pairs = zip(shown, found, strict=True)
    rows = tuple((*_counts(one, counts, baseline), *(mark in own for mark in told)) for one, own in pairs)
    left_out = [f"… and {counted(more, 'difference')} more, which `resnet-dsl diff` tells."] if more else []
    return Listing(columns, rows, baseline is not None, (_COUNTS_NOTE, *left_out))


def _columns_of_marks(found: Sequence[tuple[str, ...]]) -> tuple[list[str], int]:
    """The marks that get columns, in the order in which they come up, and how many do not."""
    every = list(dict.fromkeys(mark for own in found for mark in own))
    return every[:_MOST_MARKS], len(every[_MOST_MARKS:])


def _columns(shown: Sequence[Listed], compared: bool) -> Iterator[ListingColumn]:
    yield ListingColumn("network", "words")
    if len({_inputs(one.facts) for one in shown}) > 1:
        yield ListingColumn("input", "words")
    yield ListingColumn("depth", "number")
    for name, values in (
        ("parameters", [one.facts.count.params for one in shown]),
        ("MACs", [one.facts.count.macs for one in shown]),
    ):
        unit, decimals = _unit(max((value for value in values if value is not None), default=0))
        yield ListingColumn(name, "number", unit, decimals)
        if compared:
            yield ListingColumn(f"Δ {name}", "change", unit, decimals)


def _unit(most: int) -> tuple[tuple[float, str], int]:
    units = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
    return next(((unit, 2) for unit in units if most >= unit[0]), ((1, ""), 0))


def _inputs(facts: Facts) -> str:
    return ", ".join(map(show, facts.input_shapes.values()))


def _counts(one: Listed, columns: Sequence[ListingColumn], baseline: Listed | None) -> tuple[Value, ...]:
    facts = one.facts
    values: dict[str, Value] = {"network": clean(one.name, 60), "input": _inputs(facts), "depth": facts.depth}
    for name in ("params", "macs"):
        own = getattr(facts.count, name)
        other = None if baseline is None or one is baseline else getattr(baseline.facts.count, name)
        title = {"params": "parameters", "macs": "MACs"}[name]
        values[title] = "?" if own is None else own
        values[f"Δ {title}"] = None if own is None or other is None else own - other
    return tuple(values[column.name] for column in columns)
