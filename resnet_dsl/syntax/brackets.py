"""Brackets, and which of the round ones is that of a call."""

from __future__ import annotations

from collections.abc import Callable

GROUP = "_GROUP"
"""A round bracket that is not that of a call."""

SOFT = frozenset(("OUTPUT", "SHARED"))
"""Words that mean something only where the grammar has a place for them, and no bracket behind; elsewhere names."""

OPENING = {"LBRACE": "RBRACE", "LPAR": "RPAR", GROUP: "RPAR", "LSQB": "RSQB"}
CLOSING = {*OPENING.values()}
ROUND = ("LPAR", GROUP)
_NAMES = SOFT | {"NAME"}
_GOES_ON = {"X", "POWER", "TIMES", "SIGN", "DOT"}  # what follows an expression in brackets that goes on


def tell_brackets(kinds: list[str], opens_line: Callable[[int], bool]) -> None:
    """Calls the round brackets GROUP that are not those of calls.

    A bracket behind a name is that of its call. In braces, where a line end may part two steps, one that ``opens_line``
    and goes on as an expression does is none: `norm` and, on the next line, `(depth - 2) // 6 x basic(16)`.
    """
    opened: list[int] = []
    for index, kind in enumerate(kinds):
        if kind in OPENING:
            opened.append(index)
            if kind == "LPAR" and _NAMES.isdisjoint(kinds[max(index - 1, 0) : index]):
                kinds[index] = GROUP
        elif kind in CLOSING and opened:
            first = opened.pop()
            in_braces = opened and kinds[opened[-1]] == "LBRACE"
            goes_on = not _GOES_ON.isdisjoint(kinds[index + 1 : index + 2])
            if in_braces and goes_on and kinds[first] == "LPAR" and opens_line(first):
                kinds[first] = GROUP
