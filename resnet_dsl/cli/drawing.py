"""A figure by the options of `draw`: of networks, for a command line or for a panel."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from resnet_dsl.cli.specs import Shown, is_model, lineage, told_apart
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import VIEWS, Figure, block_figure, figure, roadmap_figure


def draw_networks(options: argparse.Namespace, networks: Sequence[Shown], **paper: Any) -> Figure:
    """``paper``: theme, width, height, scale, engine. Raises Failure for options that do not go together."""
    if options.title and len(options.title) != len(networks):
        raise Failure("there are as many `--title` as networks, or none")
    facts = [network.facts for network in networks]
    if options.roadmap:
        if paper.pop("height", None) or paper.pop("scale", False):
            raise Failure("a roadmap is as high as its rows", "leave `--height` and `--scale` out")
        return roadmap_figure([one.facts for one in networks], titles=options.title, **paper)
    paper |= {"view": options.view or VIEWS[0], "volume": options.volume}
    if options.block:
        if options.layout == "lanes":
            raise Failure("a block in close-up has no lanes", "leave `--layout` or `--block` out")
        chosen = options.block, options.level, options.wide or options.layout == "row"
        return block_figure(facts, *chosen, formula=options.formula, show=options.show, **paper)
    titles = options.title or (told_apart(*zip(options.specs, networks, strict=True)) if options.diff else None)
    more = {"differences": options.diff, "frame": options.frame, "insets": options.inset}
    more |= {"titles": titles, "layout": options.layout, "show": options.show}
    return figure(facts, options.level, options.wide, **more, **paper)


def check_options(options: argparse.Namespace, path: str) -> None:
    """Raises Failure for options of pictures of whole networks, where another figure is asked for."""
    if options.diff and len(options.specs) != 2:
        raise Failure(f"`--diff` compares two networks, not {len(options.specs)}", "name two")
    others = ("--block", options.block), (".html", Path(path).suffix.lower() == ".html")
    own = [(f"--{name}", getattr(options, name)) for name in ("diff", "frame", "inset", "roadmap")]
    for (option, asked), (other, given) in product(own, others):
        if asked and given:
            raise Failure(f"`{option}` is of whole networks in a picture, and not of `{other}`", "leave one out")
    if (options.view or options.volume) and Path(path).suffix.lower() == ".html":
        raise Failure("a page has boxes alone, which unfold", "leave `--view` out, or name an .svg")
    if options.layout and Path(path).suffix.lower() == ".html":
        raise Failure("a page unfolds, and has one layout", "leave `--layout` out, or name an .svg")
    of_rows = (
        "level",
        "layout",
        "wide",
        "show",
        "view",
        "volume",
        "formula",
        "diff",
        "frame",
        "inset",
        "block",
        "caption",
        "alt",
    )
    for name in of_rows if options.roadmap else ():
        if getattr(options, name):
            raise Failure(f"a roadmap has a row a network, and no `--{name}`", "leave one out")


def unused(options: argparse.Namespace, path: str) -> Iterator[str]:
    """What is asked for and has no meaning in the figure that is asked for: warnings."""
    if Path(path).suffix.lower() == ".html":
        for name in ("level", "wide", "show", "title", "block", "formula"):
            if getattr(options, name):
                yield f"a page is the whole network, which unfolds: `--{name}` says nothing there"
    elif options.formula and not options.block:
        yield "`--formula` is of a close-up, `--block NAME`: it says nothing here"
    elif options.block and options.title:
        yield "a close-up has the name of its block: `--title` says nothing there"


def networks_of(options: argparse.Namespace, read: Callable[[str], Shown]) -> list[Shown]:
    """The networks that are named; of a roadmap of one also those that it derives from. ``read``: one by its name."""
    if options.roadmap and len(options.specs) == 1 and not is_model(options.specs[0]):
        return list(lineage(options.specs[0], options))
    return [read(spec) for spec in options.specs]
