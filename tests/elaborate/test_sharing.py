"""Shared blocks: which calls are the same layers, which are others, and which are mistakes."""

from __future__ import annotations

import pytest

from resnet_dsl.analyses.difference import difference
from resnet_dsl.analyses.ends import check_own_layers
from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import compiled, reasons, refused

TOWER = "shared block tower(width) { conv(width, 3) -> norm -> act }\n"


def staged(body: str, size: str = "8x8x4", before: str = TOWER) -> Compiled:
    return compiled(f"{before}\nnetwork n {{ input {size} stage s {{ {body} }} }}")


def layers(network: Compiled, op: str = "conv") -> list[str]:
    """The layer of each node of an operation, in order: one name twice is one layer that is called twice."""
    nodes = network.graph.nodes
    return [(node if node.shares is None else nodes[node.shares]).name for node in nodes if node.op == op]


def sets(network: Compiled) -> list[int]:
    """For each convolution the number of its layer, in the order in which layers come up."""
    found = layers(network)
    first = list(dict.fromkeys(found))
    return [first.index(one) for one in found]


def warned(network: Compiled) -> list[str]:
    return [one.code for one in network.warnings]


def test_a_pair_has_the_same_layers_called_after_the_block() -> None:
    pair = compiled(
        f"{TOWER}network n {{ input l 8x8x3 input r 8x8x3 head {{ a = l -> tower(4) b = r -> tower(4) add(a, b) }} }}"
    )
    assert layers(pair) == ["tower_conv", "tower_conv"]
    assert layers(pair, "batchnorm") == ["tower_batchnorm"] * 2
    assert layers(pair, "relu") == ["tower_relu"] * 2
    assert [node.name for node in pair.graph.nodes if node.shares is not None] == [
        "head_tower2_conv",
        "head_tower2_batchnorm",
        "head_tower2_relu",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("4 x tower(4)", [0, 0, 0, 0], id="tied over depth"),
        pytest.param("tower(4) tower(width = 4) tower(2 + 2) tower(8 // 2)", [0, 0, 0, 0], id="equal in value"),
        pytest.param("conv(6, 3) tower(6) conv(4, 3) tower(4)", [0, 1, 2, 3], id="other arguments"),
        pytest.param("repeat 3 { tower(4) }", [0, 0, 0], id="in a repeat"),
        pytest.param("tower(4) conv(4, 3) tower(4)", [0, 1, 0], id="around others"),
    ],
)
def test_equal_arguments_are_the_same_layers(body: str, expected: list[int]) -> None:
    assert sets(staged(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("tower(4) other", [0, 0], id="the same outside of a block and in one"),
        pytest.param("tower(4) silent(4)", [0, 1], id="another activation"),
        pytest.param("silent(4) silent(4)", [0, 0], id="equal settings, twice"),
        pytest.param("silent(4) again(4)", [0, 0], id="equal settings, written twice"),
        pytest.param("leaky(0.1) leaky(0.2) leaky(0.1)", [0, 1, 0], id="a setting's names mean other numbers"),
        pytest.param("tower(4) biased", [0, 1], id="another default"),
        pytest.param("biased biased", [0, 0], id="the same default"),
        pytest.param("strided strided", [0, 0], id="the same adapter"),
        pytest.param("strided padded", [0, 1], id="another adapter"),
        pytest.param("strided ever", [0, 1], id="an adapter always"),
        pytest.param("own own_always own_off own", [0, 0, 1, 0], id="an adapter of its own, and none"),
        pytest.param("tower(4) unasked", [0, 0], id="a setting that the block does not ask for"),
    ],
)
def test_of_settings_those_count_that_are_asked_for(body: str, expected: list[int]) -> None:
    blocks = """
    block other { tower(4) }
    block silent(w) { use act = silu tower(w) }
    block again(w) { use act = silu  # the same
      tower(w) }
    block leaky(slope) { use act = leaky_relu(slope) tower(4) }
    block biased { default conv(bias = true) tower(4) }
    shared block around { conv(4, 3) skip }
    block strided { around }
    block padded { skips via pad around }
    block ever { skips always via project around }
    shared block around_own { conv(4, 3) skip always via conv(4, 1) }
    block own { around_own }
    block own_always { skips always via pad around_own }
    block own_off { skips off around_own }
    block unasked { use attn = se(2) tower(4) attn }
    """
    network = compiled(f"{TOWER}{blocks}network n {{ input 8x8x4 stage s {{ {body} }} }}")
    found = [node.name for node in network.graph.nodes if node.op == "conv" and node.args["kernel"] == (3, 3)]
    owners = dict(zip([node.name for node in network.graph.nodes if node.op == "conv"], layers(network), strict=True))
    first = list(dict.fromkeys(owners[one] for one in found))
    assert [first.index(owners[one]) for one in found] == expected


