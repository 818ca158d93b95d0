"""Frozen classes as JSON. pydantic's core alone does it: all of pydantic takes three times as long to import."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def write(record: Any, indent: int | None = None, exclude: Any = None) -> str:
    """JSON in the order of the fields. ``exclude``: what is left out, as pydantic's ``model_dump`` takes it."""
    return to_json(record, indent=indent, exclude=exclude, fallback=dict).decode()
