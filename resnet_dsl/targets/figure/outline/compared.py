"""Two networks beside each other with what tells them apart: rows that differ are marked, and their differences told.

What is alike in both is grey; what differs keeps its colour, and has the number of its difference: ``≠2``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from resnet_dsl.analyses.difference import Alignment, Located, lay_beside, located
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.figure.outline.compact import without_close_ups
from resnet_dsl.targets.figure.outline.networks import gather_networks
from resnet_dsl.targets.figure.outline.outline import Column, Group, Item, Outline, Section, Sums
from resnet_dsl.targets.figure.outline.scopes import item_of
from resnet_dsl.targets.figure.outline.words import clean
from resnet_dsl.targets.figure.theme.theme import Theme

SIGN = "≠"
"""Before the numbers of the differences of a row."""
_MOST_NUMBERS = 5
"""Of one row."""
_MORE = "…"
_MOST_TOLD = 24
_LONGEST_TOLD = 400  # letters


def gather_compared(
    subjects: Sequence[Facts],
    titles: Sequence[str],
    level: str,
    show: tuple[str, ...],
    wide: bool,
    theme: Theme | None = None,
) -> Outline:
    """Raises Failure where the two are too large to be laid beside each other."""
    left, right = subjects
    outline = without_close_ups(gather_networks(subjects, titles, level, show, wide, theme=theme))
    laid = lay_beside(left, right)
    names = (clean(titles[0], 40), clean(titles[1], 40))
    differences = located(left, right, laid, names)
    shown = [found for found in differences if (found.left or found.right) and not found.everywhere]
    ours = _marked(outline.columns[0], left.graph, [found.left for found in shown])
    theirs = _marked(outline.columns[1], right.graph, [found.right for found in shown])
    theirs = replace(theirs, sections=_renamed(theirs.sections, laid))
    told = _told(shown, [found for found in differences if found not in shown])
    return replace(
        outline, columns=_beside(ours, theirs, subjects, laid), sums=_sums(subjects, names, tuple(told)), aligned=True
    )


def _marked(column: Column, graph: Graph, differences: Sequence[Iterable[int]]) -> Column:
    """The column with the numbers of the differences at the rows where they lie."""
    at = item_of(column, graph)
    numbers: dict[int, list[int]] = {}
    for number, nodes in enumerate(differences, 1):
        for node in nodes:
            numbers.setdefault(node, []).append(number)
    own: dict[int, set[int]] = {}
    for node, found in numbers.items():
        own.setdefault(at.get(node, -1), set()).update(found)
    items = (_item(item, numbers, sorted(own.get(index, ()))) for index, item in enumerate(column.items))
    return replace(column, items=tuple(items))


def _item(item: Item, numbers: Mapping[int, list[int]], own: list[int]) -> Item:
    if not own:
        return replace(item, tone=None, groups=tuple(replace(group, tones=()) for group in item.groups))
    tip = f"{item.tip}; {_sign(own)}"
    if item.kind == "card":
        return replace(item, tip=tip, groups=tuple(_groups(item.groups, numbers)))
    lines = (_with_sign(item.lines[0], own, " " if item.kind == "merge" else ", "), *item.lines[1:])
    return replace(item, lines=lines, tip=tip)


def _groups(groups: Iterable[Group], numbers: Mapping[int, list[int]]) -> Iterator[Group]:
    for group in groups:
        own = [sorted({number for node in nodes for number in numbers.get(node, ())}) for nodes in group.held]
        rows, firsts = (
            tuple(_with_sign(row, found, ", ") for row, found in zip(said, own, strict=True)) if said else ()
            for said in (group.rows, group.first_rows)
        )
        yield replace(group, rows=rows, first_rows=firsts)


def _with_sign(words: str, own: list[int], between: str) -> str:
    return f"{words}{between if words else ''}{_sign(own)}" if own else words


def _sign(own: list[int]) -> str:
    shown = [str(number) for number in own if number <= _MOST_TOLD][:_MOST_NUMBERS]
    return SIGN + ",".join([*shown, *([_MORE] if len(own) > len(shown) else [])])


def _renamed(sections: tuple[Section, ...], laid: Alignment) -> tuple[Section, ...]:
    """The right network's sections by the keys of those that they stand beside."""
    keys = {
        f"stage {pair.right.name}": f"stage {pair.left.name}" if pair.left else f"right stage {pair.right.name}"
        for pair in laid.parts
        if pair.right and pair.right.kind == "stage"
    }
    return tuple(replace(section, key=keys.get(section.key, section.key)) for section in sections)


