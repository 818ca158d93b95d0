"""Names that mean nothing at their place, or something else than was meant."""

from __future__ import annotations

import pytest

from tests.elaborate.meant.cases import Case

CASES = [
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
        "channels_bare",
        ("block mine {\n  conv(¦channels, 3)\n}\nnetwork net {\n  input 32x32x3\n  stage one { mine }\n}\n"),
        "E0208",
        r"channels",
        r"`in\.channels`",
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
        "let_relu",
        ("network net {\n  input 32x32x3\n  stage one { let a = ¦relu conv(16, 3) }\n}\n"),
        "E0208",
        r"let",
        r"write it without `let`: `a = relu`",
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
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_message_says_what_is_meant_and_the_remedy_compiles(case: Case) -> None:
    case.check()
