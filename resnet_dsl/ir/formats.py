"""Graphs as they were written: in today's format, or in an earlier one, out of which today's is made.

Format 1 had one input and one ``output``, the index of a node, without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resnet_dsl.ir.nodes import Node, Output, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenGraph:
    """A graph of any format. ``output`` is format 1's, ``outputs`` today's; a text that names no format has the first.

    The other fields are those of resnet_dsl.ir.graph.Graph.
    """

    format: Literal[1, 2] = 1
    name: str
    doc: str = ""
    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    outputs: tuple[Output, ...] = ()
    output: int | None = None

    def outputs_of_today(self) -> tuple[Output, ...]:
        """What today's format returns. Raises ValueError where a field belongs to another format."""
        if (self.output is None) != (self.format == 2):
            raise ValueError("`output` is a field of format 1, and of no other")
        if self.outputs and self.format == 1:
            raise ValueError("`outputs` is no field of format 1")
        return self.outputs if self.output is None else (self._named(self.output),)

    def _named(self, node: int) -> Output:
        """The one output of format 1, called as the elaboration calls it: after the head, or the last part."""
        parts = [scope for scope in self.scopes if scope.parent == 0]
        return Output(name=parts[-1].name if parts else "output", node=node)
