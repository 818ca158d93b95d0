"""What training does for networks of several inputs or outputs: their data, what enters them, and their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resnet_dsl.diagnostics.nearest import instead
from resnet_dsl.failure import Failure
from resnet_dsl.ir import lengths
from resnet_dsl.laboratory.data import by_name, fitted, load
from resnet_dsl.laboratory.data.by_name import NamedDataset, NamedExamples
from resnet_dsl.laboratory.data.dataset import LabelledImages
from resnet_dsl.laboratory.data.load import expect_there, reading
from resnet_dsl.laboratory.training.batches import Normalisation, Values
from resnet_dsl.laboratory.training.chance import Augmenter
from resnet_dsl.laboratory.training.network import NetworkEnds, TrainableNetwork
from resnet_dsl.laboratory.training.options import TrainingOptions
from resnet_dsl.sentences import listed
from resnet_dsl.weights import InputScaling


def data_by_name(network: TrainableNetwork, ends: NetworkEnds, options: TrainingOptions) -> NamedDataset:
    """The set that the options name, in the shapes that the network takes. Raises Failure where it has none."""
    remedy = _remedy(network)
    if Path(options.data).suffix == ".npz":
        if options.resize is not None:
            raise Failure(f"--resize: {network.name} takes arrays by name, in the sizes that they have")
        path = Path(options.data).expanduser()
        with reading(path):
            expect_there(path)
            dataset = by_name.read(path, ends.inputs, ends.outputs, remedy)
    elif len(ends.inputs) > 1:
        names = listed([*ends.inputs])
        message = f"{network.name} takes {names}, and `{options.data}` holds one thing an example"
        raise Failure(message, f"give --data an .npz with the arrays {names}, and the labels `y` or by output")
    else:
        ((name, shape),) = ends.inputs.items()
        found = load(options.data, resize=options.resize, channels=lengths.channels(shape), download=options.download)
        dataset = by_name.of_one_input(fitted(found, shape, found.classes), name, ends.outputs, remedy)
    return dataset if options.train_size is None else dataset.limited(options.train_size)


def _remedy(network: TrainableNetwork) -> by_name.Remedy:
    """``telling_apart`` of an output: only networks that say their ends have several."""
    telling: Any = network.telling_apart
    return lambda output: lambda classes: str(telling(classes, output))


@dataclass(frozen=True, eq=False)
class Normalisations:
    """That of each input by its name."""

    parts: Mapping[str, Normalisation]

    def __call__(self, images: Mapping[str, Values]) -> dict[str, Values]:
        return {name: self.parts[name](values) for name, values in images.items()}

    @property
    def scaling(self) -> dict[str, InputScaling]:
        return {name: scaling for name, one in self.parts.items() if (scaling := one.scaling) is not None}

    @property
    def told(self) -> dict[str, Any]:
        return {name: one.told for name, one in self.parts.items()}


def normalisation_of(examples: LabelledImages | NamedExamples) -> Normalisation | Normalisations:
    """That of a training set."""
    if isinstance(examples, LabelledImages):
        return Normalisation.of(examples)
    return Normalisations({name: _of_input(examples, name) for name in examples.images})


def _of_input(examples: NamedExamples, name: str) -> Normalisation:
    """Raises Failure, which says of which input, where its values hardly differ."""
    try:
        return Normalisation.of(LabelledImages(examples.images[name], examples.rows, np.zeros_like(examples.rows)))
    except Failure as failure:
        raise Failure(f"`{name}`: {failure}", failure.remedy) from None


@dataclass(frozen=True)
class AugmentAlike:
    """Crops and mirrors all images of an example alike; what is no image stays as it is."""

    augmenter: Augmenter

    def __call__(self, batch: Mapping[str, Values], epoch: int, step: int, total: int, first: int) -> dict[str, Values]:
        """``batch``: by input, as for the augmenter. It draws by the place in the step, and so the same for each."""
        return {
            name: self.augmenter(values, epoch, step, total, first) if values.ndim == IMAGES else values
            for name, values in batch.items()
        }


IMAGES = 4
"""Axes of a batch of images."""


def take_weights(model: Any, trained: Any) -> None:
    """By the names of layers: without their softmax, heads may stand in another order of depth, and so may weights."""
    for layer in trained.layers:
        if layer.weights:
            model.get_layer(layer.name).set_weights(layer.get_weights())


def checked_weights(
    weights: Mapping[str, float] | None, network: TrainableNetwork, ends: NetworkEnds | None
) -> dict[str, float]:
    """The weight of each output's loss, 1 where none is given; none for one output. Raises Failure: other names."""
    outputs = [] if ends is None else [*ends.outputs]
    given = weights or {}
    other = [name for name in given if name not in outputs]
    if len(outputs) < 2 and given:
        raise Failure(f"--loss-weights: {network.name} has one output", "leave the option out")
    if other:
        raise Failure(f"--loss-weights: {network.name} has no output `{other[0]}`", instead(other[0], outputs))
    return {name: float(given.get(name, 1.0)) for name in outputs} if len(outputs) > 1 else {}
