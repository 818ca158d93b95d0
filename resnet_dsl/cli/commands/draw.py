"""Draw networks or a block as a figure: svg, png or dot, by the ending of the output's name."""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.targets.figure import figure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True)
    parser.add_argument("-o", "--output", metavar="FILE", help="FILE.svg, .png or .dot (default: NETWORK.svg)")
    parser.add_argument(
        "--level", choices=("stage", "block", "layer"), help="how much is shown (default: what is readable)"
    )
    parser.add_argument("--wide", action="store_true", help="flow to the right, for slides")
    parser.add_argument("--theme", choices=("light", "dark", "mono", "auto"), default="light", help="colours")
    parser.add_argument("--show", default="", metavar="WHAT", help="facts in each row: params,macs,shape")


def run(options: argparse.Namespace) -> int:
    networks = [compile_spec(spec, options) for spec in options.specs]
    shown = [fact for fact in options.show.split(",") if fact]
    drawn = figure(networks, level=options.level, wide=options.wide, theme=options.theme, show=shown)
    path = options.output or f"{networks[0].name}.svg"
    drawn.save(path)
    print(f"wrote {path}")
    return FINE
