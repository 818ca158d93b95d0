"""Find every mistake in specs, without Keras.

All independent mistakes are reported in one run, in source order, each once, with place, cause and remedy: over all
parts, networks, blocks and imported files. What only follows from another mistake is not told. Folders are searched for
*.resnet files. `resnet-dsl explain CODE` says more about a diagnostic.

`--fix` makes those remedies that cannot lead to another network than was meant (a sign too many, a bracket that fits in
one place), says each, and checks again. Files are rewritten whole; `-` writes the text to the standard output. What has
no errors, what is imported, and what ships is left as it is; so is what only warns.

`--expect 'params <= 26M'` holds every network to a budget. `--format github` and `sarif` are for workflows: docs/ci.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from resnet_dsl import __version__, pipeline
from resnet_dsl.analyses.expectations import demand
from resnet_dsl.cli.ending import FINE, SPEC, USAGE, USAGE_CODES
from resnet_dsl.cli.specs import SpecFile, add_overrides, overridden, spec_files
from resnet_dsl.cli.streams import claim, show_diagnostics, tell
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT
from resnet_dsl.sentences import counted
from resnet_dsl.showing import line
from resnet_dsl.syntax.reading import STDIN

if TYPE_CHECKING:
    from resnet_dsl.elaborate.networks.ends import InputSize
    from resnet_dsl.fixing import Fixed


FORMATS = ("text", "json", "github", "sarif")
"""Text for people, on the standard error; the others, for programs, on the standard output."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="files, folders, `-`, or names of shipped networks")
    parser.add_argument("--strict", action="store_true", help="warnings are errors")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how diagnostics are given")
    parser.add_argument("--fix", action="store_true", help="make the remedies that are sure, and say each")
    parser.add_argument("--signal", action="store_true", help="warn where gradients are predicted to vanish or explode")
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="WHAT",
        help="hold every network to it: 'params <= 26M' (K, M, G, T, or 26_000_000), 'depth == 50'; repeatable",
    )
    add_overrides(parser)


def run(options: argparse.Namespace) -> int:
    found: list[Diagnostic] = []
    unreadable = False
    networks = 0
    overrides, size = overridden(options)
    demands = [demand(text) for text in options.expect]
    files = list(dict.fromkeys(spec_files(options.specs)))
    if options.fix:
        _fix_files(files, options.format)
    for path, network, in_folder in files:
        try:
            spec = pipeline.load(path, found=in_folder)
            if options.fix and path == STDIN:
                spec = _fix_text(spec, network)
            found += spec.check(network, overrides, size, demands)
        except Refusal as refusal:
            found += refusal.diagnostics
            unreadable = True
            continue
        chosen = list(spec.networks) if network is None else [network]
        networks += len(chosen)
        if options.signal and not any(one.severity == "error" for one in found):
            found += _signal(spec, chosen, overrides, size)
    if options.strict:
        found = [one._replace(strict=True) for one in found]
    code = USAGE if unreadable else _code(found)
    _show(found, options, networks, code)
    return code


def _code(found: Iterable[Diagnostic]) -> int:
    errors = {one.code for one in found if one.severity == "error"}
    return FINE if not errors else USAGE if errors <= USAGE_CODES else SPEC


def _fix_files(files: list[SpecFile], form: str) -> None:
    """All of them first, since they may import one another; who checks them tells what cannot be read."""
    from resnet_dsl import fixing

    if any(file.path == STDIN for file in files):
        if form != "text":
            raise Failure(
                f"`--fix` and `--format {form}` would both write to the standard output", "fix a file instead"
            )
        claim(STDOUT)
    for path, network, in_folder in files:
        with suppress(Refusal):
            if os.path.isfile(path):
                before = pipeline.load(path, found=in_folder)
                fixed = fixing.fix(before, network)
                if fixed.rounds:
                    fixing.write(before.source, fixed)
                _say(fixed)


def _fix_text(spec: pipeline.LoadedSpec, network: str | None) -> pipeline.LoadedSpec:
    """The standard input's: it goes on to the standard output, whether or not there was something to fix."""
    from resnet_dsl import fixing
    from resnet_dsl.writing import write_whole

    fixed = fixing.fix(spec, network)
    write_whole(STDOUT, fixed.spec.source.text)
    _say(fixed)
    return fixed.spec


def _say(fixed: Fixed) -> None:
    """On the standard error, with the diagnostics."""
    for told in fixed.told():
        tell(f"fixed {line(told)}")


def _signal(
    spec: pipeline.LoadedSpec, networks: list[str], overrides: dict[str, Any], size: InputSize | None
) -> list[Diagnostic]:
    from resnet_dsl.laboratory.signal import UnpredictableError, predict

    found: list[Diagnostic] = []
    for name in networks:
        compiled = spec.compile(name, overrides, size)
        try:
            warning = predict(compiled.graph, compiled.shapes).warning
        except UnpredictableError as unpredictable:
            tell(f"note: no signal is predicted for {name}: {unpredictable}")
            continue
        if warning is not None:
            place = Label(spec.networks[name].tree.name.span)
            remedy = "normalise, initialise by He, or put skip connections around two or three layers"
            found.append(Diagnostic("W0401", warning, place, help=remedy))
    return found


def _show(found: list[Diagnostic], options: argparse.Namespace, networks: int, code: int) -> None:
    if options.format == "json":
        from resnet_dsl.diagnostics.data import as_json

        print(as_json(found))
    elif options.format == "github":
        from resnet_dsl.diagnostics.github import as_commands

        sys.stdout.write(as_commands(found))
    elif options.format == "sarif":
        from resnet_dsl.diagnostics.sarif import as_sarif

        print(as_sarif(found, code, __version__))
    elif found:
        show_diagnostics(found)
    else:
        print(f"fine: {counted(networks, 'network')}")
