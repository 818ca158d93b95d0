"""Networks that derive from others: members replaced, settings added, skips replaced, new stages behind."""

from __future__ import annotations

import pytest

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import compiled, operations, refused

BASE = """
block unit(width, stride = 1) { conv(width, 3, stride = stride) -> norm -> act skip }
network base(classes = 10, width = 4) {
  input 8x8x3
  stem { conv(width, 3) }
  stage a { unit(width) }
  stage b(stride = 2) { unit(2 * width) }
  head { avgpool(global) -> dense(classes) }
  expect params == 1
}
"""


def derived(network: str, **given: int) -> Compiled:
    return compiled(f"{BASE}\n{network}", "d", **given)


def parts(network: str) -> list[tuple[str, tuple[object, ...]]]:
    return [(one.name, one.output_shape) for one in derived(network).facts.stages]


def test_it_is_the_base_where_it_says_nothing() -> None:
    found = compiled(f"{BASE} network d from base {{ }}", "d").graph
    assert [node.args for node in found.nodes] == [
        node.args for node in compiled(BASE.replace("expect params == 1", "")).graph.nodes
    ]
    assert found.name == "d"


def test_a_stage_is_replaced_at_its_place_with_its_stride() -> None:
    assert parts("network d from base { stage a { 2 x unit(6) } }")[1] == ("a", (8, 8, 6))
    assert parts("network d from base { stage b { unit(8) } }")[2] == ("b", (8, 8, 8))


def test_stem_and_input_are_replaced() -> None:
    network = derived("network d from base { input 16x16x1 stem { conv(5, 3, stride = 2) } }")
    assert network.facts.input_shape == (16, 16, 1)
    assert network.facts.stages[0].output_shape == (8, 8, 5)


def test_new_stages_come_behind_the_old_ones_and_before_the_head() -> None:
    found = parts("network d from base { stage c(stride = 2) { unit(16) } stage e { unit(17) } }")
    assert [name for name, _ in found] == ["stem", "a", "b", "c", "e", "head"]
    assert found[3] == ("c", (2, 2, 16))


def test_an_empty_head_leaves_the_head_out() -> None:
    assert parts("network d from base { head { } }")[-1] == ("b", (4, 4, 8))


def test_a_head_is_replaced_or_added() -> None:
    assert parts("network d from base { head { conv(2, 1) } }")[-1] == ("head", (4, 4, 2))
    text = f"{BASE} network bare from base {{ head {{ }} }} network d from bare {{ head {{ flatten }} }}"
    assert compiled(text, "d").facts.output_shape == (128,)


def test_a_stem_may_be_added_to_a_base_without_one() -> None:
    text = "network base { input 8x8x3 stage a { relu } } network d from base { stem { conv(4, 3) } }"
    assert operations(compiled(text, "d")) == ["conv", "relu"]


def test_settings_are_added() -> None:
    network = derived("network d from base { use act = silu }")
    assert "silu" in operations(network)
    assert "relu" not in operations(network)


def test_settings_of_the_base_stay_in_force_and_those_of_the_derived_win() -> None:
    text = """block unit { conv(4, 3) -> norm -> act }
      network base { input 8x8x4 use act = silu use norm = layernorm stage a { unit } }
      network d from base { use act = gelu }"""
    assert operations(compiled(text, "d")) == ["conv", "layernorm", "gelu"]


def test_a_stages_own_setting_is_further_inside() -> None:
    text = """block unit { conv(4, 3) -> act }
      network base { input 8x8x4 stage a { use act = tanh unit } stage b { unit } }
      network d from base { use act = gelu }"""
    assert operations(compiled(text, "d")) == ["conv", "tanh", "conv", "gelu"]


def test_a_skips_line_replaces_the_bases() -> None:
    text = f"{BASE} network c from base {{ skips always via project }} network d from c {{ skips off }}"
    assert "add" not in operations(compiled(text, "d"))
    assert operations(compiled(text, "c")).count("add") == 2


