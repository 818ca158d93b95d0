"""Write networks as the table of a paper: stages in rows, networks in columns (He et al. 2015, Table 1)."""

from __future__ import annotations

import argparse
import sys

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import SHOWN_HELP, add_spec, shown
from resnet_dsl.cli.streams import claim, wrote
from resnet_dsl.targets.forms import TABLES, endings
from resnet_dsl.targets.table import FORMATS, form_of, tabulate, write
from resnet_dsl.writing import write_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True, words=SHOWN_HELP)
    parser.add_argument("--to", choices=[*FORMATS], help="the form (default: by the ending of FILE, or text)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"write to FILE{endings(TABLES)} (default: the standard output)",
    )


def run(options: argparse.Namespace) -> int:
    networks = [shown(spec, options).facts for spec in options.specs]
    path = None if options.output is None else claim(options.output)
    text = write(tabulate(networks), form_of(options.output or "", options.to))
    if path is None:
        sys.stdout.write(text)
    else:
        write_whole(path, text)
        print(wrote(path))
    return FINE
