"""Two networks with what tells them apart: the numbers and marks of the picture are those of the networks."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.analyses.difference import describe, difference
from resnet_dsl.targets.figure import FigureError, TooNarrowError, figure
from tests.targets.figure.overlaps import faults

PAIRS = [
    *(("plain34", "resnet34"), ("resnet50", "seresnet50"), ("resnet50", "keras_resnet50"), ("resnet18", "resnet50")),
    *(("resnet50", "convnext_tiny"), ("resnet50", "resnet50d"), ("unet_resnet34", "residual_unet")),
    *(("siamese_omniglot", "two_view_network"), ("first_network", "first_smooth")),
]


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def written(text, name="net"):
    return resnet_dsl.load(text).network(name).compiled.facts


def compared(left, right, *args, **options):
    return figure([left, right], *args, differences=True, **options).geometry


def lines(geometry):
    """The words below the columns, line by line from the left."""
    found: dict[float, list] = {}
    for text in geometry.texts:
        found.setdefault(text.y, []).append(text)
    return [[text.words for text in sorted(found[y], key=lambda text: text.bounds[0])] for y in sorted(found)]


def sums(geometry):
    names = ("trainable parameters", "parameters with moving statistics", "MACs", "depth")
    return {line[0]: line[1:] for line in lines(geometry) if line[0] in names}


def numbers_of(words):
    """The differences that a row says it has."""
    match = re.search(r"≠([\d,]+)", words)
    return {int(number) for number in match[1].strip(",").split(",")} if match else set()


def marked(geometry, column):
    """By the names of boxes, and in rows of cards by those of stages, the differences; column 0 or 1."""
    left = [box for box in geometry.boxes if (box.key[:2] == "1 ") == bool(column)]
    found: dict[str, set[int]] = {}
    for box in left:
        numbers = {number for text in box.texts for number in numbers_of(text.words)}
        if numbers:
            found.setdefault(box.key.partition("/")[2], set()).update(numbers)
    return found


def told(geometry):
    return {line[0][1:]: line[1] for line in lines(geometry) if re.fullmatch(r"≠\d+", line[0])}


def check(left, right, level, wide=False):
    geometry = compared(left, right, level, wide)
    assert faults(geometry) == []
    shown = sums(geometry)
    for name, ours, theirs in (
        ("trainable parameters", left.count.params, right.count.params),
        ("MACs", left.count.macs, right.count.macs),
        ("depth", left.depth, right.depth),
    ):
        written = [number if number == "unknown" else int(number.replace(",", "")) for number in shown[name][:2]]
        assert written == ["unknown" if one is None else one for one in (ours, theirs)], name
    said = {int(number) for number in told(geometry)}
    drawn = {number for column in (0, 1) for numbers in marked(geometry, column).values() for number in numbers}
    assert drawn <= said, "each mark is explained"
    return geometry


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_the_sums_are_those_of_the_networks_and_each_mark_is_explained(left, right):
    for wide in (False, True):
        check(compiled(left), compiled(right), "stage", wide)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["stage", "block"])
@pytest.mark.parametrize(("left", "right"), list(pairwise(shipped.names())))
def test_the_sums_of_all_neighbours_that_ship(left, right, level):
    facts = compiled(left), compiled(right)
    if level == "stage" or max(len(one.graph.nodes) for one in facts) < 700:
        check(*facts, level)


def everywhere(left, right):
    """What differs in the same way at all steps of an operation is told without marks."""
    return {(one.op, one.argument) for one in difference(left, right).settings if len(one.places) == one.of > 1}


def test_the_rows_that_are_marked_are_those_whose_arguments_differ():
    """The two have the same operations in the same order, so that they can be compared one by one."""
    left, right = compiled("resnet50"), compiled("keras_resnet50")
    told_once = everywhere(left, right)
    differing = [
        (one.name, other.name)
        for one, other in zip(left.graph.nodes, right.graph.nodes, strict=True)
        if any(one.args[a] != other.args[a] and (one.op, a) not in told_once for a in one.args)
    ]
    assert len(differing) == 8, "twice the stride in three blocks, the pool, the dense layer"
    geometry = compared(left, right, "layer")
    assert marked(geometry, 0).keys() == {one for one, _ in differing}
    assert marked(geometry, 1).keys() == {other for _, other in differing}


def test_blocks_that_one_network_alone_has_are_marked_and_no_others():
    left, right = compiled("resnet18"), compiled("resnet34")
    geometry = compared(left, right, "layer")
    own = {node.name for node in right.graph.nodes} - {node.name for node in left.graph.nodes}
    assert marked(geometry, 0) == {}
    assert marked(geometry, 1) == {key: {1} for key in own}
    assert told(geometry) == {"1": "conv2_block3, conv3_block3, conv3_block4 and 5 more: in resnet34 alone"}


def test_what_only_one_of_the_two_has_is_marked_in_its_cards():
    geometry = compared(compiled("resnet50"), compiled("seresnet50"), "stage")
    said = [text.words for box in geometry.boxes for text in box.texts]
    assert [words for words in said if "≠" in words] == ["se(16), ≠1"] * 4
    assert lines(geometry)[-1] == ["boxes by name, which --block draws: se"]


def test_rows_that_are_alike_stand_side_by_side():
    geometry = compared(compiled("plain34"), compiled("resnet34"), "block")
    place = [{}, {}]
    for box in geometry.boxes:
        column = box.key[:2] == "1 "
        place[column][box.key.partition("/")[2]] = box.y
    common = place[0].keys() & place[1].keys()
    assert len(common) == 37
    assert all(place[0][key] == place[1][key] for key in common)


RENAMED = """
network net {
  input 32x32x3
  stem { conv(16, 3) -> norm -> act }
  stage one { 2 x basic(16) }
  stage two(stride = 2) { 3 x basic(32) }
  head { avgpool(global) -> dense(10) }
}
network other {
  input 64x64x3
  stem { conv(16, 3) -> norm -> act }
  stage first { 2 x basic(16) }
  stage second(stride = 2) { 2 x basic(32) }
  head { avgpool(global) -> dense(10) }
}
"""


@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_stages_of_other_names_and_inputs_of_other_sizes(level):
    left, right = written(RENAMED), written(RENAMED, "other")
    geometry = check(left, right, level)
    assert told(geometry) == {
        "1": "input: 32x32x3 and 64x64x3",
        "2": "two_block3: in net alone",
    }
    shared = {text.words for text in geometry.texts} & {"one", "two", "first", "second"}
    assert shared == {"one", "two", "first", "second"}, "each network has its own brackets"


def test_unknown_numbers_are_called_so():
    text = "network net { input ?x?x3\n stem { conv(8, 3) }\n stage one { basic(8) }\n head { avgpool(global) } }"
    geometry = check(written(text), written(text.replace("?x?", "32x32")), "block")
    assert sums(geometry)["MACs"][0] == "unknown"


def test_equal_networks_are_said_to_be_equal():
    one = compiled("resnet18")
    geometry = check(one, one, "stage")
    assert ["nothing tells them apart"] in lines(geometry)
    assert all(box.tone is None for box in geometry.boxes)


def test_stages_that_stand_in_another_order_do_not_cross():
    text = """
