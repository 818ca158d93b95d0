"""Explain a word of the language, an operation, a block, an argument, a network that ships, or a diagnostic's code.

`explain skip`, `explain conv`, `explain bottleneck`, `explain same`, `explain head.params`, `explain resnet50`,
`explain E0302`; also a word of other tools (`explain Conv2D`). What a word means in several places is told for each.
Without a word all are listed.
"""

from __future__ import annotations

import argparse
import sys

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.streams import page
from resnet_dsl.explain import explain, near, overview
from resnet_dsl.failure import Failure
from resnet_dsl.ir.reference import reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subjects", nargs="*", metavar="WORD", help="skip, conv, norm, same, resnet50, E0302, …")
    parser.add_argument("--operations", action="store_true", help="the reference of all operations, as Markdown")


def run(options: argparse.Namespace) -> int:
    if options.operations:
        sys.stdout.write(reference())
    elif not options.subjects:
        sys.stdout.write(overview())
    else:
        page("\n\n".join(one for subject in options.subjects for one in _explained(subject)))
    return FINE


def _explained(subject: str) -> list[str]:
    found = explain(subject)
    if not found:
        remedy = near(subject) or "`resnet-dsl explain` lists all that is"
        raise Failure(f"`{subject}` is nothing of the language", remedy)
    return found
