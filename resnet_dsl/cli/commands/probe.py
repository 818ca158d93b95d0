"""Measure activations and gradients at initialisation, with Keras, on a batch of data.

Their root mean squares at every weighted layer, from input to output, and in words whether gradients vanish, explode
or hold. `resnet-dsl signal` predicts the same from the spec alone; `--predict` puts both side by side.
"""

from __future__ import annotations

import argparse

from resnet_dsl.analyses.ends import check_ends, check_own_layers
from resnet_dsl.cli.commands.signal import add_report, report
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.streams import claim
from resnet_dsl.cli.training import add_data
from resnet_dsl.ir import lengths
from resnet_dsl.laboratory.signal import predict
from resnet_dsl.outputs import reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True)
    add_data(parser)
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="samples of the batch (default: 32)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and the batch (default: 0)")
    parser.add_argument("--predict", action="store_true", help="the prediction beside the measurement")
    add_report(parser)


def run(options: argparse.Namespace) -> int:
    compiled = [compile_spec(spec, options) for spec in options.specs]
    for network in compiled:
        check_ends(network.graph, "`probe`")
        check_own_layers(network.graph, "`probe`")
    reads(options.data)
    if options.output is not None:
        claim(options.output)
    start_keras()
    from resnet_dsl.laboratory.data import fitted, load
    from resnet_dsl.laboratory.probe import probe

    signals = []
    for network in compiled:
        entering, leaving = network.facts.input_shape, network.facts.output_shape
        channels, classes = lengths.channels(entering), lengths.channels(leaving)
        found = load(options.data, resize=options.resize, channels=channels, download=options.download)
        dataset = fitted(found, entering, classes)
        images, labels = dataset.sample(options.batch_size, options.seed)
        signals.append(probe(network.graph, network.shapes, images, labels, seed=options.seed))
        if options.predict:
            signals.append(predict(network.graph, network.shapes))
    report(signals, options)
    return FINE
