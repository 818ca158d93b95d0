"""Parsers of arguments whose help is as wide as the terminal, and whose errors say what was probably meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from resnet_dsl.cli.streams import columns_of, flowing, said_columns, tell
from resnet_dsl.showing import line

_WIDTH = 100
"""Of a help where nobody says how wide it may be."""
_NARROWEST = 40


class Parser(argparse.ArgumentParser):
    """One whose words are safe to show. Abbreviations of options are none."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog=prog, formatter_class=_Layout, allow_abbrev=False, **options)

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As argparse's; of what is left over, the first option is asked for."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            option = next((one.partition("=")[0] for one in unknown if one.startswith("-")), "")
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant(option, self._option_string_actions)}")
        return options

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            near = meant(value, map(str, action.choices or ()))
            if near:  # the usage above has them all
                error.message = error.message.partition(" (choose from")[0] + near
            raise

    def error(self, message: str) -> NoReturn:
        """Tells it below the usage, and ends with 2."""
        self.print_usage(sys.stderr)
        tell(f"{self.prog}: error: {line(message)}")
        raise SystemExit(2)


def meant(word: str, known: Iterable[str]) -> str:
    """What a sentence goes on with where a known word is near."""
    from resnet_dsl.diagnostics.nearest import suggestion  # read where a word is wrong

    near = suggestion(word, known)
    return f"; {near}" if near else ""


class _Layout(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal; argparse's own way to ask for that costs an import at every start."""

    def __init__(self, prog: str) -> None:
        width = columns_of(sys.stdout) or said_columns()
        super().__init__(prog, width=max(width - 2, _NARROWEST) if width else _WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Paragraphs as they are written, but on a terminal that is narrower."""
        return super()._fill_text(flowing(text), width, indent)
