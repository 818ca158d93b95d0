"""What the remedy of a call computes, with given weights, to be compared with what its tool does."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnet_dsl.api import Network
from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.translating import Translation, translate


def remedy_of(call: str) -> str:
    """The step that a call is said to be; "" where something of it is told to be lost, or to be another here."""
    found: Translation | None = translate(call)
    return found.text if found is not None and found.complete and not found.told else ""


def model_of(step: str, size: tuple[int, ...]) -> Any:
    """A Keras model of a step alone; vectors are the means of the map that flows in."""
    front = "avgpool(global) -> " if step.startswith("dense") else ""
    shape = "x".join(map(str, size))
    return Network(load_text(f"network n {{ input {shape} stage a {{ {front}{step} }} }}").compile()).to_keras()


def give(model: Any, weights: list[Any]) -> None:
    """Gives a model weights of the same numbers; a depthwise kernel has another shape in each tool."""
    model.set_weights([one.reshape(own.shape) for one, own in zip(weights, model.get_weights(), strict=True)])


def compare(found: Any, right: Any) -> None:
    assert np.shape(found) == np.shape(right)
    np.testing.assert_allclose(np.asarray(found), np.asarray(right), rtol=2e-4, atol=2e-5)