def test_parameters_are_inherited() -> None:
    network = derived("network d from base { }", classes=3, width=6)
    assert network.facts.output_shape == (3,)
    assert network.facts.stages[0].output_shape == (8, 8, 6)


@pytest.mark.parametrize("base", ["base(3, 6)", "base(width = 6, classes = 3)", "base(classes = 3, width = 2 * 3)"])
def test_arguments_for_the_base(base: str) -> None:
    network = derived(f"network d from {base} {{ }}")
    assert network.facts.output_shape == (3,)
    assert network.facts.stages[0].output_shape == (8, 8, 6)


def test_arguments_may_follow_the_parameters_of_the_derived() -> None:
    network = derived("network d(k = 2) from base(width = 4 * k) { stage c { unit(k) } }", k=3)
    assert [part.output_shape for part in network.facts.stages[:4]] == [(8, 8, 12), (8, 8, 12), (4, 4, 24), (4, 4, 3)]


def test_what_is_given_to_the_base_cannot_be_set_any_more() -> None:
    assert refused(f"{BASE} network d from base(classes = 3) {{ }}", "d", classes=5) == ["E0236"]


@pytest.mark.parametrize(
    ("network", "has"),
    [
        ("network d from base(classes = 3) { }", "it has `width`"),
        ("network d from base(3, 4) { }", "it has none"),
        ("network d(depth = 1) from base(classes = 3) { }", "it has `depth`, `width`"),
        ("network e from base(classes = 3) { } network d from e { }", "it has `width`"),
    ],
)
def test_what_is_given_to_the_base_is_told_where_to_change(network: str, has: str) -> None:
    """And is not among the parameters that there are to set."""
    with pytest.raises(Refusal) as found:
        derived(network, classes=5)
    (mistake,) = found.value.diagnostics
    assert mistake.place
    assert mistake.place.text == has
    assert mistake.help == "`classes` is given behind a `from`: change it there"


def test_new_parts_see_the_parameters_and_lets_of_the_base() -> None:
    text = """network base(width = 4) { input 8x8x3 let twice = 2 * width stage a { conv(width, 3) } }
      network d from base { stage b { conv(twice + width, 1) } }"""
    assert compiled(text, "d").facts.output_shape == (8, 8, 12)


def test_replaced_parts_see_the_values_of_the_bases_stages() -> None:
    found = derived("network d from base { stage b { upsample(1) skip from a } }")
    assert found.facts.stages[2].output_shape == (8, 8, 4)


def test_expectations_are_not_inherited() -> None:
    assert refused(BASE) == ["E0401"]
    assert refused(f"{BASE} network d from base {{ }}", "d") == []


def test_expectations_of_the_derived_hold_for_it() -> None:
    assert refused(f"{BASE} network d from base {{ expect params == 1 }}", "d") == ["E0401"]
    assert refused(f"{BASE} network d from base {{ expect b.output == 4x4x8 }}", "d") == []


def test_derivations_of_derivations() -> None:
    text = f"""{BASE} network c from base {{ stage a {{ unit(5) }} }} network d from c {{ stage b {{ unit(7) }} }}
      network e from d {{ use act = elu }}"""
    network = compiled(text, "e")
    assert [part.output_shape for part in network.facts.stages] == [(8, 8, 4), (8, 8, 5), (8, 8, 7), (10,)]
    assert "elu" in operations(network)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("network d from missing { }", "E0215"),
        ("network d from c { } network c from d { }", "E0216"),
        ("network d from d { }", "E0216"),
        ("network d from base(5, 6, 7) { }", "E0203"),
        ("network d from base(depth = 5) { }", "E0202"),
        ("network d from base { use drop = dropout(0.5) }", "E0229"),
        ("network d from base { default dropout(rate = 0.5) }", "E0229"),
    ],
)
def test_derivations_that_cannot_be(text: str, code: str) -> None:
    assert refused(f"{BASE} {text}", "d") == [code]