def _beside(left: Column, right: Column, subjects: Sequence[Facts], laid: Alignment) -> tuple[Column, ...]:
    """The columns whose items know which item of the other one stands beside them: the one with the most steps."""
    ours, theirs = (item_of(column, subject.graph) for column, subject in zip((left, right), subjects, strict=True))
    pairs = [(one.at, other.at) for _, one, other in laid.matched]
    pairs += zip(range(subjects[0].graph.inputs), range(subjects[1].graph.inputs), strict=False)
    votes = Counter((ours[one], theirs[other]) for one, other in pairs if one in ours and other in theirs)
    ends = {item.key: index for index, item in enumerate(right.items) if not item.nodes}
    votes |= {(index, ends[item.key]): 1 for index, item in enumerate(left.items) if item.key in ends}
    beside: dict[int, int] = {}
    keys: dict[int, str] = {}
    for (one, other), _ in votes.most_common():
        if one not in beside and other not in keys:
            beside[one], keys[other] = other, f"= {one}"
    return (
        _keyed(left, [f"= {index}" if index in beside else f"left {index}" for index in range(len(left.items))]),
        _keyed(right, [keys.get(index, f"right {index}") for index in range(len(right.items))]),
    )


def _keyed(column: Column, keys: Sequence[str]) -> Column:
    items = (replace(item, beside_key=key) for item, key in zip(column.items, keys, strict=True))
    return replace(column, items=tuple(items))


def _sums(subjects: Sequence[Facts], names: Sequence[str], told: tuple[tuple[str, str], ...]) -> Sums:
    left, right = (subject.count for subject in subjects)
    rows = [("trainable parameters", left.params, right.params)]
    if left.total_params - left.params != right.total_params - right.params:
        rows.append(("parameters with moving statistics", left.total_params, right.total_params))
    counted = [*rows, ("MACs", left.macs, right.macs), ("depth", subjects[0].depth, subjects[1].depth)]
    return Sums(("", *names, "difference"), tuple(_row(*row) for row in counted), told)


def _row(name: str, left: int | None, right: int | None) -> tuple[str, ...]:
    shown = tuple("unknown" if number is None else f"{number:,}" for number in (left, right))
    if left is None or right is None:
        return name, *shown, ""
    more = f" ({(right - left) / left:+.1%})".replace("-", "−") if left and right != left else ""
    return name, *shown, ("0" if right == left else f"{right - left:+,}".replace("-", "−")) + more


def _told(shown: Sequence[Located], others: Sequence[Located]) -> Iterator[tuple[str, str]]:
    """What the numbers mean; then what is not shown at rows, since it lies at all of them, or at none."""
    if not shown and not others:
        yield "", "nothing tells them apart"
    if shown:
        but = ", but for what is told without one" if others else ""
        yield SIGN, f"differs, as told here by number; grey without a number: alike{but}"
    lines = [(f"{SIGN}{number}", found.words) for number, found in enumerate(shown, 1)]
    lines += [("", found.words) for found in others]
    yield from ((mark, clean(words, _LONGEST_TOLD)) for mark, words in lines[:_MOST_TOLD])
    if len(lines) > _MOST_TOLD:
        mark = f"{SIGN}{_MORE}" if len(shown) > _MOST_TOLD else ""
        yield mark, f"{len(lines) - _MOST_TOLD} more, which `resnet-dsl diff` tells"
