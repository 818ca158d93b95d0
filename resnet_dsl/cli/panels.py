"""A figure of several panels, by a file (figure.toml): each panel has the words of a call of `draw`.

A stranger's file draws networks of specs and does nothing else: its words are read by the parser of `draw`, no other
program sees them, and no file is opened that does not end in .resnet, or, as its theme, in .toml.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from resnet_dsl import outputs, shipped
from resnet_dsl.cli.drawing import check_options, draw_networks, networks_of
from resnet_dsl.cli.parser import Parser
from resnet_dsl.cli.specs import Shown, compile_spec
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.syntax.reading import ENDING
from resnet_dsl.targets.figure import Figure, TooNarrowError
from resnet_dsl.targets.figure.drawing import length_in_points, width_in_points
from resnet_dsl.targets.figure.panels import LETTERS, Draw, Panel, PanelGrid, letters_of, panel_figure
from resnet_dsl.targets.figure.theme import BASE, Theme, beside, read_theme
from resnet_dsl.targets.figure.theme.lengths import LENGTHS, points
from resnet_dsl.toml import BoundedNumber, Key, KeyedTable, LineOfText, OneOf, Said, Several, read_toml

_ENDING = ".toml"
_MOST_PANELS = 24
_CANNOT, _NO_OPTION = "E0268", "E0269"
_OF_PANELS = (
    *("specs", "set", "input", "title", "level", "layout", "wide", "show"),
    *("block", "formula", "diff", "frame", "inset", "roadmap", "view", "volume"),
)
"""What the words of a panel may say; all else is of the whole figure."""
_OF_FIGURES = (
    *("output", "theme", "theme_set", "width", "height", "text", "engine", "standalone"),
    *("steps", "fragments", "caption", "alt", "specs"),
)

_NARROW = "put fewer panels in a row (`columns`), make the figure wider (`width`), or draw it at a coarser level"
_LENGTH = LineOfText(longest=20, form=points, said=f"a length such as {LENGTHS}")
_PANEL = KeyedTable(
    {
        "draw": Key(LineOfText(longest=500, said="what stands behind `resnet-dsl draw`, in quotes"), required=True),
        "letter": Key(LineOfText(longest=12)),
        "caption": Key(LineOfText(longest=400)),
    }
)


FORM = KeyedTable(
    {
        "columns": Key(BoundedNumber(1, _MOST_PANELS, whole=True)),
        "letters": Key(OneOf(LETTERS)),
        "theme": Key(LineOfText(said='themes that ship, or files beside this one, such as "cvpr" or "cvpr,mine.toml"')),
        "width": Key(_LENGTH),
        "height": Key(_LENGTH),
        "panel": Key(Several(_PANEL, least=1, most=_MOST_PANELS), required=True),
    }
)


def is_figure_file(spec: str) -> bool:
    """Whether it names a file of panels."""
    return spec.lower().endswith(_ENDING)


def output_of(options: argparse.Namespace) -> str:
    """Where the figure goes. Raises Failure for options that a panel has, and for another spec beside the file."""
    if len(options.specs) > 1:
        raise Failure("a file of panels is a figure by itself", "draw it alone, or name the others in its panels")
    for name in _given(options, argparse.ArgumentParser()):
        if name not in (*_OF_FIGURES, *_OF_PANELS):
            raise Failure(f"a figure of panels has no `{_option(name)}`", "leave it out")
        if name not in _OF_FIGURES:
            raise Failure(f"`{_option(name)}` is of a panel, and not of the whole figure", "write it in its `draw = …`")
    named = f"{os.path.splitext(os.path.basename(options.specs[0]))[0]}.svg"
    output = named if options.output is None else options.output
    if output.lower().endswith(".html"):
        raise Failure("a page has no panels", "name a picture: .svg, .pdf, .tex")
    outputs.reads(options.specs[0])
    return str(output)


def draw_file(options: argparse.Namespace, add_arguments: Callable[[argparse.ArgumentParser], None]) -> Figure:
    """The figure that the file asks for. ``add_arguments``: those of `draw`. Raises Refusal or Failure."""
    said = read_toml(options.specs[0], FORM)
    values = said.values
    theme = read_theme(options.theme or _themes(said), options.theme_set)
    grid = _grid(options, values, theme)
    letters = letters_of(len(values["panel"]), grid.letters)
    words = _all_words(said, add_arguments)
    draws = [_draw(said, number, own, theme, options.engine) for number, own in enumerate(words)]
    shown = zip(draws, values["panel"], letters, strict=True)
    panels = [Panel(draw, one.get("letter", letter), one.get("caption", "")) for draw, one, letter in shown]
    return panel_figure(panels, grid, theme)


def _themes(said: Said) -> list[str]:
    """The themes that the file names. Raises Refusal where one is none."""
    return [beside(said, ("theme",), name.strip()) for name in said.values.get("theme", BASE).split(",")]


def _grid(options: argparse.Namespace, values: Mapping[str, Any], theme: Theme) -> PanelGrid:
    """Lengths of the command line, else those of the file, else the theme's. Raises Failure for a height alone."""
    width = values.get("width") if options.width is None else width_in_points(options.width, theme)
    height = values.get("height") if options.height is None else length_in_points(options.height, "height")
    width = width or theme.page.width
    if width is None and height is not None:
        raise Failure("the `height` of a figure of panels needs a `width`", "say how wide it is printed")
    columns, style = values.get("columns", len(values["panel"])), values.get("letters", LETTERS[0])
    return PanelGrid(columns, style, width, height or theme.page.max_height)


