"""The looks of a picture, each once and by a name: what a co-author changes for all boxes of a kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from resnet_dsl.targets.figure.formats.palette import Palette
from resnet_dsl.targets.figure.formats.tikz.spots import TikzUnit
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Ink, Path, TextLine
from resnet_dsl.targets.figure.layout.metrics import Face
from resnet_dsl.targets.figure.layout.nearby import EXACT

Style = tuple[str, list[str]]
"""A name and its options."""
_Look = TypeVar("_Look", bound=Hashable)
_BORDER, _LINE = 0.6, 0.8
"""Points: the lines around boxes, those between them."""
_INSIDE = 4.0
"""Between words and the border of a box that has grown by them."""
_LINES = {"main": "flow", "identity": "skip", "adapted": "projection"}
_BOXES = {"text": "value", "": "words"}
_SHAPES = {"text": "bare", "": "bare", "merge": "circle", "stage": "frame"}
"""What boxes of a kind are as a rule."""
_OWN_COLOUR = {"bare", "circle", "pill", "solid"}


class Font(NamedTuple):
    """How words look."""

    size: float
    face: Face
    ink: Ink

    @classmethod
    def of(cls, text: TextLine) -> Font:
        return cls(text.size, text.face, text.ink)

    @property
    def name(self) -> str:
        named = {"bold": "rd title", "italic": "rd formula"}
        return named.get(self.face, "rd note" if self.ink == "faint" else "rd said")

    def options(self, unit: TikzUnit) -> list[str]:
        face = r"\bfseries" if self.face == "bold" else ""
        colour = [] if self.ink == "text" else [f"text=rd-{self.ink}"]
        return [f"font={face}{sized(self.size, unit)}", *colour]


def sized(size: float, unit: TikzUnit) -> str:
    """A change of the size of letters; lines stand as close as they are large."""
    return rf"\fontsize{{{unit.length(size)}}}{{{unit.length(size)}}}\selectfont"


class LineStyle(NamedTuple):
    """How a line looks."""

    ink: Ink
    dashed: bool
    arrow: bool
    thickness: float
    dashes: tuple[float, float]

    @classmethod
    def of(cls, path: Path) -> LineStyle:
        return cls(path.ink, path.dashed, path.arrow, path.thickness, path.dashes if path.dashed else (0.0, 0.0))

    def options(self, unit: TikzUnit) -> list[str]:
        on, off = (unit.length(length * _LINE) for length in self.dashes)
        dashes = [f"dash pattern=on {on} off {off}"] if self.dashed else []
        arrow = ["->"] if self.arrow else []
        return ["rd line", f"draw=rd-{self.ink}", f"line width={unit.length(_LINE * self.thickness)}", *arrow, *dashes]


def _line_name(path: Path) -> str:
    """A line of the legend is the skip connection that it looks like."""
    kind = path.classes[0] if path.classes else "line"
    kind = ("adapted" if path.dashed else "identity") if kind == "legend" else kind
    return f"rd {_LINES.get(kind) or plain(kind)}"


def plain(kind: str) -> str:
    """A kind as a word of a style's name."""
    return "".join(filter(str.isalpha, kind)) or "part"


class BoxStyle(NamedTuple):
    """What most boxes of a kind have: their size, their corners, the font of their words."""

    box: Box
    width: float
    height: float
    corner: float
    font: Font

    @classmethod
    def usual(cls, boxes: list[Box]) -> BoxStyle:
        fonts = [Font.of(box.texts[0]) for box in boxes if box.texts]
        font = Counter(fonts).most_common(1)[0][0] if fonts else Font(9.0, "plain", "text")
        sizes = (usual(box.width for box in boxes), usual(box.height for box in boxes))
        return cls(boxes[0], *sizes, usual(box.corner for box in boxes), font)

    def options(self, unit: TikzUnit) -> list[str]:
        size = [f"minimum width={unit.length(self.width)}", f"minimum height={unit.length(self.height)}"]
        corners, words = f"rounded corners={unit.length(self.corner)}", ["rd text", *self.font.options(unit)]
        border = f"line width={unit.length(_BORDER * self.box.thickness)}"
        match self.box.shape:
            case "bare":
                return [*words, *size]
            case "solid":
                return ["inner sep=0pt", *size]
            case "frame":
                return [r"inner sep=\rdpad", border, corners]
            case "circle":
                inside = f"inner sep={unit.length(-1)}"  # a circle is drawn around the corners of its sign
                return [
                    *words,
                    "draw=rd-line",
                    "fill=rd-ground",
                    border,
                    "circle",
                    inside,
                    size[0].replace("width", "size"),
                ]
            case "pill":
                return [*words, "draw=rd-line", "fill=rd-ground", border, corners, *size]
        return [*words, f"inner xsep={unit.length(_INSIDE)}", border, corners, *size]

    def different(self, box: Box, unit: TikzUnit) -> list[str]:
        """What one of the boxes has otherwise."""
        if box.shape == "circle":
            return _changed("minimum size", box.width, self.width, unit)
        size = _changed("minimum width", box.width, self.width, unit)
        size += _changed("minimum height", box.height, self.height, unit)
        round_ = box.shape in {"round", "pill", "frame"}
        return size + (_changed("rounded corners", box.corner, self.corner, unit) if round_ else [])


