"""Explain a diagnostic's code or an operation.

Of a code: what it means, a wrong example, and the corrected one. Of an operation: its arguments.
"""

from __future__ import annotations

import argparse
import sys

from resnet_dsl.cli.ending import FINE
from resnet_dsl.diagnostics.explain import codes, explanation
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.failure import Failure
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.reference import describe, reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", nargs="?", metavar="CODE", help="E0302 or conv; without it all codes are listed")
    parser.add_argument("--operations", action="store_true", help="the reference of all operations, as Markdown")


def run(options: argparse.Namespace) -> int:
    if options.operations:
        sys.stdout.write(reference())
    elif options.subject is None:
        sys.stdout.writelines(f"{code}  {title}\n" for code, title in codes().items())
    else:
        print(_explain(options.subject))
    return FINE


def _explain(subject: str) -> str:
    if subject in OPERATIONS:
        return describe(OPERATIONS[subject])
    code = subject.upper()
    if code in codes():
        return explanation(code)
    near = suggestion(code, codes()) or suggestion(subject, OPERATIONS)
    hint = near or "`resnet-dsl explain` lists all codes"
    raise Failure(f"there is no diagnostic and no operation `{subject}`", hint)
