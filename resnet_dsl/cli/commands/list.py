"""List the networks that ship, family by family, with their counts and documentation; or the themes of figures."""

from __future__ import annotations

import argparse
import json

from resnet_dsl.catalogue import Entry, entries
from resnet_dsl.cli.ending import FINE
from resnet_dsl.failure import Failure
from resnet_dsl.shipped import shipped_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("family", nargs="?", metavar="FAMILY", help="only this family")
    parser.add_argument("--names", action="store_true", help="only the names")
    parser.add_argument("--themes", action="store_true", help="the themes of figures instead")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how they are given")


def run(options: argparse.Namespace) -> int:
    if options.themes:
        return _list_themes(options)
    files = [file for file in shipped_files() if file.networks and options.family in (None, file.family)]
    if not files:
        from resnet_dsl.diagnostics.nearest import suggestion  # only a mistake needs it

        known = dict.fromkeys(file.family for file in shipped_files() if file.networks)
        remedy = suggestion(options.family, known) or f"the families are {', '.join(known)}"
        raise Failure(f"no networks of a family `{options.family}` ship", remedy)
    if options.names:
        print("\n".join(name for file in files for name in file.networks))
        return FINE
    found = entries(files)
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        _print(found)
    return FINE


def _list_themes(options: argparse.Namespace) -> int:
    from resnet_dsl.targets.figure.theme import about, theme_names  # a list of networks draws no figure

    if options.family is not None:
        raise Failure("themes have no families", "leave one of the two out")
    found = {name: about(name) for name in theme_names()}
    if options.format == "json":
        print(json.dumps([{"name": name, "about": words} for name, words in found.items()], indent=2))
    elif options.names:
        print("\n".join(found))
    else:
        width = max(map(len, found))
        print("\n".join(f"{name:<{width}}  {words}" for name, words in found.items()))
    return FINE


def _print(found: list[Entry]) -> None:
    width = max(len(entry["name"]) for entry in found)
    family = None
    for entry in found:
        if entry["family"] != family:
            print(("" if family is None else "\n") + (entry["family"] or "specs"))
            family = entry["family"]
        macs = "?" if entry["macs"] is None else _macs(entry["macs"])
        first = entry["doc"].splitlines()[0] if entry["doc"] else ""
        params = f"{entry['params'] / 1e6:7.2f} M"
        print(f"  {entry['name']:<{width}}  {params}  {macs:>12}  {entry['input']:<11}  {first}".rstrip())


def _macs(count: int) -> str:
    """``4.09 GMACs``, in a smaller unit where that would be nothing."""
    unit, size = ("G", 1e9) if count >= 1e7 else ("M", 1e6)
    return f"{count / size:.2f} {unit}MACs"
