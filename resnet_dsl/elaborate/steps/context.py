"""The elaborator, as all that lies below it sees it."""

from __future__ import annotations

from typing import Protocol

from resnet_dsl.elaborate.building.builder import Builder
from resnet_dsl.elaborate.building.residual import Blocks
from resnet_dsl.elaborate.building.sharing import Sharing
from resnet_dsl.elaborate.expressions import Evaluator
from resnet_dsl.elaborate.findings import Findings
from resnet_dsl.elaborate.frames import Frame, Invocation, Wanted
from resnet_dsl.elaborate.limits import Budget
from resnet_dsl.elaborate.unused import Used
from resnet_dsl.elaborate.values import Current
from resnet_dsl.syntax import tree


class Context(Protocol):
    """What one run over a network holds; and how blocks, slots and skips have run what stands inside of them.

    builder: the graph so far. budget: what the run may still cost. findings: its mistakes. used: what did something.
    blocks: how far the network has come. sharing: which calls are the same layers. evaluator: what
    expressions are worth.
    """

    builder: Builder
    budget: Budget
    findings: Findings
    used: Used
    blocks: Blocks
    sharing: Sharing
    evaluator: Evaluator

    def body(self, body: tree.Body, frame: Frame, current: Current) -> Current:
        """What flows out of braces. Their settings hold for all of them."""

    def chain(self, chain: tree.Chain, frame: Frame, current: Current, wanted: Wanted | None = None) -> Current:
        """What flows out of `a -> b -> c`; behind a mistake the rest is looked through for others."""

    def call(self, name: tree.Token, call: Invocation) -> Current:
        """Applies an operation, a block or a slot to what flows. Raises DiagnosticError or PoisonedError."""
