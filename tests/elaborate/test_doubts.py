"""What compiles and is not meant: refused where it cannot be, told where it may be, ordinary networks left alone."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import compiled, operations

HEADED = "network n {{ input 32x32x3 stage s {{ conv(8, 3) }} head {{ avgpool(global) -> {} }} }}"
STAGED = "network n {{ input {} stage s {{ {} }} }}"


def codes(text: str) -> list[str]:
    return [one.code for one in load_text(text).check()]


@pytest.mark.parametrize(
    "text",
    [
        "network n(w = 16) { input 8x8x3 let w = 8 stage s { conv(w, 3) } }",
        "network n(w = 16) { input 8x8x3 stage s { let w = 8 conv(w, 3) } }",
        "network n(w = 16) { input 8x8x3 stage s { repeat 2 as w { conv(8 + w, 3) } } }",
        "network n(w = 16) { input 8x8x3 stage s { repeat 2 { let w = 8 conv(w, 3) } } }",
        "block b(w) { let w = 8 conv(w, 3) } network n { input 8x8x3 stage s { b(16) } }",
        "block b(w) { let w = 8 conv(w, 3) }",
        "network m(w = 16) { input 8x8x3 stage s { conv(w, 3) } } "
        "network n from m { let w = 8 stage t { conv(w, 3) } }",
        "network m(w = 16) { input 8x8x3 stage s { conv(w, 3) } } network l from m {} "
        "network n from l { stage t { let w = 8 conv(w, 3) } }",
    ],
)
def test_what_takes_the_place_of_a_parameter(text: str) -> None:
    assert codes(text)[0] == "E0244"
    assert "E0244" in [one.code for one in load_text(text).diagnostics]  # so compile refuses it, too


@pytest.mark.parametrize(
    "text",
    [
        "network n(w = 16) { input 8x8x3 let w = 2 * w stage s { conv(w, 3) } }",
        "block b(w, slim = true) { if slim { let w = 8 } conv(w, 3) } network n { input 8x8x3 stage s { b(16) } }",
        "let w = 8 network n(w = 16) { input 8x8x3 stage s { conv(w, 3) } }",
        "network m(w = 16) { input 8x8x3 stage s { conv(w, 3) } } "
        "network n from m(w = 4) { let w = 8 stage t { conv(w, 3) } }",
        "network m(w = 16) { input 8x8x3 stage s { conv(w, 3) } } "
        "network n from m(4) { let w = 8 stage t { conv(w, 3) } }",
    ],
)
def test_names_that_leave_the_parameters_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("base", "new", "told"),
    [
        ("conv3", "conv_3", True), ("conv3", "Conv3", True), ("conv3", "cnov3", True), ("middle", "midle", True),
        ("stage2", "stage02", True), ("conv3", "conv4", False), ("conv3", "conv13", False), ("stage1", "late", False),
        ("conv3", "conv3", False), ("up", "down", False),
    ],
)  # fmt: skip
def test_stages_that_are_called_nearly_like_the_bases(base: str, new: str, told: bool) -> None:
    text = f"network m {{ input 8x8x3 stage {base} {{ relu }} }} network n from m {{ stage {new} {{ relu }} }}"
    assert codes(text) == (["W0207"] if told else [])


@pytest.mark.parametrize("size", ["3x224x224", "1x28x28", "3x16x112x112", "224x224", "12x5000", "4x?x64x64",
                                  "3x480x640", "1x64x48", "3x16x96x128", "640x480", "720x1280", "1x16000"])  # fmt: skip
def test_inputs_of_another_order(size: str) -> None:
    assert codes(STAGED.format(size, "relu")) == ["W0208"]


@pytest.mark.parametrize("size", ["224x224x3", "5000x12", "16x112x112x3", "?x?x3", "28x28x1", "7x7x2048", "1x1x512",
                                  "10x300", "1x100x3", "3x3x3", "8x8x8", "?x64", "4x4x512",
                                  "4x8x12", "3x16x24", "1x80x300", "512x768", "100x80", "16x12"])  # fmt: skip
def test_ordinary_inputs(size: str) -> None:
    assert codes(STAGED.format(size, "relu")) == []


@pytest.mark.parametrize(
    ("size", "step"),
    [
        ("48x48x3", "conv(3, 64, 3)"), ("225x225x3", "conv(3, 64, 3)"), ("33x33x3", "conv(3, 16, 3)"),
        ("56x56x64", "conv(64, 128, 1)"), ("8x8x3", "maxpool(9, stride = 1)"), ("8x8x3", "avgpool(10, stride = 1)"),
        ("8x8x3", "conv(4, 3, dilation = 8)"), ("16x3", "conv(4, 40)"), ("48x48x3", "repeat 2 { conv(3, 64, 3) }"),
    ],
)  # fmt: skip
def test_windows_that_the_map_does_not_fill(size: str, step: str) -> None:
    assert "W0209" in codes(STAGED.format(size, step))


@pytest.mark.parametrize(
    ("size", "step", "remedy"),
    [
        ("48x48x3", "conv(3, 64, 3)", "conv(64, 3)"), ("56x56x64", "conv(64, 128, 1)", "conv(128, 1)"),
        ("7x7x64", "conv(8, 15)", "smaller window"), ("7x7x64", "conv(64, 15x9)", "smaller window"),
        ("8x8x3", "conv_transpose(8, 16)", "smaller window"), ("8x8x3", "maxpool(9, stride = 1)", "maxpool(global)"),
    ],
)  # fmt: skip
def test_what_to_write_for_a_window(size: str, step: str, remedy: str) -> None:
    """What is written instead can be meant, and is an operation that takes it."""
    found = next(one for one in load_text(STAGED.format(size, step)).check() if one.code == "W0209")
    assert remedy in str(found.help)


@pytest.mark.parametrize(
    ("size", "step"),
    [
        ("1x1x8", "conv(8, 3)"), ("2x2x8", "conv(8, 5)"), ("4x4x8", "conv(8, 7)"), ("5000x12", "conv(16, 64)"),
        ("56x56x96", "conv(96, 31, groups = 96)"), ("56x56x96", "conv(96, 51x5, groups = 96)"),
        ("8x8x8", "conv(8, 3, dilation = 4)"), ("32x32x3", "maxpool(32)"), ("7x7x8", "avgpool(7)"),
        ("224x224x3", "conv(768, 16, stride = 16)"), ("8x8x8", "conv(8, 1, dilation = 9)"),
    ],
)  # fmt: skip
def test_ordinary_windows(size: str, step: str) -> None:
    assert "W0209" not in codes(STAGED.format(size, step))


def test_the_softmax_of_one_number() -> None:
    assert codes(HEADED.format("dense(1) -> softmax")) == ["E0245"]
    assert codes("network n { input 8x8x3 stage s { conv(1, 3) -> softmax } }") == ["E0245"]
    assert codes(HEADED.format("dense(2) -> softmax")) == codes(HEADED.format("dense(1) -> sigmoid")) == []
    assert codes(HEADED.format("dense(2) -> softmax(2)")) == []


def test_norms_of_single_numbers() -> None:
    assert codes(HEADED.format("groupnorm(8)")) == codes(HEADED.format("dense(1) -> layernorm")) == ["W0210"]
    assert codes(HEADED.format("groupnorm(4)")) == codes(HEADED.format("layernorm")) == []
    assert codes(STAGED.format("8x8x4", "groupnorm(4)")) == []
    assert codes(STAGED.format("1x1x4", "instancenorm")) == ["W0210"]
    assert codes(STAGED.format("2x1x4", "instancenorm")) == codes(STAGED.format("?x?x4", "instancenorm")) == []


BLOCK = (
    "block b(width, smooth = true) {{ {} conv(width, 3) -> norm -> act }} network n {{ input 8x8x4 stage s {{ {} }} }}"
)


@pytest.mark.parametrize(
    "settings",
    [
        "if smooth { use act = silu }", "if not smooth { use act = tanh } else { use act = silu }",
        "if width > 99 { use act = tanh } else if width == 8 { use act = silu }", "repeat 1 { use act = silu }",
        "let wide = in.channels > 2 if wide { use act = silu }", "if smooth { if width == 8 { use act = silu } }",
        "use norm = identity if smooth { use act = silu } if not smooth { use act = tanh }",
    ],
)  # fmt: skip
def test_settings_in_an_if_hold_for_the_braces_around(settings: str) -> None:
    text = BLOCK.format(settings, "b(8)")
    assert not {*codes(text)} - {"W0201"}
    assert operations(compiled(text))[-1] == "silu"


def test_settings_in_an_if_of_a_stage() -> None:
    text = "network n(smooth = true) { input 8x8x4 stage s { conv(8, 3) -> act if smooth { use act = silu } } }"
    assert operations(compiled(text)) == ["conv", "silu"]
    assert operations(compiled(text, smooth=False)) == ["conv", "relu"]


@pytest.mark.parametrize(
    ("setting", "calls", "found"),
    [
        ("use drop = dropout(0.1)", "b(8)", ["E0229"]),
        ("if smooth { use drop = dropout(0.1) }", "b(8)", ["E0229"]),
        ("if smooth { use drop = dropout(0.1) }", "b(8, smooth = false)", []),
        ("default dense(bias = false)", "b(8)", ["E0229"]),
        ("skips off", "b(8)", ["E0229"]),
        ("use drop = dropout(0.1) if smooth { drop }", "b(8) b(8, smooth = false)", []),
        ("use drop = dropout(0.1) if smooth { drop }", "b(8, smooth = false)", ["E0229"]),
        ("use act = silu use act = tanh", "b(8)", ["E0209"]),
        ("if smooth { use act = silu conv(width, 3) -> act }", "b(8)", ["W0206"]),
    ],
)
def test_settings_of_a_block_that_change_nothing(setting: str, calls: str, found: list[str]) -> None:
    assert codes(BLOCK.format(setting, calls)) == found


def test_a_setting_that_one_network_uses_is_used() -> None:
    block = "block b(noisy) { use drop = dropout(0.1) conv(8, 3) if noisy { drop } }"
    network = "network {} {{ input 8x8x4 stage s {{ b({}) }} }}"
    assert codes(block + network.format("n", "true") + network.format("m", "false")) == []


LEFT_OUT = (
    "network base {{ input 64x64x3 stem {{ conv(8, 3) }} stage low {{ conv(16, 3) }} stage mid {{ conv(8, 3) }} "
    "stage top {{ conv(16, 3) {} }} {} }} network n from base {{ {} }}"
)


@pytest.mark.parametrize(
    ("reads", "ends", "own", "given"),
    [
        ("skip from mid", "", "stage mid {}", "low"),
        ("skip from mid", "", "stage mid {} stage low {}", "stem"),
        ("repeat 1 { add(in, mid -> conv(16, 1)) }", "", "stage mid {}", "low"),
        ("", "head aside { mid -> avgpool(global) } head { avgpool(global) }", "stage mid {}", "low"),
        ("", "output mid, top", "stage mid {}", "low"),
        ("skip from mid", "", "stem {} stage mid {} stage low {}", "input"),
        ("", "", "stage mid {} output top, mid", "low"),
        ("", "", "stage mid {} stage more { crop(like = mid) -> resize(like = mid) }", "low"),
    ],
)
def test_a_stage_that_is_left_out_and_read(reads: str, ends: str, own: str, given: str) -> None:
    (found,) = [one for one in load_text(LEFT_OUT.format(reads, ends, own)).check() if one.code == "W0211"]
    assert found.message == f"stage `mid` is left out, and `mid`, which is still read, is what `{given}` gives"
    assert found.place is not None
    assert found.place.span.text == "mid"


def test_a_stem_that_is_left_out_and_read() -> None:
    (found,) = load_text(LEFT_OUT.format("skip from stem", "", "stem {}")).check()
    assert found.message == "the stem is left out, and `stem`, which is still read, is what `input` gives"


@pytest.mark.parametrize(
    ("reads", "ends", "own"),
    [
        ("skip from mid", "", "stage top { conv(8, 3) } stage mid {}"),
        ("skip from low", "", "stage mid {}"),
        ("", "let mid = 8 head { avgpool(global) -> dense(mid) }", "stage mid {}"),
        ("skip from mid", "", "stage mid { conv(16, 3) }"),
        ("", "", "stage mid {} stage more after mid { conv(8, 3) }"),
    ],
)
def test_a_part_that_is_left_out_and_not_read(reads: str, ends: str, own: str) -> None:
    assert "W0211" not in codes(LEFT_OUT.format(reads, ends, own))


@pytest.mark.parametrize(
    ("call", "right"),
    [
        ("conv(3, 64, 7)", "conv(64, 7)"),
        ("conv(3, 64, 7, 2)", "conv(64, 7, 2)"),
        ("conv(3, 64)", "conv(64, 3)"),
        ("conv(3, 64, 7, bias = true)", "conv(64, 7, bias = true)"),
        ("conv(3, 2 * 32, 7, groups = 1)", "conv(2 * 32, 7, groups = 1)"),
    ],
)
def test_another_order_of_arguments_is_told_with_all_of_them(call: str, right: str) -> None:
    (found,) = [one for one in load_text(STAGED.format("224x224x3", call)).check() if one.code == "W0209"]
    assert found.help == f"write `{right}` if that is meant: channels of the result, then the window"


@pytest.mark.parametrize(
    ("call", "right"),
    [
        ("conv(3, 64, 7, stride = 2)", "conv(64, 7, stride = 2)"),
        ("conv(in.channels, 64, 1, bias = true, stride = 2)", "conv(64, 1, bias = true, stride = 2)"),
        ("conv(3, 64, kernel = 7)", "conv(64, kernel = 7)"),
        ("conv_transpose(16, 32, 2, stride = 2)", "conv_transpose(32, 2, stride = 2)"),
        ("conv(64, 7, 2, stride = 2)", None),
        ("conv(64, 3, kernel = 3)", None),
        ("conv(3, 64, stride = 2, stride = 3)", None),
        ("maxpool(16, 32, stride = 2)", None),
    ],
)
def test_what_stands_twice_for_the_channels_in_front_is_told_once(call: str, right: str | None) -> None:
    text = STAGED.format("224x224x3", call)
    (found,) = load_text(text).check()
    assert found.code == "E0205"
    fixed = [text[: edit.span.start] + edit.text + text[edit.span.end :] for edit in found.edits]
    assert fixed == ([] if right is None else [STAGED.format("224x224x3", right)])


@pytest.mark.parametrize(
    ("size", "steps", "told"),
    [
        ("1x28x28", "conv(16, 3) -> maxpool(2, pad = valid)", "E0303 write `input 28x28x1` if that is meant"),
        ("3x224x224", "conv(16, 7, pad = valid)", "E0303 write `input 224x224x3` if that is meant"),
        ("3x224x224", "conv(16, 3) -> maxpool(2)", "W0208 write `input 224x224x3` if that is meant"),
        ("3x32x32", "conv(16, 9)", "W0208 write `input 32x32x3` if that is meant"),
        (
            "4x24x16",
            "conv(16, 7, pad = valid)",
            "E0303 use a smaller kernel or more padding, or reduce the map less before it",
        ),
    ],
)
def test_what_follows_from_an_input_in_another_order_is_told_once(size: str, steps: str, told: str) -> None:
    (found,) = load_text(STAGED.format(size, steps)).check()
    assert f"{found.code} {found.help}" == told
