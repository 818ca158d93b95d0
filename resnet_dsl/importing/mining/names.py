"""Names that a text may give."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.resources import prelude_text
from resnet_dsl.syntax import tables

PARAMETERS = ("classes", "width", "growth")
"""What the miner itself calls a network's parameters."""


class Names:
    """Gives names that nothing else has: no word of the language, no operation, nothing of the prelude."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.taken = {*taken, *_words()}

    def take(self, wanted: str) -> str:
        """The name, or, where it is taken, with a number behind it. What no name may hold becomes ``_``."""
        base = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_") or "value"
        base = f"n{base}" if base[0].isdigit() else base
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f"{base}{number}"
        self.taken.add(name)
        return name


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    prelude = re.findall(r"^(?:slot|block) (\w+)", prelude_text(), re.MULTILINE)
    return frozenset((*tables.load().keywords, "progress", *OPERATIONS, *prelude, *PARAMETERS))
