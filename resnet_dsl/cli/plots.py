"""Plots by the options of commands that measure."""

from __future__ import annotations

import argparse
from pathlib import Path

from resnet_dsl.cli.needs import require
from resnet_dsl.cli.streams import claim


def claim_plot(command: str, options: argparse.Namespace) -> None:
    """Claims the file of a plot, if one is asked for. Raises Failure, before any work, where it cannot be drawn."""
    if options.output is not None:
        claim(options.output)
    require(command, options)
    if options.output is not None:
        from resnet_dsl.laboratory.plotting import form_of

        form_of(Path(options.output))
