"""Show a network as a table by stage, block or layer.

Parameters are those that train; MACs are multiply-accumulates of convolutions and dense layers for one sample;
activations are the numbers that one sample's values hold.
"""

from __future__ import annotations

import argparse
import sys
from math import sqrt

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import SHOWN_HELP, Shown, add_spec, shown
from resnet_dsl.cli.streams import Painted, show_diagnostics, shows_colours
from resnet_dsl.failure import Failure
from resnet_dsl.targets.summary import FORMATS, Extra, Granularity, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, words=SHOWN_HELP)
    parser.add_argument("--by", choices=("stage", "block", "layer"), default="stage", help="a row for each of these")
    parser.add_argument("--signal", action="store_true", help="one more column: the gradient that is predicted")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (in colour in a terminal), or data")


def run(options: argparse.Namespace) -> int:
    compiled = shown(options.spec, options)
    show_diagnostics(compiled.warnings)
    extra = _gradients(compiled, options.by) if options.signal else None
    colours = options.format == "text" and sys.stdout.isatty() and shows_colours(sys.stdout)
    text = write(compiled.facts, options.by, options.format, extra, colours)
    sys.stdout.write(Painted(text) if colours else text)
    return FINE


def _gradients(compiled: Shown, by: Granularity) -> Extra:
    """By stage, how many times the gradient grows a layer towards the input; by layer its root mean square."""
    from resnet_dsl.laboratory.signal import predict

    signal = predict(compiled.graph, compiled.shapes)
    if by == "layer":
        return Extra("gradient rms", {one.name: sqrt(one.gradient) for one in signal.layers})
    if by == "block":
        raise Failure("`--signal` has a column by stage and by layer", "use `--by layer`")
    return Extra("gradient growth", {one.stage: one.growth for one in signal.stages})
