"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.alike import latin, odd_letter, told_apart
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit

_LONGEST = 40  # longer names are compared no further: nobody mistypes them by a letter or two, and it is quadratic
_MOST = 500  # and no more names than these


def nearest(name: str, known: Iterable[str], letters: int = 3) -> str | None:
    """The known name that ``name`` was probably to be, None where none is near.

    Near is: the same but for case, underscores and letters that only look Latin, or one slip (a letter too many, too
    few, wrong, or two exchanged) for every three ``letters``, three at most. Among equally near ones the first letter
    decides, then the order given.
    """
    if len(name) > _LONGEST:
        return None
    limit = min(3, (len(name) + 1) // letters)
    best: tuple[int, bool] = (limit + 1, False)
    found = None
    for _, candidate in zip(range(_MOST), known, strict=False):
        rank = (_slips(_plain(name), _plain(candidate), best[0]), candidate[:1] != name[:1])
        if candidate != name and rank < best and rank[0] <= limit and rank[0] < len(candidate):
            best, found = rank, candidate
    return found


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """The remedy where a known name is near: ``did you mean `conv`?``."""
    found = nearest(name, known)
    return asked(name, found) if found else None


def asked(name: str, near: str) -> str:
    """The question, or the answer, where the two only look alike."""
    return told_apart(name, near) or f"did you mean `{near}`?"


def respelt(mistake: Diagnostic, name: str, known: Iterable[str]) -> Diagnostic:
    """A mistake of a name, which its place begins with, with the near name as its remedy, if there is one.

    It is sure where the two differ in case and underscores alone, or look alike, and no other known name does.
    """
    known = list(known)
    near = nearest(name, known)
    if near is None or mistake.place is None:
        odd = odd_letter(name)
        return mistake._replace(help=f"{odd}; {mistake.help}") if odd else mistake
    told = mistake._replace(help=asked(name, near))
    span = mistake.place.span
    if span.text.partition(".")[0] != name:  # it may go on, as in `conv5.output`; else the name came from elsewhere
        return told
    sure = latin(near) == near and [one for one in known if _plain(one) == _plain(name)] == [near]
    return told._replace(edits=(Edit(span._replace(end=span.start + len(name)), near),), sure=sure)


def _plain(name: str) -> str:
    return latin(name).lower().replace("_", "")


def _slips(one: str, other: str, bound: int) -> int:
    """The optimal string alignment distance (Levenshtein's with exchanges of neighbours), or more than ``bound``."""
    if abs(len(one) - len(other)) > bound or len(other) > _LONGEST:
        return bound + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, facing in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > bound:
            return bound + 1
        before, above = above, row
    return above[-1]
