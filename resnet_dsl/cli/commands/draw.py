"""Draw networks, or blocks in close-up, as a figure: svg, png, pdf, dot, tex, pptx, drawio or html, by its ending.

The figures of the paper (He et al. 2015):
  Figure 2   resnet-dsl draw resnet34 --block basic --formula -o fig2.svg
  Figure 3   resnet-dsl draw plain34 resnet34 --level block -o fig3.svg
  Figure 5   resnet-dsl draw resnet34 resnet50 --block basic --block bottleneck --level block -o fig5.svg
Several panels with letters: resnet-dsl draw figure.toml -o figure.pdf (docs/figures.md).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from resnet_dsl.cli import panels
from resnet_dsl.cli.drawing import check_options, draw_networks, networks_of, unused
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.parser import meant
from resnet_dsl.cli.specs import SHOWN_HELP, Shown, add_spec, shown
from resnet_dsl.cli.streams import claim, tell, wrote
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place
from resnet_dsl.targets.figure import (
    ALT_ENDING,
    ALTS,
    CAPTIONS,
    ENGINES,
    FACTS,
    FRAMES,
    LAYOUTS,
    LEVELS,
    STEPS,
    VIEWS,
    WRITINGS,
    Figure,
    format_of,
    write_page,
)
from resnet_dsl.targets.figure.theme import BASE, read_theme, theme_names
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
    parser.add_argument(
        "--roadmap",
        action="store_true",
        help="a network and those it derives from, or several in order: a row a step, bars of parameters and MACs",
    )
    parser.add_argument("--frame", choices=FRAMES, help="a dashed box with its name round each stage, or each block")
    parser.add_argument("--wide", action="store_true", help="flow to the right, for slides")
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        help="a lane each resolution, a column, or a row, as --wide (default: lanes where maps of several sizes meet)",
    )
    parser.add_argument("--view", choices=VIEWS, help="boxes (default), or what they make as volumes, by stages")
    parser.add_argument(
        "--volume",
        type=_laws,
        metavar="EDGE=LAW",
        help="with --view volume: side=sqrt,thickness=log (default), or linear",
    )
    parser.add_argument(
        "--theme",
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
    parser.add_argument(
        "--steps",
        choices=STEPS,
        help="of an .svg, .tex or .pptx: shown step by step (animated; overlays of beamer; a slide each)",
    )
    parser.add_argument("--fragments", action="store_true", help="with --steps, of an .svg: for reveal.js and Quarto")
    parser.add_argument("--standalone", action="store_true", help="of a .tex: a whole document, as large as the figure")
    parser.add_argument(
        "--caption",
        choices=tuple(CAPTIONS),
        help="what its lines and colours mean and what its networks cost, beside it: FILE.caption.tex, .md or .txt",
    )
    parser.add_argument(
        "--alt",
        choices=ALTS,
        help="it in words for those who do not see it, in the caption or beside it: FILE.alt.txt",
    )
    parser.add_argument(
        "--engine", choices=ENGINES, help="the Graphviz for .png: pip's (default), or the system's (.pdf, too)"
    )


def run(options: argparse.Namespace) -> int:
    if any(map(panels.is_figure_file, options.specs)):
        return _save(options, panels.output_of(options), lambda path: panels.draw_file(options, add_arguments))
    networks = networks_of(options, lambda spec: shown(spec, options))
    if options.title and len(options.title) != len(networks):
        raise Failure("there are as many `--title` as networks, or none")
    output = f"{networks[-1 if options.roadmap else 0].name}.svg" if options.output is None else options.output
    return _save(options, output, lambda path: _drawn(options, networks, path))


def _drawn(options: argparse.Namespace, networks: Sequence[Shown], path: str) -> Figure | None:
    """None where a page was written."""
    theme = read_theme(BASE if options.theme is None else options.theme, options.theme_set)
    if Path(path).suffix.lower() != ".html":
        paper = {"width": options.width, "height": options.height, "scale": options.scale, "engine": options.engine}
        return draw_networks(options, networks, theme=theme, **paper)
    write_whole(path, write_page([one.facts for one in networks], [one.places for one in networks], theme))
    if options.width or options.height or options.scale:
        tell("warning: a page has no size on paper: name an .svg or .pdf for one")
    if theme.more_than_colours:
        tell("warning: a page takes a theme's colours alone: name an .svg for all of it")
    return None


def _save(options: argparse.Namespace, output: str, draw: Callable[[str], Figure | None]) -> int:
    """Claims the output before anything is drawn."""
    path = claim(output)
    format_of(path, [form.ending for form in FIGURES.values()])
    if options.text and Path(path).suffix.lower() not in ("", FIGURES["svg"].ending):
        raise Failure("`--text` is of an .svg alone", "leave it out, or name an .svg")
    _refuse_of_other_forms(options, Path(path).suffix.lower() or FIGURES["svg"].ending)
    check_options(options, path)
    for warning in unused(options, path):
        tell(f"warning: {warning}")
    require("draw", options)
    beside = _beside(path, options)
    drawn = draw(path)
    if drawn is not None:
        words = {other: _words(other, drawn, options, Path(path).name) for other in beside}
        drawn = drawn.with_text(options.text or "free").with_document(options.standalone)
        (drawn.with_steps(options.steps, options.fragments) if options.steps else drawn).save(path)
        for warning in drawn.warned(format_of(path)):
            tell(f"warning: {warning}")
        if drawn.notes:
            tell(f"note: to fit the paper {', '.join(drawn.notes)}")
        for other, text in words.items():
            write_whole(other, text)
    for written in (path, *beside):
        print(wrote(written))
    return FINE


def _refuse_of_other_forms(options: argparse.Namespace, ending: str) -> None:
    """Options of forms that are not asked for."""
    svg, tex, pptx = (FIGURES[one].ending for one in ("svg", "tex", "pptx"))
    if options.standalone and ending != tex:
        raise Failure("`--standalone` is of a .tex alone", "leave it out, or name a .tex")
    if options.steps and ending not in (svg, tex, pptx):
        said = f"`--steps` is of an .svg, .tex or .pptx: a {ending} stands still"
        raise Failure(said, "leave it out, or name one of these")
    if options.fragments and not (options.steps and ending == svg):
        raise Failure("`--fragments` is of an .svg with `--steps`", "say `--steps stage`, or leave it out")


def _beside(path: str, options: argparse.Namespace) -> list[str]:
    """The files of words that are asked for, beside the figure's, and called as it is. Raises Failure."""
    endings = [CAPTIONS[options.caption]] if options.caption else []
    endings += [ALT_ENDING] if options.alt and options.caption is None else []
    if endings and (place(path).stream or Path(path).suffix.lower() == FIGURES["html"].ending):
        raise Failure("words of a figure are written beside its file", "name a file, and no page: `-o net.svg`")
    return [claim(f"{Path(path).with_suffix('')}{ending}") for ending in endings]


def _words(path: str, drawn: Figure, options: argparse.Namespace, file: str) -> str:
    return drawn.alt(options.alt) if path.endswith(ALT_ENDING) else drawn.caption(options.caption, options.alt, file)


def _laws(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part]
    if not all(law for _, _, law in pairs):
        raise argparse.ArgumentTypeError("say it as side=linear or side=sqrt,thickness=log")
    return {edge: law for edge, _, law in pairs}


def _facts(text: str) -> list[str]:
    facts = [fact for fact in text.split(",") if fact]
    unknown = [fact for fact in facts if fact not in FACTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"`{unknown[0]}` is none of {', '.join(FACTS)}{meant(unknown[0], FACTS)}")
    return facts
