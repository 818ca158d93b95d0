"""All highlighters tell the same words of the same texts, and what they tell agrees with the language's own words."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Text

from resnet_dsl import resources
from resnet_dsl.highlighting.lexer import TOKENS, ResnetLexer
from resnet_dsl.highlighting.words import called, keywords, patterns
from resnet_dsl.source import Source
from resnet_dsl.syntax.tables import load
from resnet_dsl.syntax.words import split
from tests.conftest import ROOT

EDITORS = ROOT / "editors"
SPECS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").rglob("*.resnet"))]
ODD = """\
# network a { input "no string" }
network größe(größe=1,output = 2) { input 3?x?x1_0 expect params<=26M  # x x x
 stage  b after c { 2x basic(8)->conv( 8,3 ) as "conv" -> act->relu
 scale -> y if not x { true } else { [1.5e-3, 2 ** n, -in.channels // 2] } y[0] = stem } }
block " unclosed
slot\tact = gelu ~= != >= 12abc $ ? ü conv
"""
TEXTS = [*SPECS, resources.prelude_text(), ODD]
Told = list[tuple[str, int, int]]


def maker() -> Any:
    spec = importlib.util.spec_from_file_location("make", EDITORS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_pygments(text: str) -> Told:
    kinds = {token: kind for kind, token in TOKENS.items() if kind}
    found, at = [], 0
    for token, word in ResnetLexer(stripnl=False, ensurenl=False).get_tokens(text):
        if token in kinds:
            kind = "separator" if word in {",", "."} else "bracket" if word in {*"{}()[]"} else kinds[token]
            found.append((kind, at, at + len(word)))
        at += len(word)
    return found


def by_node(program: str, *arguments: str) -> list[list[list[Any]]]:
    command = ["node", str(ROOT / "tests" / "editors" / program), *arguments]
    ended = subprocess.run(command, input=json.dumps(TEXTS), capture_output=True, text=True, check=True)
    told: list[list[list[Any]]] = json.loads(ended.stdout)
    return told


@pytest.mark.parametrize("path", maker().WRITTEN)
def test_the_files_of_editors_are_written_from_the_list_of_words(path: str) -> None:
    """Where this fails: `python editors/make.py`."""
    assert (EDITORS / path).read_text(encoding="utf-8") == maker().WRITTEN[path]()


def test_pygments_finds_the_lexer_by_its_name_and_by_the_ending() -> None:
    assert isinstance(get_lexer_by_name("resnet"), ResnetLexer)
    assert isinstance(get_lexer_for_filename("net.resnet"), ResnetLexer)


@pytest.mark.parametrize("text", [*SPECS, resources.prelude_text()], ids=lambda text: text[:30])
def test_its_words_are_those_of_the_language(text: str) -> None:
    words = split(Source("net.resnet", text), load())
    own = dict(zip(words.starts[:-1], words.ends[:-1], strict=True))
    assert {start: end for kind, start, end in by_pygments(text) if kind != "comment"} == own


def test_nothing_of_a_spec_is_left_without_a_kind() -> None:
    strange = [word for text in SPECS for token, word in ResnetLexer().get_tokens(text) if token is Text]
    assert strange == []


def test_words_are_told_by_where_they_stand() -> None:
    text = "network scale(scale = 1) { stage relu { conv(8, 3) -> relu  scale(2) } expect stem.output == 1 } # conv(1)"
    told = {start: (kind, text[start:end]) for kind, start, end in by_pygments(text)}
    assert told[8] == ("defined", "scale")
    assert told[14] == ("argument", "scale")
    assert told[text.index("relu {")] == ("defined", "relu")
    assert told[text.index("relu  ")] == ("called", "relu")
    assert told[text.index("scale(2)")] == ("called", "scale")
    assert told[text.index("output")] == ("name", "output")
    assert told[text.index("#")] == ("comment", "# conv(1)")


def test_every_word_of_the_language_and_every_operation_is_in_the_list() -> None:
    assert {*keywords(), "true", "false"} == {*load().keywords}
    assert {"conv", "basic", "norm", "floor"} <= {*called()}


def test_no_expression_takes_long_on_a_hostile_line() -> None:
    for line in ("1_" * 20_000, "x" * 40_000, "?x" * 20_000, '"' * 40_000, "a =" * 10_000, "network " * 5_000):
        for pattern in patterns():
            for match in re.finditer(pattern.expression, line):
                assert match.end() > match.start()


built = os.environ.get("RESNET_EDITORS", "")
"""A folder with node_modules of vscode-textmate and vscode-oniguruma, and with the built grammar in lezer/."""


@pytest.mark.editors
@pytest.mark.skipif(
    not built or shutil.which("node") is None, reason="RESNET_EDITORS names no folder, or there is no Node"
)
class TestByNode:
    def test_lezer_tells_the_same(self) -> None:
        for text, told in zip(TEXTS, by_node("lezer.mjs", f"{built}/lezer"), strict=True):
            expected = [(kind.capitalize(), start, end) for kind, start, end in by_pygments(text) if kind != "bracket"]
            assert [tuple(one) for one in told if one[0] not in {*"{}()[]", "⚠", "error"}] == expected

    def test_lezer_reads_the_specs_without_an_error(self) -> None:
        told = by_node("lezer.mjs", f"{built}/lezer")[: len(SPECS)]
        assert [one for words in told for one in words if one[0] == "error"] == []

    def test_the_engine_of_vs_code_tells_the_same(self) -> None:
        scopes = {f"{scope}.resnet": kind for kind, scope in maker().SCOPES.items()}
        grammar = str(EDITORS / "vscode" / "syntaxes" / "resnet.tmLanguage.json")
        for text, told in zip(TEXTS, by_node("textmate.mjs", built, grammar), strict=True):
            assert [(scopes[scope], start, end) for scope, start, end in told] == by_pygments(text)


@pytest.mark.editors
@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_vim_tells_keywords_comments_strings_numbers_and_calls_alike(tmp_path: Path) -> None:
    groups = {"resnetComment": "comment", "resnetString": "string", "resnetNumber": "number", "resnetCalled": "called",
              "resnetKeyword": "keyword", "resnetDefined": "defined", "resnetArgument": "argument"}  # fmt: skip
    for number, text in enumerate(SPECS[:6]):
        told = [(kind, start, end) for kind, start, end in by_pygments(text) if kind in groups.values()]
        places = []
        for _, start, _ in told:
            line = text.count("\n", 0, start)
            places.append([line + 1, len(text[text.rfind("\n", 0, start) + 1 : start].encode()) + 1])
        (tmp_path / "places.json").write_text(json.dumps(places))
        path = tmp_path / f"net{number}.resnet"
        path.write_text(text, encoding="utf-8")
        ask = (
            "call writefile([json_encode(map(json_decode(readfile('places.json')[0]), "
            "{_, p -> synIDattr(synID(p[0], p[1], 1), 'name')}))], 'told.json') | qall!"
        )
        first = ["syntax on", f"edit {path.name}", "setfiletype resnet", "syntax sync fromstart", ask]
        start = ["nvim", "--headless", "-u", "NONE", "--cmd", f"set rtp^={EDITORS / 'vim'}"]
        command = [*start, *(word for one in first for word in ("-c", one))]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
        seen = [groups.get(group, group) for group in json.loads((tmp_path / "told.json").read_text())]
        wrong = [
            (text[start:end], kind, own) for (kind, start, end), own in zip(told, seen, strict=True) if kind != own
        ]
        assert wrong == []
