"""How kinds of operations are shown: as a theme says, else as always."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.theme.theme import KindLook, Show, Theme

_LIGHT = {"norm", "activation", "noise", "scale"}
"""Roles of operations that are details of the one before them."""
_MOVING = {"pool", "reshape"}
"""Roles of operations that make a map of another size, or another kind of value."""
LEFT_OUT = "left out by the theme: "
_MOST_NAMES = 12


def is_light(node: Node) -> bool:
    """Whether an operation is a detail of the one before it."""
    return OPERATIONS[node.op].role in _LIGHT or OPERATIONS[node.op].idle(node.args)


@dataclass(frozen=True)
class Kinds:
    """What a theme says of kinds, by their names; an operation's own name says more than its kind."""

    looks: Mapping[str, KindLook] = field(default_factory=dict)

    def look(self, op: str) -> KindLook | None:
        """What is said of an operation."""
        own = self.looks.get(op)
        of_kind = self.looks.get(OPERATIONS[op].role)
        if own is None or of_kind is None:
            return own or of_kind
        fill, border = (own.fill, own.border) if own.fill else (of_kind.fill, of_kind.border)
        return KindLook(own.show or of_kind.show, fill, border, own.words or of_kind.words)

    def show(self, node: Node) -> Show | None:
        """What is said of how it is shown."""
        look = self.look(node.op)
        return look.show if look else None

    def folds(self, node: Node) -> bool:
        """Whether it belongs to the row before, where rows are what a block consists of."""
        show = self.show(node)
        return is_light(node) if show is None else show in ("fold", "hide")

    def folds_by_itself(self, node: Node) -> bool:
        """Whether it belongs to the row before even where every operation is a row."""
        return self.show(node) in ("fold", "hide")

    def hides(self, node: Node) -> bool:
        """Whether nothing is said of it but below the figure."""
        return self.show(node) == "hide"

    def box(self, node: Node) -> Literal["box", "thin"]:
        """How its row is drawn."""
        show = self.show(node)
        light = is_light(node) if show in (None, "fold", "hide") else show == "thin"
        return "thin" if light else "box"


AS_ALWAYS = Kinds()


def with_sizes(theme: Theme) -> Theme:
    """The same, but that what changes the size of maps is drawn: for lanes and volumes, which are made of sizes."""
    moving = {kind for kind in theme.kinds if (OPERATIONS[kind].role if kind in OPERATIONS else kind) in _MOVING}
    kinds = {kind: replace(look, show=None) if kind in moving else look for kind, look in theme.kinds.items()}
    return replace(theme, kinds=kinds) if moving else theme


def left_out(graphs: Iterable[Graph], hidden: Iterable[Iterable[int]]) -> list[str]:
    """The remark on what is hidden, if anything is: the operations by their names."""
    pairs = zip(graphs, hidden, strict=True)
    names = dict.fromkeys(graph.nodes[index].op for graph, nodes in pairs for index in nodes)
    some = [*names][:_MOST_NAMES]
    return [LEFT_OUT + ", ".join([*some, *(["…"] if len(names) > len(some) else [])])] if names else []
