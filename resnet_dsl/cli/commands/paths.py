"""Count the paths through a residual network by length (Veit et al. 2016).

Each skip connection is a choice, to pass the branch or not; a path's length is the number of branches that it passes.
"""

from __future__ import annotations

import argparse
import json

from resnet_dsl.analyses.paths import paths
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.plots import claim_plot
from resnet_dsl.cli.specs import SHOWN_HELP, add_spec, shown
from resnet_dsl.cli.streams import wrote
from resnet_dsl.tabular import columns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True, words=SHOWN_HELP)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how they are given")
    parser.add_argument("-o", "--output", metavar="FILE", help="draw the distribution: FILE.svg or .png")


def run(options: argparse.Namespace) -> int:
    found = []
    for spec in options.specs:
        compiled = shown(spec, options)
        found.append((compiled.name, paths(compiled.graph)))
    claim_plot("paths", options)
    if options.format == "json":
        print(json.dumps([{"network": name, **one.as_json()} for name, one in found], indent=2))
    else:
        for name, one in found:
            print(f"{name}: {one.words}\n")
            print(columns(("length", "paths", "share"), one.table()), end="")
            print()
    if options.output is not None:
        from pathlib import Path

        from resnet_dsl.laboratory.probe.figure import draw_paths

        draw_paths(Path(options.output), found)
        print(wrote(options.output))
    return FINE
