"""What stands below a figure in a paper: the conventions that this figure uses, and what its networks cost.

And what is said to somebody who does not see it: in a line, and stage by stage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from resnet_dsl.analyses.counts import total
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import blocks
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import counted, either, first, plural
from resnet_dsl.targets.figure.outline.colouring import COLOURS
from resnet_dsl.targets.figure.outline.groups import ADAPTED
from resnet_dsl.targets.figure.outline.networks import gather_networks
from resnet_dsl.targets.figure.outline.outline import Column, Group, Item, Outline, Way
from resnet_dsl.targets.figure.outline.scopes import read_scopes
from resnet_dsl.targets.figure.outline.speaking import Say
from resnet_dsl.targets.figure.outline.words import clean, count, label, size, whole

MOST_LETTERS = 150
"""Of a short text for those who do not see a figure: guides of publishers ask for it."""
_MOST_PARTS = 200
"""Of one network, in a long text."""
_BETWEEN: tuple[Way, ...] = ("down", "learned-down", "up", "learned-up")
_MOST_ADAPTERS, _MOST_NAMES = 3, 8
_SIGNS = {"+": "sum", "×": "product", "−": "difference"}
_ADAPTED = {"projection skip": "through a projection", "padded skip": "where it is padded"}
_BY_COMMAND = re.compile(r", which --block draws| \(`draw --block [^`]*` shows them\)")
"""What a remark says to whoever has the command at hand, and not to a reader of a paper."""


@dataclass(frozen=True)
class Captioned:
    """What a figure shows, and of which networks. whole: these themselves, and not blocks of them."""

    outline: Outline
    subjects: tuple[Facts, ...]
    whole: bool = True

    @property
    def tones(self) -> frozenset[int]:
        """The colours that it uses, by their numbers."""
        items = [item for column in self.outline.columns for item in column.items]
        rows = [tone for item in items for group in item.groups for tone in group.tones]
        return frozenset(tone for tone in (*rows, *(item.tone for item in items)) if tone is not None)

    def caption(self, colours: str, say: Say = str) -> tuple[str, ...]:
        """Its sentences. colours: what colours say, empty where they say nothing. say: in whose words; names stay."""
        return (*self.subject(say), *self.conventions(colours, say), *self.costs(say))

    def short(self, say: Say = str) -> str:
        """At most MOST_LETTERS letters; what does not fit is left out, the least important first."""
        if not self.whole:
            return _bounded(say(" ".join(column.summary for column in self.outline.columns)))
        names = self._names()
        if len(self.subjects) > 1:
            return _bounded(say(f"Architectures of {names}, side by side"))
        parts = [say(one) for one in (f"Architecture of {names}", *_parts(self.subjects[0]))]
        while len(_sentence(parts)) > MOST_LETTERS and len(parts) > 1:
            parts.pop()
        return _bounded(_sentence(parts))

    def long(self, say: Say = str) -> tuple[str, ...]:
        """A sentence on each network, or block, and a line on each of its stages."""
        lines: list[str] = []
        stages = [] if not self.whole else self._stages()
        for number, column in enumerate(self._networks()):
            lines.append(say(column.summary))
            own = stages[number] if stages else column
            said = [say(item.tip) for item in own.items if item.tip and item.kind != "text"]
            lines += [f"- {one}" for one in said[:_MOST_PARTS]]
            lines += [say(f"- and {len(said) - _MOST_PARTS} more")] if len(said) > _MOST_PARTS else []
        return tuple(lines)

    def _stages(self) -> list[Column]:
        names = [_name(column) for column in self._networks()]
        outline = gather_networks(self.subjects, names, "stage", (), False)
        return [column for column in outline.columns if not column.inset]

    def _names(self) -> str:
        return " and ".join(map(_name, self._networks()))

    def _networks(self) -> list[Column]:
        return [column for column in self.outline.columns if not column.inset]

    def subject(self, say: Say = str) -> Iterator[str]:
        """What is drawn."""
        if self.whole:
            yield f"{self._names()}."
        else:
            yield from (say(column.summary) for column in self.outline.columns)

    def conventions(self, colours: str, say: Say = str) -> tuple[str, ...]:
        """What its lines, numbers and colours say."""
        return tuple(map(say, _conventions(self.outline, self.subjects, colours)))

    def costs(self, say: Say = str) -> Iterator[str]:
        """Of whole networks."""
        if self.whole:
            alone = len(self.subjects) == 1
            costs = [say(_cost(one)) for one in self.subjects]
            names = [_name(column) for column in self._networks()]
            told = costs if alone else [f"{name}: {cost}" for name, cost in zip(names, costs, strict=True)]
            yield f"{'; '.join(told)}."


class ToldPanel(NamedTuple):
    """One of several: its letter, what it is in words, and what it shows, where it shows networks."""

    letter: str
    words: str
    told: Captioned | None

    def under_letter(self, sentence: str) -> str:
        return f"{self.letter} {sentence}".strip()

    def sentence(self, say: Say) -> str:
        """Its words, with what its networks cost."""
        costs = "; ".join(cost.rstrip(".") for cost in self.told.costs(say)) if self.told else ""
        return f"{self.words.rstrip('.')}{f' ({costs})' if costs else ''}."


@dataclass(frozen=True)
class ToldTogether:
    """What the panels of a figure show."""

    panels: tuple[ToldPanel, ...]

    @property
    def tones(self) -> frozenset[int]:
        return frozenset(tone for panel in self.panels if panel.told for tone in panel.told.tones)

    def caption(self, colours: str, say: Say = str) -> tuple[str, ...]:
        """As ``Captioned.caption``: each panel with its costs, and what all of them use; then what some alone do."""
        used: dict[str, list[str]] = {}
        for panel in self.panels:
            for sentence in panel.told.conventions(colours if panel.told.tones else "", say) if panel.told else ():
                used.setdefault(sentence, []).append(panel.letter)
        together: dict[tuple[str, ...], list[str]] = {tuple(panel.letter for panel in self.panels): []}
        for sentence, letters in used.items():
            together.setdefault(tuple(letters), []).append(sentence)
        (_, shared), *own = together.items()
        return (
            *(panel.under_letter(panel.sentence(say)) for panel in self.panels),
            *shared,
            *(f"{', '.join(filter(None, letters))} {' '.join(said)}".strip() for letters, said in own),
        )

    def short(self, say: Say = str) -> str:
        told = (panel.under_letter(panel.told.short(say) if panel.told else panel.words) for panel in self.panels)
        return _bounded("; ".join(one.removesuffix(".") for one in told))

    def long(self, say: Say = str) -> tuple[str, ...]:
        lines: list[str] = []
        for panel in self.panels:
            first, *others = panel.told.long(say) if panel.told else (panel.words,)
            lines += [panel.under_letter(first), *others]
        return tuple(lines)


def _name(column: Column) -> str:
    return column.title or clean(column.key)


def _cost(subject: Facts) -> str:
    """``25.6 M parameters, 4.09 GMACs at 224×224``; what an open length leaves open is not said."""
    macs = total(subject.counts).macs
    number = sum(subject.params)
    params = f"{_amount(count(number))} {plural('parameter', number)}"
    sizes = list(dict.fromkeys(size(shape) for shape in subject.input_shapes.values()))
    return params if macs is None else f"{params}, {_amount(count(macs))}MACs at {first(sizes, _MOST_NAMES)}"


def _amount(number: str) -> str:
    """``25.6 M``."""
    return f"{number[:-1]} {number[-1]}" if number[-1].isalpha() else number


def _conventions(outline: Outline, subjects: Sequence[Facts], colours: str) -> Iterator[str]:
    items = [item for column in outline.columns for item in column.items]
    groups = [group for item in items for group in item.groups]
    yield from _lanes(outline)
    yield from _blocks(outline, items, groups)
    yield from _skips(outline, subjects)
    yield from _marks(outline, items, groups)
    yield from _colours(outline, items, colours)
    yield from (
        f"{_capital(_BY_COMMAND.sub('', remark))}." for remark in outline.remarks if not remark.startswith(COLOURS)
    )


def _lanes(outline: Outline) -> Iterator[str]:
    if not outline.tiered:
        return
    words = dict(outline.legend)
    yield "Rows: resolution, the finest on top."
    between = [words[way] for way in _BETWEEN if way in words]
    if between:
        learned = "; thick ones have weights" if any(way.startswith("learned") for way in words) else ""
        yield f"Arrows between rows: {', '.join(between)}{learned}."
    if "copy" in words:
        yield "White plates: values as they were, joined to others."


def _blocks(outline: Outline, items: Sequence[Item], groups: Sequence[Group]) -> Iterator[str]:
    """What a number of equal blocks, and what stands apart, says."""
    repeats = any(group.repeat > 1 for group in groups)
    volumes = [item.volume for item in items if item.volume]
    if repeats:
        yield f"×N: so many {'steps behind each other' if outline.tiered else 'equal blocks'}, of which one is drawn."
    elif any(volume.repeat > 1 for volume in volumes):
        yield "×N: so many equal blocks."
    if outline.tiered:
        adapted = [group for group in groups if any(arc.way == "adapted" for arc in group.all_arcs)]
        if words := list(dict.fromkeys(group.firsts[0] or "adapted" for group in adapted)):
            yield f"1 {either(words)}: so many of the skip connections in a box are adapted."
    if (
        _marks_first(items)
        or any(skips.first for volume in volumes for skips in volume.skips)
        or any(line.endswith(f"{ADAPTED} first") for item in items for line in item.lines)
    ):
        yield "Marked first: what the first of them alone has."
    if volumes:
        yield "Below each volume its channels, beside it its size where that is another one than before."
    if any(len(one.parts) > 1 for volume in volumes for one in volume.maps):
        yield "Volumes that touch: values that are joined."


def _marks_first(items: Sequence[Item]) -> bool:
    """Whether ``first`` stands somewhere: plates say it of equal modules, and of blocks how many project."""
    groups = ((item.kind == "plate", group) for item in items for group in item.groups)
    return any(group.only_first if plate else any(group.firsts) or group.first_arcs for plate, group in groups)


def _skips(outline: Outline, subjects: Sequence[Facts]) -> Iterator[str]:
    words = dict(outline.legend)
    told = ["solid where the value is taken as it is"] if "identity" in words else []
    if "adapted" in words:
        how = _ADAPTED.get(words["adapted"], "where it is adapted")
        told.append(f"dashed {how}{_adapters(subjects)}")
    if told:
        yield f"Skip connections: {', '.join(told)}."


def _adapters(subjects: Sequence[Facts]) -> str:
    """What adapts: `` (1×1 conv, stride 1 or 2)``."""
    found: dict[str, set[str]] = {}
    for subject in subjects:
        for operations, strides in _adapting(subject.graph):
            found.setdefault(operations, set()).update(strides)
    told = [f"{one}{_strides(strides)}" for one, strides in found.items() if one]
    more = "; …" if len(told) > _MOST_ADAPTERS else ""
    return f" ({'; '.join(told[:_MOST_ADAPTERS])}{more})" if told else ""


def _strides(strides: set[str]) -> str:
    return f", stride {either(sorted(strides))}" if strides != {"1"} else ""


def _adapting(graph: Graph) -> Iterator[tuple[str, set[str]]]:
    """Of each adapter what its operations are, widths and strides left out; and its stride."""
    adapter = read_scopes(graph).adapter
    inside: dict[int, list[str]] = {}
    for node in graph.nodes:
        scope = adapter[node.scope]
        if scope is not None and OPERATIONS[node.op].role not in ("norm", "activation"):
            inside.setdefault(scope, []).append(label(node))
    for labels in inside.values():
        parts = [part for one in labels for part in one.split(", ")]
        strides = [part[1:] for part in parts if part.startswith("/")]
        yield ", ".join(part for part in parts if part[0] != "/" and not part.isdigit()), set(strides[:1] or ["1"])


def _marks(outline: Outline, items: Sequence[Item], groups: Sequence[Group]) -> Iterator[str]:
    """Signs, numbers behind a stroke, dashed boxes."""
    words = [line for item in items for line in item.lines]
    words += [row for group in groups for row in group.lines]
    strides = sorted({found for line in words for found in re.findall(r"/(\d+(?:×\d+)*)\b", line)})
    if strides:
        yield f"{first([f'/{stride}' for stride in strides], _MOST_NAMES)}: the stride."
    signs = {item.lines[0] for item in items if item.kind == "merge" and item.lines}
    drawn = [f"{sign} {meaning}" for sign, meaning in _SIGNS.items() if sign in signs]
    if drawn:
        yield f"Circles: {', '.join(drawn)}."
    if any(column.frames for column in outline.columns):
        yield "Dashed boxes: stages and blocks, by their names."
    if any(column.zoom for column in outline.columns):
        yield "Dashed boxes that lines join to their places: blocks in close-up."


def _colours(outline: Outline, items: Sequence[Item], colours: str) -> Iterator[str]:
    if outline.sums:
        yield "Grey: alike in both; ≠ and a number: a difference, told below."
    elif colours:
        yield f"{colours}."
    if any(item.kind == "thin" for item in items):
        look = "Low boxes" if outline.laws is None else "Without a colour inside"
        yield f"{look}: details of what stands before them, as normalisation and activation."


def _parts(subject: Facts) -> list[str]:
    """What is to be known of a network, the most important first."""
    graph = subject.graph
    kinds = [scope.kind for scope in graph.scopes]
    residual = len(blocks(graph))
    ends = [next(iter(shapes.values())) for shapes in (subject.input_shapes, subject.output_shapes)]
    single = len(subject.input_shapes) == len(subject.output_shapes) == 1
    told = [f"from {whole(ends[0])} to {whole(ends[1])}"] if single else [_ends(subject)]
    told += [counted(kinds.count("stage"), "stage")] if "stage" in kinds else []
    told += [counted(residual, "residual block")] if residual else []
    return [*told, _cost(subject).split(",")[0]]


def _ends(subject: Facts) -> str:
    return f"{counted(len(subject.input_shapes), 'input')}, {counted(len(subject.output_shapes), 'output')}"


def _sentence(parts: Sequence[str]) -> str:
    return f"{parts[0]}: {', '.join(parts[1:])}." if len(parts) > 1 else f"{parts[0]}."


def _bounded(words: str) -> str:
    return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1].rstrip()}…"


def _capital(words: str) -> str:
    """Remarks begin small; names stay as they are where they begin with what is no letter."""
    return words[:1].upper() + words[1:]
