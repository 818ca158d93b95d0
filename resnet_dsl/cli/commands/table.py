"""Write networks as the table of a paper: stages in rows, networks in columns (He et al. 2015, Table 1).

With --rows a row for each network, with its counts; with --baseline also how far they are from that network's, and a
mark for each thing that tells the two apart: the left half of an ablation's table.

  resnet-dsl table ablation.resnet --baseline ablation.resnet:base -o ablation.tex
"""

from __future__ import annotations

import argparse
from collections import Counter

from resnet_dsl.cli.specs import SHOWN_HELP, Shown, add_spec, shown, shown_all
from resnet_dsl.cli.tables import add_form, put
from resnet_dsl.failure import Failure
from resnet_dsl.targets.table import Listed, Listing, NetworkTable, form_of, list_networks, tabulate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True, words=SHOWN_HELP)
    parser.add_argument("--rows", action="store_true", help="a row for each network, all of a file that holds several")
    parser.add_argument("--baseline", metavar="SPEC", help=f"with rows: compare with this network; {SHOWN_HELP}")
    add_form(parser, "with rows, in LaTeX: numbers aligned by siunitx")


def run(options: argparse.Namespace) -> int:
    form = form_of(options.output or "", options.to)
    rows = options.rows or options.baseline is not None
    if options.siunitx and not (rows and form == "latex"):
        raise Failure(
            "`--siunitx` is of rows in LaTeX", "name it with `--rows` or `--baseline`, and a .tex or `--to latex`"
        )
    return put(_listing(options) if rows else _table(options), form, options)


def _table(options: argparse.Namespace) -> NetworkTable:
    return tabulate([shown(spec, options).facts for spec in options.specs])


def _listing(options: argparse.Namespace) -> Listing:
    found = [(spec, one) for spec in options.specs for one in shown_all(spec, options)]
    if options.baseline is None:
        return list_networks(_told_apart(found))
    base = shown(options.baseline, options)
    others = [pair for pair in found if not _is_same(pair[1], base)]
    first, *rest = _told_apart([(options.baseline, base), *others])
    return list_networks([first, *rest], first)


def _is_same(one: Shown, other: Shown) -> bool:
    """Whether both are one network of one file."""
    return one.name == other.name and one.places == other.places


def _told_apart(found: list[tuple[str, Shown]]) -> list[Listed]:
    """Networks of one name are called after their files, too: ``a.resnet:net``."""
    names = Counter(one.name for _, one in found)
    return [Listed(one.name if names[one.name] == 1 else _place(spec, one.name), one.facts) for spec, one in found]


def _place(spec: str, name: str) -> str:
    return spec if spec == name or spec.endswith(f":{name}") else f"{spec}:{name}"
