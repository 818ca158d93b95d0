"""One pass forward and one back through a fresh model, and what is read from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.analyses import head
from resnet_dsl.analyses.ends import check_ends, check_own_layers, only_output
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, channels, show
from resnet_dsl.ir.sizes import takes
from resnet_dsl.laboratory.probe.gradients import Loss, pass_through
from resnet_dsl.laboratory.signal import Signal
from resnet_dsl.laboratory.signal.report import signal_of, weighted
from resnet_dsl.targets.keras import to_keras


class BadBatchError(Failure):
    """The data do not fit the network. The message is one sentence."""


def probe(
    graph: Graph, shapes: tuple[Shape, ...], images: ArrayLike, labels: ArrayLike | None = None, *, seed: int = 0
) -> Signal:
    """Mean squares of activations and gradients at every weighted layer, at initialisation, on a batch.

    images: (samples, *input shape), scaled as for training (the prediction is for mean 0 and variance 1).
    labels: (samples,) classes; drawn at random where there are none. Only a network that ends in softmax reads them:
        its loss is cross-entropy (the mean over positions). Another's is a random projection of its output.
    seed: of the weights, the drawn labels and the projection.

    Gradients are of one sample's loss, with respect to what the layer puts out. Normalisation uses the batch's own
    moments, and dropout drops, as in training. Runs on the backend that Keras is set to.
    Raises BadBatchError where data and network do not fit, and MissingPackageError without Keras;
    Failure where a network has several inputs or outputs, or calls a layer again.
    """
    check_ends(graph, "`probe`")
    check_own_layers(graph, "`probe`")
    loss = _loss(graph, shapes, images, labels, seed)
    model = to_keras(graph, shapes, seed=seed)
    names = [graph.nodes[index].name for index in weighted(graph)]
    softmax = graph.nodes[only_output(graph, "`probe`")].name if loss.classes else None
    passed = pass_through(model, names, softmax, loss)
    return signal_of(graph, shapes, "measured", passed.activations, passed.gradients)


def _loss(graph: Graph, shapes: tuple[Shape, ...], images: ArrayLike, labels: ArrayLike | None, seed: int) -> Loss:
    """On the batch: cross-entropy, of the logits of the softmax that ends the network; a projection without one."""
    data = np.asarray(images, dtype=np.float32)
    _check_images(graph, shapes[0], data)
    rng = np.random.default_rng(seed)
    form = (len(data), *_output_form(graph, shapes))
    output = only_output(graph, "`probe`")
    if head.logits(graph, output) is None:
        return Loss(data, rng.standard_normal(form).astype(np.float32), classes=False)
    classes, places = channels(shapes[output]), form[:-1]
    known = rng.integers(classes, size=places) if labels is None else np.asarray(labels).astype(np.int64)
    if known.shape != places or known.min() < 0 or known.max() >= classes:
        raise BadBatchError(f"labels must be {places} whole numbers from 0 to {classes - 1}, one for each sample")
    return Loss(data, known, classes=True)


def _check_images(graph: Graph, size: Shape, data: NDArray[np.float32]) -> None:
    if not takes(size, data.shape[1:]) or len(data) < 2:
        raise BadBatchError(
            f"`{graph.name}` takes at least two samples of {show(size)}, and the batch has the shape {data.shape}"
        )
    if not np.isfinite(data).all():
        raise BadBatchError("the batch holds numbers that are not finite")


def _output_form(graph: Graph, shapes: tuple[Shape, ...]) -> tuple[int, ...]:
    output = shapes[only_output(graph, "`probe`")]
    known = tuple(length for length in output if isinstance(length, int))
    if len(known) < len(output):
        raise BadBatchError(f"the output of `{graph.name}` is {show(output)}: give the input a size to probe it")
    return known
