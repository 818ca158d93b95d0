"""All facts about one network, each worked out once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.analyses.counts import Count, count_nodes, depths, total
from resnet_dsl.analyses.parts import block_of_scopes, blocks, paths_of_scopes, stage_of_scopes, stages
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape

if TYPE_CHECKING:
    from resnet_dsl.analyses.receptive import Field, ReceptiveField


class CountedPart(NamedTuple):
    """A stem, stage, head, block or layer with its counts.

    scope, node: indices of its scope and of its last node.
    block: the block's definition, or the operation of a layer. blocks: how many residual blocks lie in it.
    """

    name: str
    kind: str
    block: str | None
    scope: int
    node: int
    output_shape: Shape
    params: int
    total_params: int
    macs: int | None
    activations: int | None
    blocks: int


class Facts:
    """Tables beside a graph. Shapes are without the batch axis, counts as in resnet_dsl.analyses.counts."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape]) -> None:
        self.graph = graph
        self.shapes = tuple(shapes)

    @property
    def input_shape(self) -> Shape:
        return self.shapes[0]

    @property
    def output_shape(self) -> Shape:
        return self.shapes[self.graph.output]

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """For each node."""
        return count_nodes(self.graph, self.shapes)

    @cached_property
    def count(self) -> Count:
        """Of the whole network."""
        return total(self.counts)

    @cached_property
    def params(self) -> tuple[int, ...]:
        """Trainable parameters of each node."""
        return tuple(count.params for count in self.counts)

    @cached_property
    def depth(self) -> int:
        return depths(self.graph)[self.graph.output]

    @cached_property
    def fields(self) -> tuple[ReceptiveField, ...]:
        """For each node."""
        from resnet_dsl.analyses.receptive import receptive_fields  # few specs ask, and fractions take time to import

        return receptive_fields(self.graph, self.shapes)

    @property
    def _last_map(self) -> Field | None:
        """The field of the last value with positions on the way to the output: what papers call the network's."""
        node = self.graph.output
        while self.fields[node] == "all" and self.graph.nodes[node].inputs:
            node = self.graph.nodes[node].inputs[0]
        found = self.fields[node]
        return None if found == "all" else found

    @property
    def receptive_field(self) -> int | None:
        """Input positions that one position of the last map sees along the longest axis; None without a map."""
        field = self._last_map
        return None if field is None or not field.size else max(field.size)

    @property
    def output_stride(self) -> int | float | None:
        """Input positions between neighbours of the last map (below 1 on a finer one than the input); None without."""
        field = self._last_map
        if field is None or not field.stride:
            return None
        stride = max(field.stride)
        return int(stride) if stride.denominator == 1 else float(stride)

    @cached_property
    def stages(self) -> tuple[CountedPart, ...]:
        """Stem, stages and head in flow order."""
        owners = stage_of_scopes(self.graph)
        return self._parts(stages(self.graph), [owners[node.scope] for node in self.graph.nodes])

    @cached_property
    def stage_of_name(self) -> dict[str, CountedPart]:
        return {part.name: part for part in self.stages}

    @cached_property
    def parts_by_block(self) -> tuple[CountedPart, ...]:
        """Outermost blocks in flow order, and stem, head and stages for what lies in no block."""
        owners = block_of_scopes(self.graph)
        by_node = [owners[node.scope] for node in self.graph.nodes]
        return self._parts(tuple(dict.fromkeys(one for one in by_node if one)), by_node)

    @cached_property
    def layers(self) -> tuple[CountedPart, ...]:
        """Every node but the input."""
        return tuple(
            CountedPart(node.name, "layer", node.op, node.scope, index, self.shapes[index], *self.counts[index], 0)
            for index, node in enumerate(self.graph.nodes)
            if index
        )

    @property
    def blocks(self) -> int:
        """Residual blocks."""
        return len(blocks(self.graph))

    def _parts(self, scopes: Sequence[int], owners: Sequence[int]) -> tuple[CountedPart, ...]:
        members: dict[int, list[Count]] = {scope: [] for scope in scopes}
        for owner, count in zip(owners, self.counts, strict=True):
            if owner in members:
                members[owner].append(count)
        paths = paths_of_scopes(self.graph)
        return tuple(self._part(scope, paths[scope], total(members[scope])) for scope in scopes)

    @cached_property
    def _blocks_inside(self) -> tuple[int, ...]:
        """How many residual blocks lie in each scope, itself not included."""
        own = set(blocks(self.graph))
        found = [0] * len(self.graph.scopes)
        for index in range(len(found) - 1, 0, -1):
            found[self.graph.scopes[index].parent or 0] += found[index] + (index in own)
        return tuple(found)

    def _part(self, index: int, name: str, count: Count) -> CountedPart:
        scope, blocks = self.graph.scopes[index], self._blocks_inside[index]
        return CountedPart(name, scope.kind, scope.block, index, scope.exit, self.shapes[scope.exit], *count, blocks)
