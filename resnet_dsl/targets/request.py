"""What a target is asked for besides the network, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from resnet_dsl.passes.rewriting import WeightedGraph
    from resnet_dsl.weights import SavedModel, Scaling


class Request(NamedTuple):
    """Of targets that hold a model; each reads what stands in its row (`Target.takes`).

    seed: of the initial weights. saved: the weights of a file. excepted: parts that keep their initial weights.
    optimize: whether it is for inference alone. plain: whether it is built with Keras' public functions alone.
    verify: whether Keras builds it, too, and both are compared. start: what is done before Keras is first needed.
    channels: where inputs and outputs have them. freeze: parts that do not train. layout: what arrays are called in a
    file of weights alone.
    """

    seed: int | None = None
    saved: SavedModel | None = None
    excepted: tuple[str, ...] = ()
    optimize: bool = False
    plain: bool = False
    verify: bool = False
    start: Callable[[], None] = lambda: None
    channels: Literal["first", "last"] = "last"
    freeze: tuple[str, ...] = ()
    layout: str | None = None


class Weighted(NamedTuple):
    """A network with its weights, which a target writes without Keras.

    scaling: what the model does to its images first. classes: their names. fresh: whether nobody trained it.
    said: what a user is told of it.
    """

    network: WeightedGraph
    scaling: Scaling | None = None
    classes: tuple[str, ...] = ()
    fresh: bool = True
    said: tuple[str, ...] = ()


class Written(NamedTuple):
    """What is said of an output: remarks on what was made, and what whoever loads it has to know."""

    remarks: tuple[str, ...] = ()
    loading: tuple[str, ...] = ()


DONE = Written()
"""Nothing needs to be said."""
