"""Six figures as text: what is shown where, a line for each box, word and line; a changed layout is read as a diff.

Where a change is meant, look at the picture (`resnet-dsl draw`), then

    python -m tests.golden.figures

writes the files anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import resnet_dsl
from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure import Figure, block_figure, figure
from resnet_dsl.targets.figure.layout import geometry
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Point, TextLine

FOLDER = Path(__file__).parent / "figures"


def _load(name: str) -> Facts:
    return resnet_dsl.load(name).network(name).compiled.facts


FIGURES: dict[str, Callable[[], Figure]] = {
    "a block in formulas": lambda: block_figure(_load("resnet50"), ["bottleneck"], formula=True),
    "branches that share lanes": lambda: block_figure(_load("res2net50_26w_4s"), ["conv3_block2"], show=("params",)),
    "stages with many rows": lambda: figure(_load("ecaresnet50d_pruned"), "stage", wide=True, show=("macs",)),
    "named boxes with close-ups": lambda: figure(_load("hrnet_w18"), "stage", layout="column"),
    "long skips on several columns": lambda: figure(_load("residual_unet"), "block", wide=True),
    "lanes by resolution": lambda: figure(_load("unet_resnet34")),
}


def golden_path(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '_')}.txt"


def text_of(shown: Geometry) -> str:
    head = [f"{shown.title}: {shown.width:g} x {shown.height:g}", shown.description]
    return "\n".join([*head, *_boxes(shown), *map(_text, shown.texts), *map(_path, shown.paths), ""])


def _boxes(shown: Geometry) -> Iterator[str]:
    for box in shown.boxes:
        yield _box(box)
        yield from (f"  {_text(text)}" for text in box.texts)
        yield from (f"  plane {plane.shade}: {_points(plane.points)}" for plane in box.planes)


def _box(box: Box) -> str:
    look = [
        *box.classes,
        box.shape,
        "grey" if box.tone is None else f"tone {box.tone}",
        *(["hollow"] * (not box.filled)),
    ]
    return f"{box.key}: {box.width:g} x {box.height:g} at {box.x:g}, {box.y:g} ({', '.join(look)}) {box.tip}".rstrip()


def _text(text: TextLine) -> str:
    return f"`{text.words}` {text.face} {text.size:g} {text.ink} {text.anchor} at {text.x:g}, {text.y:g}"


def _path(path: geometry.Path) -> str:
    ends = f"{path.source} -> {path.target}" if path.source else "line"
    look = [*path.classes, path.ink, *(["dashed"] * path.dashed), *(["arrow"] * path.arrow)]
    said = f"{', '.join(look)}, {path.thickness:g}, {path.radius:g}"
    return f"{ends} ({said}) {_points(path.points)} {path.tip}".rstrip()


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def regenerate() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in FIGURES.items():
        golden_path(name).write_text(text_of(make().geometry), encoding="utf-8")
    print(f"wrote {len(FIGURES)} figures")


if __name__ == "__main__":
    regenerate()
