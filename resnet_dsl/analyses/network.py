"""All facts about one network, each worked out once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.analyses.counts import Count, count_nodes, depths, total
from resnet_dsl.analyses.ends import only_input, only_output
from resnet_dsl.analyses.parts import block_of_scopes, blocks, paths_of_scopes, stage_of_scopes, stages
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Output

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
    def input_shapes(self) -> dict[str, Shape]:
        """By name, in the order of the text."""
        return {node.name: self.shapes[index] for index, node in enumerate(self.graph.nodes[: self.graph.inputs])}

    @property
    def output_shapes(self) -> dict[str, Shape]:
        """By name, in the order of the text."""
        return {output.name: self.shapes[output.node] for output in self.graph.outputs}

    @property
    def input_shape(self) -> Shape:
        """Of the one input. Raises Failure where there are several."""
        return self.shapes[only_input(self.graph, "`input_shape`")]

    @property
    def output_shape(self) -> Shape:
        """Of the one output. Raises Failure where there are several."""
        return self.shapes[only_output(self.graph, "`output_shape`")]

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
        """Of the deepest output."""
        return self.depth_of(None)

    def depth_of(self, end: str | None) -> int:
        """Weighted layers on the main path to an output; of the deepest one where none is named."""
        return max(self._depths[output.node] for output in self._outputs(end))

    @cached_property
    def _depths(self) -> tuple[int, ...]:
        return depths(self.graph)

    @cached_property
    def fields(self) -> tuple[tuple[ReceptiveField | None, ...], ...]:
        """For each input what each node sees of it; None where that is nothing."""
        from resnet_dsl.analyses.receptive import receptive_fields  # few specs ask, and fractions take time to import

        return tuple(receptive_fields(self.graph, self.shapes, index) for index in range(self.graph.inputs))

    @property
    def receptive_field(self) -> int | None:
        """The largest that an output has on an input; None without a map."""
        return self.receptive_field_of(None)

    def receptive_field_of(self, end: str | None) -> int | None:
        """Input positions that one position of the last map sees along the longest axis; None without a map.

        ``end`` names an output or an input; the largest counts of those that are left open.
        """
        return max((max(field.size) for field in self._last_maps(end) if field.size), default=None)

    @property
    def output_stride(self) -> int | float | None:
        """The largest that an output has on an input; None without a map."""
        return self.output_stride_of(None)

    def output_stride_of(self, end: str | None) -> int | float | None:
        """Input positions between neighbours of the last map (below 1 on a finer one than the input); None without.

        ``end``: as above.
        """
        stride = max((max(field.stride) for field in self._last_maps(end) if field.stride), default=None)
        return None if stride is None else int(stride) if stride.denominator == 1 else float(stride)

    def _last_maps(self, end: str | None) -> Iterator[Field]:
        """What the last map on the way to each output, or the named one, sees of each input, or the named one."""
        named = [maps for maps, node in zip(self._maps, self.graph.nodes, strict=False) if node.name == end]
        for maps in named or self._maps:
            for output in self._outputs(end):
                field = maps[output.node]
                if field is not None:
                    yield field

    @cached_property
    def _maps(self) -> tuple[tuple[Field | None, ...], ...]:
        """For each input, of each node, what the last map on the way to it sees."""
        from resnet_dsl.analyses.receptive import last_maps

        return tuple(last_maps(fields, self.graph) for fields in self.fields)

    def _outputs(self, end: str | None) -> tuple[Output, ...]:
        """The one of a name; all of them where none has it."""
        return tuple(output for output in self.graph.outputs if output.name == end) or self.graph.outputs

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
        """Every node but the inputs."""
        return tuple(
            CountedPart(node.name, "layer", node.op, node.scope, index, self.shapes[index], *self.counts[index], 0)
            for index, node in enumerate(self.graph.nodes)
            if index >= self.graph.inputs
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


class WithFacts:
    """A network that is shown by its facts: a spec's, or a file's."""

    facts: Facts

    @property
    def name(self) -> str:
        return self.facts.graph.name

    @property
    def graph(self) -> Graph:
        return self.facts.graph

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Of each node's value, without the batch axis."""
        return self.facts.shapes
