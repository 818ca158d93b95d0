"""Measure activations and gradients at initialisation, with Keras, on a batch of data.

Their root mean squares at every weighted layer, from input to output, and in words whether gradients vanish, explode
or hold. `resnet-dsl signal` predicts the same from the spec alone; `--predict` puts both side by side.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from resnet_dsl.analyses.ends import check_own_layers
from resnet_dsl.analyses.head import logits
from resnet_dsl.cli.commands.signal import add_report, report
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.plots import claim_plot
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.training import add_data, expect_data, whole
from resnet_dsl.failure import Failure
from resnet_dsl.ir import lengths
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.laboratory.signal import predict
from resnet_dsl.outputs import reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True)
    add_data(parser)
    parser.add_argument("--batch-size", type=whole, default=32, metavar="N", help="samples of the batch (default: 32)")
    parser.add_argument("--seed", type=whole, default=0, help="of the weights and the batch (default: 0)")
    parser.add_argument("--predict", action="store_true", help="the prediction beside the measurement")
    add_report(parser)


def run(options: argparse.Namespace) -> int:
    compiled = [compile_spec(spec, options) for spec in options.specs]
    for network in compiled:
        check_own_layers(network.graph, "`probe`")  # first: `signal`, which the other one sends to, refuses it, too
        _check_inputs(network.graph)
    reads(options.data)
    claim_plot("probe", options)
    expect_data(options.data)
    start_keras()
    from resnet_dsl.laboratory.data import fitted, load
    from resnet_dsl.laboratory.probe import probe

    signals = []
    for network in compiled:
        entering, leaving = network.facts.input_shape, network.facts.output_shapes
        channels = lengths.channels(entering)
        found = load(options.data, resize=options.resize, channels=channels, download=options.download)
        for shape in _told_apart(network.graph, leaving):
            found = fitted(found, entering, lengths.channels(shape))
        dataset = fitted(found, entering, found.classes)
        images, labels = dataset.sample(options.batch_size, options.seed)
        signals.append(probe(network.graph, network.shapes, images, labels, seed=options.seed))
        if options.predict:
            signals.append(predict(network.graph, network.shapes))
    report(signals, options)
    return FINE


def _check_inputs(graph: Graph) -> None:
    """Raises Failure where there are several: a data set holds one thing an example."""
    if graph.inputs > 1:
        message = f"`probe` takes networks with one input, and `{graph.name}` has {graph.inputs}"
        raise Failure(
            message, "`resnet-dsl signal` predicts it; from Python `probe` takes arrays by name (docs/signal.md)"
        )


def _told_apart(graph: Graph, shapes: Mapping[str, Shape]) -> list[Shape]:
    """The outputs that labels are for: an only one, or those of several that end in softmax."""
    if len(graph.outputs) == 1:
        return [*shapes.values()]
    return [shapes[output.name] for output in graph.outputs if logits(graph, output.node) is not None]
