"""Lengths on paper: ``85mm``, ``8.5cm``, ``3.3in``, ``240pt``."""

from __future__ import annotations

import re

MILLIMETRE = 72 / 25.4
"""Points."""
LENGTHS = "85mm, 8.5cm, 3.3in or 240pt"
_UNITS = {"mm": MILLIMETRE, "cm": 10 * MILLIMETRE, "in": 72.0, "pt": 1.0}


def points(length: str) -> float:
    """A length in points. Raises ValueError for what is none."""
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)\s*(mm|cm|in|pt)", length.strip(), re.ASCII)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"`{length[:40]}` is no length")
    return float(match[1]) * _UNITS[match[2]]
