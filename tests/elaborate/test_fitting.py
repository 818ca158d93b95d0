"""Where values do not meet, the help says which sizes do; followed, it gives a network that compiles."""

from __future__ import annotations

import re
import time

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.elaborate.networks.fitting import MOST_STEPS_OF_A_SEARCH, Fitter
from resnet_dsl.ir.sizes import Size
from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import compiled, refused
from tests.elaborate.test_multiples import BY_POOL, u_net


def mistake(text: str, size: Size | None = None) -> Diagnostic:
    with pytest.raises(Refusal) as refusal:
        compiled(text, size=size)
    return next(one for one in refusal.value.diagnostics if one.code in ("E0302", "E0305"))


def helped(text: str, size: Size | None = None) -> str:
    return mistake(text, size).help or ""


def follow(text: str, remedy: str) -> list[str]:
    """The texts that the help asks for: with each of the sizes."""
    (before,) = re.findall(r"input (\S+)", text)
    if "write" in remedy:
        return [text.replace(before, size) for size in re.findall(r"`input (\S+)`", remedy)]
    channels = before.split("x")[-1]
    axes = before.count("x")
    sizes = remedy.rsplit(": ", 1)[1].split(" or ")
    whole = [size if "x" in size else "x".join([size] * axes) for size in sizes]
    return [text.replace(before, f"{size}x{channels}") for size in whole]


@pytest.mark.parametrize("depth", range(1, 7))
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"down": "conv(4, 3, stride = 2)"},
        {"down": "conv(4, 3, stride = 2, pad = same)", "up": "conv_transpose(4, 2)"},
        {"down": "maxpool(3, stride = 2) -> conv(4, 3)", "skip": ""},
    ],
    ids=lambda form: " ".join(form.values()) or "pool",
)
def test_a_u_net_of_any_depth(depth: int, form: dict[str, str]) -> None:
    needed = 2**depth
    for off in {1, needed - 1}:
        side = 5 * needed + off
        text = u_net(depth, f"{side}x{side}x3", **form)
        assert helped(text) == f"sides must be multiples of {needed}: {5 * needed} or {6 * needed}"
        assert [refused(one) for one in follow(text, helped(text))] == [[], []]
    text = u_net(depth, "?x?x3", **form)
    assert helped(text) == f"sides must be multiples of {needed}: write `input {needed}?x{needed}?x3`"
    assert [refused(one) for one in follow(text, helped(text))] == [[]]


UP = "network n {{ input {} stage a {{ conv(4, 3) }} stage b {{ {} }} stage c {{ {} }} }}"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (u_net(5, "300x300x3"), "sides must be multiples of 32: 288 or 320"),
        (u_net(5, "300x256x3"), "sides must be multiples of 32: 288x256 or 320x256"),
        (u_net(5, "20x20x3", down="maxpool(2, pad = same) -> conv(4, 3)"), "sides must be multiples of 32: 32"),
        (u_net(5, "16?x16?x3"), "sides must be multiples of 32: write `input 32?x32?x3`"),
        (u_net(5, "24?x64x3"), "the height must be a multiple of 96 and"),
        (u_net(3, "100x3"), "the length must be a multiple of 8: 96 or 104"),
        (u_net(2, "8x9x10x3"), "sides must be multiples of 4: 8x8x8 or 8x12x12"),
        (UP.format("101x101x3", "maxpool(2)", "upsample(2) skip from a"), "sides must be multiples of 2: 100 or 102"),
        (UP.format("64x101x3", "maxpool(1x2)", "upsample(1x2) skip from a"), "the width must be a multiple of 2:"),
        (UP.format("50x50x3", "maxpool(3)", "b = upsample(3) add(a, b)"), "sides must be multiples of 3: 48 or 51"),
        (UP.format("50x50x3", "maxpool(3)", "b = upsample(3) concat(a, b)"), "sides must be multiples of 3: 48 or 51"),
        (UP.format("50x50x3", "maxpool(3)", "b = upsample(3) mul(a, b)"), "sides must be multiples of 3: 48 or 51"),
        (UP.format("50x50x3", "maxpool(6x4)", "upsample(6x4) skip from a"), "the height must be a multiple of 6 and"),
        (
            UP.format(
                "100x100x3", "maxpool(3, stride = 2, pad = valid)", "conv_transpose(4, 3, stride = 2) skip from a"
            ),
            "give the input another size: 99 or 101",
        ),
    ],
)
def test_which_sizes_fit(text: str, remedy: str) -> None:
    said = helped(text)
    assert said.startswith(remedy.removesuffix(" and"))
    followed = follow(text, said)
    assert followed
    assert [refused(one) for one in followed] == [[]] * len(followed)


