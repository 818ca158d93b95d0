"""Lay specs out in the one canonical way. Comments are kept, and the meaning is the same.

Files are rewritten in place; `-` reads the standard input and writes the standard output.
"""

from __future__ import annotations

import argparse
import difflib
import sys

from resnet_dsl.cli.ending import FINE, SPEC
from resnet_dsl.cli.specs import spec_files
from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place
from resnet_dsl.showing import line
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text
from resnet_dsl.syntax.reading import ENDING, STDIN, read, read_spec
from resnet_dsl.writing import write_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="files, folders, or `-`")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a layout would change")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")


def run(options: argparse.Namespace) -> int:
    changed = 0
    for path, found in dict.fromkeys((file.path, file.found) for file in spec_files(options.specs)):
        source = _read(path, found)
        text = format_text(source)
        if path == STDIN and not (options.check or options.diff):
            sys.stdout.write(text)
            continue
        if text == source.text:
            continue
        changed += 1
        _tell(source, text, options)
    return SPEC if changed and options.check else FINE


def _read(path: str, found: bool) -> Source:
    try:
        return read_spec(path) if found else read(path)
    except DiagnosticError as mistake:
        raise Refusal((mistake.diagnostic,)) from None


def _tell(source: Source, text: str, options: argparse.Namespace) -> None:
    if options.diff:
        old, new = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
        name = line(source.name)
        sys.stdout.writelines(difflib.unified_diff(old, new, name, f"{name} (formatted)"))
    elif options.check:
        print(f"would change {line(source.name)}")
    else:
        path = source.path or source.name
        if place(path, ENDING).stream:
            what = f"`{source.name}` is a device or a pipe, and cannot be rewritten"
            raise Failure(what, "`-` reads and writes streams")
        write_whole(path, text, ENDING)
        print(f"formatted {line(source.name)}")
