"""What a figure of one or more networks shows: the level, the colours of the sizes, the columns, the legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.sentences import there_are
from resnet_dsl.targets.figure.outline.cards import gather_cards
from resnet_dsl.targets.figure.outline.closeup import gather_block
from resnet_dsl.targets.figure.outline.colouring import in_theme
from resnet_dsl.targets.figure.outline.ends import gather_ends, gather_flow, with_ends
from resnet_dsl.targets.figure.outline.folding import Folding, fold_to_layers, fold_to_rows
from resnet_dsl.targets.figure.outline.insets import gather_insets, remarks_of, shared_remark
from resnet_dsl.targets.figure.outline.items import Wishes, gather_item, summarise
from resnet_dsl.targets.figure.outline.kinds import Kinds, left_out
from resnet_dsl.targets.figure.outline.outline import Column, Outline, Way
from resnet_dsl.targets.figure.outline.scopes import blocks_of, find_block, read_scopes, with_scopes
from resnet_dsl.targets.figure.outline.sections import Tones, gather_sections, section_tone, tones_of
from resnet_dsl.targets.figure.outline.tiers import gather_tiers, legend_of_lanes
from resnet_dsl.targets.figure.outline.words import adapting, clean
from resnet_dsl.targets.figure.theme.theme import Theme

_AIR = 1.7
READABLE_ROWS = 60
"""The most rows at which a whole network is shown row by row unless something else is asked for."""


def gather_networks(
    subjects: Sequence[Facts],
    titles: Sequence[str],
    level: str | None,
    show: tuple[str, ...],
    wide: bool,
    lanes: bool = False,
    theme: Theme | None = None,
) -> Outline:
    """Whole networks. ``lanes``: each in lanes by resolution."""
    tones = tones_of(subjects)
    wishes = Wishes.of(level or default_level(subjects), show, theme)
    titled = [clean(title, 40) for title in titles]
    pairs = list(zip(subjects, titled, strict=True))
    if lanes:
        columns = [gather_tiers(one, tones, wishes, title) for one, title in pairs]
    elif wishes.level == "stage":
        columns = [gather_cards(one, tones, wishes, title, wide) for one, title in pairs]
    else:
        columns = [_rows(one, tones, wishes, title) for one, title in pairs]
    columns = [replace(column, network=number) for number, column in enumerate(columns)]
    insets, remarks = _left_out(subjects, columns, tones, wishes)
    ways: set[Way] = {link.way for column in (*columns, *insets) for link in column.links}
    cards = [item for column in columns for item in column.items if item.kind == "card"]
    groups = [group for item in cards for group in item.groups]
    ways |= {arc.way for group in groups for arc in (*group.arcs, *group.first_arcs)}
    paged = len(columns) == 1 and wishes.level != "stage" and not lanes
    placed = [with_scopes(column, one.graph) for column, one in zip(columns, subjects, strict=True)]
    shown = tuple(_told_apart([*placed, *insets]))
    legend = (*_legend_words(ways, subjects), *legend_of_lanes(columns))
    outline = Outline(shown, legend, paged=paged, remarks=remarks, tiered=lanes)
    return in_theme(outline, subjects, theme) if theme else outline


def _rows(subject: Facts, tones: Tones, wishes: Wishes, title: str) -> Column:
    """A network as a column of rows: at block level every convolution, at layer level every operation."""
    graph = subject.graph
    scopes = read_scopes(graph)
    layers = wishes.level == "layer"
    folding = fold_to_layers(graph, wishes.kinds) if layers else fold_to_rows(graph, scopes, wishes.kinds)
    links = gather_flow(subject, scopes, folding)
    sections, section_of = gather_sections(subject, scopes, folding, links)
    items = []
    for row, nodes in enumerate(folding.rows):
        tone = section_tone(subject, scopes, nodes[0], tones)
        items.append(gather_item(subject, folding, row, wishes, tone, section_of[row]))
    items += gather_ends(subject, len(sections))
    return Column(graph.name, title, with_ends(sections, graph), tuple(items), links, summarise(subject))


def _left_out(
    subjects: Sequence[Facts], columns: Sequence[Column], tones: Tones, wishes: Wishes
) -> tuple[list[Column], tuple[str, ...]]:
    """Close-ups of what is a named box in the columns, and in words what is not drawn at all."""
    insets: list[Column] = []
    remarks: dict[str, None] = {}
    hidden: list[list[int]] = []
    for subject, column in zip(subjects, columns, strict=True):
        layers = wishes.level == "layer"
        drawn, names = ([], []) if layers else gather_insets(subject, column, tones, wishes.kinds)
        insets += (replace(with_scopes(one, subject.graph), network=column.network) for one in drawn)
        folding = fold_to_rows(subject.graph, read_scopes(subject.graph), wishes.kinds)
        folding = fold_to_layers(subject.graph, wishes.kinds) if layers else folding
        remarks.update(dict.fromkeys(remarks_of(subject.graph, folding, names)))
        hidden.append(_hidden(subject.graph, folding, wishes.kinds))
    graphs = [subject.graph for subject in subjects]
    return insets, (*remarks, *left_out(graphs, hidden), *shared_remark(graphs))


def _hidden(graph: Graph, folding: Folding, kinds: Kinds) -> list[int]:
    """What a theme hides, in rows and in the blocks that are boxes."""
    boxed = [node for row in folding.attachments for node in folding.rows[row]]
    return sorted({*folding.hidden, *(node for node in boxed if kinds.hides(graph.nodes[node]))})


def gather_blocks(
    subjects: Sequence[Facts],
    blocks: Sequence[str],
    level: str | None,
    show: tuple[str, ...],
    formula: bool,
    theme: Theme | None = None,
) -> Outline:
    """Close-ups: each named block once, from the first network that calls it."""
    tones = tones_of(subjects)
    wishes = Wishes.of(level or "layer", show, theme)
    columns = [_block(subjects, name, tones, wishes, formula) for name in blocks]
    air = _AIR if formula or wishes.level != "layer" else 1.0
    defined = dict.fromkeys(words for column in columns for words in column.definitions)
    remarks = (*defined, *(() if formula else shared_remark(subject.graph for subject in subjects)))
    outline = Outline(tuple(_told_apart(columns)), aligned=False, air=air, remarks=remarks)
    return in_theme(outline, subjects, theme) if theme else outline


def _block(subjects: Sequence[Facts], name: str, tones: Tones, wishes: Wishes, formula: bool) -> Column:
    subject = subject_of(subjects, name)
    scope = find_block(subject.graph, name) or 0
    part = read_scopes(subject.graph).part[scope]
    exit_of = subject.graph.scopes[scope if part is None else part].exit
    drawn = gather_block(subject, scope, tones.get(subject.shapes[exit_of][:-1], 0), wishes, formula)
    number = next(at for at, one in enumerate(subjects) if one is subject)
    return replace(with_scopes(drawn, subject.graph), network=number)


def subject_of(subjects: Sequence[Facts], name: str) -> Facts:
    """The first network that calls a block. Raises UnknownBlockError."""
    found = next((one for one in subjects if find_block(one.graph, name) is not None), None)
    if found is None:
        known = dict.fromkeys(block for subject in subjects for block in blocks_of(subject.graph))
        raise UnknownBlockError(name, tuple(known))
    return found


class UnknownBlockError(Failure):
    """No network calls a block of this name; the remedy names the nearest one, or those that are called."""

    def __init__(self, name: str, known: tuple[str, ...], where: str = "here") -> None:
        near = nearest(name, known)
        some = there_are(map(clean, known[:12])) + (", …" if len(known) > 12 else "")
        remedy = f"did you mean `{clean(near)}`?" if near else some if known else None
        super().__init__(f"no block `{clean(name)}` is called {where}", remedy)


def _legend_words(ways: set[Way], subjects: Sequence[Facts]) -> tuple[tuple[Way, str], ...]:
    """The two kinds of skip connections, as far as the figure has them; adapted ones with what adapts them."""
    adapters = dict.fromkeys(adapting(operations) for one in subjects for operations in _adapters(one.graph))
    through = f"{' or '.join(adapters) or 'adapted'} skip"
    words: tuple[tuple[Way, str], ...] = (("identity", "identity skip"), ("adapted", through))
    return tuple((way, said) for way, said in words if way in ways)


def _adapters(graph: Graph) -> Iterable[set[str]]:
    """The operations of each adapter of a skip connection."""
    adapter = read_scopes(graph).adapter
    found: dict[int, set[str]] = {}
    for node in graph.nodes:
        inside = adapter[node.scope]
        if inside is not None:
            found.setdefault(inside, set()).add(node.op)
    return found.values()


def default_level(subjects: Sequence[Facts]) -> str:
    rows = (len(fold_to_rows(one.graph, read_scopes(one.graph)).rows) for one in subjects)
    return "block" if max(rows) <= READABLE_ROWS else "stage"


def _told_apart(columns: Sequence[Column]) -> list[Column]:
    """Columns with keys of their own, also where two networks have one name."""
    return [
        replace(column, key=f"{number} {column.key}" if number else column.key) for number, column in enumerate(columns)
    ]
