"""How plots look, and how they are written: the same figure, the same bytes; text stays text."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place
from resnet_dsl.targets.forms import renamed
from resnet_dsl.writing import write_through

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#B36B00")
"""Told apart by people who see colours differently (Okabe and Ito 2008), the yellows left out: too light for a line."""

DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (9, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
_ENDINGS = (".svg", ".png", ".pdf")
"""Those that are named to people; Matplotlib knows more."""
SETTINGS: Any = {"svg.hashsalt": "resnet-dsl", "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 9}


def settings() -> AbstractContextManager[None]:
    """Matplotlib's settings for the time of the block, within which a figure is to be made and saved."""
    return mpl.rc_context(SETTINGS)


def form_of(path: Path) -> str:
    """The ending of a plot's name; a device or a pipe without one gets SVG. Raises Failure where it says no format."""
    ending = path.suffix.lower() or (".svg" if place(path).stream else "")
    if ending[1:] not in FigureCanvasBase.get_supported_filetypes():
        raise Failure(f"`{path}` says no format", renamed(str(path), _ENDINGS))
    return ending


def save(figure: Figure, path: Path) -> None:
    """Write a figure whole or not at all, as the path's ending says: .svg, .png, .pdf. Dates are left out.

    Raises Failure as form_of does.
    """
    ending = form_of(path)
    dateless: dict[str, Any] = {".svg": {"Date": None}, ".png": {"Software": None}, ".pdf": {"CreationDate": None}}
    metadata = dateless.get(ending)
    write_through(path, lambda name: figure.savefig(name, dpi=200, metadata=metadata), ending)
