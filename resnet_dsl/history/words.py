"""Changes for people, in lines, and for programs, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from resnet_dsl.analyses.difference import as_data as difference_as_data
from resnet_dsl.analyses.difference import describe
from resnet_dsl.analyses.network import Facts
from resnet_dsl.history.changes import Change, Kind
from resnet_dsl.sentences import counted
from resnet_dsl.showing import line

_COUNTED: dict[Kind, str] = {
    "changed": "changed",
    "mended": "mended",
    "new": "new",
    "gone": "gone",
    "same": "as before",
}


def as_text(changes: Sequence[Change]) -> str:
    """A paragraph for each network that is another one, and in the last line how many there are of each kind."""
    told = ["".join(f"{words}\n" for words in _paragraph(one)) for one in changes if one.differs]
    return "\n".join([*told, f"{tally(changes)}\n"])


def _paragraph(change: Change) -> Iterator[str]:
    yield f"{line(str(change.file))}:{line(change.name)}{_suffix(change)}"
    yield from (f"  {line(sentence)}" for sentence in told(change))


def _suffix(change: Change) -> str:
    return "" if change.kind in ("changed", "same") else f" ({change.kind})"


def told(change: Change) -> tuple[str, ...]:
    """What is to be said of it, in sentences."""
    moved = (f"it stood in {change.was}",) if change.was else ()
    mistake = (f"it could not be compiled before: {change.mistake}",) if change.mistake else ()
    return *moved, *mistake, *(describe(change.found) if change.found else ())


def tally(changes: Iterable[Change]) -> str:
    """``2 networks changed, 1 new, 14 as before``."""
    kinds = Counter(one.kind for one in changes)
    counts = {words: kinds[kind] for kind, words in _COUNTED.items() if kinds[kind]}
    first, *others = counts.items() or [("as before", 0)]
    return ", ".join([f"{counted(first[1], 'network')} {first[0]}", *(f"{count} {words}" for words, count in others)])


def as_data(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """An entry for each network; ``difference`` as `diff --format json` gives it of two, else null."""
    return [
        {
            "network": one.name,
            "file": one.file,
            "change": one.kind,
            "was": one.was,
            "mistake": one.mistake,
            "before": _counts(one.before),
            "after": _counts(one.after),
            "difference": difference_as_data(one.found) if one.found else None,
        }
        for one in changes
    ]


def _counts(facts: Facts | None) -> dict[str, int | None] | None:
    if facts is None:
        return None
    return {"params": facts.count.params, "macs": facts.count.macs, "depth": facts.depth}
