"""Say what tells two networks apart: structure, shapes, arguments, parameters and MACs, by stage and block.

  resnet-dsl diff resnet50 keras_resnet50
  resnet-dsl diff --base origin/main specs      what has become of each network since a commit, in git

With `--base` specs are those of files and folders: networks that are new, gone, moved to another file or changed are
told, and those that are as before are counted. `--format md` is for the comment of a pull request (docs/ci.md).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from resnet_dsl.analyses.difference import as_data, describe, difference
from resnet_dsl.cli.ending import FINE, SPEC
from resnet_dsl.cli.specs import SHOWN_HELP, locate, no_specs, shown, specs_in, told_apart
from resnet_dsl.failure import Failure
from resnet_dsl.syntax.reading import STDIN

if TYPE_CHECKING:
    from resnet_dsl.history import Revision, WantedFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPEC", help=f"two: {SHOWN_HELP}; with --base files and folders")
    parser.add_argument("--base", metavar="REV", help="compare with the specs of a commit, branch or tag in git")
    parser.add_argument("--exit-code", action="store_true", help="end with 1 where something tells them apart")
    parser.add_argument("--format", choices=("text", "json", "md"), default="text", help="how it is given")
    parser.set_defaults(set=[], input=[])


def run(options: argparse.Namespace) -> int:
    differs = _of_two(options) if options.base is None else _since(options)
    return SPEC if options.exit_code and differs else FINE


def _of_two(options: argparse.Namespace) -> bool:
    """Whether anything tells them apart."""
    if len(options.specs) != 2:
        what = f"`diff` compares two networks, not {len(options.specs)}"
        raise Failure(what, "`--base REV` takes any number")
    left, right = (shown(spec, options) for spec in options.specs)
    found = difference(left.facts, right.facts, told_apart(*zip(options.specs, (left, right), strict=True)))
    told = describe(found)
    if options.format == "json":
        print(json.dumps(as_data(found), indent=2))
    elif options.format == "md":
        from resnet_dsl.history import as_markdown, between

        sys.stdout.write(as_markdown([between(left.facts, right.facts, found)], " and ".join(found.names)))
    else:
        print("\n".join(told) or "nothing tells them apart")
    return bool(told)


def _since(options: argparse.Namespace) -> bool:
    """Whether any network is another one than it was."""
    from resnet_dsl import history

    base = history.read_revision(options.base, options.specs[0])
    found = history.changes(base, _wanted(options.specs, base))
    if options.format == "json":
        print(json.dumps(history.as_data(found), indent=2))
    elif options.format == "md":
        sys.stdout.write(history.as_markdown(found, f"Networks since {options.base}"))
    else:
        sys.stdout.write(history.as_text(found))
    return any(one.differs for one in found)


def _wanted(specs: list[str], base: Revision) -> Iterator[WantedFile]:
    """The files that SPEC arguments name; of folders also those that they held."""
    from resnet_dsl.history import WantedFile

    for spec in specs:
        if spec.partition(":")[0] == STDIN:
            raise Failure("`-` is in no commit", "`--base` is of files and folders")
        then = base.under(spec)
        if os.path.isdir(spec) or then:
            now = [base.path_of(path) for path in specs_in(spec)]
            if not (now or then):
                raise no_specs(spec)
            yield from map(WantedFile, dict.fromkeys([*now, *then]))
        else:
            path, network = locate(spec)
            yield WantedFile(base.path_of(path), network)