network net {
  input 32x32x3
  stem { conv(16, 3) }
  stage a { 2 x basic(16) }
  stage b {
    near = conv(16, 3)
    far = conv(16, 1)
    add(near, far) -> maxpool(2) -> conv(16, 5)
  }
}
network other {
  input 32x32x3
  stem { conv(16, 3) }
  stage b {
    down = conv(16, 5) -> maxpool(2)
    far = down -> conv(16, 1)
    near = down -> conv(16, 3)
    add(far, near)
  }
  stage a { 2 x basic(16) }
}
"""
    for level in ("stage", "block", "layer"):
        check(written(text), written(text, "other"), level)


def test_parts_that_stand_in_another_order_do_not_lie_upon_each_other():
    for left, right in (("deeplabv3_resnet50_aux", "resnetv2_50d_frn"), ("fcn_resnet50_aux", "resnet50")):
        facts = [compiled(left), compiled(right)]
        for wide in (False, True):
            assert faults(figure(facts, "stage", wide).geometry) == []
            assert faults(figure(facts[::-1], "stage", wide).geometry) == []
            check(*facts, "stage", wide)


def test_the_sentences_are_those_of_diff():
    """What follows from others (parameters of stages, totals) is left to `diff` and to the table."""
    for left, right in PAIRS[:6]:
        facts = compiled(left), compiled(right)
        said = Counter(describe(difference(*facts)))
        for words in told(compared(*facts, "stage")).values():
            near = [line for line in said if line.startswith(words.rstrip("…")[:40])]
            assert near or "alone" in words or "input" in words, words


def test_on_paper_it_fits_or_says_what_it_needs():
    facts = compiled("resnet50"), compiled("seresnet50")
    drawn = figure(facts, "stage", differences=True, width="5.5in")
    assert drawn.geometry.smallest * drawn.scale >= 5.5
    with pytest.raises(TooNarrowError):
        figure(facts, "stage", differences=True, width="40mm")


def test_differences_are_those_between_two():
    with pytest.raises(FigureError, match="between two networks"):
        figure([compiled("resnet18")], differences=True)
