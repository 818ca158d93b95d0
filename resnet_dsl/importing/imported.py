"""A model of another tool as a spec: its text, and its weights under the names of the text's layers, with the proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError
from resnet_dsl.importing.mining import candidates
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.proof import Matched, Unequal, compare, unequal
from resnet_dsl.passes.rewriting import WeightedGraph
from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.request import Weighted

if TYPE_CHECKING:
    from resnet_dsl.passes.rewriting import Weights
    from resnet_dsl.pipeline import Compiled


class Imported(NamedTuple):
    """text: the spec, in the one layout; it is proven to be the source's network. compiled: of the text.

    weights: by the names of the text's nodes; None where the source holds none. labels: what the source calls them.
    said: what a user is told, in sentences.
    """

    text: str
    compiled: Compiled
    weights: Weights | None
    labels: Mapping[str, str]
    said: tuple[str, ...] = ()

    @property
    def weighted(self) -> Weighted | None:
        """The network with its weights, as targets take it that need no Keras; None where there are none."""
        if self.weights is None:
            return None
        network = WeightedGraph(self.compiled.graph, self.compiled.shapes, self.weights)
        return Weighted(network, fresh=False)


def imported(flat: FlatNetwork, name: str) -> Imported:
    """The spec of a flat network. Raises NotImportedError where no text of it is equal.

    name: the network's in the text; what no name may hold becomes ``_``.
    """
    refusal: NotImportedError | None = None
    for text in candidates(flat, Names().take(name)):
        try:
            compiled = load_text(text, f"{name}.resnet").compile()
        except Refusal as refused:
            refusal = _not_compiled(flat, refused)
            continue
        found = compare(flat, compiled)
        if isinstance(found, Matched):
            weights, labels = found.weights(flat, compiled), found.labels(flat, compiled)
            return Imported(text, compiled, weights, labels, flat.said)
        refusal = unequal(flat, compiled, found)
    assert refusal is not None
    raise refusal


def _not_compiled(flat: FlatNetwork, refused: Refusal) -> NotImportedError:
    """Where the compiler refuses the text: the language has no such network, or holds it for a mistake."""
    first = refused.diagnostics[0]
    return NotImportedError(
        f"`{flat.graph.name}` cannot be imported: the compiler refuses its text: {first.message}", first.help, flat
    )


__all__ = ["Imported", "Unequal", "imported"]
