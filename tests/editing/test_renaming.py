"""Where names are given and stand, and other names for them."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from resnet_dsl import resources
from resnet_dsl.analyses.counts import Count
from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.finding import definitions, references
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.renaming import rename
from resnet_dsl.failure import Failure
from resnet_dsl.shipped import file_called, shipped_files
from tests.editing.texts import BLOCKS, pointing


def _texts(text: str, words: str, within: int = 0) -> list[str]:
    """What stands on the lines where the name at a place is given."""
    return [one.source.line(one.source.position(one.start)[0]) for one in definitions(*pointing(text, words, within))]


@pytest.mark.parametrize(
    ("words", "within", "line"),
    [
        ("views(width)", 0, "block views(width, stride = 1) {"),
        ("width, 5", 0, "block views(width, stride = 1) {"),
        ("near, far", 6, "  far = in -> conv(width, 5, stride = stride) -> norm"),
        ("small(classes = 4)", 0, "network small(classes = 10, width = 8) {"),
        ("classes = 4", 0, "network small(classes = 10, width = 8) {"),
        ("norm -> act", 0, "slot norm = batchnorm"),
    ],
)
def test_definitions(words: str, within: int, line: str) -> None:
    assert _texts(BLOCKS, words, within) == [line]


def test_definitions_in_other_files(tmp_path: Path) -> None:
    """In what ships, and in the prelude, whose file can be opened."""
    text = (
        'import "resnet/imagenet"\nnetwork mine from resnet50 { stage conv5 { basic(8) } output conv4, conv5, stem }\n'
    )
    document = Document(source_of("x", text))
    (base,) = definitions(document, text.index("resnet50"))
    assert base.source.path == file_called("resnet/imagenet")
    (block,) = definitions(document, text.index("basic"))
    assert block.source.path == resources.prelude_path()
    (file,) = definitions(document, text.index("imagenet"))
    assert (file.source, file.start) == (base.source, 0)
    (stem,) = definitions(document, text.index("stem"))
    assert (stem.source, stem.text) == (base.source, "stem")
    (own,) = definitions(document, text.index("conv5, "))
    assert own.start == text.index("conv5 {")
    (other,) = definitions(document, text.index("conv4"))
    assert other.source == base.source


def test_references_reach_other_files(tmp_path: Path) -> None:
    for name in ("parts", "net"):
        (tmp_path / f"{name}.resnet").write_text("block mine { relu }\n", encoding="utf-8")
    path = str(tmp_path / "net.resnet")
    user = Document(source_of(path, 'import "parts.resnet"\nnetwork n { input 8x8x3 stage s { mine } }\n', path))
    user = Document(source_of(path, user.source.text.replace('"parts', f'"{tmp_path}/parts'), path))
    own = str(tmp_path / "parts.resnet")
    document = Document(source_of(own, "block mine { relu }\n", own))
    found = references(document, 7, [user])
    assert [(one.source.path, one.text) for one in found] == [(own, "mine"), (path, "mine")]
    assert [one.source.path for one in references(document, 7, [user], given=False)] == [path]
    edits = rename(document, 7, "ours", [user])
    assert {one.span.source.path for one in edits} == {own, path}


def test_a_parameter_is_renamed_wherever_it_is_given() -> None:
    document, offset = pointing(BLOCKS, "classes) ->")
    text = edited(BLOCKS, rename(document, offset, "kinds"))
    assert text == BLOCKS.replace("classes", "kinds")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("near =", "far"), ("near =", "width"), ("near =", "relu"), ("near =", "norm"), ("near =", "basic"),
        ("near =", "let"), ("near =", "3a"), ("near =", "a b"), ("near =", ""), ("near =", "n" * 101),
        ("width, 5", "stride"), ("views(width, s", "conv"), ("views(width, s", "small"), ("one {", "two"),
        ("norm -> act", "n"), ("conv(width, 5", "c"), ("stride = stride", "s"), ("32x32x3", "n"), ("global", "g"),
    ],
)  # fmt: skip
def test_what_would_mean_something_else_is_refused(words: str, name: str) -> None:
    with pytest.raises(Failure):
        rename(*pointing(BLOCKS, words), name)


def test_a_name_that_would_be_caught_is_refused() -> None:
    """A file's `let` under the name that a block gives its own: the block would see that one."""
    text = "let wide = 8\nblock b(narrow = 4) { conv(wide, 1) -> conv(narrow, 1) }\n"
    text += "network n { input 8x8x3 stage s { b } }\n"
    document, offset = pointing(text, "wide = 8")
    with pytest.raises(Failure, match="means something else"):
        rename(document, offset, "narrow")
    assert edited(text, rename(document, offset, "broad")) == text.replace("wide", "broad")


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships, as somebody's own."""
    return Path(copytree(resources.specs_folder(), tmp_path_factory.mktemp("own") / "specs"))


def _document(path: Path, text: str | None = None) -> Document:
    return Document(source_of(str(path), path.read_text(encoding="utf-8") if text is None else text, str(path)))


def _own_names(document: Document) -> list[int]:
    """Of each thing that a text itself defines one place; `stride` is a word that stages ask for."""
    found: dict[object, int] = {}
    for mention in document.naming.mentions(document.module):
        symbol = mention.symbol
        if symbol.name != "stride" and symbol.places and all(one.source is document.source for one in symbol.places):
            found.setdefault(symbol.key, mention.span.start)
    return [*found.values()]


def _counts(document: Document) -> list[Count]:
    return [document.spec.compile(name).facts.count for name in document.spec.networks]


@pytest.mark.parametrize("name", [one.name for one in shipped_files()][::12])
def test_a_network_is_the_same_under_other_names(specs: Path, name: str) -> None:
    """Names of some files, one after the other: what is compiled has the same counts."""
    path = specs / f"{name}.resnet"
    document = _document(path)
    for offset in _own_names(document)[:4]:
        renamed = _document(path, edited(document.source.text, rename(document, offset, "zz_other")))
        assert renamed.source.text.count("zz_other")
        assert _counts(renamed) == _counts(document)


@pytest.mark.parametrize(("stages", "said"), [("{ b }", "takes its stride"), ("{ b -> conv(4, 3) }", "other networks")])
def test_a_name_that_the_language_asks_for_is_kept(stages: str, said: str) -> None:
    """A stage gives its stride to the first step that has a parameter of that name: else to the one behind, or none."""
    text = "block b(stride = 1) { conv(4, 3, stride = stride) }\n"
    text += f"network n {{ input 8x8x3 stage s(stride = 2) {stages} }}\n"
    document, offset = pointing(text, "stride")
    with pytest.raises(Failure, match=said):
        rename(document, offset, "step")


def test_what_ships_keeps_its_names() -> None:
    text = "network mine from resnet50 { output conv4 }\n"
    for words in ("resnet50", "conv4"):
        with pytest.raises(Failure, match="ships"):
            rename(Document(source_of("x", text)), text.index(words), "other")
