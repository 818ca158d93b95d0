"""What a target is asked for besides the network, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from resnet_dsl.weights import SavedModel


class Request(NamedTuple):
    """Of targets that are made of a Keras model; the others read nothing of it.

    seed: of the initial weights. saved: the weights of a file. excepted: parts that keep their initial weights.
    optimize: whether it is for inference alone. plain: whether it is built with Keras' public functions alone.
    start: what is done before Keras is first needed, which it is for few.
    """

    seed: int | None = None
    saved: SavedModel | None = None
    excepted: tuple[str, ...] = ()
    optimize: bool = False
    plain: bool = False
    start: Callable[[], None] = lambda: None


class Written(NamedTuple):
    """What is said of an output: remarks on what was made, and what whoever loads it has to know."""

    remarks: tuple[str, ...] = ()
    loading: tuple[str, ...] = ()


DONE = Written()
"""Nothing needs to be said."""