def test_progress_counts_where_it_is_asked_for() -> None:
    block = "shared block tower(width) { conv(width, 3) -> norm -> drop skip }\n"
    plain = "network n { input 8x8x4 stage s { 3 x tower(4) } }"
    assert sets(compiled(block + plain)) == [0, 0, 0]
    dropped = "network n { input 8x8x4 use drop = drop_path(0.2 * progress) stage s { 3 x tower(4) } }"
    network = compiled(block + dropped)
    assert sets(network) == [0, 1, 2]
    assert warned(network) == ["W0240"]
    given = "network n { input 8x8x4 use drop = drop_path(0.2) stage s { 3 x tower(4) } }"
    assert sets(compiled(block + given)) == [0, 0, 0]


def test_all_that_is_called_inside_is_shared() -> None:
    nested = "block unit(w) { conv(w, 3) -> norm skip }\nshared block tower(w) { 2 x unit(w) -> act }\n"
    network = staged("tower(4) -> tower(4)", before=nested)
    assert layers(network) == ["tower_unit_conv", "tower_unit2_conv"] * 2
    inner = "shared block unit(w) { conv(w, 3) }\nshared block tower(w) { 2 x unit(w) -> norm }\n"
    network = staged("tower(4) -> tower(4) -> unit(4)", before=inner)
    assert layers(network) == ["unit_conv"] * 5
    assert layers(network, "batchnorm") == ["tower_batchnorm"] * 2


def test_an_adapter_inside_a_call_is_shared_too() -> None:
    block = "shared block tower(w) { conv(w, 3, stride = 2) -> norm skip }\n"
    pair = compiled(
        f"{block}network n {{ input l 8x8x3 input r 8x8x3 head {{ a = l -> tower(4) b = r -> tower(4) add(a, b) }} }}"
    )
    assert layers(pair) == ["tower_conv", "tower_skip_conv"] * 2


def test_a_second_set_of_arguments_is_called_after_its_number() -> None:
    network = staged("tower(4) -> tower(4) -> tower(6) -> conv(4, 1) -> tower(4)")
    assert layers(network) == ["tower_conv", "tower_conv", "tower_2_conv", "s_conv", "tower_conv"]


def test_names_stay_unique_beside_a_stage_of_the_block_s_name() -> None:
    network = compiled(f"{TOWER}network n {{ input 8x8x4 stage tower_ {{ conv(4, 3) }} stage s {{ 2 x tower(4) }} }}")
    assert len({node.name for node in network.graph.nodes}) == len(network.graph.nodes)


def test_labels_stand_behind_the_block_s_name() -> None:
    labelled = 'shared block tower(w) { conv(w, 3) as "first" }\n'
    assert layers(staged("2 x tower(4)", before=labelled)) == ["tower_first"] * 2


def test_values_that_are_passed_flow_in() -> None:
    block = "shared block join(other) { both = concat(in, other) -> conv(4, 1) }\n"
    network = staged("a = conv(4, 3) b = join(a) join(b)", before=block)
    assert layers(network)[1:] == ["join_conv"] * 2


def test_lengths_may_differ() -> None:
    network = compiled(
        f"{TOWER}network n {{ input l 8x8x3 input r 4x6x3 head {{ a = l -> tower(4) -> avgpool(global) "
        "b = r -> tower(4) -> avgpool(global) add(a, b) } }"
    )
    assert layers(network) == ["tower_conv"] * 2


def test_a_call_whose_result_is_left_out_owns_nothing() -> None:
    network = staged("lost = tower(4) in -> tower(4) -> tower(4)")
    assert layers(network) == ["tower_conv"] * 2
    assert [node.shares for node in network.graph.nodes if node.op == "conv"] == [None, 1]
    assert warned(network) == ["W0203"]


@pytest.mark.parametrize(
    ("before", "body"),
    [
        pytest.param(TOWER, "conv(6, 1) -> 2 x tower(4)", id="other channels, in one place"),
        pytest.param(TOWER, "tower(4) -> conv(6, 1) -> tower(4)", id="other channels"),
        pytest.param(
            "shared block tower(w = in.channels) { conv(w, 3) }", "tower -> conv(6, 1) -> tower", id="default of in"
        ),
        pytest.param(
            "shared block tower(w = in.channels, h = w // 2) { conv(4, 1, bias = h > 2) }",
            "tower -> conv(6, 1) -> tower",
            id="default of a default of in",
        ),
        pytest.param(
            "shared block tower { let h = in.channels conv(h, 3) }", "tower -> conv(6, 1) -> tower", id="let of in"
        ),
        pytest.param(
            "shared block tower { conv(4, 3) if in.channels > 4 { norm } }",
            "tower -> conv(6, 1) -> tower",
            id="a choice that follows in",
        ),
        pytest.param(
            "shared block tower { conv(4, 3) -> norm skip }", "tower -> conv(6, 1) -> tower", id="another skip"
        ),
        pytest.param(
            "shared block tower(other) { concat(in, other) -> conv(4, 1) }",
            "a = conv(4, 1) b = conv(6, 1) c = in -> tower(a) d = in -> tower(b) add(c, d)",
            id="another value passed",
        ),
        pytest.param(
            "shared block tower { conv(4, 3, groups = in.channels // 4) }",
            "tower -> conv(8, 1) -> tower",
            id="other groups",
        ),
        pytest.param("shared block tower { prelu }", "tower -> conv(6, 1) -> tower", id="weights of an activation"),
        pytest.param(
            "shared block tower { use attn = se(in.channels // 2) conv(4, 3) -> attn }",
            "tower -> conv(6, 1) -> tower",
            id="a setting of its own that follows in",
        ),
    ],
)
def test_a_call_that_cannot_be_the_same_layers_is_a_mistake(before: str, body: str) -> None:
    assert refused(f"{before}\nnetwork n {{ input 8x8x4 stage s {{ {body} }} }}") == ["E0320"]


