"""Where a figure stops: each limit at its edge, and what is said of the rest."""

import pytest

import resnet_dsl
from resnet_dsl.ir.nodes import Scope
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure import FigureError, UnknownBlockError, block_figure, figure
from resnet_dsl.targets.figure.formats.page.tree import network_data
from resnet_dsl.targets.figure.outline.networks import default_level, gather_blocks, gather_networks
from resnet_dsl.targets.figure.outline.words import call, clean, count


def written(stage, blocks=""):
    return (
        resnet_dsl.load(f"{blocks}\nnetwork net {{ input 8x8x8 stage one {{ {stage} }} }}")
        .network("net")
        .compiled.facts
    )


def outline(facts, level="stage"):
    return gather_networks([facts], ["net"], level, (), False)


def groups(facts):
    return [group for item in outline(facts).columns[0].items for group in item.groups]


def test_a_name_of_48_letters_is_whole_and_a_longer_one_ends_in_dots():
    assert clean("a" * 48) == "a" * 48
    assert clean("a" * 49) == "a" * 47 + "…"
    assert clean("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1_000, "1.00k"), (9_994, "9.99k"), (9_995, "10.0k"), (99_949, "99.9k"), (99_950, "100k"),
     (999_499, "999k"), (999_500, "1.00M"), (25_557_032, "25.6M"), (4_089_284_608, "4.09G"), (10**12, "1.00T")],
)  # fmt: skip
def test_counts_have_three_digits(number, words):
    assert count(number) == words


def test_a_network_of_60_rows_is_shown_row_by_row():
    """The input is a row, too."""
    assert [default_level([written(" -> ".join(["conv(8, 3)"] * rows))]) for rows in (59, 60)] == ["block", "stage"]


def test_a_block_of_8_rows_is_spelled_out():
    for rows, lines in ((8, ("3×3, 8",) * 8), (9, ("long, 8",))):
        block = f"block long() {{ {' -> '.join(['conv(8, 3)'] * rows)} }}"
        assert groups(written("long()", block))[0].lines == lines


def test_a_card_of_14_rows_is_whole_and_a_longer_one_counts_the_rest():
    pairs = [f"pair({width})" for width in (16, 24, 32, 40, 48, 56, 64)]
    block = "block pair(width) { conv(width, 1) -> conv(width, 3) }"
    whole = groups(written(" -> ".join(pairs), block))
    assert (len(whole), sum(len(group.rows) for group in whole)) == (7, 14)
    longer = groups(written(" -> ".join([*pairs, "pair(72)", "pair(72)"]), block))
    assert [len(group.rows) for group in longer] == [2, 2, 2, 2, 2, 2, 1]
    assert longer[-1].rows == ("… 6 more rows",)


def test_a_named_block_of_14_rows_is_told_whole_and_of_a_longer_one_the_rest_is_counted():
    for rows, more in ((14, ""), (16, "; … 2 more")):
        block = f"block long() {{ {' -> '.join(['conv(8, 3) -> conv(16, 3)'] * (rows // 2))} }}"
        (said,) = outline(written("long()", block)).columns[0].definitions
        assert said == f"long (one_block1): {'; '.join(['3×3, 8; 3×3, 16'] * 7)}{more}"


FORK = "block fork{0}(width) {{ left = in -> {1}conv(width, 1)\n right = in -> conv(width, 3)\n add(left, right) }}"


def test_three_kinds_of_boxes_are_drawn_beside_a_network_and_the_fourth_is_named():
    blocks = "\n".join(FORK.format(name, "") for name in "abcd")
    shown = outline(written("forka(8) -> forkb(8) -> forkc(8) -> forkd(8)", blocks))
    assert [column.title for column in shown.columns[1:]] == [
        f"fork{name} (one_block{n})" for n, name in enumerate("abc", 1)
    ]
    assert shown.remarks == ("boxes by name, which --block draws: one_block4",)


def test_a_box_of_40_items_is_drawn_beside_a_network():
    """Its two branches meet in a sum; the value that enters and the one that leaves are items."""
    for more, columns in ((35, 2), (36, 1)):
        shown = outline(written("forka(8)", FORK.format("a", "conv(8, 3) -> " * more)))
        assert len(shown.columns) == columns
    assert len(outline(written("forka(8)", FORK.format("a", "conv(8, 3) -> " * 35))).columns[1].items) == 40


def test_the_tip_of_a_row_names_three_details():
    row = "conv(8, 3) -> relu -> tanh -> elu"
    tips = [outline(written(words), "block").columns[0].items[1].tip for words in (row, f"{row} -> silu")]
    assert [tip.split("(")[1].split(")")[0] for tip in tips] == ["relu, tanh, elu", "relu, tanh, elu, …"]


def test_a_call_is_cut_at_28_letters():
    for size, words in ((28, "a" * 24 + "(16)"), (29, "a" * 25 + "(1…")):
        scope = Scope(kind="block", name="one", block="a" * (size - 4), args={"ratio": 16})
        assert (call(scope), len(call(scope))) == (words, 28)


