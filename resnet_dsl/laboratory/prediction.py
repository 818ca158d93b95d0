"""What a saved model says of images: the classes that it finds most likely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.analyses.head import are_probabilities
from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.diagnostics.nearest import instead_of_missing
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.sizes import beside, multiples, rule, takes
from resnet_dsl.laboratory.data.decoding import Encoded, decoded, expect_channels
from resnet_dsl.laboratory.data.images import Array, centred, pool
from resnet_dsl.sentences import either
from resnet_dsl.weights import About, InputScaling

BATCH = 16
"""Images that are computed together, where they are of one size."""

LARGEST_BYTE = 255
"""Images of 8 bits hold numbers up to this one. A mean above it belongs to images of 16."""


class Likely(NamedTuple):
    """A class: its place among the outputs, its name in the model's file (else the place), the network's number."""

    number: int
    name: str
    score: float


@dataclass(frozen=True)
class Prediction:
    """Of one image, for each output by its name: its classes, the most likely first."""

    image: str
    outputs: dict[str, tuple[Likely, ...]]


class PredictingModel(NamedTuple):
    """A network, what its file says beside, and a function from images, shape (batch, *input), to its outputs by name.

    scaling: what is done to the images before ``run``, which the file does not do itself; None: nothing.
    """

    graph: Graph
    about: About
    run: Callable[[NDArray[np.float32]], Mapping[str, Array]]
    scaling: InputScaling | None = None

    @property
    def measure(self) -> str:
        """What the numbers of the classes are."""
        nodes = [self.graph.nodes[output.node] for output in self.graph.outputs]
        return "probability" if all(map(are_probabilities, nodes)) else "score"


def check_model(graph: Graph, about: About) -> None:
    """Raises Failure for a network that does not tell classes of images apart."""
    shapes = infer_shapes(graph)
    if graph.inputs > 1:
        raise Failure(f"`{graph.name}` takes {graph.inputs} inputs, and a file holds one image", _FROM_PYTHON)
    if len(shapes[0]) != 3:
        raise Failure(f"`{graph.name}` takes {show(shapes[0])}, no images", _FROM_PYTHON)
    for output in graph.outputs:
        if len(shapes[output.node]) != 1:
            made = show(shapes[output.node])
            raise Failure(f"`{graph.name}` returns {made} as `{output.name}`, no number for each class", _FROM_PYTHON)
    expect_channels(_channels(shapes[0]))
    for output in graph.outputs:
        (classes,) = shapes[output.node]
        if about.classes and len(about.classes) != classes:
            named = len(about.classes)
            raise Failure(f"the file names {named} classes, and `{output.name}` of `{graph.name}` has {classes}")


_FROM_PYTHON = "from Python: `resnet_dsl.runner(resnet_dsl.load_keras(path))`"


def channels_of(graph: Graph) -> int:
    """How many channels the images have."""
    return _channels(infer_shapes(graph)[0])


def _channels(shape: Shape) -> int:
    channels = shape[-1]
    assert isinstance(channels, int)
    return channels


def unsaid_scaling(model: PredictingModel) -> str | None:
    """What a user must be told where nobody says how the numbers of an image become those that the network takes."""
    if model.about.scaling is not None or model.scaling is not None:
        return None
    return "the model's file says no mean: pixels enter as they are, 0 to 255 (`--mean` and `--std` change that)"


def predictions(
    model: PredictingModel, images: Iterable[Path], top: int, refused: Callable[[Failure], None]
) -> Iterator[Prediction]:
    """Of all images that can be read and computed, in order, ``top`` classes each; ``refused`` is handed the others."""
    shape = infer_shapes(model.graph)[0]
    batch: list[tuple[str, NDArray[np.float32]]] = []
    for path in images:
        try:
            image = _image(path, shape, model)
        except Failure as failure:
            refused(failure)
            continue
        except OSError as error:
            refused(Failure(f"{path}: {error.strerror}", instead_of_missing(error)))
            continue
        if batch and (len(batch) == BATCH or batch[0][1].shape != image.shape):
            yield from _predicted(model, batch, top, refused)
            batch = []
        batch.append((str(path), image))
    if batch:
        yield from _predicted(model, batch, top, refused)


def _image(path: Path, shape: Shape, model: PredictingModel) -> NDArray[np.float32]:
    """The image as the network takes it: the largest centred part of its proportions, pooled to its size."""
    pixels = decoded(Encoded(path, str(path)), _channels(shape))
    _expect_bits(pixels, str(path), model)
    size = [length for length in shape[:-1] if isinstance(length, int)]
    image = pixels.astype(np.float32)
    if len(size) == 2:
        image = pool(centred(pixels, size)[None], tuple(size))[0]
    elif not takes(shape, pixels.shape):
        raise _unfit(path, pixels.shape, shape)
    if model.scaling is None:
        return image
    mean, variance = model.scaling
    return np.asarray((image - np.asarray(mean)) / np.sqrt(variance), np.float32)


def _unfit(path: Path, given: tuple[int, ...], shape: Shape) -> Failure:
    told = f"{path} is {show(given)}, and the network takes {show(shape)}"
    if any(isinstance(length, int) for length in shape[:-1]):
        return Failure(told)
    fitting = either([show(one) for one in beside(given, multiples(shape))])
    return Failure(f"{told}: {rule(multiples(shape))}", f"cut it to {fitting}")


def _expect_bits(pixels: Array, name: str, model: PredictingModel) -> None:
    """Refuses images of another depth than those that the scaling belongs to: their numbers mean something else."""
    scaling = model.scaling or model.about.scaling
    bits = 16 if isinstance(scaling, InputScaling) and max(scaling.mean) > LARGEST_BYTE else 8
    if 8 * pixels.dtype.itemsize != bits:
        raise Failure(f"{name} has {8 * pixels.dtype.itemsize} bits a pixel, and the model takes {bits}")


def _predicted(
    model: PredictingModel, batch: list[tuple[str, NDArray[np.float32]]], top: int, refused: Callable[[Failure], None]
) -> Iterator[Prediction]:
    try:
        found = model.run(np.stack([image for _, image in batch]))
    except Failure as failure:  # all are of one size, which does not fit
        for name, _ in batch:
            refused(Failure(f"{name}: {failure}", failure.remedy))
        return
    for row, (name, _) in enumerate(batch):
        numbers = {output: np.asarray(found[output][row]) for output in _names(model)}
        if all(np.isfinite(one).all() for one in numbers.values()):
            yield Prediction(name, {output: _likely(one, model, top) for output, one in numbers.items()})
        else:
            refused(Failure(f"the model computes no numbers for {name}: its weights are not finite, or overflow"))


def _names(model: PredictingModel) -> list[str]:
    return [output.name for output in model.graph.outputs]


def _likely(numbers: Array, model: PredictingModel, top: int) -> tuple[Likely, ...]:
    """Of equal numbers the first class comes first."""
    order: Sequence[int] = np.argsort(-numbers, kind="stable")[:top].tolist()
    names = model.about.classes
    return tuple(Likely(one, names[one] if names else str(one), float(numbers[one])) for one in order)
