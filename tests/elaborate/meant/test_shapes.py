"""What can be run and is not meant: shapes that do not fit, and arguments without effect."""

from __future__ import annotations

import pytest

from tests.elaborate.meant.cases import Case

CASES = [
    Case(
        "conv_after_global",
        ("network net {\n  input 32x32x3\n  stage one { avgpool(global) -> ¦conv(16, 1) }\n}\n"),
        "E0301",
        r"map|vector|spatial",
        r"keepdims = true|dense",
        ("global)", "global, keepdims = true)"),
    ),
    Case(
        "batchnorm_channels",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> ¦batchnorm(64) }\n}\n"),
        "W0271",
        r"epsilon",
        r"batchnorm`|leave",
        ("batchnorm(64)", "batchnorm"),
    ),
    Case(
        "global_with_pad",
        (
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  head { avgpool(global, ¦pad = same) -> dense(10) }\n"
            "}\n"
        ),
        "W0270",
        r"pad.*(nothing|ignored|no)|global",
        r"leave",
        (", pad = same", ""),
    ),
    Case(
        "global_with_fill",
        (
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  head { avgpool(global, ¦fill = reflect) -> dense(10) }\n"
            "}\n"
        ),
        "W0270",
        r"fill",
        r"leave",
        (", fill = reflect", ""),
    ),
    Case(
        "keepdims_of_window",
        ("network net {\n  input 32x32x3\n  stage one { maxpool(2, ¦keepdims = true) }\n}\n"),
        "W0270",
        r"keepdims",
        r"global|leave",
        (", keepdims = true", ""),
    ),
    Case(
        "in_twice",
        ("network net {\n  input 32x32x3\n  stage one { ¦add(in, in) }\n}\n"),
        "W0303",
        r"itself",
        r"",
    ),
    Case(
        "gate_channels",
        (
            "block mine {\n"
            "  wide = conv(16, 3)\n"
            "  gate = wide -> avgpool(global, keepdims = true) -> conv(4, 1) -> sigmoid\n"
            "  ¦mul(wide, gate)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { mine }\n"
            "}\n"
        ),
        "E0305",
        r"4",
        r"16.*1|channels",
        ("conv(4, 1)", "conv(16, 1)"),
    ),
    Case(
        "add_channels",
        (
            "block mine {\n"
            "  a = conv(16, 3)\n"
            "  b = in -> conv(32, 3)\n"
            "  ¦add(a, b)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { mine }\n"
            "}\n"
        ),
        "E0305",
        r"16.*32",
        r"conv\(16, 1\)|conv\(32, 1\)",
    ),
    Case(
        "add_in_out",
        (
            "block mine(width) {\n"
            "  out = conv(width, 3) -> norm\n"
            "  ¦add(in, out)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { mine(16) }\n"
            "}\n"
        ),
        "E0305",
        r"3.*16",
        r"in -> conv\(16, 1\)|skip",
    ),
    Case(
        "groups",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> ¦conv(20, 3, groups = 8) }\n}\n"),
        "E0304",
        r"8 groups.*20",
        r"1, 2.*4|4",
        ("groups = 8", "groups = 4"),
    ),
    Case(
        "double_softmax",
        (
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  head { avgpool(global) -> dense(10) -> softmax -> ¦softmax }\n"
            "}\n"
        ),
        "W0272",
        r"softmax",
        r"leave",
        (" -> softmax }", "}"),
    ),
    Case(
        "gamma_without_standardize",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, ¦gamma = 2) }\n}\n"),
        "W0270",
        r"gamma",
        r"standardize",
        (", gamma = 2", ""),
    ),
    Case(
        "valid_fill",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, pad = valid, ¦fill = reflect) }\n}\n"),
        "W0270",
        r"fill",
        r"leave|pad",
        (", fill = reflect", ""),
    ),
    Case(
        "softmax_10",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  head { avgpool(global) -> ¦softmax(10) }\n}\n"),
        "E0304",
        r"10 splits do not div",
        r"use 8 or 16: splits divide the channels; `softmax` alone runs along al",
    ),
    Case(
        "size_with_channels",
        ("network net {\n  input 32x32x3\n  stage one { ¦resize(64x64x3) }\n}\n"),
        "E0301",
        r"64x64x3 has 3 numbers",
        r"write `64x64`",
        ("64x64x3", "64x64"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_message_says_what_is_meant_and_the_remedy_compiles(case: Case) -> None:
    case.check()