def _changed(name: str, value: float, usual: float, unit: TikzUnit) -> list[str]:
    return [f"{name}={unit.length(value)}"] if abs(value - usual) > EXACT else []


def _box_name(box: Box) -> str:
    kind = box.classes[0] if box.classes else ""
    name = f"rd {_BOXES.get(kind) or plain(kind)}"
    return name if box.shape == _SHAPES.get(kind, "round") else f"{name} {box.shape}"


class Styles:
    """The styles of one picture: of each thing the name of its own, and their list."""

    def __init__(self, geometry: Geometry, palette: Palette, unit: TikzUnit, free: Iterable[TextLine]) -> None:
        self.palette = palette
        self.unit = unit
        self.radius = usual(path.radius for path in geometry.paths if len(path.points) > 2)
        self._lines = _named((_line_name(path), LineStyle.of(path)) for path in geometry.paths)
        self._fonts = _named((Font.of(text).name, Font.of(text)) for text in free)
        alike: dict[str, list[Box]] = defaultdict(list)
        for box in geometry.boxes:
            alike[_box_name(box)].append(box)
        self._frames = {name: BoxStyle.usual(boxes) for name, boxes in alike.items()}

    def of_line(self, path: Path) -> str:
        return self._lines[_line_name(path), LineStyle.of(path)]

    def of_text(self, text: TextLine) -> str:
        return self._fonts[Font.of(text).name, Font.of(text)]

    def frame(self, box: Box) -> BoxStyle:
        """What boxes of its kind look like."""
        return self._frames[_box_name(box)]

    def of_box(self, box: Box) -> list[str]:
        """Its style, its colour, and what it has otherwise than others of its kind."""
        hollow = [] if box.filled else ["rd hollow"]
        colour = [] if box.shape in _OWN_COLOUR else [f"rd tone {self.tone(box)}", *hollow]
        return [_box_name(box), *colour, *self.frame(box).different(box, self.unit)]

    def tone(self, box: Box) -> str:
        return "plain" if box.tone is None else str(self.palette.tone(box.tone))

    def fill(self, box: Box) -> str:
        """The name of a colour."""
        return "rd-ground" if not box.filled else "rd-plainfill" if box.tone is None else f"rd-fill{self.tone(box)}"

    def all(self, kinds: Iterable[str]) -> Iterator[Style]:
        """kinds: of the parts of the network that have nodes of their own."""
        middle = ["inner sep=0pt", "text=rd-text", "text depth=0pt", r"execute at begin node=\vphantom{A}"]
        yield "rd text", middle
        yield "rd texts", ["align=center", "text depth=", "execute at begin node="]
        yield from ((name, frame.options(self.unit)) for name, frame in self._frames.items())
        for tone in ("", *map(str, self.palette.tones)):
            border, fill = (f"border{tone}", f"fill{tone}") if tone else ("plainborder", "plainfill")
            yield f"rd tone {tone or 'plain'}", [f"draw=rd-{border}", f"fill=rd-{fill}"]
        yield "rd hollow", ["fill=rd-ground"]
        yield "rd part", ["inner sep=0pt"]
        yield from ((f"rd {plain(kind)} part", ["rd part"]) for kind in kinds)
        yield "rd line", [f"rounded corners={self.unit.length(self.radius)}"]
        yield from ((name, line.options(self.unit)) for (_, line), name in self._lines.items())
        yield from ((name, ["rd text", *font.options(self.unit)]) for (_, font), name in self._fonts.items())


def _named(wanted: Iterable[tuple[str, _Look]]) -> dict[tuple[str, _Look], str]:
    """Looks by names: the most usual one of each name has it alone, the others are numbered."""
    counts: dict[str, Counter[_Look]] = defaultdict(Counter)
    for name, look in wanted:
        counts[name][look] += 1
    found = {}
    for name, looks in counts.items():
        for number, (look, _) in enumerate(looks.most_common(), 1):
            found[name, look] = name if number == 1 else f"{name} {number}"
    return found


def usual(values: Iterable[float]) -> float:
    """The most frequent one, 0 where there is none."""
    found = Counter(round(value, 2) for value in values)
    return found.most_common(1)[0][0] if found else 0.0
