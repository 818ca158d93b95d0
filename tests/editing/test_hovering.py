"""What is shown under the pointer: documentation and what a line makes in each place."""

from __future__ import annotations

import pytest

from resnet_dsl.editing.hovering import hover
from tests.editing.texts import BLOCKS, pointing


def shown(text: str, words: str, within: int = 0) -> str:
    found = hover(*pointing(text, words, within))
    return found.text if found is not None else ""


def _rows(text: str) -> list[list[str]]:
    """The table's: network, place, in, out, parameters, MACs, receptive field."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    start = next((index for index, line in enumerate(lines) if line[0] == "network"), len(lines))
    return lines[start + 2 :]


def test_a_step_of_a_block_is_told_in_each_place() -> None:
    """Weights are channels in times channels out times 25; what is seen grows by four, and by strides."""
    rows = _rows(shown(BLOCKS, "conv(width, 5"))
    assert rows == [
        ["small", "one_block1", "32x32x8", "32x32x8", "1.60k", "1.64M", "7x7"],
        ["small", "one_block2", "32x32x16", "32x32x8", "3.20k", "3.28M", "11x11"],
        ["small", "two_block1", "32x32x16", "16x16x16", "6.40k", "1.64M", "15x15"],
        ["bare", "one_block1", "32x32x8", "32x32x8", "1.60k", "1.64M", "7x7"],
        ["bare", "one_block2", "32x32x16", "32x32x8", "3.20k", "3.28M", "11x11"],
        ["bare", "two_block1", "32x32x16", "16x16x16", "6.40k", "1.64M", "15x15"],
    ]


def test_a_call_of_a_block_is_told_as_a_whole() -> None:
    (row, *_) = _rows(shown(BLOCKS, "views(2 *"))
    assert row == ["small", "two_block1", "32x32x16", "16x16x32", "8.77k", "2.23M", "15x15"]
    assert "Two views of one map" in shown(BLOCKS, "views(2 *")


def test_a_stage_and_a_value_are_told() -> None:
    assert _rows(shown(BLOCKS, "two(stride"))[0][:4] == ["small", "two", "32x32x16", "16x16x32"]
    assert _rows(shown(BLOCKS, "far)"))[2][:4] == ["small", "two_block1", "16x16x16", "16x16x16"]


def test_a_slot_is_told_with_what_fills_it() -> None:
    """An identity is no node: of the network that fills the slot with it nothing is made."""
    assert {row[0] for row in _rows(shown(BLOCKS, "norm -> act"))} == {"small"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("conv(width, 3)", "Convolution over all spatial axes"), ("stage two", "a word of the language"),
        ("global", "a word that arguments take"), ("classes = 4", "parameter of network `small`"),
        ("stride = stride", "Step of the window"), ("small(classes = 10", "parameters,"), ("norm =", "slot norm"),
        ("->", "from one step to the next"), ("network bare", "network"),
    ],
)  # fmt: skip
def test_what_is_said_of_words(words: str, said: str) -> None:
    assert said in shown(BLOCKS, words) or said in shown(BLOCKS, words, 1)


def test_a_mistake_elsewhere_takes_nothing_away() -> None:
    text = BLOCKS.replace("softmax", "sftmax").replace("views(2 * width)", "views(2 * width, 3, 4)")
    assert _rows(shown(text, "conv(width, 5"))[0][:3] == ["small", "one_block1", "32x32x8"]


def test_of_a_call_that_holds_a_mistake_nothing_is_told() -> None:
    """What its first step makes is known; what the whole makes is not, nor what follows."""
    text = BLOCKS.replace("  concat(near, far)\n", "  concat(near, far) -> unheard_of -> conv(2 * width, 1)\n")
    assert _rows(shown(text, "views(width) }")) == []
    assert _rows(shown(text, "conv(width, 5"))[0][:4] == ["small", "one_block1", "32x32x8", "32x32x8"]
    later = BLOCKS.replace("softmax", "sofmax")
    assert _rows(shown(later, "views(width) }"))[0][:4] == ["small", "one_block1", "32x32x8", "32x32x16"]


def test_a_strangers_words_are_no_markup() -> None:
    text = "# ![x](http://there/x.png) [y](command:z) <img src=x>\nblock b { relu ```\n }\nnetwork n from b {}\n"
    said = shown(text, "b {")
    assert "![" not in said
    assert "](" not in said.replace("\\]\\(", "")
    assert "<img" not in said.replace("\\<img", "")


@pytest.mark.parametrize("words", ["\n\n  stem", "# A small"])
def test_nothing_is_said_of_white_space_and_comments(words: str) -> None:
    assert shown(BLOCKS, words, 1) == ""


@pytest.mark.parametrize(("stages", "told"), [(12, ""), (13, "… and 1 row more"), (15, "… and 3 rows more")])
def test_of_many_places_the_first_rows_are_shown_and_the_others_counted(stages: int, told: str) -> None:
    """Three calls in a stage make one row, since all is alike in them: rows are counted, and not places."""
    text = "block unit { relu }\nnetwork n {\n  input 8x8x3\n"
    text += "".join(f"  stage s{k} {{ conv({k}, 1) -> 3 x unit }}\n" for k in range(1, stages + 1)) + "}\n"
    said = shown(text, "relu")
    rows = _rows(said)
    assert [row[1:3] for row in rows] == [[f"s{k}_block1 and 2 more", f"8x8x{k}"] for k in range(1, 13)]
    assert said.endswith(told or "|")
