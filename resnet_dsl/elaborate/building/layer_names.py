"""What layers are called: after their scopes and operations, or by the labels that the text gives them."""

from __future__ import annotations

from collections import Counter

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate.building.builder import Builder, OpenScope
from resnet_dsl.ir.naming import layer_name


def layer_names(builder: Builder, kept: list[int], owners: dict[int, int]) -> list[str]:
    """Names of layers: the scopes' names and the operation's, numbered where a scope has several of one kind.

    Layers of a shared block are called after the block, and where they are called again, after the place.
    """
    prefixes, shared = _prefixes(builder), _prefixes(builder, shared=True)
    totals = Counter((builder.nodes[old].scope, builder.nodes[old].operation.name) for old in kept)
    counts: Counter[tuple[int, str]] = Counter()
    labels: dict[str, int] = {}
    taken: dict[str, int] = {}
    for old in kept:
        label = builder.nodes[old].label
        if label is not None:
            _take_label(builder, old, _labelled(builder, old, label, owners[old] == old), labels, taken)
    by_label = {old: name for name, old in labels.items()}
    names = []
    for old in kept:
        raw = builder.nodes[old]
        key = (raw.scope, raw.operation.name)
        counts[key] += 1
        if old in by_label:
            names.append(by_label[old])
            continue
        number = str(counts[key]) if totals[key] > 1 else ""
        prefix = (shared if owners[old] == old else prefixes)[raw.scope]
        names.append(unique(layer_name(f"{prefix}{raw.operation.name}{number}"), taken))
    return names


def _take_label(builder: Builder, old: int, written: str, labels: dict[str, int], taken: dict[str, int]) -> None:
    name = layer_name(written)
    if name in taken:
        span, first = builder.origins[old].span, builder.origins[labels[name]].span
        raise DiagnosticError(
            Diagnostic(
                "E0231",
                f"two layers are called `{written}`",
                Label(span),
                (Label(first, "the first one"),) if first != span else (),
                notes=() if name == written else (f"in Keras, which takes no other letters, this is `{name}`",),
                help="a label behind `as` may be used once in a block, and once in the stem and head together",
            )
        )
    labels[name] = old
    taken[name] = 1


def _prefixes(builder: Builder, shared: bool = False) -> list[str]:
    """What stands before the names in each scope. An adapter's own block adds nothing to ``skip_``.

    ``shared``: of the layers that the calls of shared blocks make.
    """
    prefixes = [""]
    for scope in builder.scopes[1:]:
        assert scope.parent is not None
        outer = builder.scopes[scope.parent]
        silent = outer.kind == "skip"
        placed = prefixes[scope.parent] + ("" if silent else f"{scope.name}_")
        prefixes.append(f"{scope.shared_as}_" if shared and scope.shared_as else placed)
    return prefixes


def _labelled(builder: Builder, old: int, label: str, makes_layer: bool) -> str:
    """A label stands behind the names of its stage, blocks and named head; the other parts add nothing.

    In a shared block it stands behind the block's name where the layer is made.
    """
    parts = []
    index: int | None = builder.nodes[old].scope
    while index is not None and index > 0:
        scope = builder.scopes[index]
        if makes_layer and scope.shared_as:
            parts.append(scope.shared_as)
            break
        outer = builder.scopes[scope.parent or 0]
        if _is_in_labels(scope, outer):
            parts.append(scope.name)
        index = scope.parent
    return "_".join([*reversed(parts), label])


def _is_in_labels(scope: OpenScope, outer: OpenScope) -> bool:
    if scope.kind == "head":
        return scope.name != "head"
    return scope.kind in ("stage", "block") and outer.kind != "skip"


def unique(name: str, taken: dict[str, int]) -> str:
    """The name, or with the first number from 2 on that is free; ``taken`` has the last number that each name got."""
    chosen, number = name, taken.get(name, 1)
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    taken[name] = number
    taken.setdefault(chosen, 1)
    return chosen
