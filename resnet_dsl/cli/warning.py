"""Warnings of a network that compiles."""

from __future__ import annotations

from resnet_dsl.cli.streams import show_diagnostics
from resnet_dsl.pipeline import Compiled


def show_warnings(compiled: Compiled) -> None:
    """Draws them on the standard error."""
    if compiled.warnings:
        show_diagnostics(compiled.warnings)
