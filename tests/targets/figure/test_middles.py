"""What stands in the middle of something does, what is said is said once: of any figure, whatever its numbers are."""

from collections import Counter
from dataclasses import replace
from itertools import groupby, pairwise

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.layout.layout import lay_out
from resnet_dsl.targets.figure.outline.networks import gather_networks
from tests.targets.figure.drawn_networks import NETWORKS

SLACK = 0.02
"""Places are rounded to two digits."""
MARGIN = 8
SIDES = pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
PAGED = pytest.mark.parametrize("name", ["resnet34", "resnet152", "densenet"])


def near(one, other, slack=SLACK):
    return abs(one - other) <= slack


def middle(bounds, axis=0):
    return (bounds[axis] + bounds[axis + 2]) / 2


def bounds(boxes, texts, paths):
    corners = [one.bounds for one in (*boxes, *texts)] + [(x, y, x, y) for path in paths for x, y in path.points]
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def parted(geometry):
    """The legend's lines and words, the remarks, and what stands above both."""
    lines = [path for path in geometry.paths if "legend" in path.classes]
    level = {path.points[0][1] for path in lines}
    words = [text for text in geometry.texts if text.y in level and text.anchor == "start"]
    remarks = [text for text in geometry.texts if (text.size, text.ink, text.face) == (8, "faint", "plain")]
    texts = [text for text in geometry.texts if text not in words and text not in remarks]
    return lines, words, remarks, (geometry.boxes, texts, [path for path in geometry.paths if path not in lines])


@SIDES
@pytest.mark.parametrize(("name", "entries"), [("resnet34", 2), ("plain34", 0), ("unet", 2), ("dense", 0)])
def test_the_legend_stands_below_the_middle_of_the_figure(name, entries, wide):
    lines, words, _, above = parted(figure(NETWORKS[name](), "block", wide).geometry)
    assert len(lines) == len(words) == entries
    if not entries:
        return
    held = bounds((), words, lines)
    assert near(middle(held), middle(bounds(*above)))
    assert held[1] > bounds(*above)[3]
    ends = [(line.points[0][0], text.bounds[2]) for line, text in zip(lines, words, strict=True)]
    assert all(start > end for (_, end), (start, _) in pairwise(ends))


def test_a_legend_of_one_entry_stands_below_the_middle_too():
    text = "network net { input 8x8x8 stage one { 3 x basic(8) } }"
    facts = resnet_dsl.load(text).network("net").compiled.facts
    lines, words, _, above = parted(figure(facts, "block").geometry)
    assert [text.words for text in words] == ["identity skip"]
    assert near(middle(bounds((), words, lines)), middle(bounds(*above)))


@SIDES
@pytest.mark.parametrize("level", ["stage", "block"])
def test_remarks_stand_below_the_middle_of_all_else(level, wide):
    lines, words, remarks, (boxes, texts, paths) = parted(figure(NETWORKS["seresnet50"](), level, wide).geometry)
    above = bounds(boxes, [*texts, *words], [*paths, *lines])
    assert remarks
    for line in remarks:
        assert near(line.x, middle(above))
        assert line.bounds[1] > above[3]


@SIDES
@pytest.mark.parametrize("name", NETWORKS)
def test_the_margins_are_equal(name, wide):
    """To the right and below up to a whole point more."""
    geometry = figure(NETWORKS[name](), "block", wide).geometry
    left, top, right, bottom = bounds(geometry.boxes, geometry.texts, geometry.paths)
    assert near(left, MARGIN)
    assert near(top, MARGIN)
    assert 0 <= geometry.width - right - MARGIN + SLACK < 1 + 2 * SLACK
    assert 0 <= geometry.height - bottom - MARGIN + SLACK < 1 + 2 * SLACK


def lines(texts):
    """Texts at one height, from left to right."""
    return [list(line) for _, line in groupby(texts, key=lambda text: text.y)]


@SIDES
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
@pytest.mark.parametrize("name", ["resnet50", "unet", "inception"])
def test_words_stand_in_the_middle_of_their_box(name, level, wide):
    """Of a card the heading stands above, the captions below: in the middle across."""
    flow = "row" if wide else "column"
    for box in figure(NETWORKS[name](), level, show=("params",), layout=flow).geometry.boxes:
        for line in lines(box.texts):
            assert near((line[0].bounds[0] + line[-1].bounds[2]) / 2, box.x), box.key
        if box.shape != "frame" and box.texts:
            assert near((box.texts[0].y + box.texts[-1].y) / 2, box.y), box.key


