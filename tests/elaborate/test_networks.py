"""Networks: their parts in flow order, inputs of every rank, the stage's stride, parameters."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import argument, compiled, drawn, operations, reasons, refused, shapes_of, staged


def test_the_parts_run_in_flow_order_and_are_the_rows_of_the_summary() -> None:
    network = compiled("""network n { input 8x8x3 stem { conv(4, 3) } stage a { conv(5, 3) } stage b { conv(6, 3) }
      head { avgpool(global) -> dense(7) } }""")
    assert [(part.name, part.kind, part.output_shape) for part in network.facts.stages] == [
        ("stem", "stem", (8, 8, 4)),
        ("a", "stage", (8, 8, 5)),
        ("b", "stage", (8, 8, 6)),
        ("head", "head", (7,)),
    ]


@pytest.mark.parametrize(
    "parts",
    ["stage a { relu } stem { relu }", "head { relu } stage a { relu }", "head { relu } stem { relu }"],
)
def test_parts_out_of_order_are_refused(parts: str) -> None:
    assert refused(f"network n {{ input 8x8x3 {parts} }}") == ["E0235"]


@pytest.mark.parametrize(
    ("network", "codes"),
    [
        ("network n { stage a { relu } }", ["E0233"]),
        ("network n { input 8x8x3 }", ["E0234"]),
        ("network n { input 8x8x3 input 8x8x3 stage a { relu } }", ["E0209"]),
        ("network n { input 8x8x3 stage a { relu } stage a { relu } }", ["E0209"]),
        ("network n { input 8x8x? stage a { relu } }", ["E0221"]),
        ("network n { input 0x8x3 stage a { relu } }", ["E0221"]),
        ("network n { input 2x2x2x2x2 stage a { relu } }", ["E0221"]),
        ("network n { input true stage a { relu } }", ["E0221"]),
    ],
)
def test_networks_that_are_none(network: str, codes: list[str]) -> None:
    assert refused(network) == codes


@pytest.mark.parametrize(
    ("size", "kernel", "after"),
    [
        ("50x12", (3,), (25, 8)),
        ("8x10x3", (3, 3), (4, 5, 8)),
        ("4x8x10x3", (3, 3, 3), (2, 4, 5, 8)),
    ],
)
def test_operations_take_their_rank_from_what_flows_in(
    size: str, kernel: tuple[int, ...], after: tuple[int, ...]
) -> None:
    network = staged("conv(8, 3, stride = 2)", size=size)
    assert argument(network, "s_conv", "kernel") == kernel
    assert network.facts.output_shape == after


@pytest.mark.parametrize("size", ["50x12", "8x8x3", "4x8x8x3"])
def test_blocks_and_skips_serve_every_rank(size: str) -> None:
    rank = size.count("x")
    network = compiled(f"""network n {{ input {size} stem {{ conv(4, 3) -> norm -> act }} stage a {{ basic(4) }}
      stage b(stride = 2) {{ bottleneck(4) }} head {{ avgpool(global) -> dense(3) }} }}""")
    assert network.facts.output_shape == (3,)
    first = network.graph.nodes[1]
    assert network.facts.counts[1].params == 3**rank * network.facts.input_shape[-1] * 4  # type: ignore[operator]
    assert len(first.args["kernel"]) == rank


@pytest.mark.parametrize(("kernel", "taps"), [("3", (3, 3)), ("3x1", (3, 1)), ("1x7", (1, 7))])
def test_one_number_for_all_axes_or_one_an_axis(kernel: str, taps: tuple[int, int]) -> None:
    network = staged(f"conv(8, {kernel}, stride = 2x1, dilation = 1x2)", size="9x9x3")
    assert argument(network, "s_conv", "kernel") == taps
    assert argument(network, "s_conv", "stride") == (2, 1)
    assert network.facts.output_shape == (5, 9, 8)


def test_more_numbers_than_axes_are_refused() -> None:
    assert refused("network n { input 50x3 stage a { conv(4, 3x3) } }") == ["E0301"]


def test_an_input_has_an_axis_beside_its_channels() -> None:
    assert refused("network n { input 12 stage a { dense(7) } }") == ["E0221"]


STRIDED = "block plain(width) { conv(width, 3) } block strided(width, stride = 1) { conv(width, 3, stride = stride) }"


@pytest.mark.parametrize(
    ("body", "shapes"),
    [
        ("conv(4, 3) conv(4, 3)", {"s_conv1": "4x4x4", "s_conv2": "4x4x4"}),
        ("relu maxpool(3) conv(4, 3)", {"s_relu": "8x8x3", "s_maxpool": "4x4x3", "s_conv": "4x4x4"}),
        ("2 x strided(4)", {"s_block1_conv": "4x4x4", "s_block2_conv": "4x4x4"}),
        ("plain(4) strided(4)", {"s_block1_conv": "8x8x4", "s_block2_conv": "4x4x4"}),
        ("repeat 2 { conv(4, 3) }", {"s_conv1": "4x4x4", "s_conv2": "4x4x4"}),
        ("if true { conv(4, 3) }", {"s_conv": "4x4x4"}),
    ],
)
def test_a_stages_stride_goes_to_its_first_step_that_takes_one(body: str, shapes: dict[str, str]) -> None:
    network = compiled(f"{STRIDED} network n {{ input 8x8x3 stage s(stride = 2) {{ {body} }} }}")
    found = shapes_of(network)
    assert {name: found[name] for name in shapes} == shapes


def test_a_stages_stride_may_be_one_an_axis_and_an_expression() -> None:
    network = compiled(
        "network n(s = 2) { input 8x8x3 stage a(stride = 2x1) { conv(4, 3) } stage b(2 * s) { conv(4, 3) } }"
    )
    assert shapes_of(network)["a_conv"] == "4x8x4"
    assert network.facts.output_shape == (1, 2, 4)


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("stage s(stride = 2) { relu }", "E0225"),
        ("stage s(stride = 2) { }", "E0225"),
        ("stage s(stride = 2) { conv(4, 3, stride = 2) }", "E0205"),
        ("stage s(stride = 0) { conv(4, 3) }", "E0207"),
        ("stage s(stride = 1.5) { conv(4, 3) }", "E0206"),
        ("stage s(width = 2) { conv(4, 3) }", "E0202"),
    ],
)
def test_strides_that_cannot_be_given(stage: str, code: str) -> None:
    assert refused(f"network n {{ input 8x8x3 {stage} }}") == [code]


@pytest.mark.parametrize(
    "behind",
    [
        "stage up { upsample(2) skip from a by concat }",
        "stage up { upsample(2) skip from a }",
        "stage up { u = upsample(2) concat(u, a) }",
        "stage two { maxpool(2) maxpool(2) } stage up { upsample(8) add(in -> conv(4, 3), a) }",
        "stage two { conv(4, 9, pad = valid) }",
        "stage two { conv(4, 3) } expect two.output == 4x4x4",
    ],
)
def test_nothing_follows_from_a_stride_that_no_step_takes(behind: str) -> None:
    """The lengths behind it were to be others."""
    text = f"network n {{ input 8x8x3 stage a {{ conv(4, 3) }} stage b(stride = 2) {{ act }} {behind} }}"
    assert refused(text) == ["E0225"]


@pytest.mark.parametrize(
    ("behind", "code"),
    [
        ("stage two { dense(4) }", "E0301"),
        ("stage two(stride = 2) { act }", "E0225"),
        ("stage two { conv(4, 3, groups = 3) }", "E0304"),
    ],
)
def test_what_is_wrong_at_every_length_is_told_beside_it(behind: str, code: str) -> None:
    text = f"network n {{ input 8x8x3 stage a {{ conv(4, 3) }} stage b(stride = 2) {{ act }} {behind} }}"
    assert refused(text) == ["E0225", code]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (
            "block b(w) { conv(w, 3) -> norm skip }",
            "give `b` the stride, `block b(…, stride = 1)`, and hand it on to a step: `conv(…, stride = stride)`",
        ),
        (
            "block b(w = 3) { norm -> c(w) } block c(w, stride = 1) { basic(w, stride) }",
            "give `b` the stride, `block b(…, stride = 1)`, and hand it on to a step: `c(…, stride = stride)`",
        ),
        ("block b(w) { scale(w) }", "call an operation or block with a parameter `stride` in this stage"),
    ],
)
def test_a_block_of_ones_own_is_told_to_take_the_stages_stride(text: str, remedy: str) -> None:
    spec = load_text(f"{text} network n {{ input 8x8x3 stage a(stride = 2) {{ 2 x b(4) }} }}")
    (found,) = spec.check()
    assert found.help == f"{remedy}, or leave the stage's stride out"


def test_parameters_have_defaults_and_can_be_set() -> None:
    text = (
        "network n(width = 4, classes = 2 * width) { input 8x8x3 stage s { conv(width, 3) } head { conv(classes, 1) } }"
    )
    assert compiled(text).facts.output_shape == (8, 8, 8)
    assert compiled(text, width=5).facts.output_shape == (8, 8, 10)
    assert compiled(text, classes=3).facts.output_shape == (8, 8, 3)


def test_a_parameter_without_default_must_be_set() -> None:
    text = "network n(width) { input 8x8x3 stage s { conv(width, 3) } }"
    assert refused(text) == ["E0237"]
    assert compiled(text, width=6).facts.output_shape == (8, 8, 6)


def test_a_parameter_that_is_not_there_cannot_be_set() -> None:
    assert refused("network n(width = 4) { input 8x8x3 stage s { conv(width, 3) } }", widht=5) == ["E0236"]


def test_lets_of_a_network_follow_its_parameters() -> None:
    text = "network n(k = 2) { input 8x8x3 let width = 16 * k stage s { conv(width, 3) } }"
    assert compiled(text, k=10).facts.output_shape == (8, 8, 160)


def test_the_input_follows_parameters_or_is_given_from_outside() -> None:
    text = "network n(length = 50, leads = 12) { input length x leads stage s { conv(4, 3) } }"
    assert compiled(text).facts.input_shape == (50, 12)
    assert compiled(text, length=20).facts.input_shape == (20, 12)
    assert compiled(text, size=(30, 2)).facts.output_shape == (30, 4)


def test_a_network_without_a_head_ends_with_its_last_stage() -> None:
    assert compiled("network n { input 8x8x3 stage s { conv(4, 3) } }").facts.output_shape == (8, 8, 4)


def test_the_first_layer_reads_the_input() -> None:
    assert drawn(staged("relu", size="8x8x3")) == ["s_relu(input) 8x8x3"]
    assert operations(staged("relu")) == ["relu"]


def test_the_parts_that_there_are_stand_in_flow_order() -> None:
    """They came from a set, in another order in each process."""
    names = ["entry", "low", "mid", "high", "top", "last", "end"]
    stages = " ".join(f"stage {name} {{ relu }}" for name in names)
    text = f"network n {{ input 8x8x3 stem {{ relu }} {stages} expect nowhere_near.params == 0 }}"
    assert "there are " + ", ".join(f"`{name}`" for name in ("stem", *names)) in reasons(text)


@pytest.mark.parametrize("start", ["ab", "cd", "fg", "hi"])
def test_of_names_that_are_equally_near_the_first_in_the_text_is_proposed(start: str) -> None:
    """`check` looked them up in a set, too."""
    lets = " ".join(f"let {start}_{letter} = 1" for letter in "pqrstuvwyz")
    text = f"network n {{ input 8x8x3 {lets} stage s {{ conv({start}_x) }} }}"
    (found,) = [one for one in load_text(text).check() if one.code == "E0208"]
    assert found.help == f"did you mean `{start}_p`?"
