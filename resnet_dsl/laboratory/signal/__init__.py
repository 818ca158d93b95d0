"""How activations and gradients pass through a network at initialisation, predicted from the spec alone.

The method is derived in docs/signal.md. NumPy is imported by `predict` and by nothing else of the front end.
"""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.laboratory.signal.report import HOLDS, Layer, Signal, StageGrowth, UnpredictableError, Verdict

__all__ = ["HOLDS", "Layer", "Signal", "StageGrowth", "UnpredictableError", "Verdict", "predict"]


def predict(graph: Graph, shapes: tuple[Shape, ...]) -> Signal:
    """Activations and gradients at every weighted layer of a network with random weights and standardised input.

    Units: mean squares, of one sample's loss (cross-entropy where the network ends in softmax, else a random projection
    of its output). Raises UnpredictableError, with a sentence for the user, where a length is open or an operation has
    no rule. Source: He et al. 2015 and the papers named in docs/signal.md.
    """
    from resnet_dsl.laboratory.signal.propagate import propagate

    return propagate(graph, shapes)
