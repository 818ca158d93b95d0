"""Names that a text may give."""

from __future__ import annotations

import re
from collections.abc import Collection

from resnet_dsl.ir.operations import OPERATIONS

SOFT = {
    "in",
    "stem",
    "head",
    "input",
    "output",
    "x",
    "off",
    "always",
    "shared",
    "skip",
    "repeat",
    "if",
    "else",
    "let",
    "use",
}
SOFT |= {
    "default",
    "skips",
    "expect",
    "stage",
    "network",
    "block",
    "slot",
    "import",
    "true",
    "false",
    "and",
    "or",
    "not",
}
SOFT |= {"from", "via", "by", "as", "after", "progress"}
"""Words of the language, none of which is taken for a name."""


class Names:
    """Gives names that nothing else has."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.taken = {*taken, *SOFT, *OPERATIONS}

    def take(self, wanted: str) -> str:
        """The name, or, where it is taken, with a number behind it."""
        base = re.sub(r"\W+", "_", wanted).strip("_") or "value"
        base = f"n{base}" if base[0].isdigit() else base
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f"{base}{number}"
        self.taken.add(name)
        return name
