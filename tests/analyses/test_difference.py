"""What tells networks apart: the facts that the papers and other people's code are known to differ in."""

from __future__ import annotations

import json

import pytest

from resnet_dsl import pipeline, resources
from resnet_dsl.analyses.difference import Difference, as_data, describe, difference
from resnet_dsl.pipeline import Compiled


def _shipped(spec: str) -> Compiled:
    file, _, name = spec.partition(":")
    return pipeline.load(str(resources.specs_folder() / f"{file}.resnet")).compile(name)


def _between(left: str, right: str) -> Difference:
    return difference(_shipped(left), _shipped(right))


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
    assert found.none
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