OPEN = """
network low(a = 1, b = 2) { input 8x8x4 stage s { conv(a, 1) conv(b, 1) } }
network middle(c = 3) from low { stage t { conv(c, 1) } }
network high from middle {}
"""


@pytest.mark.parametrize(
    ("arguments", "widths"),
    [
        ("", [1, 2, 3]),
        ("(b = 7)", [1, 7, 3]),
        ("(a = 5, c = 6)", [5, 2, 6]),
        ("(6, 5)", [5, 2, 6]),
        ("(6, 5, 7)", [5, 7, 6]),
        ("(6, b = 7)", [1, 7, 6]),
    ],
)
def test_a_parameter_that_is_left_open_can_be_given_from_any_depth(arguments: str, widths: list[int]) -> None:
    found = compiled(f"{OPEN} network top from high{arguments} {{}}", "top")
    assert [node.args["channels"] for node in found.graph.nodes if node.op == "conv"] == widths


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("network shut from low(1) {} network top from shut(a = 2) {}", ["E0202"]),
        ("network shut from low(a = 1) {} network top from shut(5, 6) {}", ["E0203"]),
        ("network top from high(1, 2, 3, 4) {}", ["E0203"]),
        ("network top from high(6, 5, a = 5) {}", ["E0205"]),
        ("network top from high(d = 5) {}", ["E0202"]),
    ],
)
def test_a_parameter_that_is_given_is_no_longer_open(text: str, codes: list[str]) -> None:
    assert refused(f"{OPEN} {text}", "top") == codes


def test_a_parameter_of_ones_own_stands_in_front_of_one_below_it() -> None:
    text = f"{OPEN} network own(a = 9) from high(a = a + 1) {{}} network top from own(a = 5) {{}}"
    found = compiled(text, "top")
    assert [node.args["channels"] for node in found.graph.nodes if node.op == "conv"] == [6, 2, 3]


ROW = """
network base { input 8x8x4 stem { conv(1, 1) } stage a { conv(2, 1) } stage b { conv(3, 1) }
  stage after { conv(4, 1) } }
network longer from base { stage m after a { conv(9, 1) } stage k after stem { conv(8, 1) } stage z { conv(7, 1) } }
"""


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("network n from longer {}", [1, 8, 2, 9, 3, 4, 7]),
        ("network n from base { stage m after after { conv(9, 1) } }", [1, 2, 3, 4, 9]),
        ("network n from base { stage after after stem { conv(9, 1) } }", [1, 9, 2, 3]),
        ("network n from longer { stage b after z { conv(5, 1) } }", [1, 8, 2, 9, 4, 7, 5]),
        ("network n from base { stage p after a { conv(5, 1) } stage q after p { conv(6, 1) } }", [1, 2, 5, 6, 3, 4]),
        ("network n from base { stage b {} stage m(stride = 2) after b { conv(9, 1) } }", [1, 2, 9, 4]),
        ("network n { input 8x8x4 stage a { conv(2, 1) } stage b after stem { conv(3, 1) } }", [3, 2]),
    ],
)
def test_a_stage_says_what_it_stands_behind(text: str, widths: list[int]) -> None:
    found = compiled(f"{ROW} {text}", "n")
    assert [node.args["channels"] for node in found.graph.nodes if node.op == "conv"] == widths


def test_what_no_stage_stands_behind() -> None:
    assert refused(f"{ROW} network n from base {{ stage m after missing {{ conv(9, 1) }} }}", "n") == ["E0208"]
    assert refused(f"{ROW} network n from base {{ stage m after m {{ conv(9, 1) }} }}", "n") == ["E0208"]
    assert refused(f"{ROW} network n from base {{ stage m before a {{ conv(9, 1) }} }}", "n") == ["E0250"]


def test_a_stage_without_steps_leaves_it_out() -> None:
    found = compiled(f"{ROW} network n from base {{ stage b {{}} }}", "n")
    assert [node.args["channels"] for node in found.graph.nodes if node.op == "conv"] == [1, 2, 4]
