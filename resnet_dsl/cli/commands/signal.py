"""Predict activations and gradients at initialisation from the spec alone, without Keras.

For each network: how many times the gradient grows a layer towards the input, over how many decades, and whether it
vanishes, explodes or holds; of several inputs or outputs, along each way from one to another. The method and its
limits are in docs/signal.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.plots import claim_plot
from resnet_dsl.cli.specs import SHOWN_HELP, add_spec, shown
from resnet_dsl.cli.streams import wrote
from resnet_dsl.laboratory.signal import Signal, predict
from resnet_dsl.tabular import columns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True, words=SHOWN_HELP)
    add_report(parser)


def add_report(parser: argparse.ArgumentParser) -> None:
    """How signals are reported."""
    parser.add_argument("--layers", action="store_true", help="a row for each weighted layer")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is given")
    parser.add_argument("-o", "--output", metavar="FILE", help="draw it by depth: FILE.svg or .png")


def run(options: argparse.Namespace) -> int:
    compiled = [shown(spec, options) for spec in options.specs]
    claim_plot("signal", options)
    report([predict(one.graph, one.shapes) for one in compiled], options)
    return FINE


def report(signals: Sequence[Signal], options: argparse.Namespace) -> None:
    """The signals in the form asked for, and their figure by depth. Raises Failure without matplotlib."""
    if options.format == "json":
        print(json.dumps([signal.as_json() for signal in signals], indent=2))
    else:
        _show(signals, options.layers)
    if options.output is not None:
        from pathlib import Path

        from resnet_dsl.laboratory.probe.figure import draw_signals

        draw_signals(Path(options.output), [part for signal in signals for part in signal.parts])
        print(wrote(options.output))


def _show(signals: Sequence[Signal], layers: bool) -> None:
    """The words of each network, its growth by stage, and on request a row for each layer."""
    both = len({signal.source for signal in signals}) > 1
    for signal in signals:
        for number, part in enumerate(signal.parts):
            print("\n" * (number > 0) + both * f"{signal.source}: " + part.words)
            if part.stages:
                print()
                rows = [(one.stage, str(one.layers), f"{one.growth:.3f}") for one in part.stages]
                print(columns(("stage", "layers", "growth a layer"), rows), end="")
        if layers:
            print()
            print(columns(("layer", "stage", "activation rms", "gradient rms"), signal.table()), end="")
        print()
