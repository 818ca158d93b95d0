"""Lengths on paper: ``85mm``, ``8.5cm``, ``3.3in``, ``240pt``."""

from __future__ import annotations

import re

from resnet_dsl.sentences import either

MILLIMETRE = 72 / 25.4
"""Points."""
LENGTHS = "85mm, 8.5cm, 3.3in or 240pt"
_UNITS = {"mm": MILLIMETRE, "cm": 10 * MILLIMETRE, "in": 72.0, "pt": 1.0}
_SPELT = {unit: unit for unit in _UNITS} | {"m": "mm", "c": "cm", "i": "in", "inch": "in", "inches": "in", "p": "pt"}
"""Units in small letters, and what is written for them."""


def meant_length(length: str) -> str:
    """The remedy for what is none: a number without its unit, or one that is misspelt, with the right one."""
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)\s*([A-Za-z]{0,12})", length.strip(), re.ASCII)
    if match is None:
        return f"write it as {LENGTHS}"
    unit = _SPELT.get(match[2].lower())
    return f"write it with its unit: {either([f'`{match[1]}{one}`' for one in ([unit] if unit else _UNITS)])}"


def points(length: str) -> float:
    """A length in points. Raises ValueError for what is none."""
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)\s*(mm|cm|in|pt)", length.strip(), re.ASCII)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"`{length[:40]}` is no length")
    return float(match[1]) * _UNITS[match[2]]
