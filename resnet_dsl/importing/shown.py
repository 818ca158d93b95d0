"""The network of a model's file, to look at: summaries, figures, tables and comparisons take it as that of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resnet_dsl.analyses.network import Facts, WithFacts
from resnet_dsl.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True)
class NetworkOfFile(WithFacts):
    """It has what a compiled network has, as far as that is shown. labels: what the file calls a node, by its name."""

    path: str
    facts: Facts
    labels: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """For each node what the file calls it."""
        return tuple(f"{self.path}: {self.labels.get(node.name, node.name)}" for node in self.graph.nodes)


def network_of_file(path: str) -> NetworkOfFile:
    """That of the graph that ``resnet-dsl compile`` put into the file, else of what can be imported of it.

    Raises as ``resnet_dsl.importing.read`` does.
    """
    from resnet_dsl.importing import import_file
    from resnet_dsl.importing.files import FileKind, kind_of

    own = _own(path) if kind_of(path) is FileKind.KERAS else None
    if own is not None:
        return NetworkOfFile(path, own)
    imported = import_file(path, outputs=False)  # Keras would take seconds to start
    return NetworkOfFile(path, imported.compiled.facts, imported.labels)


def _own(path: str) -> Facts | None:
    from resnet_dsl.targets.keras.loading import NoGraphError, graph_and_shapes

    try:
        return Facts(*graph_and_shapes(path))
    except NoGraphError:
        return None
