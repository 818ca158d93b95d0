"""How a theme is written: its tables, their keys, and what each may be."""

from __future__ import annotations

import re

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.theme.colours import hexadecimal
from resnet_dsl.targets.figure.theme.lengths import LENGTHS, points
from resnet_dsl.toml import BoundedNumber, Flag, Key, KeyedTable, LineOfText, NamedTable, OneOf, Several

ALWAYS_DRAWN = ("input", "weighted", "attention", "merge")
"""Kinds of operations without which a figure would not be the network."""
KINDS = ("weighted", "attention", "norm", "activation", "pool", "reshape", "noise", "scale", "merge")
"""Kinds of operations; the name of one operation says more than its kind."""
_MOST_FILLS = 24
_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise ValueError(f"`{text[:20]}` is no language")
    return text


_NAMES = (*KINDS, *(name for name in OPERATIONS if name != "input"))


def _named_here(word: str) -> str | None:
    """The operation that a word of another tool is: `batchnorm` for `bn`."""
    from resnet_dsl.vocabulary.table import find  # read for a mistake alone

    steps = (row.step_of(word).partition("(")[0] for row in find(word) if not (row.none or row.row or row.member))
    return next((step for step in steps if step in _NAMES), None)


_LENGTH = LineOfText(20, points, f'a length in quotes, "{LENGTHS.partition(",")[0]}" or in cm, in, pt')
_COLOUR = LineOfText(20, hexadecimal, 'a colour in quotes, such as "#D5E8F7"')
_FILLS = Several(_COLOUR, 1, _MOST_FILLS)
_SIZE = BoundedNumber(3, 200)
_STROKE = BoundedNumber(0.05, 20)
_SCALE = OneOf(("linear", "sqrt", "log"))
_SHOWS = OneOf(("fold", "thin", "box", "hide"))

_KIND = KeyedTable(
    {
        "show": Key(_SHOWS, "as a box, a thin one without a fill, folded into the row before, or not at all"),
        "fill": Key(_COLOUR, "of its boxes, whatever colours go by"),
        "words": Key(LineOfText(40), "its name in figures"),
    }
)
FORM = KeyedTable(
    {
        "about": Key(LineOfText(300), "what the theme is for, and where its numbers come from"),
        "extends": Key(Several(LineOfText(200), 0, 8), "themes that this one begins with: names, or files beside it"),
        "page": Key(
            KeyedTable(
                {
                    "width": Key(_LENGTH, "of the figure as printed; `--width` says another one"),
                    "full": Key(_LENGTH, "what `--width full` is: across all columns"),
                    "max_height": Key(_LENGTH, "of the figure as printed; `--height` says another one"),
                    "background": Key(OneOf(("ground", "none")), "the ground painted, or nothing below the figure"),
                    "adaptive": Key(Flag(), "in an .svg and a page: the dark theme's colours on a dark screen"),
                }
            )
        ),
        "text": Key(
            KeyedTable(
                {
                    "size": Key(_SIZE, "of rows, in points; all that has no size of its own goes with it"),
                    "facts": Key(_SIZE, "of shapes and counts below rows, and of remarks"),
                    "names": Key(_SIZE, "of stages, of words beside lines, of the legend"),
                    "title": Key(_SIZE, "above networks"),
                    "least": Key(BoundedNumber(3, 20), "what is smaller in print is told"),
                    "language": Key(LineOfText(35, _language, 'a language, such as "de"'), "of `[words]`"),
                }
            )
        ),
        "line": Key(
            KeyedTable(
                {
                    "width": Key(_STROKE, "of lines and borders, in points"),
                    "arrow": Key(BoundedNumber(1, 40), "length of an arrowhead"),
                    "dash": Key(Several(_STROKE, 2, 2), "of projections: drawn, left out"),
                    "corner": Key(BoundedNumber(0, 40), "radius of a box's corners"),
                }
            )
        ),
        "box": Key(
            KeyedTable(
                {
                    "height": Key(BoundedNumber(4, 200), "of a row, in points"),
                    "padding": Key(BoundedNumber(0, 60), "between words and the sides of their box"),
                    "gap": Key(BoundedNumber(3, 100), "between rows"),
                }
            )
        ),
        "colour": Key(
            KeyedTable(
                {
                    "by": Key(OneOf(("size", "operation", "stage", "branch", "none")), "what colours tell apart"),
                    "ground": Key(_COLOUR, "of the paper; all other colours follow from it"),
                    "ink": Key(_COLOUR, "of words"),
                    "faint": Key(_COLOUR, "of facts, brackets and remarks"),
                    "line": Key(_COLOUR, "of lines"),
                    "projection": Key(_COLOUR, "of skip connections that are adapted"),
                    "fills": Key(_FILLS, "of boxes, used in turn"),
                    "borders": Key(_FILLS, "of the same boxes; follow from the fills"),
                    "further": Key(_FILLS, "more fills, where colours go by operation, stage or branch"),
                    "plain": Key(_COLOUR, "of boxes that no colour is for"),
                    "plain_border": Key(_COLOUR, "of their borders"),
                }
            )
        ),
        "kind": Key(NamedTable(_KIND, _NAMES, _named_here, "`resnet-dsl explain` lists the operations")),
        "words": Key(NamedTable(LineOfText(300)), "what stands in figures, and what is to stand there instead"),
        "legend": Key(KeyedTable({"place": Key(OneOf(("below", "right", "none")), "where lines are explained")})),
        "volume": Key(
            KeyedTable(
                {
                    "angle": Key(BoundedNumber(15, 75), "of receding edges, in degrees"),
                    "depth": Key(BoundedNumber(0.1, 1), "how long these are drawn"),
                    "side": Key(_SCALE, "the scale of heights and widths"),
                    "thickness": Key(_SCALE, "the scale of channels"),
                }
            )
        ),
    }
)
