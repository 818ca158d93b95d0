"""Networks that derive from networks: circles, and chains that are too long. Told once for a whole file."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_CIRCLE = -1  # in place of a depth: no first network is ever reached


def check_derivations(module: Module) -> Iterator[Diagnostic]:
    """The mistakes of a file's own networks; each network is looked at once, however many derive from it."""
    depths: dict[int, int] = {}
    for definition in module.networks().values():
        path: list[Definition] = []
        current: Definition | None = definition
        while current is not None and id(current.tree) not in depths:
            depths[id(current.tree)] = _CIRCLE
            path.append(current)
            current = _base(current)
        if current is not None and depths[id(current.tree)] == _CIRCLE and current in path:
            yield _circle(path[path.index(current) :])
        elif current is None or depths[id(current.tree)] != _CIRCLE:
            depth = -1 if current is None else depths[id(current.tree)]
            for one in reversed(path):
                depth += 1
                depths[id(one.tree)] = depth
                if depth == DEEPEST_DERIVATION + 1:
                    yield _too_often(one)


def _base(definition: Definition) -> Definition | None:
    """The network that another one derives from; None where it stands alone, or the name is unknown."""
    assert isinstance(definition.tree, tree.Network)
    base = definition.tree.base
    found = definition.module.find(base.name.text) if base is not None else None
    return found if found is not None and isinstance(found.tree, tree.Network) else None


def _base_place(definition: Definition) -> Span:
    assert isinstance(definition.tree, tree.Network)
    assert definition.tree.base is not None
    return definition.tree.base.name.span


def _circle(circle: list[Definition]) -> Diagnostic:
    """It is told from the network that stands first in the text."""
    first = min(range(len(circle)), key=lambda index: _base_place(circle[index]).start)
    ordered = [*circle[first:], *circle[:first]]
    names = [f"`{one.tree.name.text}`" for one in [*ordered, ordered[0]]]
    path = " from ".join(names if len(names) < 10 else [*names[:4], "…", *names[-4:]])
    return Diagnostic(
        "E0216",
        f"networks derive from each other in a circle: {path}",
        Label(_base_place(ordered[-1]), "this closes the circle"),
        help="one of them must stand alone: write out its members, without `from`",
    )


def _too_often(definition: Definition) -> Diagnostic:
    name = definition.tree.name.text
    return Diagnostic(
        "E0506",
        f"network `{name}` derives from others through more than {DEEPEST_DERIVATION} networks",
        Label(_base_place(definition)),
        help="derive from a network that is nearer to the first one, and use parameters for what varies",
    )
