"""Names of layers: what backends take stays, the rest is spelt out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.analyses.parts import paths_of_scopes
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.summary import as_data
from tests.elaborate.compiling import compiled, refused

TENSORFLOW = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
"""The pattern of its root scopes, from its error message."""


@pytest.mark.parametrize("name", ["conv2_block1_conv1", "1_conv", "a.b-c_", ".x", "A", "n" * 500])
def test_names_that_backends_take_stay(name: str) -> None:
    assert layer_name(name) == name


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("été_conv", "u00e9tu00e9_conv"), ("卷积", "u5377u79ef"), ("_a", "u005fa"), ("-a_b", "u002da_b"),
        (".", "u002e"), ("..", "u002eu002e"), ("x²", "xu00b2"), ("𝒳", "u1d4b3"),
    ],
)  # fmt: skip
def test_other_names_are_spelt_out(name: str, spelt: str) -> None:
    assert layer_name(name) == spelt


@given(st.text(st.characters(categories=["L", "N", "Pc", "Pd"], include_characters="_.-"), min_size=1))
def test_tensorflow_takes_every_name(name: str) -> None:
    assert TENSORFLOW.match(layer_name(name))
    assert layer_name(layer_name(name)) == layer_name(name)


TEXT = """
block 块(width) { conv(width, 3) -> norm }
network 网络 {
  input 8x8x3
  stem { 块(4) conv(4, 1) as "卷积" conv(4, 1) as "." }
  stage été { 块(4) }
  stage u00e9tu00e9 { 块(4) }
}
"""


def test_the_specs_own_names_stay_for_people_and_layers_have_names_of_their_own() -> None:
    network = compiled(TEXT)
    names = [node.name for node in network.graph.nodes]
    assert names[1:5] == ["stem_u5757_conv", "stem_u5757_batchnorm", "u5377u79ef", "u002e"]
    assert names[5:] == [f"u00e9tu00e9_block1_{one}" for one in ("conv", "batchnorm", "conv_2", "batchnorm_2")]
    data = as_data(network.facts)
    assert (data["network"], [stage["name"] for stage in data["stages"]]) == ("网络", ["stem", "été", "u00e9tu00e9"])
    assert len(set(names)) == len(names)


def test_labels_that_are_spelt_alike_are_one_label() -> None:
    assert refused('network n { input 8x8x3 stem { relu as "é" relu as "u00e9" } }') == ["E0231"]
    (mistake,) = load_text('network n { input 8x8x3 stem { relu as "é" relu as "é" } }').check()
    assert mistake.message == "two layers are called `é`"
    assert mistake.notes == ("in Keras, which takes no other letters, this is `u00e9`",)


SIBLINGS = """
block gate { pair pair pair_2 skip via conv(8, 1) }
block pair { a = conv(6, 3) conv(8, 3) skip from a via conv(8, 1) conv(8, 3) skip from a via conv(8, 1) }
block pair2 { conv(8, 3) }
block pair_2 { conv(8, 1) }
network n { input 8x8x8  stem { pair pair pair2 gate }  stage block1 { pair pair2 gate } }
"""


def test_parts_that_lie_side_by_side_have_names_of_their_own() -> None:
    """The adapters of one block, and blocks that are called as another one is numbered."""
    network = compiled(SIBLINGS)
    scopes = network.graph.scopes
    assert len({(scope.parent, scope.name) for scope in scopes}) == len(scopes)
    inside = [[scope.name for scope in scopes if scope.parent == outer] for outer in range(len(scopes))]
    assert ["pair", "pair2", "pair2_2", "gate"] in inside
    assert ["skip", "skip_2"] in inside
    assert len(set(paths_of_scopes(network.graph))) == len(scopes)


def test_a_number_of_a_part_is_in_no_name_of_a_layer() -> None:
    """They are as before: a block that lies in `pair2_2` makes a `stem_pair2_conv`."""
    names = [node.name for node in compiled(SIBLINGS).graph.nodes if node.name.startswith("stem_pair2")]
    made = ("conv1", "conv2", "skip_conv", "add1", "conv3", "skip_conv_2", "add2", "conv")
    assert names == [f"stem_pair2_{one}" for one in made]
