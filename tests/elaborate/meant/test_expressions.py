"""Expressions: a sign, a value or a call that stands for another one."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.meant.cases import Case

CASES = [
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
        "in_height",
        ("block mine {\n  conv(in.¦height, 3)\n}\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0219",
        r"height",
        r"size\[0\]",
        ("conv(in.height", "let size = in.shape conv(size[0]"),
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
        "rounded_equals",
        ("network net {\n  input 32x32x3\n  stage one { conv(16, 3) }\n  ¦expect macs == 442K\n}\n"),
        "E0401",
        r"442_?368",
        r"~= 442K",
        ("==", "~="),
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
        "index_size",
        ("let widths = [16, 32]\nnetwork net {\n  input 32x32x3\n  stage one { conv(widths[¦2], 3) }\n}\n"),
        "E0230",
        r"widths\[2\]",
        r"there are `widths\[0\]`, `widths\[1\]`",
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
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_message_says_what_is_meant_and_the_remedy_compiles(case: Case) -> None:
    case.check()


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
