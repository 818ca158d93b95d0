"""Explain a diagnostic's code: what it means, a wrong example, and the corrected one."""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import FINE
from resnet_dsl.diagnostics.explain import codes, explanation
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.failure import Failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="E0302, for one; without it all are listed")


def run(options: argparse.Namespace) -> int:
    if options.code is None:
        for code, title in codes().items():
            print(f"{code}  {title}")
        return FINE
    code = options.code.upper()
    if code not in codes():
        near = nearest(code, codes())
        hint = f"did you mean `{near}`?" if near else "`resnet-dsl explain` lists all"
        raise Failure(f"there is no diagnostic `{options.code}`", hint)
    print(explanation(code))
    return FINE
