"""A geometry as data that the page's script can draw without deciding anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.targets.figure.formats.curves import spline
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Text
from resnet_dsl.targets.figure.layout.metrics import width


def as_data(geometry: Geometry, slots: Mapping[str, int]) -> dict[str, Any]:
    """``slots``: which of the scope's nodes a box stands for, by the box's key."""
    boxes = [_box(box, slots.get(box.key, -1)) for box in geometry.boxes]
    return {
        "w": geometry.width,
        "h": geometry.height,
        "boxes": boxes,
        "texts": [_text(text) for text in geometry.texts],
        "paths": [_path(path) for path in geometry.paths],
    }


def _box(box: Box, slot: int) -> dict[str, Any]:
    tone = "plain" if box.tone is None else f"tone{box.tone % 4}"
    return {
        "x": round(box.x - box.width / 2, 2),
        "y": round(box.y - box.height / 2, 2),
        "w": round(box.width, 2),
        "h": round(box.height, 2),
        "r": round(box.height / 2 if box.shape == "circle" else min(box.height / 3.5, 8), 2),
        "look": f"{tone} {'filled' if box.filled else 'hollow'} {box.shape}",
        "slot": slot,
        "texts": [_text(text) for text in box.texts],
    }


def _text(text: Text) -> list[Any]:
    return [
        text.words,
        text.x,
        text.y,
        text.size,
        text.anchor,
        text.ink,
        text.face,
        round(width(text.words, text.size, text.face), 1),
    ]


def _path(path: Path) -> dict[str, Any]:
    first, *rest = spline(path.points, path.radius)
    curves = ("C" + " ".join(f"{x:.2f},{y:.2f}" for x, y in rest[at : at + 3]) for at in range(0, len(rest), 3))
    look = f"{path.ink}{' dashed' if path.dashed else ''}"
    drawn = f"M{first[0]:.2f},{first[1]:.2f}" + "".join(curves)
    return {"d": drawn, "look": look, "arrow": path.ink if path.arrow else ""}
