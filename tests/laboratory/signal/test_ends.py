"""The prediction for networks of several inputs and outputs, beside the same towers as networks of their own."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.signal import Layer, Signal, predict

TOWER = "conv(8, 3, init = he_normal) -> relu -> conv(8, 3, init = he_normal) -> relu -> avgpool(global)"


def signal(text: str) -> Signal:
    compiled = resnet_dsl.load(text).network().compiled
    return predict(compiled.graph, compiled.shapes)


def sizes(layers: tuple[Layer, ...]) -> list[float]:
    return [size for layer in layers for size in (layer.activation, layer.gradient)]


def alone(size: str, head: str) -> list[float]:
    return sizes(signal(f"network alone {{ input {size} head {{ {head} }} }}").layers)


def test_towers_side_by_side_are_what_they_are_alone() -> None:
    found = signal(f"""network two {{
      input left 16x16x3  input right 9x12x1
      head one {{ left -> {TOWER} -> dense(4) -> softmax }}
      head two {{ right -> {TOWER} -> dense(5) }}
    }}""")
    left, right = alone("16x16x3", f"{TOWER} -> dense(4) -> softmax"), alone("9x12x1", f"{TOWER} -> dense(5)")
    assert sizes(found.layers) == pytest.approx(left + right, rel=0.06)
    assert [(way.start, way.end, way.layers) for way in found.ways] == [
        ("left", "one", (0, 1, 2)),
        ("right", "two", (3, 4, 5)),
    ]


def test_the_losses_of_outputs_are_summed() -> None:
    """Two projections of one value: its gradient has twice the mean square, and so have those before it."""
    once = signal(f"network n {{ input 12x12x3 stage s {{ {TOWER} }} head a {{ s -> dense(4) }} }}").layers
    twice = signal(
        f"network n {{ input 12x12x3 stage s {{ {TOWER} }} head a {{ s -> dense(4) }} head b {{ s -> dense(4) }} }}"
    ).layers
    assert [other.gradient / one.gradient for one, other in zip(once, twice, strict=False)] == pytest.approx(
        [2, 2, 1], rel=1e-6
    )


def test_a_value_that_is_returned_on_the_way_has_a_loss_of_its_own() -> None:
    """The gradient of a projection is 1 at each number: at the end, and at the map, beside what comes back."""
    text = "network n {{ input 12x12x3 stage s {{ conv(8, 3) }} head {{ conv(8, 3) }} output {} }}"
    both, last = signal(text.format("s, head")), signal(text.format("head"))
    assert both.layers[0].gradient == pytest.approx(1 + last.layers[0].gradient, rel=1e-6)
    assert [(part.network, len(part.layers)) for part in both.parts] == [
        ("n (input to s)", 1),
        ("n (input to head)", 2),
    ]


def test_an_input_of_another_size_can_be_merged_with_another() -> None:
    """Numbers beside an image, and images of two sizes, come together behind global pools."""
    found = signal(f"""network n {{
      input small 6x6x1  input large 20x20x3  input facts 8
      head {{
        a = small -> {TOWER}  b = large -> {TOWER}
        c = add(a, b)
        concat(c, facts) -> dense(3) -> softmax
      }}
    }}""")
    assert all(layer.gradient > 0 for layer in found.layers)
    assert {way.start: way.layers for way in found.ways} == {"small": (0, 1, 4), "large": (2, 3, 4), "facts": (4,)}


def test_growth_is_that_of_the_way_with_most_decades() -> None:
    steep = " -> ".join(["conv(8, 3, init = glorot_uniform) -> relu"] * 12)
    found = signal(f"""network n {{
      input 8x8x8
      head flat {{ input -> conv(8, 3, init = he_normal) -> relu -> conv(8, 3, init = he_normal) -> relu }}
      head steep {{ input -> {steep} }}
    }}""")
    only = signal(f"network n {{ input 8x8x8 head steep {{ {steep} }} }}")
    assert (found.growth, found.decades) == pytest.approx((only.growth, only.decades), rel=1e-3)
    assert [part.verdict for part in found.parts] == ["holds", only.verdict]
    assert found.words.splitlines()[1].startswith("n (input to steep): the gradient shrinks")
    assert {stage.stage: stage.layers for stage in found.stages} == {"flat": 2, "steep": 12}


def test_ways_are_told_as_data() -> None:
    found = signal("network n { input 8x8x3 stage s { conv(4, 3) -> conv(4, 3) } head { conv(2, 3) } output s, head }")
    ways = found.as_json()["ways"]
    assert [(way["from"], way["to"], way["layers"]) for way in ways] == [
        ("input", "s", ["s_conv1", "s_conv2"]),
        ("input", "head", ["s_conv1", "s_conv2", "head_conv"]),
    ]
    assert signal("network n { input 8x8x3 head { conv(2, 3) } }").as_json()["ways"] == []


def test_too_many_ways_are_refused() -> None:
    inputs = " ".join(f"input i{k} 4" for k in range(32))
    heads = " ".join(f"head h{k} {{ add({', '.join(f'i{k}' for k in range(32))}) -> dense(2) }}" for k in range(32))
    with pytest.raises(Failure, match="32 inputs and 32 outputs: more than 1,000 ways"):
        signal(f"network n {{ {inputs} {heads} }}")
