"""Writes docs/resnet-dsl.1, the manual page of all commands, from their parsers: ``python docs/manual.py``.

It is written before a release is built, and stands in the sdist alone: no second place says what an option does.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from resnet_dsl import __version__, cli
from resnet_dsl.cli.whole import whole_parser

PAGE = Path(__file__).with_name("resnet-dsl.1")


def page() -> str:
    """The page in roff, for ``man -l``."""
    parser = whole_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    told = [line for name, one in commands.choices.items() for line in _command(name, one)]
    return "\n".join(
        [
            f'.TH RESNET-DSL 1 "" "resnet-dsl {__version__}" "User Commands"',
            *(".SH NAME", r"resnet-dsl \- a language for residual networks, and its compiler"),
            *(".SH SYNOPSIS", r".B resnet-dsl", r".I COMMAND", "[options]"),
            *(".SH DESCRIPTION", _inert(str(parser.description))),
            *(".SH OPTIONS", *_options(parser)),
            *(".SH COMMANDS", *told),
            *(".SH EXIT STATUS", _inert(str(cli.__doc__).partition("Exit codes: ")[2])),
        ]
    )


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SS {_inert(f'resnet-dsl {name}')}"
    for paragraph in str(parser.description).strip().split("\n\n"):
        yield ".PP"
        yield from _paragraph(paragraph)
    yield from _options(parser)


def _paragraph(text: str) -> Iterator[str]:
    """As it stands where its lines are indented: examples."""
    lines = [_inert(line) for line in text.split("\n")]
    yield from [".nf", *lines, ".fi"] if any(line.startswith(" ") for line in lines) else lines


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    formatter = argparse.HelpFormatter(parser.prog)
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            yield ".TP"
            yield rf"\fB{_inert(formatter._format_action_invocation(action))}\fR"
            yield _inert(formatter._expand_help(action))


def _inert(text: str) -> str:
    """Words that are no commands of roff, with dashes that can be copied."""
    return re.sub(r"^(?=[.'])", r"\\&", text.replace("\\", r"\e").replace("-", r"\-"), flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
