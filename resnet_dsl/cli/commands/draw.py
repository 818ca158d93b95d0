"""Draw networks, or blocks in close-up, as a figure: svg, png, pdf, dot, tex, pptx, drawio or html, by its ending.

The figures of the paper (He et al. 2015):
  Figure 2   resnet-dsl draw resnet34 --block basic --formula -o fig2.svg
  Figure 3   resnet-dsl draw plain34 resnet34 --level block -o fig3.svg
  Figure 5   resnet-dsl draw resnet34 resnet50 --block basic --block bottleneck --level block -o fig5.svg
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.specs import SHOWN_HELP, add_spec, shown, told_apart
from resnet_dsl.cli.streams import claim, wrote
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import (
    ENGINES,
    FACTS,
    FRAMES,
    LAYOUTS,
    LEVELS,
    WRITINGS,
    block_figure,
    figure,
    format_of,
    write_page,
)
from resnet_dsl.targets.figure.theme import read_theme, theme_names
from resnet_dsl.targets.forms import FIGURES, endings
from resnet_dsl.writing import write_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True, words=SHOWN_HELP)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"FILE{endings(FIGURES)}; `-`: SVG (default: NETWORK.svg)",
    )
    parser.add_argument("--level", choices=LEVELS, help="how much is shown (default: what is readable)")
    parser.add_argument(
        "--block", action="append", default=[], metavar="NAME", help="this block or stage in close-up; repeatable"
    )
    parser.add_argument(
        "--inset",
        action="append",
        default=[],
        metavar="NAME[@PLACE]",
        help="this block in close-up beside the network, lines to its place: bottleneck@conv3; repeatable",
    )
    parser.add_argument("--formula", action="store_true", help="with --block: x, F(x), F(x) + x, as in Figure 2")
    parser.add_argument(
        "--diff", action="store_true", help="two networks: what differs is marked and told below, with the sums"
    )
    parser.add_argument("--frame", choices=FRAMES, help="a dashed box with its name round each stage, or each block")
    parser.add_argument("--wide", action="store_true", help="flow to the right, for slides")
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        help="a lane each resolution, a column, or a row, as --wide (default: lanes where maps of several sizes meet)",
    )
    parser.add_argument(
        "--theme",
        default="light",
        metavar="THEME",
        help=f"how it looks: {', '.join(theme_names())}, a FILE.toml, or several with commas between (default: light)",
    )
    parser.add_argument(
        "--theme-set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="one key of a theme: box.height=12; repeatable",
    )
    parser.add_argument("--show", type=_facts, default=[], metavar="WHAT", help="facts in each row: params,macs,shape")
    parser.add_argument(
        "--title", action="append", metavar="TEXT", help="above a network, instead of its name; repeatable"
    )
    parser.add_argument(
        "--width", metavar="WIDTH", help="fit it to paper, rows in 7 pt: 85mm, 8.5cm, 3.3in, 240pt; full"
    )
    parser.add_argument("--height", metavar="HEIGHT", help="with --width: at most so high (default: 8.875in, a page)")
    parser.add_argument("--scale", action="store_true", help="with --width: letters and all scaled to it instead")
    parser.add_argument(
        "--text",
        choices=WRITINGS,
        help="words of an .svg: free to be edited (default), fixed in width, or as paths, alike everywhere",
    )
    parser.add_argument("--standalone", action="store_true", help="of a .tex: a whole document, as large as the figure")
    parser.add_argument(
        "--engine", choices=ENGINES, help="the Graphviz for .png: pip's (default), or the system's (.pdf, too)"
    )


def run(options: argparse.Namespace) -> int:
    networks = [shown(spec, options) for spec in options.specs]
    if options.title and len(options.title) != len(networks):
        raise Failure("there are as many `--title` as networks, or none")
    path = claim(f"{networks[0].name}.svg" if options.output is None else options.output)
    if options.text and Path(path).suffix.lower() not in ("", FIGURES["svg"].ending):
        raise Failure("`--text` is of an .svg alone", "leave it out, or name an .svg")
    _refuse_of_whole_networks(options, path)
    if options.standalone and Path(path).suffix.lower() != FIGURES["tex"].ending:
        raise Failure("`--standalone` is of a .tex alone", "leave it out, or name a .tex")
    require("draw", options)
    theme = read_theme(options.theme, options.theme_set)
    facts = [network.facts for network in networks]
    if Path(path).suffix.lower() == ".html":
        write_whole(path, write_page(facts, [network.places for network in networks], theme))
        if options.width or options.height or options.scale:
            print("warning: a page has no size on paper: name an .svg or .pdf for one", file=sys.stderr)
    else:
        paper = {"width": options.width, "height": options.height, "scale": options.scale}
        shared = {"theme": theme, "show": options.show, "engine": options.engine, **paper}
        if options.block:
            if options.layout == "lanes":
                raise Failure("a block in close-up has no lanes", "leave `--layout` or `--block` out")
            chosen = options.block, options.level, options.wide or options.layout == "row"
            drawn = block_figure(facts, *chosen, formula=options.formula, **shared)
        else:
            titles = options.title or (told_apart(*zip(options.specs, networks, strict=True)) if options.diff else None)
            more = {"differences": options.diff, "frame": options.frame, "insets": options.inset}
            more |= {"titles": titles, "layout": options.layout}
            drawn = figure(facts, options.level, options.wide, **more, **shared)
        drawn.with_text(options.text or "free").with_document(options.standalone).save(path)
        for warning in drawn.warned(format_of(path)):
            print(f"warning: {warning}", file=sys.stderr)
        if drawn.notes:
            print(f"note: to fit the paper {', '.join(drawn.notes)}", file=sys.stderr)
    print(wrote(path))
    return FINE


def _refuse_of_whole_networks(options: argparse.Namespace, path: str) -> None:
    """Options of pictures of whole networks, where another figure is asked for."""
    if options.diff and len(options.specs) != 2:
        raise Failure(f"`--diff` compares two networks, and {len(options.specs)} are named", "name two")
    others = ("--block", options.block), (".html", Path(path).suffix.lower() == ".html")
    own = ("--diff", options.diff), ("--frame", options.frame), ("--inset", options.inset)
    for (option, asked), (other, given) in product(own, others):
        if asked and given:
            raise Failure(f"`{option}` is of whole networks in a picture, and not of `{other}`", "leave one out")


def _facts(text: str) -> list[str]:
    facts = [fact for fact in text.split(",") if fact]
    unknown = [fact for fact in facts if fact not in FACTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"`{unknown[0]}` is none of {', '.join(FACTS)}")
    return facts
