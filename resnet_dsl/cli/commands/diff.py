"""Say what tells two networks apart: structure, shapes, arguments, parameters and MACs, by stage and block."""

from __future__ import annotations

import argparse
import json

from resnet_dsl.analyses.difference import as_data, describe, difference
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import SHOWN_HELP, shown, told_apart


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="A", help=SHOWN_HELP)
    parser.add_argument("right", metavar="B", help="the other one")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is given")
    parser.set_defaults(set=[], input=[])


def run(options: argparse.Namespace) -> int:
    left, right = (shown(spec, options) for spec in (options.left, options.right))
    found = difference(left.facts, right.facts, told_apart((options.left, left), (options.right, right)))
    if options.format == "json":
        print(json.dumps(as_data(found), indent=2))
    else:
        print("\n".join(describe(found)) or "nothing tells them apart")
    return FINE
