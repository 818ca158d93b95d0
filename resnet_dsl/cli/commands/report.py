"""Write what trained networks cost and how well they do as a table, from their run folders; nothing is trained.

A row for each network: depth, parameters, multiply-accumulates, errors (mean and range over the seeds). With --baseline
also how far it is from that network, and a mark for each thing that tells the two apart.

  resnet-dsl report runs --baseline plain -o results.tex
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resnet_dsl.cli.tables import add_form, put
from resnet_dsl.failure import Failure
from resnet_dsl.targets.table import form_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="a run folder, or a folder of them (runs)")
    parser.add_argument("--baseline", metavar="NAME", help="the trained network that the others are compared with")
    add_form(parser, "in LaTeX: numbers aligned by siunitx")


def run(options: argparse.Namespace) -> int:
    from resnet_dsl.laboratory.training.report import report

    form = form_of(options.output or "", options.to)
    if options.siunitx and form != "latex":
        raise Failure("`--siunitx` is of LaTeX", "name a .tex, or `--to latex`")
    return put(report(options.runs, options.baseline), form, options)
