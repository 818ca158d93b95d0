"""The parts of a column: the brackets that name them, their colours, and one order for those of several networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import Length
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.outline import Link, Section
from resnet_dsl.targets.figure.outline.scopes import Scopes
from resnet_dsl.targets.figure.outline.words import clean, size

Tones = Mapping[tuple[Length, ...], int]
"""The palette's colour of each feature-map size."""


def tones_of(subjects: Sequence[Facts]) -> dict[tuple[Length, ...], int]:
    """A colour for each feature-map size, in the order in which stages reach them."""
    tones: dict[tuple[Length, ...], int] = {}
    for subject in subjects:
        for scope in subject.graph.scopes:
            if scope.kind == "stage":
                tones.setdefault(subject.shapes[scope.exit][:-1], len(tones))
    return tones


def section_tone(subject: Facts, scopes: Scopes, index: int, tones: Tones) -> int | None:
    """The colour of a node's stage; outside stages only weights on maps have one, the first."""
    node = subject.graph.nodes[index]
    part = scopes.part[node.scope]
    if part is None or OPERATIONS[node.op].role not in {"weighted", "merge"} or len(subject.shapes[index]) < 2:
        return None
    scope = subject.graph.scopes[part]
    if scope.kind == "stage":
        return tones.get(subject.shapes[scope.exit][:-1])
    return tones.get(subject.shapes[index][:-1], 0) if scope.kind == "stem" else None


def gather_sections(
    subject: Facts, scopes: Scopes, folding: Folding, links: Sequence[Link]
) -> tuple[tuple[Section, ...], list[int]]:
    """The brackets: one a stage, one a size in stem and head; and the section of each row.

    A head that the main path does not enter stands beside the others, and so does an input where there are several.
    """
    found: dict[tuple[int | None, str, bool], int] = {}
    sections: list[Section] = []
    section_of = []
    main = {end for link in links if link.way == "main" for end in (link.source, link.target)} or {0}
    parts = [scopes.part[subject.graph.nodes[nodes[0]].scope] for nodes in folding.rows]
    entered = {part for row, part in enumerate(parts) if row in main}
    for row, (nodes, part) in enumerate(zip(folding.rows, parts, strict=True)):
        staged = part is None or subject.graph.scopes[part].kind == "stage"
        beside = row not in main if part is None else subject.graph.scopes[part].kind == "head" and part not in entered
        place = (part, "" if staged else size(subject.shapes[nodes[0]]), beside)
        if place not in found:
            found[place] = len(sections)
            before = sum(other == part for other, *_ in found) - 1
            sections.append(replace(_section(subject, part, place[1], before), beside=beside))
        section_of.append(found[place])
    return tuple(sections), section_of


def _section(subject: Facts, part: int | None, reached: str, before: int) -> Section:
    """``before``: how many sections of the same part there are already."""
    if part is None:
        return Section("", ())
    scope = subject.graph.scopes[part]
    if scope.kind == "stage":
        return Section(f"stage {scope.name}", (clean(scope.name, 20), size(subject.shapes[scope.exit])))
    return Section(f"{scope.kind} {scope.name} {before}", (reached,) if before else (clean(scope.name, 20), reached))


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
