"""Show a network as a table by stage, block or layer.

Parameters are those that train; MACs are multiply-accumulates of convolutions and dense layers for one sample;
activations are the numbers that one sample's values hold.
"""

from __future__ import annotations

import argparse
import sys

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.warning import show_warnings
from resnet_dsl.targets.summary import FORMATS, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument("--by", choices=("stage", "block", "layer"), default="stage", help="a row for each of these")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (rich in a terminal), or data")


def run(options: argparse.Namespace) -> int:
    compiled = compile_spec(options.spec, options)
    show_warnings(compiled)
    if options.format == "text" and sys.stdout.isatty():
        from resnet_dsl.targets.summary.words import show_in_terminal

        show_in_terminal(compiled, options.by)
    else:
        sys.stdout.write(write(compiled, options.by, options.format))
    return FINE