class _Words(Parser):
    """Reads the words of a panel; what it cannot read it raises."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _all_words(said: Said, add_arguments: Callable[[argparse.ArgumentParser], None]) -> list[argparse.Namespace]:
    """The words of all panels as options. Raises Refusal with all that is wrong in them."""
    parser = _Words("draw", add_help=False)
    add_arguments(parser)
    found: list[argparse.Namespace] = []
    wrong: list[Diagnostic] = []
    for number in range(len(said.values["panel"])):
        try:
            found.append(_read(said, number, parser))
        except Refusal as refusal:
            wrong += refusal.diagnostics
    if wrong:
        raise Refusal(tuple(wrong))
    return found


def _read(said: Said, number: int, parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The words of one panel. Raises Refusal at them."""
    try:
        options = parser.parse_args(shlex.split(said.values["panel"][number]["draw"]))
    except ValueError as error:
        message, _, near = str(error).partition("; did you mean")
        help = f"did you mean{near}" if near else "write what stands behind `resnet-dsl draw`: `resnet50 --level stage`"
        raise _cannot(said, number, message, help) from None
    for name in _given(options, parser):
        if name not in _OF_PANELS:
            message = f"`{_option(name)}` is of the whole figure, and not of a panel"
            help = "leave it out here, and give it to `resnet-dsl draw`, or to the file where it has such a key"
            raise Refusal((said.mistake(_NO_OPTION, ("panel", number, "draw"), message, help=help),))
    return options


def _draw(said: Said, number: int, options: argparse.Namespace, theme: Theme, engine: str | None) -> Draw:
    """Draws one panel; its networks are compiled once, when it is first drawn. Mistakes are told at its words."""
    folder = os.path.dirname(said.source.path or "")
    networks: list[Shown] = []

    def draw(width: str | None, height: str | None) -> Figure:
        try:
            if not networks:
                check_options(options, "")
                options.specs = [_spec(spec, folder) for spec in options.specs]
                networks.extend(networks_of(options, lambda spec: compile_spec(spec, options)))
            return draw_networks(options, networks, theme=theme, engine=engine, width=width, height=height, scale=False)
        except TooNarrowError as failure:
            raise _cannot(said, number, f"in its share of the row {failure.lines[0]}", _NARROW) from None
        except Failure as failure:
            raise _cannot(said, number, failure.lines[0], failure.remedy) from None

    return draw


def _given(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[str]:
    """The names of what is not left at its default."""
    nothing: tuple[object, ...] = (None, False, [])
    return [name for name, value in vars(options).items() if value not in (parser.get_default(name), *nothing)]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _cannot(said: Said, number: int, message: str, remedy: str | None) -> Refusal:
    told = f"this panel cannot be drawn: {message}"
    return Refusal((said.mistake(_CANNOT, ("panel", number, "draw"), told, help=remedy),))


def _spec(spec: str, folder: str) -> str:
    """A spec of a panel: a file from the folder of the figure's file on, or a network that ships. Raises Failure."""
    file, colon, network = spec.rpartition(":") if not spec.endswith(ENDING) else (spec, "", "")
    if file.endswith(ENDING):
        return f"{os.path.join(folder, file)}{colon}{network}"
    found = shipped.find(spec)
    if found is None:
        named = f"`{spec}` is no network that ships, and no file that ends in {ENDING}"
        raise Failure(named, "`resnet-dsl list` shows those that ship; a file is named from the folder of this one on")
    return f"{found}:{spec}"