@SIDES
def test_a_title_is_said_once_above_the_first_value(wide):
    names = ["plain34", "unet"]
    geometry = figure([NETWORKS[name]() for name in names], "block", wide).geometry
    titles = [text for text in geometry.texts if text.face == "bold"]
    assert [text.words for text in titles] == names
    for text in titles:
        first = next(box for box in geometry.boxes if "text" in box.classes and text.words in box.key)
        assert text.bounds[3] < first.bounds[1]
        assert wide or near(text.x, first.x)
    assert geometry.title == "plain34 and unet"


@PAGED
def test_a_network_on_several_columns_says_its_name_once(name):
    """Above the first column, in the title and in the description."""
    geometry = figure(NETWORKS[name](), "block", wide=True).geometry
    assert any("main" in path.classes and not path.arrow for path in geometry.paths)
    (title,) = [text for text in geometry.texts if text.face == "bold"]
    first = next(box for box in geometry.boxes if "text" in box.classes)
    assert (title.words, geometry.title) == (name, name)
    assert title.bounds[3] < first.bounds[1]
    assert near(title.x, first.x)
    assert geometry.description.count(f"{name}: ") == 1
    assert "  " not in geometry.description


@PAGED
def test_a_network_on_several_columns_is_drawn_whole_and_nothing_twice(name):
    tall, wide = (figure(NETWORKS[name](), "block", wide).geometry for wide in (False, True))

    def drawn(geometry):
        said = Counter((box.tip, tuple(text.words for text in box.texts)) for box in geometry.boxes if box.tip)
        return said, Counter((path.tip, path.dashed) for path in geometry.paths if path.tip)

    (rows, links), (others, arrows) = drawn(tall), drawn(wide)
    assert rows == others
    assert links == arrows


@PAGED
def test_columns_are_joined_from_the_last_row_of_one_to_the_top_of_the_next(name):
    geometry = figure(NETWORKS[name](), "block", wide=True).geometry
    joints = [path.points for path in geometry.paths if "main" in path.classes and not path.arrow]
    for before, *_, after in joints:
        ending = [box for box in geometry.boxes if near(box.x, before[0]) and near(box.bounds[3], before[1])]
        begun = [path for path in geometry.paths if path.source and near(path.points[0][0], after[0])]
        assert len(ending) == 1
        assert any(near(path.points[0][1], after[1], 0.6) for path in begun)


@SIDES
@pytest.mark.parametrize("name", ["resnet34", "unet", "densenet"])
def test_a_bracket_goes_along_its_rows_and_its_words_stand_at_its_middle(name, wide):
    """Unless the words of the one before take the room; none goes beyond the rows of its part.

    The words are read from above to below, the part's name before its size, whichever way the figure flows.
    """
    subject = NETWORKS[name]()
    outline = gather_networks([subject], [name], "block", (), wide)
    (column,) = outline.columns
    geometry = lay_out(replace(outline, paged=False), wide)
    along = 0 if wide else 1
    place = {box.key.partition("/")[2]: box.bounds for box in geometry.boxes}
    bars = [path.points for path in geometry.paths if "bracket" in path.classes]
    named = [number for number, section in enumerate(column.sections) if section.words]
    texts = [text for text in geometry.texts if (text.size, text.ink) == (9, "faint")]
    assert len(bars) == len(named)
    free = 0.0
    for (start, end), number in zip(bars, named, strict=True):
        rows = [place[item.key] for item in column.items if item.section == number]
        assert near(start[along], min(row[along] for row in rows), 1)
        assert near(end[along], max(row[along + 2] for row in rows), 1)
        said = column.sections[number].words
        lines, texts = texts[: len(said)], texts[len(said) :]
        assert tuple(text.words for text in lines) == said
        assert all(near(below.y - above.y, 11) for above, below in pairwise(lines)), "they are read downwards"
        edge = min(bar[1 - along] for bar in (start, end))
        assert all(line.bounds[3 if wide else 2] < edge for line in lines), "above the bar, or to its left"
        at = sum(middle(text.bounds, along) for text in lines) / len(lines)
        least = (start[along] + end[along]) / 2
        assert near(at, least) or (at > least and near(at - room(lines, wide) / 2, free))
        free = at + room(lines, wide) / 2