def test_a_folded_block_of_the_page_says_four_of_its_rows():
    for rows, said in ((4, "3×3, 8 · 3×3, 8 · 3×3, 8 · 3×3, 8"), (5, "3×3, 8 · 3×3, 8 · 3×3, 8 · 3×3, 8 …")):
        block = f"block long() {{ {' -> '.join(['conv(8, 3)'] * rows)} }}"
        (part,) = network_data(written("long()", block), ())["parts"]
        assert [child["sub"] for child in part["children"]] == [said]


def test_twelve_blocks_are_listed_where_a_name_is_like_none():
    blocks = "\n".join(f"block b{number}() {{ conv(8, 3) }}" for number in range(12))
    facts = written(" -> ".join(f"b{number}()" for number in range(12)), blocks)
    with pytest.raises(UnknownBlockError) as unknown:
        block_figure(facts, ["elephant"])
    listed = ", ".join(f"`b{number}`" for number in range(12))
    assert unknown.value.remedy == f"there are {listed}, …"


def test_twelve_names_are_all_that_there_are_where_no_dots_follow():
    """Five blocks, the stage, and the places of its six calls."""
    blocks = "\n".join(f"block b{number}() {{ conv(8, 3) }}" for number in range(5))
    facts = written("b0() -> b1() -> b2() -> b3() -> b4() -> b0()", blocks)
    with pytest.raises(UnknownBlockError) as unknown:
        block_figure(facts, ["elephant"])
    names = [*(f"b{number}" for number in range(5)), "one", *(f"one_block{number}" for number in range(1, 7))]
    assert unknown.value.remedy == f"there are {', '.join(f'`{name}`' for name in names)}"


def test_remarks_have_lines_of_40_letters_in_a_narrow_figure():
    names = [name for name, one in OPERATIONS.items() if one.role == "activation" and not one.parameters][:8]
    geometry = figure(written(" -> ".join(["conv(8, 3)", *names])), "block").geometry
    lines = [text.words for text in geometry.texts if text.size == 8]
    assert " ".join(lines) == f"not drawn: {', '.join(names)}"
    assert max(map(len, lines)) <= 40 < len(" ".join(lines[:2]))


def test_eight_names_are_listed_and_more_are_counted():
    names = [name for name, one in OPERATIONS.items() if one.role == "activation" and not one.parameters][:9]
    assert len(names) == 9
    (remark,) = outline(written(" -> ".join(["conv(8, 3)", *names[:8]]))).remarks
    assert remark == f"not drawn: {', '.join(names[:8])}"
    (remark,) = outline(written(" -> ".join(["conv(8, 3)", *names]))).remarks
    assert remark == f"not drawn: {', '.join(names[:8])} and 1 more"


def lettered(block):
    facts = written("fork()", f"block fork() {{\n{block}\n}}")
    return gather_blocks([facts], ["fork"], None, (), True).columns[0]


def test_a_sum_or_concat_of_24_letters_is_written_out_and_a_longer_one_gets_a_name():
    branches = "a = in -> conv(8, 1) -> scale({0})\nb = in -> conv(8, 3)\nc = in -> conv(8, 5)"
    block = f"{branches}\nconcat(in, a, b, c) -> conv(8, 1)\nskip"
    said = [[note.words.strip("*") for note in lettered(block.format(number)).notes] for number in (50, 500)]
    assert said[0][1:3] == ["[x, 50 F(x), G(x), H(x)]", "K([x, 50 F(x), G(x), H(x)])"]
    assert said[1][1:3] == ["y = [x, 500 F(x), G(x), H(x)]", "K(y)"]


@pytest.mark.parametrize(
    ("met", "beside", "below"),
    [("concat(in, a)", "*H([x, F(x)])*", ()), ("add(in, b)", "*H*", ("H(x + 5 F(x))",))],
)
def test_a_formula_of_12_letters_stands_beside_an_arrow_and_a_longer_one_below(met, beside, below):
    deep = " -> ".join(["conv(8, 3)"] * 5)
    column = lettered(
        f"a = in -> conv(8, 1)\nb = a -> scale(5)\nside = {met} -> conv(8, 1)\nlong = in -> {deep}\nadd(long, side)"
    )
    assert [item.beside for item in column.items if item.beside][-1] == (beside,)
    assert column.definitions == below


def test_an_argument_that_means_nothing_is_refused():
    """From Python, where no parser stands before it."""
    facts = written("conv(8, 3)")
    for wrong in ({"width": 85}, {"titles": "n"}, {"titles": ["a", "b"]}):
        with pytest.raises(FigureError):
            figure(facts, "stage", **wrong)
    drawn = figure(facts, "stage")
    for dpi in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(FigureError, match="dots in an inch"):
            drawn.png(dpi)
    with pytest.raises(FigureError, match="is no length of a figure"):
        drawn.caption("latex", alt="tiny")
