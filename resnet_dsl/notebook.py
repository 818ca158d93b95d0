"""Cells of a notebook that hold a text of the language: ``%load_ext resnet_dsl``, then ``%%resnet``."""

from __future__ import annotations

import argparse
from keyword import iskeyword
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from resnet_dsl import pipeline
from resnet_dsl.api import Spec
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.failure import as_html
from resnet_dsl.targets.figure import LEVELS

CELL = "<cell>"
"""What a cell is called in messages."""

_ARGUMENTS = (
    argument("name", nargs="?", help="the variable that the spec is bound to"),
    argument("--level", choices=LEVELS, help="how much its figure shows (default: what is readable)"),
    argument("--quiet", action="store_true", help="show nothing but warnings and mistakes"),
)


def register(shell: Any) -> None:
    """Makes ``%%resnet`` known to an IPython shell, where it binds names in the reader's own namespace."""

    def resnet(line: str, cell: str) -> None:
        """Check the text in this cell, and show its network as a figure, several as a table.

        %%resnet mine --level block
        network tiny { ... }
        """
        options = parse_argstring(magic, line)
        if options.name is not None and (iskeyword(options.name) or not options.name.isidentifier()):
            raise UsageError(f"`{options.name}` is no name of a variable: write `%%resnet mine`")
        spec, warnings = _read(cell)
        if options.name is not None:
            shell.user_ns[options.name] = spec
        _show(spec, warnings, options)

    magic: Any = resnet
    for add in (*reversed(_ARGUMENTS), magic_arguments()):
        magic = add(magic)
    shell.register_magic_function(magic, "cell", "resnet")


def _read(cell: str) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """The spec in a cell, and its warnings. Raises Refusal with all mistakes of its text and of each network."""
    spec = pipeline.load_text(cell, CELL)
    told = spec.check()
    pipeline.stop_at_errors(told)
    return Spec(spec), told


def _show(spec: Spec, warnings: tuple[Diagnostic, ...], options: argparse.Namespace) -> None:
    alone = len(spec.networks) == 1
    if warnings and (alone or options.quiet):
        display(_Remarks(warnings))
    if not options.quiet:
        display(spec.network().figure(options.level) if alone else spec)


class _Remarks:
    """Warnings, as a terminal and as a page show them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self._diagnostics = diagnostics

    def __repr__(self) -> str:
        return draw_all(self._diagnostics)

    def _repr_html_(self) -> str:
        return as_html(draw_all(self._diagnostics, colours=True))
