"""The command line: arguments in, exit code out.

Exit codes: 0 fine; 1 mistakes in the spec; 2 wrong usage, a file that cannot be read or written, or a package that is
not installed; 3 our own failure (``--debug`` shows where); 4 a training whose loss is no longer a number; 128 and the
number of the signal that ended it: 130 interrupted, 143 asked to end.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from resnet_dsl import __version__
from resnet_dsl.cli.ending import FINE, USAGE, ended_by, show, signals_raise
from resnet_dsl.cli.parser import Parser
from resnet_dsl.cli.streams import screens
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT_SHOWN, run

COMMANDS = {
    "compile": "compile a network to a Keras model, its IR or a figure",
    "import": "read a Keras or ONNX model as a spec, with its weights",
    "check": "find every mistake in specs, without Keras",
    "summary": "show a network as a table by stage, block or layer",
    "draw": "draw networks or a block as a figure",
    "table": "write networks as the table of a paper",
    "fmt": "lay specs out in the one canonical way",
    "lsp": "speak with an editor (language server)",
    "explain": "explain a word, an operation, a network or a diagnostic's code",
    "list": "list the networks that ship",
    "new": "start a spec of one's own",
    "diff": "say what tells two networks apart",
    "schema": "print the JSON Schema of the IR",
    "signal": "predict activations and gradients from the spec alone",
    "paths": "count the paths through a residual network by length",
    "probe": "measure activations and gradients at initialisation",
    "train": "train a network",
    "compare": "train several networks and draw their errors",
    "report": "write what trained networks cost and how well they do as a table",
    "predict": "name the classes that a saved model finds in images",
    "completion": "print what bash, zsh or fish read to complete all of this",
    "load": "rebuild a saved model that plain Keras cannot load for its depth",
}
"""Each command lives in a module of its own name in this package and is imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    # Looking for plug-ins of pydantic reads the metadata of every installed package; this process uses none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A short run makes many objects that live until its end; to look through them again and again is lost time.
    gc.set_threshold(100_000)
    closed = sys.stdout is None
    with screens(), run(), signals_raise():
        try:
            if closed:
                raise Failure("the standard output is closed", "`> /dev/null` throws away what is said")
            return _run(given)
        except BrokenPipeError as error:
            return FINE if error.filename == STDOUT_SHOWN else show(error, debug)
        except KeyboardInterrupt as asked:
            return ended_by(asked)
        except Exception as error:
            return show(error, debug)


def _run(given: list[str]) -> int:
    """Runs the command, and sees to it that all it said is out."""
    try:
        return _command(given)
    finally:
        sys.stdout.flush()


def _command(given: list[str]) -> int:
    name = next((word for word in given if not word.startswith("-")), None)
    if name not in COMMANDS:
        parser = _parser()
        parser.parse_args(given)
        parser.print_help()
        return USAGE
    command = command_parser(name, epilog=_needs(name) if {"-h", "--help"} & {*given} else None)
    before = given.index(name)
    rest = [*given[:before], *given[before + 1 :]]
    options = command.parse_args(_with_signs(rest) if name == "explain" else rest)
    code: int = _module(name).run(options)
    return code


def _with_signs(given: list[str]) -> list[str]:
    """Signs of the language, as `->`, are words, though they begin as options do."""
    options = [one for one in given if one.startswith("-") and one.lstrip("-")[:1].isalpha()]
    words = [one for one in given if one not in (*options, "--")]
    return [*options, "--", *words] if words else options


def command_parser(name: str, epilog: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command."""
    module = _module(name)
    command = Parser(f"resnet-dsl {name}", description=module.__doc__, epilog=epilog)
    command.add_argument("--debug", action="store_true", help=_DEBUG)
    module.add_arguments(command)
    return command


def _module(name: str) -> Any:
    return import_module(f"resnet_dsl.cli.commands.{name}")


_DEBUG = "show the traceback of our own failures"


def _needs(name: str) -> str | None:
    """What a command needs beyond the light install; only the help asks."""
    from resnet_dsl.cli.needs import told

    return told(name)


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {what}" for name, what in COMMANDS.items())
    parser = Parser(
        "resnet-dsl",
        description="A small language for residual networks, and its compiler to Keras models and figures.",
        epilog=f"commands:\n{listed}\n\n`resnet-dsl COMMAND --help` tells more.\n\n"
        "exit codes: 0 fine, 1 mistakes in the spec, 2 wrong usage or an unreadable file, 3 our own failure,\n"
        "4 a training whose loss is no longer a number, 130 interrupted, 143 asked to end (SIGTERM)",
        usage="resnet-dsl COMMAND [options]",
    )
    add_common(parser)
    parser.add_argument("command", nargs="?", choices=[*COMMANDS], metavar="COMMAND", help="see below")
    return parser


def add_common(parser: argparse.ArgumentParser) -> None:
    """What stands without a command."""
    parser.add_argument("--version", action="version", version=f"resnet-dsl {__version__}")
    parser.add_argument("--debug", action="store_true", help=_DEBUG)
