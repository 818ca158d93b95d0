"""One order for the parts of several networks."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def merge_orders(keys: Sequence[Sequence[str]]) -> list[str]:
    """One order of parts that keeps every column's own order where they agree."""
    order: list[str] = []
    for own in keys:
        mine = list(dict.fromkeys(own))
        merged: list[str] = []
        for _, low, high, start, end in SequenceMatcher(None, order, mine, autojunk=False).get_opcodes():
            merged += [key for key in order[low:high] if key not in merged]
            merged += [key for key in mine[start:end] if key not in merged]
        order = list(dict.fromkeys(merged))
    return order
