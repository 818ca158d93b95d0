"""What each name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl import resources
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.positions import source_of
from resnet_dsl.shipped import shipped_files
from tests.editing.texts import BLOCKS, pointing

FILES = [*(file.path for file in shipped_files()), resources.prelude_path()]


@pytest.mark.parametrize("path", FILES)
def test_every_name_of_what_ships_has_a_meaning(path: str) -> None:
    document = Document(source_of(path, Path(path).read_text(encoding="utf-8"), path))
    words = document.words
    named = {words.starts[index] for index, kind in enumerate(words.kinds) if kind == "NAME"}
    known = {mention.span.start for mention in document.naming.mentions(document.module)}
    assert {words.source.text[start : start + 20] for start in named - known} == set()


@pytest.mark.parametrize(
    ("words", "within", "kind"),
    [
        ("views(width)", 0, "block"), ("classes) ->", 0, "parameter"), ("near, far", 0, "value"),
        ("norm -> act", 0, "slot"), ("softmax", 0, "operation"), ("global", 0, "word"), ("from small", 5, "network"),
        ("stride = stride", 0, "argument"), ("stride = stride", 9, "parameter"), ("classes = 4", 0, "parameter"),
        ("one {", 0, "stage"),
    ],
)  # fmt: skip
def test_kinds(words: str, within: int, kind: str) -> None:
    document, offset = pointing(BLOCKS, words, within)
    mention = document.mention_at(offset)
    assert mention is not None
    assert mention.symbol.kind == kind


def test_a_part_that_is_replaced_has_the_name_of_the_base() -> None:
    text = BLOCKS + "network other from small { stage two { act } output two }\n"
    document = Document(source_of("x", text))
    mentions = [one for one in document.naming.mentions(document.module) if one.span.text == "two"]
    assert len({one.symbol.key for one in mentions}) == 1
    assert [one.defines for one in mentions] == [True, True, False]