def room(lines, wide):
    """What the words of a bracket take along it, with the space around them."""
    return max(line.bounds[2] - line.bounds[0] for line in lines) + 6 if wide else 11 * len(lines)


@SIDES
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
@pytest.mark.parametrize("name", ["resnet50", "unet", "dense", "inception"])
def test_lines_begin_and_end_at_the_edges_of_what_they_join(name, level, wide):
    """Or, where one joins a line that leaves the same item, upon that line."""
    outline = gather_networks([NETWORKS[name]()], [name], level, (), wide)
    geometry = lay_out(replace(outline, paged=False), wide)
    box_of = {box.key: box for box in geometry.boxes}
    for path in geometry.paths:
        if not path.source:
            continue
        assert on_edge(path.points[-1], box_of[path.target].bounds), path
        along = 0 if wide else 1
        behind = path.points[0][along] - box_of[path.source].bounds[along + 2]
        assert -1 <= behind < 20, path
        assert near(path.points[0][1 - along], middle(box_of[path.source].bounds, 1 - along)), path


def on_edge(point, held):
    (x, y), (left, top, right, bottom) = point, held
    inside = left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1
    return inside and (min(abs(x - left), abs(x - right)) < 1 or min(abs(y - top), abs(y - bottom)) < 1)


def test_words_beside_an_identity_stand_at_the_middle_of_its_longest_piece():
    geometry = block_figure(NETWORKS["resnet50"](), ["conv2_block2"], formula=True).geometry
    path = next(path for path in geometry.paths if "identity" in path.classes)
    low, high = max(
        (sorted((one[1], other[1])) for one, other in pairwise(path.points)), key=lambda span: span[1] - span[0]
    )
    beside = [text for text in geometry.texts if text.words in ("x", "identity")]
    assert [text.words for text in beside] == ["x", "identity"]
    assert near(sum(text.y for text in beside) / 2, (low + high) / 2)
    assert near(beside[0].x, beside[1].x)
    assert all(text.bounds[0] > path.points[1][0] for text in beside)


CARDS = """
block deep(w) {
  conv(w, 1)
  inner = conv(w, 3) -> conv(w, 3)
  add(inner, in)
  a = conv(w, 1)
  conv(w, 5) -> conv(w, 3)
  skip from a
}
block wide(w, stride = 1) { conv(w, 1) a = conv(w, 3, stride = stride) conv(w, 3) -> conv(2 * w, 1) skip conv(w, 3) }
network net {
  input 32x32x8
  stage one { 2 x deep(8) }
  stage two(stride = 2) { 3 x wide(8) }
  stage three { conv(16, 3) -> conv(16, 1) -> wide(16) }
}
"""


def cards(wide):
    """Each card of a figure with its groups: the boxes of their rows, their arcs, and what else stands beside."""
    facts = resnet_dsl.load(CARDS).network("net").compiled.facts
    outline = gather_networks([facts], ["net"], "stage", (), wide)
    geometry = lay_out(outline, wide)
    box_of = {box.key: box for box in geometry.boxes}
    arcs = [path for path in geometry.paths if not path.source and {"identity", "adapted"} & {*path.classes}]
    for item in outline.columns[0].items:
        card = box_of[f"{outline.columns[0].key}/{item.key}"] if item.groups else None
        for number, group in enumerate(item.groups):
            rows = [box_of[f"{card.key}/{number}/{at}"].bounds for at in range(len(group.rows))]
            beside = [
                path
                for path in arcs
                if near(path.points[0][0], rows[0][2]) and rows[0][1] < path.points[0][1] < rows[-1][3]
            ]
            yield card, item, number, group, rows, beside


