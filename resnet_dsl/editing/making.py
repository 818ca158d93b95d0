"""What comes of a step, in each place that it expands to: shapes, weights, multiply-accumulates, receptive field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from resnet_dsl.analyses.counts import Count, total
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import paths_of_scopes
from resnet_dsl.editing.remembering import Run
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.values import Origin, calls_to
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Made(NamedTuple):
    """One place of a network that a step expands to.

    path: the stage and blocks around it, by their names; within: the scope that it stands in. entered: the shape of
    what flows in, None at an input; left: of what comes of it. counted: all of it.
    """

    network: str
    path: str
    entered: Shape | None
    left: Shape
    counted: Count
    node: int
    within: int
    facts: Facts

    @property
    def sees(self) -> tuple[tuple[int, ...] | str | None, ...]:
        """Receptive fields on the inputs, in their order; None of an input that is not seen."""
        fields = (field[self.node] for field in self.facts.fields)
        return tuple(one if one is None or one == "all" else one.size for one in fields)


class ExpandedNetwork:
    """Where the steps of a text stand in one network that was run; its nodes are those in front of all mistakes."""

    def __init__(self, name: str, run: Run) -> None:
        self.name = name
        self.run = run
        self._moved: dict[Definition, dict[Span, Span]] = {}

    def of(self, step: Span, definition: Definition) -> Iterator[Made]:
        """The places that a step of a definition expands to, in the network's order."""
        there = self._then(definition).get(step)
        for nodes in self._placed.get(there, ()) if there is not None else ():
            made = self._made(nodes, there)
            if made is not None:
                yield made

    def _then(self, definition: Definition) -> dict[Span, Span]:
        if definition not in self._moved:
            self._moved[definition] = self.run.then(definition)
        return self._moved[definition]

    def of_part(self, name: str) -> Made | None:
        """What a stage or a head makes, in all."""
        facts = self.run.judged.facts
        part = facts.stage_of_name.get(name) if facts is not None else None
        if facts is None or part is None:
            return None
        entered = facts.shapes[facts.graph.scopes[part.scope].entry]
        count = Count(part.params, part.total_params, part.macs, part.activations)
        return Made(self.name, name, entered, part.output_shape, count, part.node, 0, facts)

    @cached_property
    def _origins(self) -> tuple[Origin, ...]:
        outcome = self.run.judged.outcome
        known = outcome.elaborated or outcome.sound
        return known.origins if known is not None else ()

    @cached_property
    def _placed(self) -> dict[Span, list[list[int]]]:
        """For each step the nodes of each of its calls; an operation's own stand alone."""
        calls: dict[Span, dict[int, list[int]]] = {}
        for node, origin in enumerate(self._origins):
            calls.setdefault(origin.span, {})[-node] = [node]
            for caller in calls_to(origin.caller):
                if isinstance(caller.step, tree.Step):
                    calls.setdefault(caller.step.span, {}).setdefault(id(caller), []).append(node)
        return {span: [*rows.values()] for span, rows in calls.items()}

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        assert self.run.judged.facts is not None
        return paths_of_scopes(self.run.judged.facts.graph)

    def _made(self, nodes: list[int], step: Span | None) -> Made | None:
        """None of a block that holds a mistake, or whose scope was never left."""
        facts = self.run.judged.facts
        assert facts is not None
        graph, first = facts.graph, facts.graph.nodes[nodes[0]]
        opened, within = self._scopes(nodes[0], step)
        last = nodes[-1] if opened is None else graph.scopes[opened].exit
        if not self._ends_there(last, nodes, is_call=self._origins[last].span != step):
            return None
        entry = _entry(first) if opened is None else graph.scopes[opened].entry
        path = self._paths[first.scope if opened is None else opened]
        entered = None if entry is None else facts.shapes[entry]
        counted = total(facts.counts[one] for one in nodes)
        return Made(self.name, path, entered, facts.shapes[last], counted, last, within, facts)

    def _ends_there(self, last: int, nodes: list[int], is_call: bool) -> bool:
        """Whether what comes of a step is known. In front of a mistake a call is whole where something reads its end:

        nodes behind the mistake are not there, and what reads one is none either.
        """
        if last not in nodes:
            return False
        return not is_call or self._is_whole or any(reader not in nodes for reader in self._readers.get(last, ()))

    @property
    def _is_whole(self) -> bool:
        return self.run.judged.outcome.elaborated is not None

    @cached_property
    def _readers(self) -> dict[int, list[int]]:
        """For each node those that read it."""
        facts = self.run.judged.facts
        assert facts is not None
        found: dict[int, list[int]] = {}
        for index, node in enumerate(facts.graph.nodes):
            for one in node.inputs:
                found.setdefault(one, []).append(index)
        return found

    def _scopes(self, node: int, step: Span | None) -> tuple[int | None, int]:
        """The scope that a call of a block opened, None of an operation or a slot; and that in which the step stands.

        Each call of a block, and each skip connection with an adapter, opens one; to fill a slot opens none.
        """
        facts = self.run.judged.facts
        assert facts is not None
        scope = facts.graph.nodes[node].scope
        for caller in calls_to(self._origins[node].caller):
            opens = isinstance(caller.runs, tree.Block | tree.Skip)
            outer = facts.graph.scopes[scope].parent or 0 if opens else scope
            if caller.step.span == step:
                return scope if opens else None, outer
            scope = outer
        return None, facts.graph.nodes[node].scope


def _entry(node: Node) -> int | None:
    return node.inputs[0] if node.inputs else None
