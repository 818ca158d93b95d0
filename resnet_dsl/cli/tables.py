"""What commands that write tables share: the form and the place of the output."""

from __future__ import annotations

import argparse
import sys

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.streams import claim, wrote
from resnet_dsl.targets.forms import TABLES, endings
from resnet_dsl.targets.table import FORMATS, Listing, NetworkTable, write
from resnet_dsl.writing import write_whole


def add_form(parser: argparse.ArgumentParser, siunitx: str) -> None:
    """``--to``, ``--siunitx`` and ``-o``."""
    parser.add_argument("--to", choices=[*FORMATS], help="the form (default: by the ending of FILE, or text)")
    parser.add_argument("--siunitx", action="store_true", help=siunitx)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"write to FILE{endings(TABLES)} (default: the standard output)",
    )


def put(table: NetworkTable | Listing, form: str, options: argparse.Namespace) -> int:
    """Write the table where it was asked for."""
    path = None if options.output is None else claim(options.output)
    text = write(table, form, options.siunitx)
    if path is None:
        sys.stdout.write(text)
    else:
        write_whole(path, text)
        print(wrote(path))
    return FINE
