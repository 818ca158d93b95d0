"""Repeats and conditions: what is decided when a network is compiled."""

from __future__ import annotations

import pytest

from tests.elaborate.compiling import argument, blocked, compiled, operations, refused_stage, staged


def widths(body: str, before: str = "") -> list[int]:
    network = staged(body, before=before)
    return [node.args["channels"] for node in network.graph.nodes if node.op == "conv"]


def test_a_count_is_a_number_or_a_name() -> None:
    assert widths("3 x conv(6, 3)") == [6, 6, 6]
    assert widths("let n = 2 n x conv(6, 3)") == [6, 6]
    assert widths("k x conv(6, 3)", before="let k = 4") == [6] * 4


@pytest.mark.parametrize(
    ("count", "worth"),
    [
        ("sizes[1]", 2),
        ("sizes[k - 3] * 2", 4),
        ("(k - 2) // 2", 1),
        ("(k)", 4),
        ("((k + 1))", 5),
        ("k + 1", 5),
        ("k - 1 - 1", 2),
        ("k // 2 * 2 % 3", 1),
        ("2 ** k // 4", 4),
        ("k * -1 + 5", 1),
        ("len(sizes)", 3),
        ("(if k > 3 { 2 } else { 1 })", 2),
        ("1 * if k > 3 { 2 } else { 1 } + 1", 3),
        ("max(1, k - 1)", 3),
        ("in.channels", 4),
        ("in.rank + 1", 3),
        ("min(k, (2 + 1)) * (1 + 1)", 6),
    ],
)
def test_a_count_is_any_expression(count: str, worth: int) -> None:
    given = "let k = 4\nlet sizes = [1, 2, 3]"
    assert widths(f"relu\n{count} x conv(6, 3)", given) == [6] * worth
    assert widths(f"relu -> {count} x conv(6, 3) -> relu", given) == [6] * worth
    assert widths(f"a = {count} x conv(6, 3)", given) == [6] * worth


BEHIND = ["norm", "norm -> act", "skip from stem", "a = norm", "let b = n", "use norm = relu norm", "let b = max(n, 1)"]


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("gap", ["\n", " # what follows\n", "\r\n\n\t"])
def test_a_bracket_that_opens_a_line_opens_a_count(behind: str, gap: str) -> None:
    body = f"{behind}{gap}(n - 2) x conv(6, 3)"
    text = f"network net(n = 4) {{ input 8x8x4 stem {{ conv(4, 3) }} stage s {{ {body} }} }}"
    assert [node.args["channels"] for node in compiled(text).graph.nodes if node.op == "conv"] == [4, 6, 6]


def test_a_bracket_on_the_line_of_a_word_is_that_of_its_call() -> None:
    assert refused_stage("conv (6, 3) norm (4) x conv(6, 3)") == ["E0208"]


def test_a_bracket_on_the_next_line_still_belongs_to_a_call_that_does_not_go_on() -> None:
    assert widths("conv\n(6, 3) let n = max\n(1, 2) conv\n(n * 3,\n3)") == [6, 6]
    assert widths("conv(max\n(1, 2) + 4, 3) conv(floor # why\n(2.5) * 3, 3)") == [6, 6]


def test_times_repeats_one_step_of_a_chain() -> None:
    assert operations(staged("relu -> 2 x sigmoid -> tanh")) == ["relu", "sigmoid", "sigmoid", "tanh"]


def test_arguments_of_a_repeated_step_are_expressions() -> None:
    assert widths("let k = 3 2 x conv(16 * k, 3)") == [48, 48]


def test_a_count_of_a_block_parameter() -> None:
    assert operations(blocked("n x relu", call="b(3)", parameters="(n)")) == ["relu"] * 3


def test_a_repeat_with_an_expression() -> None:
    assert operations(staged("let n = 2 repeat n + 1 { relu sigmoid }")) == ["relu", "sigmoid"] * 3


def test_the_index_counts_from_zero() -> None:
    assert widths("repeat 3 as i { conv(10 + i, 3) }") == [10, 11, 12]


def test_repeats_inside_repeats_see_both_indices() -> None:
    assert widths("repeat 2 as i { repeat 3 as j { conv(10 * i + j + 1, 3) } }") == [1, 2, 3, 11, 12, 13]


@pytest.mark.parametrize("body", ["relu 0 x conv(6, 3)", "relu repeat 0 { conv(6, 3) }"])
def test_nothing_is_repeated_zero_times(body: str) -> None:
    assert operations(staged(body)) == ["relu"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("let n = 0 - 1 n x relu", "E0505"),
        ("repeat 0 - 2 { relu }", "E0505"),
        ("repeat 5 / 2 { relu }", "E0221"),
        ("repeat 4 / 2 { relu }", "E0221"),
        ("let n = 2.0 n x relu", "E0221"),
        ("repeat true { relu }", "E0221"),
        ("1_000_000_000 x relu", "E0501"),
        ("repeat 1000 { repeat 1000 { 1000 x relu } }", "E0501"),
    ],
)
def test_counts_that_are_none(body: str, code: str) -> None:
    assert refused_stage(body) == [code]


@pytest.mark.parametrize(
    ("value", "operation"),
    [(1, "relu"), (2, "sigmoid"), (3, "tanh")],
)
def test_if_else_if_else(value: int, operation: str) -> None:
    body = f"let n = {value} if n == 1 {{ relu }} else if n == 2 {{ sigmoid }} else {{ tanh }}"
    assert operations(staged(body)) == [operation]


def test_if_without_else_may_do_nothing() -> None:
    assert operations(staged("relu if 1 > 2 { sigmoid }")) == ["relu"]


def test_if_asks_for_shapes() -> None:
    body = "if in.channels == width { conv(width, 3) } else { conv(width, 1) }"
    assert argument(blocked(body, call="b(4)", parameters="(width)"), "s_block1_conv", "kernel") == (3, 3)
    assert argument(blocked(body, call="b(5)", parameters="(width)"), "s_block1_conv", "kernel") == (1, 1)


def test_a_condition_must_be_true_or_false() -> None:
    assert refused_stage("if 1 { relu }") == ["E0221"]


def test_a_branch_not_taken_must_still_name_what_exists() -> None:
    from resnet_dsl import pipeline

    text = "network n { input 8x8x4 stage s { if false { missing } else { relu } } }"
    assert [one.code for one in pipeline.load_text(text).check()] == ["E0201"]


def test_a_name_given_in_a_branch_or_a_repeat_is_known_behind_it() -> None:
    assert operations(staged("if true { a = relu } b = sigmoid add(a, b)")) == ["relu", "sigmoid", "add"]
    assert operations(staged("repeat 1 { a = relu } b = sigmoid add(a, b)")) == ["relu", "sigmoid", "add"]


def test_the_papers_formula_for_cifar() -> None:
    """He et al. 2015, section 4.2: 6n + 2 layers."""
    text = """network n(n = 3) { input 32x32x3 stem { conv(16, 3) -> norm -> act } stage a { n x basic(16) }
      stage b(stride = 2) { n x basic(32) } stage c(stride = 2) { n x basic(64) }
      head { avgpool(global) -> dense(10) } }"""
    assert [compiled(text, n=n).facts.depth for n in (3, 5, 7, 9, 18)] == [20, 32, 44, 56, 110]
