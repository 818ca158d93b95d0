"""Arguments that a step has not, or of another kind than it takes."""

from __future__ import annotations

import pytest

from tests.elaborate.meant.cases import Case

CASES = [
    Case(
        "value_as_first_argument",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  stage one { conv(¦stem, 16, 3) }\n}\n"),
        "E0206",
        r"value",
        r"`stem -> conv\(16, 3\)`",
        ("conv(stem, 16, 3)", "stem -> conv(16, 3)"),
    ),
    Case(
        "norm_channels",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> norm(¦16) }\n}\n"),
        "E0203",
        r"slot",
        r"leave|`norm`|epsilon",
        ("norm(16)", "norm"),
    ),
    Case(
        "avgpool_bare",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  head { ¦avgpool -> dense(10) }\n}\n"),
        "E0204",
        r"kernel",
        r"avgpool\(global\)",
        ("avgpool", "avgpool(global)"),
    ),
    Case(
        "pad_full",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, pad = ¦full) }\n}\n"),
        "E0206",
        r"pad.*(takes|none)",
        r"write one of these",
        ("full", "same"),
    ),
    Case(
        "init_xavier",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, init = ¦xavier) }\n}\n"),
        "E0206",
        r"`xavier` is `glorot_uniform` here",
        r"`glorot_uniform`",
        ("xavier", "glorot_uniform"),
    ),
    Case(
        "bias_one",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, bias = ¦1) }\n}\n"),
        "E0206",
        r"true.*false",
        r"`?true`?",
    ),
    Case(
        "rate_percent",
        (
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  head { avgpool(global) -> dropout(¦50) -> dense(10) }\n"
            "}\n"
        ),
        "E0207",
        r"rate.*0.*1|50",
        r"0\.5",
    ),
    Case(
        "quoted_number",
        ('network net {\n  input 32x32x3\n  stage one { conv(¦"16", 3) }\n}\n'),
        "E0206",
        r"text|word|whole number",
        r"quotes|`16`",
    ),
    Case(
        "in_as_number",
        ("block mine {\n  conv(¦in, 3)\n}\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0206",
        r"value",
        r"`in\.channels`",
        ("conv(in", "conv(in.channels"),
    ),
    Case(
        "stride_zero",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, stride = ¦0) }\n}\n"),
        "E0207",
        r"stride.*at least 1|0",
        r"1",
        ("= 0", "= 1"),
    ),
    Case(
        "depthwise_word",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> conv(16, 3, groups = ¦in) }\n}\n"),
        "E0206",
        r"value",
        r"in\.channels",
    ),
    Case(
        "upsample_word",
        ("network net {\n  input 32x32x3\n  stage one { upsample(2, ¦cubic) }\n}\n"),
        "E0206",
        r"takes|none of these",
        r"nearest|bilinear",
        ("cubic", "bilinear"),
    ),
    Case(
        "standardize_true",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, standardize = ¦true) }\n}\n"),
        "E0206",
        r"standardize.*plain",
        r"write one of these",
        ("true", "plain"),
    ),
    Case(
        "pad_num",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, pad = ¦-1) }\n}\n"),
        "E0207",
        r"pad",
        r"write one of these, such as `half`",
    ),
    Case(
        "bias_none",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, bias = ¦none) }\n}\n"),
        "E0206",
        r"bias",
        r"leave it out for `false`, its default",
    ),
    Case(
        "same_positional",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, 1, ¦same) }\n}\n"),
        "E0206",
        r"dilation",
        r"write `pad = same`",
    ),
    Case(
        "kernel_list",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, ¦[3, 3]) }\n}\n"),
        "E0206",
        r"kernel",
        r"write `3`",
    ),
    Case(
        "float_channels",
        ("network net {\n  input 32x32x3\n  stage one { conv(¦16.0, 3) }\n}\n"),
        "E0206",
        r"channels",
        r"write `16`",
    ),
    Case(
        "bias_str",
        ('network net {\n  input 32x32x3\n  stage one { conv(16, 3, bias = ¦"false") }\n}\n'),
        "E0206",
        r"bias",
        r"write `false`",
    ),
    Case(
        "epsilon_zero",
        ("network net {\n  input 32x32x3\n  stage one { batchnorm(epsilon = ¦0) }\n}\n"),
        "E0207",
        r"epsilon",
        r"leave it out for `1e\-05`, its default",
    ),
    Case(
        "act_in",
        ("network net {\n  input 32x32x3\n  stage one { act(¦in) }\n}\n"),
        "E0203",
        r"act",
        r"what flows in stands in front: `in \-> act`, or leave it out to go on w",
    ),
    Case(
        "default_word",
        ("network net {\n  input 32x32x3\n  default conv(init = ¦xavier)\n  stage one { conv(16, 3) }\n}\n"),
        "E0206",
        r"`xavier` is `glorot_uniform` here",
        r"`glorot_uniform`",
    ),
    Case(
        "by_avg",
        ("network net {\n  input 32x32x3\n  stage one { channel_pool(¦avg) }\n}\n"),
        "E0206",
        r"by",
        r"write one of these, such as `mean`",
    ),
    Case(
        "kernel_all",
        ("network net {\n  input 32x32x3\n  stage one { avgpool(¦all) }\n}\n"),
        "E0206",
        r"kernel",
        r"write one of these, such as `global`",
    ),
    Case(
        "huge",
        ("network net {\n  input 32x32x3\n  stage one { conv(¦10_000_000_000, 3) }\n}\n"),
        "E0207",
        r"channels",
        r"numbers here end at 2_147_483_647",
    ),
    Case(
        "drop_80",
        ("network net {\n  input 32x32x3\n  stage one { dropout(¦80) }\n}\n"),
        "E0207",
        r"rate",
        r"write `0\.8`",
    ),
    Case(
        "relu_named",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> relu(¦slope = 0.1) }\n}\n"),
        "E0202",
        r"relu",
        r"`relu` takes no arguments",
    ),
    Case(
        "skip_by_list",
        ("network net {\n  input 32x32x3\n  stage one { conv(3, 3) skip from input by ¦sum }\n}\n"),
        "E0206",
        r"by",
        r"write `by add`, or leave it out",
    ),
    Case(
        "block_string",
        (
            "block mine(width, stride = 1) {\n"
            "  conv(¦width, 3)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            '  stage one { mine("16") }\n'
            "}\n"
        ),
        "E0206",
        r"channels",
        r"write `16` where it is given, without quotes",
    ),
    Case(
        "value_for_a_size",
        (
            "network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n"
            "  stage two { conv(16, 3, stride = 2) -> resize(¦one) }\n}\n"
        ),
        "E0206",
        r"`size` of `resize`",
        r"`like = one`",
    ),
    Case(
        "first_channel_from_behind",
        ("network net {\n  input 32x32x3\n  stage one { channels(¦-1, 2) }\n}\n"),
        "E0207",
        r"`start` of `channels`",
        r"write 0 or more",
        ("-1", "0"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_message_says_what_is_meant_and_the_remedy_compiles(case: Case) -> None:
    case.check()
