"""One pass forward and one back through a fresh model, and what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.analyses import head
from resnet_dsl.analyses.ends import check_own_layers
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, channels, show
from resnet_dsl.ir.nodes import Output
from resnet_dsl.ir.sizes import takes
from resnet_dsl.laboratory.probe.gradients import Loss, Objective, pass_through
from resnet_dsl.laboratory.signal import Signal
from resnet_dsl.laboratory.signal.report import signal_of, weighted
from resnet_dsl.sentences import listed
from resnet_dsl.targets.keras import to_keras


class BadBatchError(Failure):
    """The data do not fit the network. The message is one sentence."""


Given: TypeAlias = ArrayLike | Mapping[str, ArrayLike]
"""Of one input or output, or of several by their names."""


def probe(
    graph: Graph, shapes: tuple[Shape, ...], images: Given, labels: Given | None = None, *, seed: int = 0
) -> Signal:
    """Mean squares of activations and gradients at every weighted layer, at initialisation, on a batch.

    images: (samples, *input shape), scaled as for training (the prediction is for mean 0 and variance 1).
    labels: (samples,) classes; drawn at random where there are none. Only a network that ends in softmax reads them:
        its loss is cross-entropy (the mean over positions). Another's is a random projection of its output.
    Of several inputs or outputs ``images`` and ``labels`` are by their names; the losses of all outputs are summed.
    Labels that have no name are those of every output that ends in softmax.
    seed: of the weights, the drawn labels and the projection.

    Gradients are of one sample's loss, with respect to what the layer puts out. Normalisation uses the batch's own
    moments, and dropout drops, as in training. Runs on the backend that Keras is set to.
    Raises BadBatchError where data and network do not fit, and MissingPackageError without Keras;
    Failure where a network calls a layer again.
    """
    check_own_layers(graph, "`probe`")
    given = _images(graph, shapes, images)
    loss = Loss(given, _targets(graph, shapes, len(given[0]), labels, seed))
    model = to_keras(graph, shapes, seed=seed)
    names = [graph.nodes[index].name for index in weighted(graph)]
    passed = pass_through(model, names, loss)
    return signal_of(graph, shapes, "measured", passed.activations, passed.gradients)


def _images(graph: Graph, shapes: tuple[Shape, ...], images: Given) -> list[NDArray[np.float32]]:
    """What each input takes, in order."""
    names = [node.name for node in graph.nodes[: graph.inputs]]
    given = _by_name(graph, "inputs", names, images)
    arrays = [np.asarray(given[name], dtype=np.float32) for name in names]
    for name, size, data in zip(names, shapes[: len(names)], arrays, strict=True):
        _check_images(graph.name if len(names) == 1 else f"{graph.name}: {name}", size, data)
    if len({len(data) for data in arrays}) > 1:
        counts = ", ".join(f"`{name}` {len(data)}" for name, data in zip(names, arrays, strict=True))
        raise BadBatchError(f"the inputs of `{graph.name}` have other numbers of samples: {counts}")
    return arrays


def _by_name(graph: Graph, ends: str, names: list[str], given: Given) -> Mapping[str, ArrayLike]:
    if not isinstance(given, Mapping):
        if len(names) > 1:
            raise BadBatchError(f"`{graph.name}` has the {ends} {listed(names)}: give an array for each by name")
        return {names[0]: given}
    if given.keys() != {*names}:
        raise BadBatchError(f"`{graph.name}` has the {ends} {listed(names)}, and is given {listed([*given]) or 'none'}")
    return given


def _targets(graph: Graph, shapes: tuple[Shape, ...], samples: int, labels: Given | None, seed: int) -> list[Objective]:
    """What the loss of each output is taken with: its labels, or what is drawn."""
    rng, classes = np.random.default_rng(seed), {one.name for one in graph.outputs if _softmax(graph, one)}
    if isinstance(labels, Mapping) and not labels.keys() <= classes:
        raise BadBatchError(
            f"labels are for the outputs that end in softmax: {listed(sorted(classes)) or 'there are none'}"
        )
    return [_target(graph, shapes, output, samples, _labels(labels, output), rng) for output in graph.outputs]


def _labels(labels: Given | None, output: Output) -> ArrayLike | None:
    return labels.get(output.name) if isinstance(labels, Mapping) else labels


def _softmax(graph: Graph, output: Output) -> str | None:
    """The softmax that an output ends in; its logits are what cross-entropy is computed from. None without one."""
    return None if head.logits(graph, output.node) is None else graph.nodes[output.node].name


def _target(
    graph: Graph, shapes: tuple[Shape, ...], output: Output, samples: int, labels: ArrayLike | None,
    rng: np.random.Generator,
) -> Objective:  # fmt: skip
    softmax, form = _softmax(graph, output), (samples, *_output_form(graph, shapes[output.node]))
    if softmax is None:
        return Objective(output.name, None, rng.standard_normal(form).astype(np.float32))
    classes, places = channels(shapes[output.node]), form[:-1]
    if labels is None:
        return Objective(output.name, softmax, rng.integers(classes, size=places))
    known = np.asarray(labels).astype(np.int64)
    if known.shape != places or known.min() < 0 or known.max() >= classes:
        raise BadBatchError(f"labels must be {places} whole numbers from 0 to {classes - 1}, one for each sample")
    return Objective(output.name, softmax, known)


def _check_images(name: str, size: Shape, data: NDArray[np.float32]) -> None:
    if not takes(size, data.shape[1:]) or len(data) < 2:
        raise BadBatchError(
            f"`{name}` takes at least two samples of {show(size)}, and the batch has the shape {data.shape}"
        )
    if not np.isfinite(data).all():
        raise BadBatchError("the batch holds numbers that are not finite")


def _output_form(graph: Graph, output: Shape) -> tuple[int, ...]:
    known = tuple(length for length in output if isinstance(length, int))
    if len(known) < len(output):
        raise BadBatchError(f"the output of `{graph.name}` is {show(output)}: give the input a size to probe it")
    return known
