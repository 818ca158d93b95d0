"""Which rows are a chain with shortcuts, as a card draws them; whatever else a stage holds is drawn as a named box.

A chain is rows of which each reads the one before it; a merge (a sum or concat) may read one value from further above,
too, which the card draws as an arc. Arcs lie beside each other, never within each other. What flows into a row from
elsewhere, or out of one to elsewhere, cuts the chain there, so that a link between cards enters at the first row of a
card and leaves at its last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.outline import Arc, Link


@dataclass(frozen=True)
class Unit:
    """One row, or a whole block that is no chain: ``rows`` are then all of its rows, and ``scope`` names it."""

    rows: tuple[int, ...]
    scope: int | None = None


@dataclass(frozen=True)
class RowChain:
    """Units one behind the other; an arc goes from behind a unit (0: what enters the chain) to a later one, a merge."""

    units: tuple[Unit, ...]
    arcs: tuple[Arc, ...]

    @cached_property
    def arc_to(self) -> dict[int, Arc]:
        """The arcs by their ends; no two have one."""
        return {arc.end: arc for arc in self.arcs}


class Wiring:
    """What flows between the rows of a network."""

    def __init__(self, graph: Graph, folding: Folding, links: Sequence[Link]) -> None:
        self.graph = graph
        self.folding = folding
        self.entering: dict[int, list[Link]] = {}
        self.leaving: dict[int, list[Link]] = {}
        for link in links:
            self.entering.setdefault(link.target, []).append(link)
            self.leaving.setdefault(link.source, []).append(link)

    def chains(self, units: Sequence[Unit]) -> list[RowChain] | None:
        """The units, in order, as chains; None where they are wired in another way."""
        place = {row: number for number, unit in enumerate(units) for row in unit.rows}
        cuts = [0, *sorted(self._cuts(units, place)), len(units)]
        ends = {row for cut in cuts[1:] for row in units[cut - 1].rows}
        if any(row in place and row not in ends for cut in cuts[:-1] for row in self._sources(units[cut])):
            return None
        chains = [self._chain(units, place, start, end) for start, end in pairwise(cuts)]
        return None if None in chains else [chain for chain in chains if chain]

    def _cuts(self, units: Sequence[Unit], place: dict[int, int]) -> set[int]:
        """Before which units a value comes in from elsewhere; behind which ones a value goes elsewhere."""
        known = place.keys() | self._entry(units[0])
        inside = range(1, len(units))
        cuts = {n for n in inside if not self._sources(units[n]) <= known}
        targets = [{link.target for row in unit.rows for link in self.leaving.get(row, ())} for unit in units]
        return cuts | {n for n in inside if not targets[n - 1] <= place.keys()}

    def _chain(self, units: Sequence[Unit], place: dict[int, int], start: int, end: int) -> RowChain | None:
        position = {row: place[row] - start + 1 for unit in units[start:end] for row in unit.rows}
        position |= dict.fromkeys(self._entry(units[start]), 0)
        arcs: list[Arc] = []
        for number in range(start + 1, end):
            at = number - start + 1
            links = self._into(units[number])
            others = [link for link in links if position.get(link.source) != at - 1]
            if len(links) != len(others) + 1 or any(link.source not in position for link in others):
                return None
            if others and not (len(others) == 1 and self._meets(units[number])):
                return None
            if len(links) != self._values(units[number]):
                return None
            arcs += [Arc(position[link.source], at, "adapted" if link.is_adapted else "identity") for link in others]
        if any(later.start < earlier.end for earlier, later in pairwise(arcs)):
            return None
        return RowChain(tuple(units[start:end]), tuple(arcs))

    def _into(self, unit: Unit) -> list[Link]:
        """The values that enter a unit; a value that enters a whole block at several places enters it once."""
        own = set(unit.rows)
        found = [link for row in unit.rows for link in self.entering.get(row, ()) if link.source not in own]
        return found if unit.scope is None else list({link.source: link for link in found}.values())

    def _entry(self, unit: Unit) -> set[int]:
        """The row whose value enters a chain; none where it begins with a merge of several."""
        links = self._into(unit)
        return {links[0].source} if len(links) == 1 else set()

    def _sources(self, unit: Unit) -> set[int]:
        return {link.source for link in self._into(unit)}

    def _values(self, unit: Unit) -> int:
        """How many values a merge reads; everything else is asked for one."""
        return len(self._first(unit).reads) if self._meets(unit) else 1

    def _meets(self, unit: Unit) -> bool:
        boxed = unit.scope is not None or unit.rows[0] in self.folding.attachments
        return not boxed and OPERATIONS[self._first(unit).op].merge in ("sum", "join")

    def _first(self, unit: Unit) -> Node:
        return self.graph.nodes[self.folding.rows[unit.rows[0]][0]]
