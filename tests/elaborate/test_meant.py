"""Mistakes of meaning: the place, the cause and the remedy of each, and that the remedy, followed, compiles.

The texts were written before their messages, by three hands: a Keras user's, a student's and a researcher's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.pipeline import load_text


class Case(NamedTuple):
    """A text with ¦ in front of the place; what the message and the help say; and, where the help is no edit, what it
    asks for: this for that."""

    name: str
    text: str
    code: str
    cause: str
    remedy: str
    instead: tuple[str, str] | None = None


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
        "double_equals_argument",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3, ¦stride == 2) }\n}\n"),
        "E0106",
        r"compar|stride",
        r"`stride = 2`",
    ),
    Case(
        "compose_relu_conv",
        ("network net {\n  input 32x32x3\n  stage one { relu(¦conv(16, 3)) }\n}\n"),
        "E0248",
        r"relu.*(takes|given|argument)|step",
        r"`conv\(16, 3\) -> relu`",
    ),
    Case(
        "compose_softmax_dense",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  head { avgpool(global) softmax(¦dense(10)) }\n}\n"),
        "E0248",
        r"dense.*step|step|chain",
        r"`dense\(10\) -> softmax`",
    ),
    Case(
        "add_of_list",
        ("network net {\n  input 32x32x3\n  stage one { a = conv(16, 3) b = in -> conv(16, 1) add(¦[a, b]) }\n}\n"),
        "E0221",
        r"list",
        r"`add\(a, b\)`",
    ),
    Case(
        "value_as_first_argument",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  stage one { conv(¦stem, 16, 3) }\n}\n"),
        "E0206",
        r"value",
        r"`stem -> conv\(16, 3\)`",
        ("conv(stem, 16, 3)", "stem -> conv(16, 3)"),
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
        "name_of_stage_in_block",
        (
            "block mine(width) {\n"
            "  conv(width, 3) -> norm\n"
            "  skip from ¦one\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { conv(16, 3) }\n"
            "  stage two { mine(16) }\n"
            "}\n"
        ),
        "E0208",
        r"block.*(not see|know)",
        r"argument|parameter",
    ),
    Case(
        "default_of_slot",
        ("network net {\n  input 32x32x3\n  default ¦norm(gamma = zeros)\n  stage one { conv(16, 3) -> norm }\n}\n"),
        "E0126",
        r"norm.*slot",
        r"`use norm = batchnorm\(gamma = zeros\)`",
    ),
    Case(
        "use_of_operation",
        ("network net {\n  input 32x32x3\n  use ¦batchnorm = groupnorm(8)\n  stage one { conv(16, 3) -> norm }\n}\n"),
        "E0214",
        r"batchnorm.*operation|no slot",
        r"`use norm = groupnorm\(8\)`",
    ),
    Case(
        "use_of_relu",
        ("network net {\n  input 32x32x3\n  use ¦relu = silu\n  stage one { conv(16, 3) -> norm -> act }\n}\n"),
        "E0214",
        r"relu.*operation|no slot",
        r"`use act = silu`",
    ),
    Case(
        "skips_via_on",
        ("network net {\n  input 32x32x3\n  skips via ¦on\n  stage one { basic(16) }\n}\n"),
        "E0201",
        r"\bon\b",
        r"`skips via project`|leave",
        ("via on", "via project"),
    ),
    Case(
        "no_stem",
        ("network net {\n  input 32x32x3\n  stage one { ¦stem -> conv(16, 3) }\n}\n"),
        "E0208",
        r"no stem|has no `stem`",
        r"input|stem \{",
        ("stem ->", "input ->"),
    ),
    Case(
        "in_twice",
        ("network net {\n  input 32x32x3\n  stage one { ¦add(in, in) }\n}\n"),
        "W0303",
        r"itself",
        r"",
    ),
    Case(
        "channels_bare",
        ("block mine {\n  conv(¦channels, 3)\n}\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0208",
        r"channels",
        r"`in\.channels`",
    ),
    Case(
        "in_height",
        ("block mine {\n  conv(in.¦height, 3)\n}\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0219",
        r"height",
        r"size\[0\]",
        ("conv(in.height", "let size = in.shape conv(size[0]"),
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
        "foreach",
        (
            "let widths = [16, 32]\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { repeat ¦widths as w { conv(w, 3) } }\n"
            "}\n"
        ),
        "E0221",
        r"list",
        r"`repeat len\(widths\) as w`|len\(widths\)",
        ("repeat widths as w { conv(w", "repeat len(widths) as w { conv(widths[w]"),
    ),
    Case(
        "pow",
        ("network net {\n  input 32x32x3\n  stage one { conv(¦pow(2, 4), 3) }\n}\n"),
        "E0208",
        r"pow",
        r"2 \*\* 4|\*\*",
        ("pow(2, 4)", "2 ** 4"),
    ),
    Case(
        "let_of_step",
        ("network net {\n  input 32x32x3\n  stage one { let a = ¦conv(16, 3) relu }\n}\n"),
        "E0208",
        r"conv",
        r"`a = conv\(16, 3\)`|without `let`",
    ),
    Case(
        "rounded_equals",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n  ¦expect macs == 442K\n}\n"),
        "E0401",
        r"442_?368",
        r"~= 442K",
        ("==", "~="),
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
        "depthwise_word",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) -> conv(16, 3, groups = ¦in) }\n}\n"),
        "E0206",
        r"value",
        r"in\.channels",
    ),
    Case(
        "derived_near",
        (
            "network small {\n"
            "  input 32x32x3\n"
            "  stage conv1 { conv(16, 3) }\n"
            "  stage conv5 { conv(16, 3) }\n"
            "}\n"
            "network other from small {\n"
            "  head { ¦conv9 -> avgpool(global) }\n"
            "}\n"
        ),
        "E0201",
        r"conv9",
        r"conv5|conv1",
        ("conv9", "conv5"),
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
        "size_condition",
        (
            "block mine(width, stride) {\n"
            "  if ¦stride > 1 { maxpool(2) }\n"
            "  conv(width, 3)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { mine(16, 2x1) }\n"
            "}\n"
        ),
        "E0220",
        r"size|2x1",
        r"!=",
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
        "default_attn",
        ("network net {\n  input 32x32x3\n  default ¦attn(8)\n  stage one { basic(16) }\n}\n"),
        "E0126",
        r"attn",
        r"write `use attn = STEP\(8\)`, with the step that is to fill it",
    ),
    Case(
        "use_project",
        ("network net {\n  input 32x32x3\n  use ¦project = pad\n  stage one { basic(16) }\n}\n"),
        "E0214",
        r"project",
        r"`project` is a block: what skip connections pass through is said by `s",
    ),
    Case(
        "use_se",
        ("network net {\n  input 32x32x3\n  use ¦se = se(8)\n  stage one { basic(16) }\n}\n"),
        "E0214",
        r"`attn` here",
        r"`use attn = se\(8\)`",
    ),
    Case(
        "use_pool",
        ("network net {\n  input 32x32x3\n  use ¦pool = maxpool(2)\n  stage one { basic(16) }\n}\n"),
        "E0214",
        r"pool",
        r"the slots are `norm`, `last_norm`, `act`, `attn`, `drop`, `preact_proj",
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
        "let_relu",
        ("network net {\n  input 32x32x3\n  stage one { let a = ¦relu conv(16, 3) }\n}\n"),
        "E0208",
        r"let",
        r"write it without `let`: `a = relu`",
    ),
    Case(
        "if_in",
        (
            "block mine(width, stride = 1) {\n"
            "  if ¦stride { maxpool(2) }\n"
            "  conv(width, 3)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  stage one { mine(16) }\n"
            "}\n"
        ),
        "E0221",
        r"true",
        r"compare it, as in `stride > 1`",
    ),
    Case(
        "index_of_int",
        ("let width = 16\nnetwork net {\n  input 32x32x3\n  stage one { conv(¦width[0], 3) }\n}\n"),
        "E0221",
        r"a list is needed her",
        r"it is one number: write `width`",
    ),
    Case(
        "merge_one_name",
        (
            "block mine(width, stride = 1) {\n"
            "  a = conv(16, 3)\n"
            "  b = in -> conv(16, 1)\n"
            "  add(a, ¦c)\n"
            "}\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stem { conv(16, 3) }\n"
            "  stage one { mine(16) }\n"
            "}\n"
        ),
        "E0208",
        r"let",
        r"did you mean `b`, the result right above\?",
    ),
    Case(
        "stem_in_stem",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) ¦stem -> relu }\n}\n"),
        "E0208",
        r"stem",
        r"inside the stem `in` is what entered it, and a name what a step gave: ",
    ),
    Case(
        "expect_head_none",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n  expect ¦head.params == 160\n}\n"),
        "E0208",
        r"head",
        r"there are `one`, `input`",
    ),
    Case(
        "expect_shape",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n  expect ¦shape == 32x32x16\n}\n"),
        "E0402",
        r"shape",
        r"did you mean `output`\?",
    ),
    Case(
        "expect_block_of_stage",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n  expect ¦one.conv.params == 432\n}\n"),
        "E0402",
        r"one\.conv\.params",
        r"did you mean `one\.params`\?",
    ),
    Case(
        "default_cmp",
        ("network net {\n  input 32x32x3\n  default conv(¦bias == true)\n  stage one { conv(16, 3) }\n}\n"),
        "E0106",
        r"=",
        r"write `bias = true`",
    ),
    Case(
        "stage_cmp",
        ("network net {\n  input 32x32x3\n  stage one(¦stride == 2) { conv(16, 3) }\n}\n"),
        "E0106",
        r"=",
        r"write `stride = 2`",
    ),
    Case(
        "block_cmp",
        ("network net {\n  input 32x32x3\n  stage one { basic(16, ¦stride == 2) }\n}\n"),
        "E0106",
        r"=",
        r"write `stride = 2`",
    ),
    Case(
        "times_compose",
        ("network net {\n  input 32x32x3\n  stage one { 3 x relu(¦conv(16, 3)) }\n}\n"),
        "E0248",
        r"relu",
        r"write `repeat 3 \{ conv\(16, 3\) \-> relu \}`",
    ),
    Case(
        "compose_block_named",
        (
            "block mine(side) { concat(in, side) }\n"
            "network net {\n"
            "  input 32x32x3\n"
            "  stage one { mine(side = ¦conv(16, 3)) }\n"
            "}\n"
        ),
        "E0208",
        r"conv",
        r"`conv` is a step: name its result to pass it on, `side = conv\(…\)`; cou",
    ),
    Case(
        "skip_from_op",
        ("network net {\n  input 32x32x3\n  stage one { conv(3, 3) skip from ¦conv }\n}\n"),
        "E0208",
        r"let",
        r"`conv` is a step: name its result, `conv_out = …`, and write `conv_out",
    ),
    Case(
        "channels_stage",
        ("network net {\n  input 32x32x3\n  stage one { conv(¦channels, 3) }\n}\n"),
        "E0208",
        r"let",
        r"`in\.channels` is that of the value that entered these braces",
    ),
    Case(
        "skips_via_projekt",
        ("network net {\n  input 32x32x3\n  skips via ¦projekt\n  stage one(stride = 2) { basic(16) }\n}\n"),
        "E0201",
        r"projekt",
        r"did you mean `project`\?",
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
        "index_size",
        ("let widths = [16, 32]\nnetwork net {\n  input 32x32x3\n  stage one { conv(widths[¦2], 3) }\n}\n"),
        "E0230",
        r"widths\[2\]",
        r"there are `widths\[0\]`, `widths\[1\]`",
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
        "base_cmp",
        (
            "network net(classes = 3) {\n"
            "  input 32x32x3\n"
            "  stage one { conv(classes, 3) }\n"
            "}\n"
            "network b from net(¦classes == 10) {}\n"
        ),
        "E0106",
        r"=",
        r"write `classes = 10`",
    ),
    Case(
        "skip_by_list",
        ("network net {\n  input 32x32x3\n  stage one { conv(3, 3) skip from input by ¦sum }\n}\n"),
        "E0206",
        r"by",
        r"write `by add`, or leave it out",
    ),
    Case(
        "rank_word",
        ("block mine { if ¦rank == 2 { relu } }\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0208",
        r"let",
        r"`in\.rank` is that of the value that entered these braces",
    ),
    Case(
        "let_norm_file",
        ("let stem2 = ¦conv(16, 3)\nnetwork net {\n  input 32x32x3\n  stage one { basic(16) }\n}\n"),
        "E0208",
        r"let",
        r"steps get a name as a block: `block stem2 \{ conv\(16, 3\) \}`",
    ),
    Case(
        "softmax_10",
        ("network net {\n  input 32x32x3\n  stem { conv(16, 3) }\n  head { avgpool(global) -> ¦softmax(10) }\n}\n"),
        "E0304",
        r"10 splits do not div",
        r"use 8 or 16: splits divide the channels; `softmax` alone runs along al",
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
        "size_with_channels",
        ("network net {\n  input 32x32x3\n  stage one { ¦resize(64x64x3) }\n}\n"),
        "E0301",
        r"64x64x3 has 3 numbers",
        r"write `64x64`",
        ("64x64x3", "64x64"),
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


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for span, new in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: span.start] + new + text[span.end :]
    return text


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_message_says_what_is_meant_and_the_remedy_compiles(case: Case) -> None:
    wrong = case.text.replace("¦", "")
    found = load_text(wrong).check()
    assert [one.code for one in found] == [case.code]
    (told,) = found
    assert told.place is not None
    assert told.place.span.start == case.text.index("¦")
    assert re.search(case.cause, " | ".join([told.message, told.place.text]))
    assert re.search(case.remedy, told.help or "")
    if told.edits or case.instead:
        right = wrong.replace(*case.instead) if case.instead else edited(wrong, told.edits)
        assert right != wrong
        assert load_text(right).check() == ()


def test_a_long_text_is_not_repeated_by_each_of_its_mistakes() -> None:
    """Steps of 400 KB above a merge of 400 unknown names: what is said stays short."""
    steps = " -> ".join(["relu"] * 60_000)
    names = ", ".join(f"unknown{number}" for number in range(400))
    found = load_text(
        f"network net {{\n  input 8x8x3\n  stage one {{\n    {steps}\n    add({names})\n  }}\n}}\n"
    ).check()
    assert len(found) > 300
    assert sum(len(one.help or "") for one in found) < 200_000


def test_a_comment_is_not_written_into_a_line() -> None:
    (told,) = load_text("network net {\n  input 8x8x3\n  stage one {\n    relu(conv(3, # why\n 3))\n  }\n}\n").check()
    assert (told.code, told.edits) == ("E0248", ())
