"""What stands in a table of networks: a row for each part, a column for each network, sums below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_dsl.analyses.network import Facts
from resnet_dsl.sentences import counted
from resnet_dsl.targets.figure.outline.cards import gather_cards
from resnet_dsl.targets.figure.outline.insets import shared_remark
from resnet_dsl.targets.figure.outline.items import Wishes, macs_of, params_of
from resnet_dsl.targets.figure.outline.outline import Column, Group, Item
from resnet_dsl.targets.figure.outline.sections import merge_orders
from resnet_dsl.targets.figure.outline.words import clean, count

_MOST_NOTES = 8

Cell = tuple[Group, ...]
"""What a network does in a part: runs of equal blocks; empty where it has no such part."""


@dataclass(frozen=True)
class Row:
    """One part: its name, its output size, what each network does there, and, of a single network, its counts."""

    name: str
    size: str
    cells: tuple[Cell, ...]
    counts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkTable:
    """networks: the titles of the columns. sums: name and, for each network, the sum.

    notes: what the blocks do that stand in cells by their names.
    """

    networks: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        more = ("parameters", "MACs") if len(self.networks) == 1 else ()
        return ("stage", "output", *self.networks, *more)

    @property
    def footer(self) -> list[list[str]]:
        """The sums as rows, which end empty under the counts."""
        blank = len(self.header) - len(self.networks) - 2
        return [[name, "", *values, *[""] * blank] for name, values in self.sums]


def tabulate(networks: Sequence[Facts], titles: Sequence[str] | None = None) -> NetworkTable:
    """The table of one network, with counts for each part, or of several, their parts aligned."""
    named = [clean(title, 40) for title in titles or [one.graph.name for one in networks]]
    columns = [gather_cards(one, {}, Wishes("stage"), "", wide=False) for one in networks]
    keys = merge_orders([[section.key for section in column.sections if section.words] for column in columns])
    rows = tuple(_row(key, columns, networks) for key in keys)
    sums = (
        ("parameters", tuple(count(one.count.params) for one in networks)),
        ("MACs", tuple(count(one.count.macs) for one in networks)),
        ("depth", tuple(str(one.depth) for one in networks)),
    )
    notes = dict.fromkeys(note for column in columns for note in column.definitions)
    told = (*_shortened(list(notes)), *shared_remark(one.graph for one in networks))
    return NetworkTable(tuple(named), rows, sums, told)


def _shortened(notes: list[str]) -> tuple[str, ...]:
    more = len(notes) - _MOST_NOTES
    return (*notes[:_MOST_NOTES], *([f"… and {counted(more, 'block')} more"] if more > 0 else []))


def _row(key: str, columns: Sequence[Column], networks: Sequence[Facts]) -> Row:
    items = [[item for item in column.items if column.sections[item.section].key == key] for column in columns]
    words = [next((section.words for section in column.sections if section.key == key), ()) for column in columns]
    sizes = dict.fromkeys(said[-1] for said in words if said)
    name = next((said[0] for said in words if len(said) > 1), "")
    cells = tuple(tuple(group for item in own for group in item.groups or (Group(item.lines[:1]),)) for own in items)
    counts = _counts(networks[0], items[0]) if len(networks) == 1 else ()
    return Row(name, " / ".join(sizes), cells, counts)


def _counts(network: Facts, items: list[Item]) -> tuple[str, str]:
    nodes = [node for item in items for node in item.nodes]
    return params_of(network, nodes), macs_of(network, nodes)
