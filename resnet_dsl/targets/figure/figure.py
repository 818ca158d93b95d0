"""Figures of networks: from compiled networks to a file, in the order gather, geometry, drawing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure.describe import describe
from resnet_dsl.targets.figure.draw_dot import draw_dot
from resnet_dsl.targets.figure.engine import Engine, render
from resnet_dsl.targets.figure.geometry import Geometry
from resnet_dsl.targets.figure.layout import lay_out
from resnet_dsl.targets.figure.palette import Theme, palette

MOST_PIXELS = 60_000_000
"""Of a PNG: about 240 MB while it is drawn."""
DPI = 192.0


class FigureError(Exception):
    """A figure was asked for that cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class Figure:
    """A figure that has all its places; every format draws the same geometry."""

    geometry: Geometry
    theme: Theme = "light"
    engine: Engine | None = None

    @property
    def scale(self) -> float:
        """Printed size over the geometry's."""
        return 1.0

    def dot(self) -> str:
        """The figure as DOT with all places given: ``neato -n2`` draws it."""
        return draw_dot(self.geometry, palette(self.theme), self.scale)

    def svg(self) -> str:
        """The figure as a whole SVG document, text as text."""
        from resnet_dsl.targets.figure.draw_svg import finish_svg

        drawn = render(self.dot(), "svg", self.engine)
        return finish_svg(drawn, self.geometry, self.scale, self.theme == "auto").decode()

    def png(self, dpi: float = DPI) -> bytes:
        """The figure as a PNG; refused where it would have too many pixels."""
        across, down = (length * self.scale * dpi / 72 for length in (self.geometry.width, self.geometry.height))
        if across * down > MOST_PIXELS or max(across, down) > 65_000:
            raise FigureError(
                f"the PNG would have {across:,.0f} x {down:,.0f} pixels: save it as .svg or .pdf, "
                "use `--level stage`, or fewer dots an inch"
            )
        return render(draw_dot(self.geometry, palette(self.theme), self.scale, dpi), "png", self.engine)

    def save(self, path: str | Path) -> Path:
        """Write the figure in the format of the path's ending, whole or not at all."""
        path = Path(path)
        formats: dict[str, Callable[[], str | bytes]] = {".svg": self.svg, ".png": self.png, ".dot": self.dot}
        make = formats.get(path.suffix.lower())
        if make is None:
            raise FigureError(f"`{path.name}`: a figure's name ends in {', '.join(formats)}")
        content = make()
        write_whole(path, content.encode() if isinstance(content, str) else content)
        return path

    def _repr_svg_(self) -> str:
        return self.svg()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it, so that nobody sees half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def figure(
    networks: Facts | Sequence[Facts],
    level: str | None = None,
    wide: bool = False,
    theme: Theme = "light",
    show: Sequence[str] = (),
    engine: Engine | None = None,
) -> Figure:
    """The figure of a network, or of several side by side, their stages aligned.

    level: ``stage``, ``block`` (every convolution) or ``layer`` (every operation); the default is what stays readable.
    wide: flows to the right, for slides, instead of down, as in papers.
    show: facts under each row: ``params``, ``macs``, ``shape``.
    """
    subjects = tuple(networks) if isinstance(networks, Sequence) else (networks,)
    description = describe(subjects, level, tuple(show), wide)
    return Figure(lay_out(description, wide), theme, engine)
