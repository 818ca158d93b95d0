"""Speak with an editor: the language server (LSP), on the standard input and output.

Editors start it themselves (docs/editors.md). It shows mistakes while one types, with their remedies as quick fixes;
completes words, steps and arguments; shows documentation, shapes and counts of what is under the pointer; finds and
renames definitions; lays texts out; draws networks. It reads what is open, what that imports, and the specs beside it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.needs import require

if TYPE_CHECKING:
    from resnet_dsl.server.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="on the standard streams, as without it: editors ask so")


def run(options: argparse.Namespace) -> int:
    require("lsp", options)
    from resnet_dsl.server.features import make_server

    server = make_server()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, partial(_end, server))
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as told, redirect_stdout(sys.stderr):
        server.start_io(asked, told)
    return FINE


def _end(server: Server, number: int, frame: object) -> NoReturn:
    """Ends at once: the thread that waits for the editor's next word cannot be told to stop."""
    server.leave_nothing()
    os._exit(128 + number)
