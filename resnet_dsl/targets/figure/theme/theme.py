"""What a theme is. Lengths are in points, as printed; None is the size that screens, or papers, have by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

By: TypeAlias = Literal["size", "operation", "stage", "branch", "none"]
Show: TypeAlias = Literal["fold", "thin", "box", "hide"]

GAP = "{}"
"""In words that are replaced, and in those that stand instead: one word, whatever it is."""
KIND_TONES = 1000
"""The first number of a colour that is a kind's own; those below are used in turn."""


@dataclass(frozen=True)
class Page:
    """width: of the figure, as ``--width``. full: what ``--width full`` is. adaptive: dark on a dark screen (SVG)."""

    width: float | None = None
    full: float | None = None
    max_height: float | None = None
    background: Literal["ground", "none"] = "ground"
    adaptive: bool = False


@dataclass(frozen=True)
class Letters:
    """size: of rows. facts: below them. names: of stages, beside lines, in the legend. least: that may be printed."""

    size: float | None = None
    facts: float | None = None
    names: float | None = None
    title: float | None = None
    least: float = 5.0
    language: str = "en"


@dataclass(frozen=True)
class Lines:
    """width: of lines and borders. arrow: length of a head. dash: drawn and left out. corner: radius of boxes."""

    width: float | None = None
    arrow: float | None = None
    dash: tuple[float, float] | None = None
    corner: float | None = None


@dataclass(frozen=True)
class Boxes:
    """height: of a row. padding: between words and sides. gap: between rows."""

    height: float | None = None
    padding: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class Colours:
    """All colours, ``#RRGGBB``. Fills and borders are used in turn, ``further`` where there are more than sizes."""

    by: By
    ground: str
    ink: str
    faint: str
    line: str
    projection: str
    fills: tuple[str, ...]
    borders: tuple[str, ...]
    plain: str
    plain_border: str
    further: tuple[str, ...] = ()
    further_borders: tuple[str, ...] = ()


@dataclass(frozen=True)
class KindLook:
    """How operations of one kind look: None is as always. words: its name in figures."""

    show: Show | None = None
    fill: str | None = None
    border: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class VolumeLook:
    """How blocks of numbers are drawn in space. angle: of receding edges, in degrees. depth: their factor."""

    angle: float = 45.0
    depth: float = 0.42
    side: Literal["linear", "sqrt", "log"] = "sqrt"
    thickness: Literal["linear", "sqrt", "log"] = "log"


@dataclass(frozen=True)
class Legend:
    """Where the kinds of lines are explained."""

    place: Literal["below", "right", "none"] = "below"


@dataclass(frozen=True)
class Theme:
    """How a figure looks; ``read_theme`` makes one. ``kinds`` by their names, ``words`` by what stands there else."""

    name: str
    colour: Colours
    page: Page = Page()
    text: Letters = Letters()
    line: Lines = Lines()
    box: Boxes = Boxes()
    legend: Legend = Legend()
    volume: VolumeLook = VolumeLook()
    kinds: Mapping[str, KindLook] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def more_than_colours(self) -> bool:
        """Whether it says what a figure holds, in which words, or how large it is."""
        measures = (self.page.width, *vars(self.line).values(), *vars(self.box).values(), self.text.size)
        return bool(self.kinds or self.words or self.colour.by != "size" or any(measures))
