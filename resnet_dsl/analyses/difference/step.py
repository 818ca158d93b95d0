"""One node in its block, as differences name it."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.ir.graph import Node


class ComparedStep(NamedTuple):
    """One node; ``name`` is what it is called in its block: ``conv2 (3×3)``, ``skip: conv (1×1)``.

    at: the node's index. follows: whether it reads the step before it in the block.
    """

    node: Node
    name: str
    in_skip: bool
    at: int
    follows: bool

    @property
    def kind(self) -> tuple[bool, str]:
        return self.in_skip, self.node.op

    @property
    def likeness(self) -> tuple[object, ...]:
        """What steps agree in that a reader takes for the same one: the operation and its window."""
        return *self.kind, self.node.args.get("kernel")
