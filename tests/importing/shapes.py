"""A small folder of images, in three classes that colour, place and size do not tell apart."""

from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 128
CORNERS = {"disc": 0, "square": 4, "triangle": 3}


def write_shapes(folder: Path, each: int) -> None:
    """A disc, a square or a triangle before noise and lines: ``each`` of a class, a folder a class."""
    rng = np.random.default_rng(0)
    for name, corners in CORNERS.items():
        (folder / name).mkdir(parents=True)
        for number in range(each):
            _picture(rng, corners).save(folder / name / f"{number:03}.png")


def _picture(rng: np.random.Generator, corners: int) -> Any:
    from PIL import Image, ImageDraw

    noise = Image.fromarray(rng.integers(0, 256, (8, 8, 3)).astype("uint8"))
    image = noise.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        draw.line([tuple(map(int, rng.integers(0, SIDE, 2))) for _ in range(2)], fill=_colour(rng), width=3)
    radius, angle = int(rng.integers(18, 44)), rng.uniform(0, 2 * pi)
    x, y = map(int, rng.integers(radius, SIDE - radius, 2))
    if corners:
        turns = (angle + 2 * pi * corner / corners for corner in range(corners))
        draw.polygon([(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns], fill=_colour(rng))
    else:
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=_colour(rng))
    return image


def _colour(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(map(int, rng.integers(0, 256, 3)))
