"""What a figure of one or more networks shows: the level, the colours of the sizes, the columns, the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import Length
from resnet_dsl.targets.figure.cards import gather_cards
from resnet_dsl.targets.figure.description import Column, Description, Way
from resnet_dsl.targets.figure.folding import fold_to_rows
from resnet_dsl.targets.figure.rows import Wishes, gather_rows
from resnet_dsl.targets.figure.scopes import read_scopes
from resnet_dsl.targets.figure.words import clean

READABLE_ROWS = 60
"""The most rows at which a whole network is shown row by row unless something else is asked for."""


def describe(subjects: Sequence[Facts], level: str | None, show: tuple[str, ...], wide: bool) -> Description:
    tones = _tones(subjects)
    wishes = Wishes(level or default_level(subjects), show)
    titled = [clean(subject.graph.name, 40) for subject in subjects]
    if wishes.level == "stage":
        columns = [gather_cards(one, tones, wishes, title, wide) for one, title in zip(subjects, titled, strict=True)]
    else:
        columns = [gather_rows(one, tones, wishes, title) for one, title in zip(subjects, titled, strict=True)]
    ways: set[Way] = {link.way for column in columns for link in column.links}
    ways |= {group.skip for column in columns for item in column.items for group in item.groups if group.skip}
    return Description(tuple(_told_apart(columns)), _legend(ways, subjects))


def _legend(ways: set[Way], subjects: Sequence[Facts]) -> tuple[tuple[Way, str], ...]:
    """The two kinds of skip connections, as far as the figure has them; adapted ones with their adapters."""
    adapters = dict.fromkeys(
        clean(scope.block, 20) for one in subjects for scope in one.graph.scopes if scope.kind == "skip" and scope.block
    )
    through = f"skip through {' or '.join(list(adapters)[:3])}" if adapters else "adapted skip"
    words: tuple[tuple[Way, str], ...] = (("identity", "identity skip"), ("adapted", through))
    return tuple((way, said) for way, said in words if way in ways)


def default_level(subjects: Sequence[Facts]) -> str:
    rows = (len(fold_to_rows(one.graph, read_scopes(one.graph)).rows) for one in subjects)
    return "block" if max(rows) <= READABLE_ROWS else "stage"


def _tones(subjects: Sequence[Facts]) -> dict[tuple[Length, ...], int]:
    """A colour for each feature-map size, in the order in which stages reach them."""
    tones: dict[tuple[Length, ...], int] = {}
    for subject in subjects:
        for scope in subject.graph.scopes:
            if scope.kind == "stage":
                tones.setdefault(subject.shapes[scope.exit][:-1], len(tones))
    return tones


def _told_apart(columns: Sequence[Column]) -> list[Column]:
    """Columns with keys of their own, also where two networks have one name."""
    return [
        replace(column, key=f"{number} {column.key}" if number else column.key) for number, column in enumerate(columns)
    ]
