"""Rebuild a saved model that plain Keras cannot load for its depth, and write its weights or structure.

A `.keras` file that was written here carries its own graph. From Python: `resnet_dsl.load_keras(path)`.
"""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.streams import claim, wrote
from resnet_dsl.outputs import reads
from resnet_dsl.sentences import counted, plural
from resnet_dsl.showing import line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.keras", help="a model that `resnet-dsl compile` wrote")
    parser.add_argument("--weights", metavar="PATH", help="write the weights alone to PATH.weights.h5")
    parser.add_argument("--ir", metavar="PATH", help="write the graph as JSON")
    parser.add_argument("--force", action="store_true", help="replace weights that are there already")


def run(options: argparse.Namespace) -> int:
    from resnet_dsl.targets.keras import load, read_graph, save_weights
    from resnet_dsl.weights import read_about
    from resnet_dsl.writing import write_whole

    reads(options.file)
    for path, ending in ((options.weights, ".weights.h5"), (options.ir, "")):
        if path is not None:
            claim(path, ending, options.force or not ending)
    graph = read_graph(options.file)  # to refuse a file takes a moment, to start Keras takes seconds
    require("load", options)
    start_keras()
    model = load(options.file)
    weights = model.count_params()
    told = f"{counted(len(model.layers), 'layer')}, {weights:,} {plural('weight', weights)}"
    print(line(f"{options.file}: {model.name}, {told}"))
    about = read_about(options.file)
    if about.classes:
        print(line(f"classes: {', '.join(about.classes)}"))
    if about.scaling is not None:
        print("it normalises images first; its weights and its graph alone do not")
    if options.weights is not None:
        print(wrote(save_weights(model, options.weights)))
    if options.ir is not None:
        write_whole(options.ir, graph.model_dump_json(indent=1) + "\n")
        print(wrote(options.ir))
    return FINE