def test_a_network_whose_head_needs_known_lengths() -> None:
    text = UP.format("300x250x3", "maxpool(8)", "upsample(8) skip from a head { flatten dense(10) }").replace(
        "a head { flatten dense(10) } }", "a } head { flatten dense(10) }"
    )
    assert helped(text) == "sides must be multiples of 8: 296x248 or 304x256"
    assert [refused(one) for one in follow(text, helped(text))] == [[], []]


def test_sizes_at_which_something_else_fails_are_not_offered() -> None:
    """A window of 33 does not fit a map of 32."""
    text = UP.format("33x33x3", "maxpool(2)", "upsample(2) skip from a conv(4, 33, pad = valid)")
    assert helped(text) == "sides must be multiples of 2: 34"


def test_no_rule_is_claimed_that_was_not_seen_to_hold() -> None:
    """Attention needs known lengths: with open ones nothing behind it is reached, and nothing shown."""
    text = "network n {{ input 50x50x12 stage a {{ conv(12, 3) }} stage b {{ maxpool(4) {} conv(4, 1) }} {} }}".format(
        "attention(key = 1) ->", "stage c { upsample(4) skip from a }"
    )
    assert helped(text) == "give the input another size: 48 or 52"
    assert [refused(one) for one in follow(text, helped(text))] == [[], []]


def test_a_mistake_behind_it_does_not_hide_the_sizes() -> None:
    text = u_net(3, "100x100x3").replace("stage u0 {", "stage u0 { unknown")
    assert helped(text) == "sides must be multiples of 8: 96 or 104"


def test_another_input_of_a_network_that_is_open() -> None:
    text = UP.format("?x?x3", "maxpool(2)", "conv(4, 3)") + " network m from n { stage c { upsample(2) skip from a } }"
    with pytest.raises(Refusal) as refusal:
        compiled(text, "m", size=(101, 101, 3))
    assert refusal.value.diagnostics[0].help == "sides must be multiples of 2: 100 or 102"
    with pytest.raises(Refusal) as refusal:
        compiled(text, "m", size=(None, None, 3))
    assert refusal.value.diagnostics[0].help == "sides must be multiples of 2: `2?x2?x3`"


@pytest.mark.parametrize(
    "text",
    [
        UP.format("64x64x3", "maxpool(2) conv(4, 3)", "conv(4, 3, pad = valid) skip from a"),
        UP.format("64x64x3", "maxpool(2) conv(4, 3)", "skip from a via identity"),
        UP.format("64x64x3", "maxpool(2) -> conv(8, 1)", "b = upsample(2) add(a, b)"),
        UP.format("?x?x3", "maxpool(2) conv(4, 3)", "conv(4, 3, pad = valid) skip from a by concat"),
        "block b { conv(8, 3, stride = 2, pad = valid) skip } network n { input 33x33x3 stage s { b b } }",
    ],
)
def test_no_size_is_offered_where_none_fits(text: str) -> None:
    assert "multiple" not in helped(text)
    assert "another size" not in helped(text)


def test_open_lengths_that_do_not_meet_are_told_apart() -> None:
    found = mistake(UP.format("?x?x4", "maxpool(2)", "b = upsample(2) add(a, b)"))
    assert "?x?x4 with h and w and 2?x2?x4 with 2 * floor(h / 2) and 2 * floor(w / 2)" in found.message


def test_a_search_takes_no_more_steps_than_it_may() -> None:
    """Also where a network that fails early is large behind it, and in a file of many."""
    behind = "stage s { 300 x basic(4) }"
    one = u_net(5, "300x300x3").removesuffix("}").replace("network u", "network u{}") + behind + " }"
    text = "\n".join(one.replace("u{}", f"u{number}") for number in range(6))
    start = time.process_time()
    assert len([one for one in load_text(text).check() if one.code == "E0302"]) == 6
    assert time.process_time() - start < 4
    fitter = Fitter()
    spec = load_text(u_net(5, "300x300x3", down=BY_POOL))
    for _ in range(60):
        fitter.elaborate(spec.networks["u"], spec.prelude, {}, None)
    assert fitter._left > -MOST_STEPS_OF_A_SEARCH


def test_sizes_of_the_input_are_the_whole_remedy() -> None:
    merged = "maxpool(2) -> conv(8, 3) up = upsample(2) add(up, a)"
    found = mistake(f"network n {{ input 9x9x3 stage a {{ conv(8, 3) }} stage b {{ {merged} }} }}")
    assert found.help == "sides must be multiples of 2: 8 or 10"
    assert found.edits == ()
