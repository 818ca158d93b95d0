"""What tells networks apart: the facts that the papers and other people's code are known to differ in."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest

from resnet_dsl import pipeline, resources
from resnet_dsl.analyses.difference import Difference, as_data, describe, difference
from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import Compiled


def _shipped(spec: str) -> Compiled:
    file, _, name = spec.partition(":")
    return pipeline.load(f"{resources.specs_folder()}/{file}.resnet").compile(name)


def _between(left: str, right: str) -> Difference:
    return difference(_shipped(left).facts, _shipped(right).facts)


TORCHVISION, KERAS = "resnet/imagenet:resnet50", "keras_applications/v1:keras_resnet50"


def test_torchvision_and_keras_differ_in_the_strides_place_the_bias_and_the_epsilon() -> None:
    found = _between(TORCHVISION, KERAS)
    (moved,) = found.strides
    assert (moved.left, moved.right) == ("conv2 (3×3)", "conv1 (1×1)")
    assert moved.places == ("conv3_block1", "conv4_block1", "conv5_block1")
    settings = {(one.op, one.argument): one for one in found.settings}
    bias, epsilon = settings["conv", "bias"], settings["batchnorm", "epsilon"]
    assert (bias.left, bias.right, len(bias.places), bias.of) == (False, True, 53, 53)
    assert (epsilon.left, epsilon.right, len(epsilon.places)) == (1e-5, 1.001e-5, 53)
    assert ("conv", "stride") not in settings
    assert not found.steps


def test_the_same_in_words() -> None:
    lines = describe(_between(TORCHVISION, KERAS))
    assert "trainable parameters: 25_557_032 and 25_583_592" in lines
    assert (
        "in conv3_block1, conv4_block1, conv5_block1 the stride of 2 is at conv2 (3×3) in resnet50, "
        "at conv1 (1×1) in keras_resnet50"
    ) in lines
    assert "conv: bias is false and true in all 53" in lines
    assert "batchnorm: epsilon is 1e-05 and 1.001e-05 in all 53" in lines


def test_a_network_does_not_differ_from_itself() -> None:
    found = _between(TORCHVISION, TORCHVISION)
    assert not any(found[1:])
    assert describe(found) == ()


def test_the_plain_network_lacks_the_skips_and_nothing_else() -> None:
    found = _between("resnet/imagenet:resnet18", "resnet/imagenet:plain18")
    assert not found.settings
    assert not found.strides
    assert {(one.left, one.right) for one in found.steps} == {
        (("add",), ()),
        (("skip: conv (1×1)", "skip: batchnorm", "add"), ()),
    }
    assert sum(len(one.places) for one in found.steps) == 8


def test_a_deeper_network_has_more_blocks() -> None:
    found = _between(TORCHVISION, "resnet/imagenet:resnet101")
    assert found.quantities["depth"] == (50, 101)
    assert [(pair.place, pair.left is None) for pair in found.blocks] == [
        (f"conv4_block{number}", True) for number in range(7, 24)
    ]
    assert "conv4_block7, conv4_block8, conv4_block9 and 14 more: in resnet101 alone" in describe(found)


def test_attention_stands_in_every_block() -> None:
    found = _between(TORCHVISION, "attention/se:seresnet50")
    (steps,) = found.steps
    assert steps.left == ()
    assert steps.right == ("avgpool", "conv4 (1×1)", "relu3", "conv5 (1×1)", "sigmoid", "mul")
    assert len(steps.places) == 16


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (TORCHVISION, KERAS),
        ("cifar/cifar:cifar_resnet56", "cifar/cifar:cifar_resnet56b"),
        (TORCHVISION, "preact/imagenet:resnetv2_50"),
        (TORCHVISION, "hrnet/hrnet:hrnet_w18"),
        ("tutorial/signal:ecg_network", TORCHVISION),
    ],
)
def test_it_is_plain_data_and_mirrors(left: str, right: str) -> None:
    there, back = _between(left, right), _between(right, left)
    data = json.loads(json.dumps(as_data(there)))
    assert data["networks"] == [left.partition(":")[2], right.partition(":")[2]]
    assert len(data["settings"]) == len(there.settings)
    assert {name: pair[::-1] for name, pair in there.quantities.items()} == back.quantities
    assert {(one.op, one.argument, str(one.left), str(one.right)) for one in there.settings} == {
        (one.op, one.argument, str(one.right), str(one.left)) for one in back.settings
    }


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [("8x4", "8x8x8x4", "3 and 3x3x3"), ("8x8x8x4", "8x8x4", "3x3x3 and 3x3"), ("8x8x4", "8x4", "3x3 and 3")],
)
def test_windows_of_other_ranks_are_told_apart(left: str, right: str, told: str) -> None:
    networks = [_written(f"network n {{ input {size} stage s {{ conv(4, 3) }} }}", "n") for size in (left, right)]
    lines = [one for one in describe(difference(*(one.facts for one in networks))) if one.startswith("conv: ")]
    assert f"conv: kernel is {told} at s_conv" in lines
    for line in lines:
        one, _, other = re.fullmatch(r"conv: \w+ is (\S+) (and) (\S+) .*", line).groups()  # type: ignore[union-attr]
        assert one != other


def _written(text: str, name: str) -> Compiled:
    return pipeline.load_text(text).compile(name)


BRANCHES = """
block three(width) {
  one = in -> conv(width, 3)
  two = in -> conv(width, 3, dilation = 2) -> norm -> act
  last = in -> conv(width, 3, dilation = 3)
  add(one, two, last)
}
block pair(width) {
  one = in -> conv(width, 3)
  last = in -> conv(width, 3, dilation = 3)
  add(one, last)
}
block row(width) {
  one = in -> conv(width, 3)
  last = one -> conv(width, 3, dilation = 3)
  add(one, last)
}
network three_branches { input 8x8x16  stage first { three(16) -> three(16) } }
network two_branches { input 8x8x16  stage first { pair(16) -> pair(16) } }
network in_a_row { input 8x8x16  stage first { row(16) -> row(16) } }
network longer { input 8x8x16  stage first { pair(16) -> row(16) -> pair(16) } }
"""


@pytest.mark.parametrize("turned", [False, True])
def test_a_branch_that_was_removed_is_told_as_its_steps(turned: bool) -> None:
    """Not as arguments that changed in the branches that stayed."""
    names = ("three_branches", "two_branches")
    found = difference(*(_written(BRANCHES, name).facts for name in (names[::-1] if turned else names)))
    (steps,) = found.steps
    sides = (steps.right, steps.left) if turned else (steps.left, steps.right)
    assert sides == (("conv2 (3×3)", "batchnorm", "relu"), ())
    assert steps.places == ("first_block1", "first_block2")
    assert (found.settings, found.wiring) == ((), ())


def test_equal_steps_that_read_other_values_are_told() -> None:
    """Side by side and one behind the other: the same operations with the same arguments."""
    found = difference(_written(BRANCHES, "two_branches").facts, _written(BRANCHES, "in_a_row").facts)
    (wiring,) = found.wiring
    assert wiring == (
        "conv2 (3×3)", ("what enters the block",), ("conv1 (3×3)",), ("first_block1", "first_block2")
    )  # fmt: skip
    assert as_data(found)["wiring"][0]["step"] == "conv2 (3×3)"
    assert (
        "in first_block1, first_block2 conv2 (3×3) reads what enters the block in two_branches, conv1 (3×3) in in_a_row"
    ) in describe(found)


MERGES = """
block merge(width) {
  one = in -> conv(width, 3)
  two = in -> conv(width, 1)
  MERGE
}
network merged { input 8x8x16  stage first { merge(16) } }
"""


@pytest.mark.parametrize("op", ["add", "mul", "concat"])
def test_networks_whose_merges_read_other_values_are_told_apart(op: str) -> None:
    """A value once more, too: that has no step of its own (`add(one, two)` and `add(one, two, two)`)."""
    lists = [list(read) for count in (2, 3) for read in product(("one", "two"), repeat=count) if len(set(read)) == 2]
    of = {tuple(read): _written(MERGES.replace("MERGE", f"{op}({', '.join(read)})"), "merged") for read in lists}
    for ours, theirs in product(of, of):
        same = ours == theirs if op == "concat" else sorted(ours) == sorted(theirs)
        assert (difference(of[ours].facts, of[theirs].facts).wiring == ()) == same, (ours, theirs)


def test_values_that_enter_a_block_are_named_where_they_differ() -> None:
    """Not "what enters the block" on both sides."""
    text = """
    network early { input 8x8x16  stem { relu }  stage one { basic(16) basic(16) skip from stem basic(16) } }
    network late { input 8x8x16  stem { relu }  stage one { basic(16) basic(16) basic(16) skip from stem } }
    """
    for line in describe(difference(_written(text, "early").facts, _written(text, "late").facts)):
        left, reads, right = line.partition(" in early, ")
        assert not reads or left.partition(" reads ")[2] != right.removesuffix(" in late")


def test_a_block_in_the_middle_is_told_as_that_block() -> None:
    found = difference(_written(BRANCHES, "two_branches").facts, _written(BRANCHES, "longer").facts)
    assert [(pair.place, pair.left) for pair in found.blocks] == [("first_block2", None)]
    assert not found.steps
    assert not found.settings


@pytest.mark.parametrize(
    ("biased", "of", "where"),
    [
        (1, 1, "at s_conv"),
        (1, 2, "at s_conv1"),
        (2, 2, "in all 2"),
        (3, 4, "at s_conv1, s_conv2, s_conv3"),
        (4, 5, "in 4 of 5, the first of them s_conv1"),
        (5, 5, "in all 5"),
    ],
)
def test_three_places_are_named_and_more_are_counted(biased: int, of: int, where: str) -> None:
    """All of one are no more than this one."""

    def row(count: int) -> Compiled:
        steps = " ".join(["conv(8, 3, bias = true)"] * count + ["conv(8, 3)"] * (of - count))
        return pipeline.load_text(f"network n {{ input 8x8x8 stage s {{ {steps} }} }}").compile()

    assert f"conv: bias is true and false {where}" in describe(difference(row(biased).facts, row(0).facts))


@pytest.mark.parametrize(("blocks", "more"), [(1, ""), (3, ""), (4, ""), (5, " and 2 more"), (9, " and 6 more")])
def test_four_blocks_are_named_and_of_more_the_first_three(blocks: int, more: str) -> None:
    """Of four nobody is told that there is one more."""

    def stage(count: int) -> Compiled:
        return pipeline.load_text(f"network n {{ input 8x8x8 stage s {{ {1 + count} x basic(8) }} }}").compile()

    named = ", ".join(f"s_block{number + 2}" for number in range(3 if more else blocks))
    assert f"{named}{more}: in n alone" in describe(difference(stage(blocks).facts, stage(0).facts))


def test_blocks_are_counted_of_stages_and_lengths_that_are_open_are_question_marks() -> None:
    def network(size: str, blocks: int, width: int) -> Compiled:
        body = f"{blocks} x basic(8) basic({width}) "
        return pipeline.load_text(f"network n {{ input {size} stage s {{ {body} }} stage t {{ relu }} }}").compile()

    lines = describe(difference(network("?x?x8", 1, 8).facts, network("16x16x8", 2, 16).facts))
    assert {"input: ?x?x8 and 16x16x8", "output: ?x?x8 and 16x16x16"} <= {*lines}
    (stage,) = [line for line in lines if line.startswith("s: ")]
    assert stage.endswith(", blocks 2 and 3")
    assert not [line for line in lines if line.startswith("s_block") and ", blocks " in line]
    weights = 4 * 9 * 8 * 8 + 9 * 8 * 16 + 9 * 16 * 16 + 8 * 16
    assert f"multiply-accumulates: unknown and {16 * 16 * weights:_}" in lines


def test_no_sentence_is_empty() -> None:
    """Batch and group normalisation differ in what does not train alone."""
    lines = describe(_between(TORCHVISION, "normalisation/groupnorm:resnet50_gn"))
    assert "stem: parameters with moving statistics 9_664 and 9_536" in lines
    assert not [line for line in lines if line.rstrip().endswith(":")]


def _row(relus: int) -> Compiled:
    return pipeline.load_text(f"network n {{ input 8x8x3 stage s {{ {relus} x relu }} }}").compile()


def test_long_rows_are_compared_where_they_are_alike_and_else_refused() -> None:
    assert not difference(_row(2_500).facts, _row(2_500).facts).steps
    assert difference(_row(300).facts, _row(299).facts).steps
    with pytest.raises(Failure, match="too large and too different"):
        difference(_row(2_500).facts, _row(2_499).facts)


def test_an_argument_that_one_graph_spares_is_at_its_default_there() -> None:
    text = "network n(last) { input 9x9x3 stage s { conv(4, 3, fill = last) } }"
    zeros, edge = (pipeline.load_text(text).compile("n", {"last": fill}).facts for fill in ("zeros", "edge"))
    for pair in ((zeros, edge), (edge, zeros)):
        (found,) = difference(*pair).settings
        assert (found.op, found.argument, {found.left, found.right}) == ("conv", "fill", {"zeros", "edge"})
