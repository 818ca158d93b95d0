"""Warnings of a network that compiles."""

from __future__ import annotations

import sys

from resnet_dsl.cli.ending import colours_wanted
from resnet_dsl.pipeline import Compiled


def show_warnings(compiled: Compiled) -> None:
    """Draws them on the standard error."""
    if compiled.warnings:
        from resnet_dsl.diagnostics.draw import draw_all

        sys.stderr.write(draw_all(compiled.warnings, colours=colours_wanted(sys.stderr)))
