"""Quick fixes, and the layout as a change."""

from __future__ import annotations

import pytest

from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remedies import all_sure, changed, layout, remedies
from resnet_dsl.shipped import file_called
from tests.editing.texts import BLOCKS, pointing

WRONG = BLOCKS.replace("softmax", "sofmax").replace("stride = stride) -> norm\n  far", "stride = stride); norm\n  far")


def test_a_remedy_is_found_at_its_mistake_alone() -> None:
    document, offset = pointing(WRONG, "sofmax")
    (remedy,) = remedies(document, offset, offset)
    assert (remedy.title, remedy.sure) == ("did you mean `softmax`?", False)
    assert "softmax" in edited(WRONG, remedy.edits)
    assert [*remedies(document, 0, 5)] == []


def test_sure_remedies_are_made_together() -> None:
    document = Document(source_of("x", WRONG.replace("16", "16;")))
    edit = all_sure(document)
    assert edit is None or all(
        one.code != "E0113"
        for one in Document(source_of("x", edited(document.source.text, [edit]))).checked.diagnostics
    )
    assert all_sure(Document(source_of("x", BLOCKS))) is None


def test_the_layout_is_that_of_fmt() -> None:
    messy = BLOCKS.replace("  stage", " stage").replace(" -> ", "->")
    edit = layout(Document(source_of("x", messy)))
    assert edit is not None
    assert edited(messy, [edit]) == BLOCKS
    assert layout(Document(source_of("x", BLOCKS))) is None
    assert layout(Document(source_of("x", "network {"))) is None


@pytest.mark.parametrize(("old", "new"), [("", "a"), ("aaa", "aa"), ("abc", "xbc"), ("ab\r\n", "ab\n"), ("x", "")])
def test_a_change_is_one_edit(old: str, new: str) -> None:
    edit = changed(source_of("x", old), new)
    assert old[: edit.span.start] + edit.text + old[edit.span.end :] == new


def test_what_ships_is_nobodys_to_change() -> None:
    path = file_called("resnet/imagenet")
    assert path is not None
    document = Document(source_of(path, WRONG, path))
    assert document.checked.diagnostics
    assert [*remedies(document, 0, len(WRONG))] == []
