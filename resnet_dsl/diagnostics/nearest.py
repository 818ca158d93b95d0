"""Did you mean …?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice

from resnet_dsl.diagnostics.alike import latin, odd_letter, told_apart
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.sentences import there_are

_LONGEST = 40  # longer names are compared no further: nobody mistypes them by a letter or two, and it is quadratic
_MOST = 500  # and no more names than these
_DEEPEST = 8  # folders of a path that are looked into


def nearest(name: str, known: Iterable[str], letters: int = 3) -> str | None:
    """The known name that ``name`` was probably to be, None where none is near.

    Near is: the same but for case, underscores and letters that only look Latin, or one slip (a letter too many, too
    few, wrong, or two exchanged) for every three ``letters``, three at most. Among equally near ones the first letter
    decides, then which number is near (of `conv6` that in `conv5`), then the order given.
    """
    if len(name) > _LONGEST:
        return None
    limit = min(3, (len(name) + 1) // letters)
    best: tuple[int, bool, int] = (limit + 1, False, 0)
    found = None
    for candidate in islice(known, _MOST):
        slips = _slips(_plain(name), _plain(candidate), best[0])
        rank = (slips, candidate[:1] != name[:1], abs(_counted(candidate) - _counted(name)))
        if candidate != name and rank < best and rank[0] <= limit and rank[0] < len(candidate):
            best, found = rank, candidate
    return found


def around(name: str, known: Iterable[str]) -> str | None:
    """The one known name that has all words of another, or all of whose words it has: `num_classes` and `classes`.

    None where there are several.
    """
    first, parts = name.partition("_")[0], {*name.split("_")}
    some = (one for one in islice(known, _MOST) if first in one or one.partition("_")[0] in name)
    others = ((one, {*one.split("_")}) for one in some if min(len(one), len(name)) > 2)
    found = {one for one, words in others if parts < words or words < parts}
    return found.pop() if len(found) == 1 else None


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """The remedy where a known name is near: ``did you mean `conv`?``."""
    found = nearest(name, known)
    return asked(name, found) if found else None


def instead(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that is none of these: the near one, or else all that there are."""
    known = list(known)
    return suggestion(name, known) or there_are(known)


def near_file(path: str, within: str = "") -> str | None:
    """The path of a file or folder that is there, each part of it the same or near; None where none is.

    ``within``: the folder that a relative path counts from. An ending is near by itself: of a missing `net.resnet` a
    `net.keras` is none.
    """
    found = _near_path(path, within, _DEEPEST)
    return None if found == path else found


def instead_of_missing(error: OSError) -> str | None:
    """The remedy where the system found no file: one that is there, or the folder that it was to be in."""
    if not isinstance(error, FileNotFoundError) or error.filename is None:
        return None
    path = os.fsdecode(error.filename)
    near = near_file(path) or near_file(os.path.dirname(path))
    return asked(path, near) if near else None


def _near_path(path: str, within: str, deepest: int) -> str | None:
    if os.path.lexists(os.path.join(within, path)):
        return path
    folder, name = os.path.split(path)
    near = _near_path(folder, within, deepest - 1) if folder and deepest else folder
    if not name or near is None:
        return None
    inside = os.path.join(within, near)
    found = name if os.path.lexists(os.path.join(inside, name)) else _near_name(name, inside)
    return None if found is None else os.path.join(near, found)


def _near_name(name: str, folder: str) -> str | None:
    try:
        with os.scandir(folder or os.curdir) as entries:
            names = sorted(one.name for one in islice(entries, _MOST))
    except (OSError, ValueError):  # no folder, or one that may not be read
        return None
    return nearest(name, [one for one in names if all(map(_alike, os.path.splitext(name), os.path.splitext(one)))])


def _alike(one: str, other: str) -> bool:
    return one == other or nearest(one, [other]) is not None


def asked(name: str, near: str) -> str:
    """The question, or the answer, where the two only look alike."""
    return told_apart(name, near) or f"did you mean `{near}`?"


def respelt(mistake: Diagnostic, name: str, known: Iterable[str], *, in_words: bool = False) -> Diagnostic:
    """A mistake of a name, which its place begins with, with the near name as its remedy, if there is one.

    ``in_words``: whether a name of the same words and others is near, too.
    It is sure where the two differ in case and underscores alone, or look alike, and no other known name does.
    """
    known = list(known)
    near = nearest(name, known) or (around(name, known) if in_words else None)
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


def _counted(name: str) -> int:
    """The number that its digits make."""
    return int("".join(filter(str.isdecimal, name[:_LONGEST])) or 0)


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
