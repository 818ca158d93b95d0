"""All commands in one parser, for what describes them from outside: a shell's completion, a manual page.

The command line itself makes the parser of one command alone, which is faster.
"""

from __future__ import annotations

import argparse

from resnet_dsl.cli import COMMANDS, add_common, command_parser


def whole_parser() -> argparse.ArgumentParser:
    """The parser of ``resnet-dsl``, with one for each command below it."""
    parser = argparse.ArgumentParser(
        prog="resnet-dsl", description="A language for residual networks, and its compiler."
    )
    add_common(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, words in COMMANDS.items():
        one = command_parser(name)
        commands.add_parser(
            name,
            parents=[one],
            add_help=False,
            help=words,
            description=one.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    return parser
