"""Find every mistake in specs, without Keras.

All independent mistakes are reported in one run, in source order, each once, with place, cause and remedy. Folders are
searched for *.resnet files. `resnet-dsl explain CODE` says more about a diagnostic.
"""

from __future__ import annotations

import argparse
import sys

from resnet_dsl import pipeline
from resnet_dsl.cli.ending import FINE, SPEC, USAGE
from resnet_dsl.cli.specs import spec_files
from resnet_dsl.cli.streams import show_diagnostics
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.sentences import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="files, folders, `-`, or names of shipped networks")
    parser.add_argument("--strict", action="store_true", help="warnings are errors")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how diagnostics are given")
    parser.add_argument("--signal", action="store_true", help="warn where gradients are predicted to vanish or explode")


def run(options: argparse.Namespace) -> int:
    found: list[Diagnostic] = []
    unreadable = False
    networks = 0
    for path, network, in_folder in dict.fromkeys(spec_files(options.specs)):
        try:
            spec = pipeline.load(path, found=in_folder)
            found += spec.check(network)
        except Refusal as refusal:
            found += refusal.diagnostics
            unreadable = True
            continue
        chosen = list(spec.networks) if network is None else [network]
        networks += len(chosen)
        if options.signal and not any(one.severity == "error" for one in found):
            found += _signal(spec, chosen)
    _show(found, options, networks)
    if unreadable:
        return USAGE
    failed = any(one.severity == "error" or options.strict for one in found)
    return SPEC if failed else FINE


def _signal(spec: pipeline.Spec, networks: list[str]) -> list[Diagnostic]:
    from resnet_dsl.laboratory.signal import UnpredictableError, predict

    found: list[Diagnostic] = []
    for name in networks:
        compiled = spec.compile(name)
        try:
            warning = predict(compiled.graph, compiled.shapes).warning
        except UnpredictableError as unpredictable:
            print(f"note: no signal is predicted for {name}: {unpredictable}", file=sys.stderr)
            continue
        if warning is not None:
            place = Label(spec.networks[name].tree.name.span)
            remedy = "normalise, initialise by He, or put skip connections around two or three layers"
            found.append(Diagnostic("W0401", warning, place, help=remedy))
    return found


def _show(found: list[Diagnostic], options: argparse.Namespace, networks: int) -> None:
    if options.format == "json":
        from resnet_dsl.diagnostics.data import as_json

        print(as_json(found))
    elif found:
        show_diagnostics(found)
    else:
        print(f"fine: {counted(networks, 'network')}")
