"""The outline, what folds, colours, shapes between the lines, counts above networks, and figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl.editing.colouring import MODIFIERS, TYPES, coloured
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import draw
from resnet_dsl.editing.hints import hints, lenses
from resnet_dsl.editing.outline import folds, outline
from resnet_dsl.editing.positions import source_of
from resnet_dsl.shipped import shipped_files
from tests.editing.texts import BLOCKS

DOCUMENT = Document(source_of("net.resnet", BLOCKS))


def test_the_outline_is_definitions_with_their_parts() -> None:
    found = [(one.kind, one.name, one.detail, [below.name for below in one.children]) for one in outline(DOCUMENT)]
    assert found == [
        ("block", "views", "", ["near", "far"]),
        ("network", "small", "", ["input", "stem", "one", "two", "head"]),
        ("network", "bare", "from small", []),
    ]


@pytest.mark.parametrize("path", [one.path for one in shipped_files()][::7])
def test_names_lie_in_what_they_name(path: str) -> None:
    document = Document(source_of("x", Path(path).read_text(encoding="utf-8")))
    for entry in outline(document):
        for one in (entry, *entry.children):
            assert one.span.start <= one.name_span.start < one.name_span.end <= one.span.end
        assert all(entry.span.start <= one.span.start <= one.span.end <= entry.span.end for one in entry.children)


def test_braces_and_comments_fold() -> None:
    text = "# One.\n# Two.\nblock b {\n  relu\n}\n\n# Alone.\nblock c { relu }\nnetwork n {\n  stage s {\n    relu\n"
    assert folds(Document(source_of("x", text))) == [(0, 1, "comment"), (2, 4, "braces")]


def test_a_word_is_coloured_by_its_meaning() -> None:
    text = "let shared = 3 # x\nblock relu6_ { conv(shared, 3, pad = same) }\n"
    text += "network output { input 8x8x3 stage s { relu6_ } }\n"
    found = [(one.span.text, one.type, one.modifiers) for one in coloured(Document(source_of("x", text)))]
    assert found[:5] == [
        ("let", "keyword", ()), ("shared", "variable", ("declaration", "readonly")), ("=", "operator", ()),
        ("3", "number", ()), ("# x", "comment", ()),
    ]  # fmt: skip
    assert ("shared", "variable", ("readonly",)) in found
    assert ("same", "enumMember", ("defaultLibrary",)) in found
    assert ("output", "class", ("declaration",)) in found
    assert ("conv", "function", ("defaultLibrary",)) in found


@pytest.mark.parametrize("path", [one.path for one in shipped_files()][::7])
def test_colours_lie_apart_and_leave_no_word_out(path: str) -> None:
    document = Document(source_of(path, Path(path).read_text(encoding="utf-8"), path))
    found = coloured(document)
    ends = [0, *(one.span.end for one in found)]
    assert all(end <= one.span.start for end, one in zip(ends, found, strict=False))
    assert {one.type for one in found} <= {*TYPES}
    assert {word for one in found for word in one.modifiers} <= {*MODIFIERS}
    rest = "".join(
        document.source.text[a:b] for a, b in zip(ends, [*(one.span.start for one in found), None], strict=True)
    )
    assert {*rest} <= {*" \n(){}[],."}


def test_shapes_stand_behind_steps() -> None:
    found = {BLOCKS[: one.at].splitlines()[-1].strip(): one for one in hints(DOCUMENT)}
    assert found["stage one { 2 x views(width)"].text == "32x32x16"
    assert found["stem { conv(width, 3)"].text == "32x32x8"
    several = found["far = in -> conv(width, 5, stride = stride)"]
    assert several.text == "32x32x8 …"
    assert "small two_block1: 16x16x16" in several.more
    assert [one.at for one in hints(DOCUMENT, 0, 10)] == []


def test_of_a_repeated_block_the_last_shape_counts() -> None:
    """Each of three units adds four channels to what flows."""
    text = "block unit { new = conv(4, 3) concat(in, new) }\nnetwork n { input 8x8x3 stage s { 3 x unit } }\n"
    (hint,) = (one for one in hints(Document(source_of("x", text))) if text[: one.at].endswith("3 x unit"))
    assert (hint.text, hint.more) == ("8x8x15", "")


def test_counts_stand_above_networks() -> None:
    text = BLOCKS + "network wrong { input 8x8x3 stage s { sofmax } }\n"
    found = lenses(Document(source_of("x", text)))
    assert [(one.network, one.counts) for one in found] == [
        ("small", "15.9k parameters, 9.13M MACs, depth 5, 32x32x3 to 10"),
        ("bare", "15.6k parameters, 9.13M MACs, depth 5, 32x32x3 to 4"),
        ("wrong", ""),
    ]


def test_a_network_is_drawn_beside_its_text() -> None:
    drawn = draw(DOCUMENT, "bare", "dark")
    assert (drawn.network, drawn.networks, drawn.told) == ("bare", ["small", "bare"], None)
    assert "<svg" in (drawn.svg or "")
    assert draw(DOCUMENT).network == "small"


@pytest.mark.parametrize(
    ("text", "network", "told"),
    [
        ("", None, "the text defines no network"),
        (BLOCKS, "other", "there is no network `other`"),
        (BLOCKS.replace("softmax", "sofmax"), "small", "`small` holds a mistake"),
    ],
)
def test_what_cannot_be_drawn_is_told(text: str, network: str | None, told: str) -> None:
    drawn = draw(Document(source_of("x", text)), network)
    assert (drawn.svg, drawn.told) == (None, told)
