"""A model of another tool as a spec: its text, and its weights under the names of the text's layers, with the proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError
from resnet_dsl.importing.mining import candidates
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.outputs import agreement
from resnet_dsl.importing.proof import Matched, Unequal, compare, unequal
from resnet_dsl.importing.refusing import not_compiled
from resnet_dsl.passes.rewriting import WeightedGraph
from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.request import Weighted

if TYPE_CHECKING:
    from resnet_dsl.passes.rewriting import Weights
    from resnet_dsl.pipeline import Compiled


class Imported(NamedTuple):
    """text: the spec, in the one layout; it is proven to be the source's network. compiled: of the text.

    weights: by the names of the text's nodes; None where the source holds none. labels: what the source calls them.
    difference: of the outputs on random inputs, beside the source's own runtime, relative to the largest number; None
    where they were not compared. said: what a user is told, in sentences.
    """

    text: str
    compiled: Compiled
    weights: Weights | None
    labels: Mapping[str, str]
    difference: float | None
    said: tuple[str, ...] = ()

    @property
    def weighted(self) -> Weighted | None:
        """The network with its weights, as targets take it that need no Keras; None where there are none."""
        if self.weights is None:
            return None
        network = WeightedGraph(self.compiled.graph, self.compiled.shapes, self.weights)
        return Weighted(network, fresh=False)


def imported(flat: FlatNetwork, name: str, *, shipped: bool = True) -> Imported:
    """The spec of a flat network. Raises NotImportedError where no text of it is equal.

    name: the network's in the text; what no name may hold becomes ``_``. shipped: whether the text may derive from a
    network that ships (``from resnet50 …``), where that is shorter.
    """
    refusal: NotImportedError | None = None
    for text in candidates(flat, Names().take(name), shipped):
        try:
            compiled = load_text(text, f"{name}.resnet").compile()
        except Refusal as refused:
            refusal = not_compiled(flat, refused)
            continue
        found = compare(flat, compiled)
        if isinstance(found, Matched):
            return _proven(flat, text, compiled, found)
        refusal = unequal(flat, compiled, found)
    assert refusal is not None
    raise refusal


def _proven(flat: FlatNetwork, text: str, compiled: Compiled, found: Matched) -> Imported:
    weights = found.weights(flat, compiled)
    outputs = agreement(flat, compiled, weights)
    said = (*flat.said, f"all {len(found.pairs)} operations are the source's", outputs.said)
    return Imported(text, compiled, weights, found.labels(flat, compiled), outputs.difference, said)


__all__ = ["Imported", "Unequal", "imported"]
