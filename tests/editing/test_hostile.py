"""No text and no place is too much: each question is answered, of what is whole, broken or meant to hurt."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from resnet_dsl.editing.colouring import coloured
from resnet_dsl.editing.completing import complete
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import draw
from resnet_dsl.editing.finding import definitions, references
from resnet_dsl.editing.hints import hints, lenses
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.outline import folds, outline
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remedies import all_sure, layout, remedies
from resnet_dsl.editing.renaming import rename
from resnet_dsl.failure import Failure
from resnet_dsl.shipped import shipped_files
from tests.editing.texts import BLOCKS

HOSTILE = {
    "nested brackets": "network n { stage s { " + "(" * 5_000,
    "nested braces": "block b " + "{ if true " * 3_000,
    "huge repeats": "network n { input 8x8x3 stage s { repeat 99999999 { repeat 99999999 { relu } } } }",
    "doubling blocks": "".join(f"block b{n} {{ b{n + 1} b{n + 1} }}\n" for n in range(40))
    + "block b40 { relu }\nnetwork n { input 8x8x3 stage s { b0 } }\n",
    "circles": "block a { b }\nblock b { a }\nnetwork n from m {}\nnetwork m from n {}\n"
    "network o from o { stage s { a } }\n",
    "one long line": "network n { input 8x8x3 stage s { " + "relu -> " * 4_000 + "relu } }",
    "one long name": "block " + "b" * 50_000 + " { relu }",
    "quotes": 'import "' * 60,
    "no text": "",
    "hidden": "network n { \u202e stage s { relu } }",
    "too large": "# " + "x" * 1_100_000,
    "marks": "network n { input 8x8x3 stage \u0301\u0301 { relu \U0001f600 } }\ud800\x00\x1b[2J",
    "many networks": "".join(f"network n{n} {{ input 8x8x3 stage s {{ relu }} }}\n" for n in range(300)),
}


def asked(document: Document, offset: int) -> None:
    """Every question that may be put."""
    hover(document, offset)
    complete(document, offset)
    [*remedies(document, offset, offset)]
    definitions(document, offset)
    references(document, offset)
    with suppress(Failure):
        rename(document, offset, "other")


def asked_in_all(document: Document) -> None:
    """Every question that is put of a whole text."""
    layout(document)
    outline(document)
    folds(document)
    coloured(document)
    hints(document)
    lenses(document)
    draw(document)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    text = HOSTILE[name]
    document = Document(source_of("x", text))
    document.checked  # noqa: B018
    asked_in_all(document)
    for offset in (0, len(text) // 2, len(text), len(text) + 10_000):
        asked(document, offset)


def _broken(text: str, seed: int) -> Iterator[str]:
    """The text cut off, and with pieces taken out, doubled and exchanged."""
    chance = random.Random(seed)
    for _ in range(2):
        first, last = sorted(chance.randrange(len(text)) for _ in range(2))
        yield text[:first]
        yield text[:first] + text[first + chance.randrange(30) :]
        yield text[:first] + text[last : last + 20] + text[first:]


FILES = [file.path for file in shipped_files()][::9]


@pytest.mark.parametrize("path", FILES)
def test_broken_texts(path: str) -> None:
    text = Path(path).read_text(encoding="utf-8")[:1_500]
    chance = random.Random(len(text))
    for broken in _broken(text, len(text)):
        document = Document(source_of("x", broken))
        asked_in_all(document)
        for offset in chance.sample(range(len(broken) + 1), k=min(3, len(broken) + 1)):
            asked(document, offset)


def test_sure_remedies_of_a_hostile_text_end() -> None:
    text = BLOCKS.replace(" -> ", " => ")
    all_sure(Document(source_of("x", text)))
