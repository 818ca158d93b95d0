"""A figure by the options of `draw`: of networks, for a command line or for a panel."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from resnet_dsl.cli.specs import Shown, told_apart
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import Figure, block_figure, figure


def draw_networks(options: argparse.Namespace, networks: Sequence[Shown], **paper: Any) -> Figure:
    """``paper``: theme, width, height, scale, engine. Raises Failure for options that do not go together."""
    if options.title and len(options.title) != len(networks):
        raise Failure("there are as many `--title` as networks, or none")
    facts = [network.facts for network in networks]
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
        raise Failure(f"`--diff` compares two networks, and {len(options.specs)} are named", "name two")
    others = ("--block", options.block), (".html", Path(path).suffix.lower() == ".html")
    own = ("--diff", options.diff), ("--frame", options.frame), ("--inset", options.inset)
    for (option, asked), (other, given) in product(own, others):
        if asked and given:
            raise Failure(f"`{option}` is of whole networks in a picture, and not of `{other}`", "leave one out")