def test_another_rank_is_a_mistake() -> None:
    ends = "a = l -> tower(4) -> avgpool(global) b = r -> tower(4) -> avgpool(global) add(a, b)"
    for block in (TOWER, "shared block tower(width) { norm let unused = width }\n"):
        text = f"{block}network n {{ input l 8x8x4 input r 8x4 head {{ {ends} }} }}"
        assert refused(text) == ["E0320"]


def test_the_mistake_names_both_places_and_what_differs() -> None:
    said = reasons(f"{TOWER}network n {{ input 8x8x4 stage s {{ tower(4) -> conv(6, 1) -> tower(4) }} }}")
    assert "8x8x6 flows in" in said
    assert "8x8x4 flows in" in said
    assert "`conv` has weights of 3x3x6x4 here, and of 3x3x4x4 there" in said


def test_what_the_help_says_helps() -> None:
    assert not refused(f"{TOWER}network n {{ input 8x8x4 stage s {{ tower(4) -> conv(4, 1) -> tower(4) }} }}")
    assert not refused(f"{TOWER[7:]}network n {{ input 8x8x4 stage s {{ tower(4) -> conv(6, 1) -> tower(4) }} }}")


def test_weights_count_once_and_work_each_time() -> None:
    shared = staged("4 x tower(4)").facts
    apart = staged("4 x tower(4)", before=TOWER.removeprefix("shared ")).facts
    assert (shared.count.params, apart.count.params) == (3 * 3 * 4 * 4 + 8, 4 * (3 * 3 * 4 * 4 + 8))
    assert shared.count.total_params == 3 * 3 * 4 * 4 + 16
    assert shared.count.macs == apart.count.macs == 4 * 64 * 9 * 16
    assert (shared.depth, shared.receptive_field, shared.blocks) == (4, 9, 4)
    text = f"{TOWER}network n {{ input 8x8x4 stage a {{ tower(4) }} stage b {{ tower(4) }} }}"
    assert [part.params for part in compiled(text).facts.stages] == [152, 0]


def test_never_the_same_layers_is_said() -> None:
    network = staged("tower(4) -> tower(6)")
    assert warned(network) == ["W0240"]
    assert warned(staged("tower(4)")) == []
    assert warned(staged("tower(4) -> tower(6) -> conv(4, 1) -> tower(4)")) == []


@pytest.mark.parametrize(
    "text",
    [
        "block shared(w) { conv(w, 3) }\nslot s = shared(4)\nnetwork n { input 8x8x4 stage a { shared(2) -> s } }",
        "let shared = 4\nblock b(shared = shared) { conv(shared, 3) }\nnetwork n { input 8x8x4 stage a { b } }",
        "block shared { act }\nslot s = shared\nblock b { s }\nnetwork n { input 8x8x4 stage a { conv(4, 3) b } }",
        "let a = 4\nlet shared = a\nshared block b { conv(shared, 3) }\nnetwork n { input 8x8x4 stage a { b } }",
        "network shared { input 8x8x4 stage shared { shared_ = conv(4, 3) } }",
        "network n { input 8x8x4 stage a { shared = conv(4, 3)\nshared -> act } }",
    ],
)
def test_shared_stays_a_name(text: str) -> None:
    assert not refused(text)


def test_diff_tells_which_calls_are_the_same_layers() -> None:
    block = "shared block unit(width, number = 1) { conv(width, 3) }\n"
    left = staged("unit(4) unit(4, 2) unit(4) unit(4, 2)", before=block).facts
    right = staged("unit(4) unit(4, 2) unit(4, 2) unit(4)", before=block).facts
    found = difference(left, right)
    assert [(one.argument, one.left, one.right) for one in found.settings] == [
        ("layer", "unit_conv", "unit_2_conv"),
        ("layer", "unit_2_conv", "unit_conv"),
    ]
    assert not difference(left, left).settings


def test_what_takes_each_layer_to_be_called_once_says_so() -> None:
    with pytest.raises(Failure, match=r"calls `tower_conv` again"):
        check_own_layers(staged("2 x tower(4)").graph, "`probe`")
    check_own_layers(staged("tower(4)").graph, "`probe`")
