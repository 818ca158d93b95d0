"""The blocks of a chain as a card lists them: equal neighbours as one group, what only the first one has told apart."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.chains import RowChain, Unit
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.items import mark_of, row_words
from resnet_dsl.targets.figure.outline.outline import Arc, Group, Item
from resnet_dsl.targets.figure.outline.scopes import Scopes
from resnet_dsl.targets.figure.outline.words import clean, label, short

ADAPTED = "adapted skip"
"""Said of a named box, whose skip connections are not drawn."""
_TOLD = ("norm", "activation")
_TELLING = ("kernel", "dilation", "value")
"""Arguments that make another close-up of a box: what does not merely follow the width, as channels and groups do."""


@dataclass(frozen=True)
class _Block:
    """One block, or what stands between two of them: what is drawn, and what must agree in equal ones."""

    rows: tuple[str, ...]
    arcs: tuple[Arc, ...]
    kind: tuple[object, ...]
    boxes: tuple[int, ...]
    nodes: tuple[int, ...]
    held: tuple[tuple[int, ...], ...]


class GroupMaker:
    """Makes the groups of chains; one for each network."""

    def __init__(
        self, subject: Facts, scopes: Scopes, folding: Folding, boxes: BoxedParts, replaced: Container[str] = ()
    ) -> None:
        self.replaced = replaced
        self.subject = subject
        self.boxes = boxes
        self.graph = subject.graph
        self.scopes = scopes
        self.folding = folding

    def groups(self, chain: RowChain) -> list[Group]:
        runs: list[list[_Block]] = []
        for block in self._blocks(chain):
            if runs and _follows(runs[-1], block):
                runs[-1].append(block)
            else:
                runs.append([block])
        return [_group(run) for run in runs]

    def scope_of(self, unit: Unit) -> int | None:
        """The outermost block in which a row lies."""
        return self.scopes.block[self.graph.nodes[self.folding.rows[unit.rows[0]][0]].scope]

    def _blocks(self, chain: RowChain) -> Iterator[_Block]:
        """An arc over several blocks makes one of them."""
        spanned = {place for arc in chain.arcs for place in range(arc.start + 1, arc.end)}
        start = 0
        for place in range(1, len(chain.units) + 1):
            if place == len(chain.units) or (place not in spanned and self._parts(*chain.units[place - 1 : place + 1])):
                yield self._block(chain, start, place)
                start = place

    def _parts(self, before: Unit, unit: Unit) -> bool:
        named = before.scope is not None or unit.scope is not None
        return named or self.scope_of(before) != self.scope_of(unit)

    def _block(self, chain: RowChain, start: int, end: int) -> _Block:
        units = chain.units[start:end]
        arcs = [chain.arc_to[place] for place in range(start + 1, end + 1) if place in chain.arc_to]
        hidden = {arc.end for arc in arcs if self._is_bare_sum(chain.units[arc.end - 1])}
        shown = [place for place in range(start + 1, end + 1) if place not in hidden]
        counts = accumulate((place not in hidden for place in range(start + 1, end + 1)), initial=0)
        above = dict(zip(range(start, end + 1), counts, strict=True))
        rows = tuple(self._words(chain.units[place - 1]) for place in shown)
        each = [[node for row in unit.rows for node in self._nodes(row)] for unit in units]
        nodes = tuple(node for own in each for node in own)
        held = _with_hidden(each, [place in hidden for place in range(start + 1, end + 1)])
        boxes = tuple(unit.scope for unit in units if unit.scope is not None)
        # What stands in a stage itself: such stretches are never equal blocks.
        direct = all(unit.scope is None and self.scope_of(unit) is None for unit in units)
        kind = (direct, *((self.boxes.wiring(box), *self._inside(box)) for box in boxes))
        told = (*kind, *self._details(self.scope_of(units[0]))) if len(boxes) < len(units) else kind
        return _Block(rows, tuple(Arc(above[a.start], above[a.end], a.way) for a in arcs), told, boxes, nodes, held)

    def _nodes(self, row: int) -> tuple[int, ...]:
        return tuple(sorted((*self.folding.rows[row], *self.folding.adapters[row])))

    def _is_bare_sum(self, unit: Unit) -> bool:
        row = unit.rows[0]
        first = self.graph.nodes[self.folding.rows[row][0]]
        return row not in self.folding.attachments and OPERATIONS[first.op].merge == "sum"

    def _words(self, unit: Unit) -> str:
        if unit.scope is None:
            return short(row_words(self.graph, self.folding, unit.rows[0]), self.replaced)
        scope = self.graph.scopes[unit.scope]
        parts = [clean(scope.block or scope.name, 24), str(self.subject.shapes[scope.exit][-1])]
        shared = [mark for row in unit.rows for mark in mark_of(self.folding, row)]
        return ", ".join([*parts, *self._marks(unit.scope), *shared[:1]])

    def _marks(self, scope: int) -> Iterator[str]:
        """What a named box does that its name does not say: the stride, the kind of its skip connections."""
        one = self.graph.scopes[scope]
        entering, leaving = (self.subject.shapes[end][:-1] for end in (one.entry, one.exit))
        ratios = {
            a // b if isinstance(a, int) and isinstance(b, int) else 1 for a, b in zip(entering, leaving, strict=False)
        }
        if len(ratios) == 1 and max(ratios) > 1:
            yield f"/{ratios.pop()}"
        if one.block and any(node.skip == "adapted" for node in self.graph.nodes[one.entry + 1 : one.exit + 1]):
            yield ADAPTED

    def _inside(self, box: int) -> Iterator[str]:
        """What the close-up of a box would say, strides left out: boxes that differ there are not equal."""
        members = [self.graph.nodes[node] for node in self.boxes.nodes(box)]
        own = (node for node in members if self.scopes.adapter[node.scope] is None)
        return (_without_marks(label(n)) for n in own if n.op != "channels" and OPERATIONS[n.op].role != "noise")

    def _details(self, block: int | None) -> Iterator[str]:
        """The normalisations and activations, which are not drawn: blocks that differ there are not equal."""
        members = (self.graph.nodes[node] for node in (self.boxes.nodes(block) if block is not None else ()))
        return (label(n) for n in members if OPERATIONS[n.op].role in _TOLD and self.scopes.adapter[n.scope] is None)


def _with_hidden(each: list[list[int]], hidden: list[bool]) -> tuple[tuple[int, ...], ...]:
    """The nodes of the rows that are shown; those of a hidden one, a bare sum, go with the row before it."""
    shown: list[list[int]] = []
    for nodes, hides in zip(each, hidden, strict=True):
        if hides and shown:
            shown[-1] += nodes
        else:
            shown.append(list(nodes))
    return tuple(map(tuple, shown))


def _without_marks(row: str) -> str:
    return ", ".join(part for part in row.split(", ") if not part.startswith("/") and part != ADAPTED)


def _follows(run: Sequence[_Block], block: _Block) -> bool:
    """Whether a block is equal to those of a run, of which only the first may have strides and adapters more."""
    if run[-1].kind != block.kind or run[-1].kind[0] is True:
        return False
    if (run[-1].rows, run[-1].arcs) == (block.rows, block.arcs):
        return True
    return len(run) == 1 and _leads(run[0], block)


def _leads(first: _Block, block: _Block) -> bool:
    pairs = zip(first.rows, block.rows, strict=True)
    rows = len(first.rows) == len(block.rows) and all(other in (one, _without_marks(one)) for one, other in pairs)
    arcs = [(arc.end, arc.way) for arc in first.arcs], [(arc.end, arc.way) for arc in block.arcs]
    return rows and (arcs[0] == arcs[1] or [(end, "adapted") for end, _ in arcs[1]] == arcs[0])


def _group(run: Sequence[_Block]) -> Group:
    first, last = run[0], run[-1]
    return Group(
        last.rows,
        last.arcs,
        first.rows if first.rows != last.rows else (),
        first.arcs if first.arcs != last.arcs else (),
        last.boxes,
        tuple(block.nodes for block in run),
        tuple(tuple(chain.from_iterable(row)) for row in zip(*(block.held for block in run), strict=True)),
    )


class BoxedParts:
    """The nodes of each outermost block and of each part of a network, and what makes two of them equal."""

    def __init__(self, graph: Graph, scopes: Scopes) -> None:
        self.graph = graph
        self.scopes = scopes
        self._nodes: dict[int, list[int]] = {}
        for index, node in enumerate(graph.nodes):
            for scope in {scopes.block[node.scope], scopes.part[node.scope]}:
                if scope is not None:
                    self._nodes.setdefault(scope, []).append(index)

    def nodes(self, scope: int) -> list[int]:
        """In order, those of adapters and inner blocks included."""
        return self._nodes.get(scope, [])

    def kinds(self, items: Iterable[Item]) -> list[int]:
        """The named boxes of cards, each kind once."""
        found: dict[object, int] = {}
        for scope in (scope for item in items for group in item.groups for scope in group.boxes):
            found.setdefault(self.wiring(scope), scope)
        return list(found.values())

    def wiring(self, scope: int) -> tuple[object, ...]:
        """The definition, and how its operations are wired, adapters left out: equal in equal boxes."""
        one, graph = self.graph.scopes[scope], self.graph
        inside = [node for node in self.nodes(scope) if self.scopes.adapter[graph.nodes[node].scope] is None]
        place = {node: number for number, node in enumerate(inside)}
        nodes = (graph.nodes[index] for index in inside)
        wired = (
            (node.op, *map(node.args.get, _TELLING), *(self._read(n, place) for n in node.reads)) for node in nodes
        )
        return one.block or one.name, *wired

    def _read(self, index: int, place: Mapping[int, int]) -> int:
        """What is read through an adapter is read where the adapter begins."""
        adapter = self.scopes.adapter[self.graph.nodes[index].scope]
        return place.get(index if adapter is None else self.graph.scopes[adapter].entry, -1)
