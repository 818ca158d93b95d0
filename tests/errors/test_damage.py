"""What ships, damaged by one word as hands and other languages do, and fixed: never another network than it was."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from resnet_dsl import resources
from resnet_dsl.fixing import fix
from resnet_dsl.ir.graph import Graph
from resnet_dsl.pipeline import LoadedSpec
from resnet_dsl.source import Source
from resnet_dsl.syntax import tables
from resnet_dsl.syntax.words import split

INSTEAD = {
    "=": ["==", ":=", ":"], "==": ["=", "==="], "->": ["=>", "-->", "- >", "-> ->", ""], ",": [",,", "", ";", "，"],
    ")": ["", "))", "]"], "(": ["", "((", "["], "{": ["", ":", "{{"], "}": ["", "}}"], "x": ["×", "X", "", "*", "х"],
    "*": ["**", "·"], "]": ["", ")"], "[": ["", "("],
}  # fmt: skip
LONGEST = 4_500


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The shorter specs that ship, in a folder where they may be fixed."""
    folder = tmp_path_factory.mktemp("damaged") / "specs"
    shutil.copytree(resources.specs_folder(), folder)
    found = {str(path): path.read_text("utf-8") for path in sorted(Path(folder).rglob("*.resnet"))}
    return {path: text for path, text in found.items() if len(text) < LONGEST}


def damaged(text: str, chance: random.Random) -> str:
    """With one word, which defines nothing, doubled, left out, misspelt, or written as elsewhere."""
    words = split(Source("t", text), tables.load())
    at = chance.randrange(len(words.kinds) - 1)
    word, kind = words.text(at), words.kinds[at]
    if word in INSTEAD:
        new = chance.choice(INSTEAD[word])
    elif kind == "STRING":
        new = chance.choice([f"'{word[1:-1]}'", word[1:-1], f"“{word[1:-1]}”", word[:-1]])
    elif word in tables.load().keywords and len(word) > 2:
        place = chance.randrange(len(word))
        new = chance.choice([word[:place] + word[place + 1 :], word[: place + 1] + word[place:], word.capitalize()])
    else:
        new = chance.choice([f"{word};", f"{word} {word}", f"{word},", f"-> {word}", f"{word} ->"])
    return text[: words.starts[at]] + new + text[words.ends[at] :]


def graphs(spec: LoadedSpec) -> dict[str, Graph]:
    return {name: spec.compile(name).graph for name in spec.networks}


def check_one(texts: dict[str, str], seed: int) -> bool:
    """Whether a text that was damaged by chance was fixed; where it was, and all is well again, it is the same."""
    chance = random.Random(seed)
    path, text = chance.choice([*texts.items()])
    fixed = fix(LoadedSpec(Source(path, damaged(text, chance), path)))
    if not fixed.rounds or any(one.severity == "error" for one in fixed.spec.check()):
        return False
    assert graphs(fixed.spec) == graphs(LoadedSpec(Source(path, text, path))), [*fixed.told()]
    return True


def test_a_few_that_are_damaged_and_fixed_are_what_they_were(texts: dict[str, str]) -> None:
    assert sum(check_one(texts, seed) for seed in range(25)) >= 3


@pytest.mark.slow
def test_many_that_are_damaged_and_fixed_are_what_they_were(texts: dict[str, str]) -> None:
    assert sum(check_one(texts, seed) for seed in range(1_000, 2_000)) >= 200
