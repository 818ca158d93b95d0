"""The sure remedies of a spec's mistakes, made in its text (`check --fix`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl import resources
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.diagnostics.edits import apart, edited
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place
from resnet_dsl.pipeline import LoadedSpec
from resnet_dsl.source import Source
from resnet_dsl.syntax.reading import ENDING, decode
from resnet_dsl.writing import write_whole

_MOST_CHECKS = 50
"""How often a text is checked while it is fixed: each time costs what `check` does."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Fixed(NamedTuple):
    """A spec whose text was changed in memory, and the mistakes whose remedies did so, round by round.

    The places of a round are those of the text before it.
    """

    spec: LoadedSpec
    rounds: tuple[tuple[Diagnostic, ...], ...]

    def told(self) -> Iterator[str]:
        """What was done, a line an edit: ``net.resnet:3:7: `;` is taken out [E0113]``."""
        for one in (one for made in self.rounds for one in made):
            yield from (f"{_told(edit)} [{one.code}]" for edit in one.edits)


def fix(spec: LoadedSpec, network: str | None = None) -> Fixed:
    """Makes what is sure in the spec's own text, and again in what that gives, until nothing is left.

    Warnings are no mistakes, and what ships is nobody's to change. Raises Refusal as ``LoadedSpec.check`` does.
    """
    rounds: list[tuple[Diagnostic, ...]] = []
    if not _ships(spec.source):
        found = spec.check(network)
        tries = iter(range(_MOST_CHECKS))
        while better := _better(spec, found, network, tries):
            spec, found, made = better
            rounds.append(made)
    return Fixed(spec, tuple(rounds))


def _ships(source: Source) -> bool:
    inside = os.path.join(os.path.realpath(resources.specs_folder()), "")
    return source.path is not None and source.identity[0].startswith(inside)


def _better(
    spec: LoadedSpec, found: tuple[Diagnostic, ...], network: str | None, tries: Iterator[int]
) -> tuple[LoadedSpec, tuple[Diagnostic, ...], tuple[Diagnostic, ...]] | None:
    """The spec with the first of the choices that helps, what is wrong then, and what was made; None at the end."""
    sure = [one for one in found if _is_sure(one, spec.source)]
    for chosen, _ in zip(_choices(sure), tries, strict=False):
        edits = [edit for one in chosen for edit in one.edits]
        tried = spec.rewritten(edited(spec.source.text, edits))
        left = tried.check(network)
        if _helps(chosen, found, left):
            return tried, left, tuple(chosen)
    return None


def _is_sure(one: Diagnostic, source: Source) -> bool:
    own = bool(one.edits) and all(edit.span.source == source for edit in one.edits)
    return one.sure and own and one.severity == "error"


def _choices(sure: list[Diagnostic]) -> Iterator[list[Diagnostic]]:
    """All that can be made together, or else each alone."""
    together = apart(sure)
    if together:
        yield together
    if len(together) > 1:
        yield from ([one] for one in sure)


def _helps(made: list[Diagnostic], before: tuple[Diagnostic, ...], after: tuple[Diagnostic, ...]) -> bool:
    """Whether mistakes have become fewer, or what was written is none and has brought no more.

    Those count as fewer that stand in front of the last edit's end and are found as early as what was to go: a mistake
    of form hides those behind it, and all names and shapes in its definition.
    """
    latest = max(map(_stage, made))
    edits = [edit for one in made for edit in one.edits]
    end = max(edit.span.end for edit in edits)
    grown = sum(len(edit.text) - len(edit.span.text) for edit in edits)
    if _count(after, latest, end + grown) < _count(before, latest, end):
        return True
    return len(_errors(after)) <= len(_errors(before)) and not any(_touches(edits, one) for one in _errors(after))


def _errors(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [one for one in found if one.severity == "error"]


def _count(found: tuple[Diagnostic, ...], latest: str, end: int) -> int:
    return sum(_stage(one) <= latest and (one.place is None or one.place.span.start <= end) for one in _errors(found))


def _touches(edits: list[Edit], mistake: Diagnostic) -> bool:
    """Whether a mistake stands at what the edits have written."""
    if mistake.place is None:
        return False
    _, start, end = mistake.place.span
    grown = 0
    for span, text in sorted(edits, key=lambda edit: edit.span.start):
        if start <= span.start + grown + len(text) and span.start + grown <= end:
            return True
        grown += len(text) - len(span.text)
    return False


def _stage(one: Diagnostic) -> str:
    """What finds it, in the order in which a text is looked at: by the hundreds of codes."""
    return max(one.code[:3], "E01")


def write(before: Source, fixed: Fixed) -> None:
    """Writes a file whole, as it was but for what was fixed: its encoding and its line ends stay.

    Raises Failure or OSError where it may not be written, or is no longer what was checked.
    """
    path = before.path or before.name
    if place(path, ENDING).stream:
        raise Failure(f"`{before.name}` is a device or a pipe, and cannot be rewritten", "`-` reads and writes streams")
    with open(path, "rb") as file:
        data = file.read()
    if decode(before.name, data, before.path) != before:
        raise Failure(f"`{before.name}` has changed while it was checked", "run again")
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    write_whole(path, mark + _rewritten(data.decode("utf-8-sig"), fixed).encode(), ENDING)


def _rewritten(text: str, fixed: Fixed) -> str:
    """The file's own text with the edits; lone carriage returns, which are read as line feeds, stand where they did."""
    for made in fixed.rounds:
        text = edited(text, [edit for one in made for edit in one.edits])
    return text


def _told(edit: Edit) -> str:
    old, new = edit.span.text, edit.text
    if not old:
        return f"{edit.span}: `{new}` is put in"
    return f"{edit.span}: `{old}` is " + (f"now `{new}`" if new else "taken out")