@SIDES
def test_an_arc_goes_from_the_first_row_that_it_passes_by_to_the_last(wide):
    """From its upper part to its lower one, wherever in a block it begins."""
    starts = set()
    for *_, group, rows, beside in cards(wide):
        said = [*group.arcs, *group.first_arcs]
        assert len(beside) == len(said)
        for arc, path in zip(said, beside, strict=True):
            (x, high), (end, low) = path.points[0], path.points[-1]
            first, last = rows[arc.start], rows[arc.end - 1]
            assert near(x, first[2])
            assert near(end, last[2])
            assert first[1] <= high < middle(first, 1) - 1
            assert middle(last, 1) + 1 < low <= last[3]
            starts.add(arc.start)
    assert len(starts) > 1


@SIDES
def test_what_a_card_holds_stands_as_far_from_each_of_its_edges(wide):
    """Seven points: above (below a heading), below (above a caption); groups and rows are as far apart everywhere."""
    inside = {}
    for card, item, _, _, rows, _ in cards(wide):
        inside.setdefault(card.key, (card, item, []))[2].append(rows)
    for card, item, groups in inside.values():
        top, bottom = groups[0][0][1] - card.bounds[1], card.bounds[3] - groups[-1][-1][3]
        heading, *captions = item.lines
        assert near(top, 7 + 16 * bool(heading), 0.05)
        assert near(bottom, 7 + 10.5 * len(captions), 0.05)
        assert {round(below[1] - above[3], 1) for rows in groups for above, below in pairwise(rows)} <= {2.0}
        assert {round(below[0][1] - above[-1][3], 1) for above, below in pairwise(groups)} <= {5.0}


@SIDES
@pytest.mark.parametrize("name", ["unet", "dense", "densenet"])
def test_lines_keep_further_from_boxes_than_from_each_other(name, wide):
    """Along the flow: 17 points from a box, 9 from line to line, where no words need more."""
    outline = gather_networks([NETWORKS[name]()], [name], "block", (), wide)
    geometry = lay_out(replace(outline, paged=False), wide)
    along = 0 if wide else 1
    tracks, rows = set(), [box.bounds for box in geometry.boxes if {"box", "thin"} & {*box.classes}]
    for path in geometry.paths:
        for one, other in pairwise(path.points):
            if path.source and len(path.points) > 3 and near(one[1 - along], other[1 - along]):
                tracks.add((round(one[1 - along], 1), *sorted((one[along], other[along]))))
    edge = max(row[3 - along] for row in rows)
    beyond = sorted({at for at, *_ in tracks if at > edge})
    assert beyond
    assert near(beyond[0] - edge, 17, 0.1)
    assert {round(after - before) for before, after in pairwise(beyond)} <= {9}


LETTERED = """
block many(w) {
  a = in -> conv(w, 1)
  b = a -> scale(5)
  c = b -> shift(3)
  d = concat(a, b, c) -> conv(w, 1)
  e = d -> conv(w, 1)
  add(e, d, a)
  skip
}
network net { input 8x8x8 stage one { many(8) } stage two { basic(8) } }
"""


@SIDES
@pytest.mark.parametrize("formula", [False, True])
def test_close_ups_stand_apart_with_all_that_is_said_beside_them(formula, wide):
    """Forty points from the last thing of one to the first of the next, formulas of two lines included."""
    facts = resnet_dsl.load(LETTERED).network("net").compiled.facts
    geometry = block_figure(facts, ["basic", "many"], formula=formula, wide=wide).geometry
    keys = list(dict.fromkeys(box.key.partition("/")[0] for box in geometry.boxes))
    assert len(keys) == 2
    across = 1 if wide else 0
    things = [*geometry.boxes, *geometry.texts]
    spans = [(one.bounds[across], one.bounds[across + 2]) for one in things]
    spans += [(min(p[across] for p in path.points), max(p[across] for p in path.points)) for path in geometry.paths]
    spans = [span for span, one in zip(spans, [*things, *geometry.paths], strict=True) if not is_below(one, geometry)]
    reached, gaps = None, []
    for low, high in sorted(spans):
        if reached is not None and low > reached + 25:
            gaps.append(low - reached)
        reached = high if reached is None else max(reached, high)
    assert len(gaps) == 1
    assert 38 <= gaps[0] <= 49.5


def is_below(one, geometry):
    """Whether it is a remark, which stands under both."""
    return getattr(one, "size", None) == 8 and one.ink == "faint" and one in geometry.texts
