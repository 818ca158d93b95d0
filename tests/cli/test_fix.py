"""`check --fix`: what is sure is made, said and checked again; files are written whole, and nothing else is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_dsl import fixing, pipeline, resources
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Source, Span
from tests.cli.calling import NET, WARNED, call

pytestmark = pytest.mark.usefixtures("folder")

SLIPPED = NET.replace("input 32x32x3", "input 32x32x3;").replace("depth == 10", "depth = 10")


def test_what_is_sure_is_made_and_said(folder: Path) -> None:
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    ended = call("check", "--fix", "slipped.resnet")
    assert ended == (
        0,
        "fine: 1 network\n",
        "fixed slipped.resnet:3:16: `;` is taken out [E0113]\nfixed slipped.resnet:10:16: `=` is now `==` [E0105]\n",
    )
    assert (folder / "slipped.resnet").read_text("utf-8") == NET


def test_what_is_not_sure_is_left_and_told(folder: Path) -> None:
    before = (folder / "wrong.resnet").read_bytes()
    ended = call("check", "--fix", "wrong.resnet")
    assert ended.code == 1
    assert "fixed" not in ended.err
    assert ended.err == call("check", "wrong.resnet").err
    assert (folder / "wrong.resnet").read_bytes() == before


def test_the_exit_code_and_the_errors_are_those_of_the_text_that_is_left(folder: Path) -> None:
    text = "network a {\n  input 8x8x3;\n  stage s { conf(4, 3) }\n}\n"
    (folder / "a.resnet").write_text(text, encoding="utf-8")
    ended = call("check", "--fix", "a.resnet")
    assert ended.code == 1
    assert "fixed a.resnet:2:14" in ended.err
    assert "E0201" in ended.err
    assert ended.err.endswith("1 error\n")
    assert (folder / "a.resnet").read_text("utf-8") == text.replace(";", "")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_encoding_and_line_ends_stay(folder: Path, line_end: str, mark: bytes) -> None:
    def written(text: str) -> bytes:
        return mark + text.replace("\n", line_end).encode()

    comment = "# é ∑ 𝔸\n"
    (folder / "slipped.resnet").write_bytes(written(comment + SLIPPED))
    assert call("check", "--fix", "slipped.resnet").code == 0
    assert (folder / "slipped.resnet").read_bytes() == written(comment + NET)


def test_a_brace_that_is_put_in_ends_its_line_as_the_others_do(folder: Path) -> None:
    (folder / "open.resnet").write_bytes(NET.rstrip("}\n").replace("\n", "\r\n").encode())
    assert call("check", "--fix", "open.resnet").code == 0
    assert (folder / "open.resnet").read_bytes() == NET.rstrip().replace("\n", "\r\n").encode()


def test_what_has_no_errors_is_not_written(folder: Path) -> None:
    (folder / "warned.resnet").write_text(WARNED, encoding="utf-8")
    stamp = os.stat("warned.resnet").st_mtime_ns
    assert call("check", "--fix", "warned.resnet", "small.resnet").code == 0
    assert os.stat("warned.resnet").st_mtime_ns == stamp


def test_an_import_is_fixed_only_where_it_is_named(folder: Path) -> None:
    library = "block mine(width) { conv(width, 3); norm }\n"
    (folder / "lib.resnet").write_text(library, encoding="utf-8")
    (folder / "main.resnet").write_text(
        'import "lib.resnet"\nnetwork n { input 8x8x3 stage s { mine(4) } }\n', encoding="utf-8"
    )
    ended = call("check", "--fix", "main.resnet")
    assert ended.code == 1
    assert "fixed" not in ended.err
    assert (folder / "lib.resnet").read_text("utf-8") == library
    assert call("check", "--fix", "main.resnet", "lib.resnet").code == 0


def test_folders_are_searched(folder: Path) -> None:
    (folder / "wrong.resnet").unlink()
    (folder / "inner").mkdir()
    (folder / "inner" / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    assert call("check", "--fix", ".").code == 0
    assert (folder / "inner" / "slipped.resnet").read_text("utf-8") == NET


def test_a_link_stays_and_its_file_is_fixed(folder: Path) -> None:
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    (folder / "link.resnet").symlink_to("slipped.resnet")
    assert call("check", "--fix", "link.resnet").code == 0
    assert (folder / "link.resnet").is_symlink()
    assert (folder / "slipped.resnet").read_text("utf-8") == NET


def test_the_standard_input_goes_on_to_the_standard_output(folder: Path) -> None:
    comment = "# é ∑\n"
    command = [sys.executable, "-m", "resnet_dsl", "check", "--fix", "-"]
    ended = subprocess.run(command, input=(comment + SLIPPED).encode(), capture_output=True, check=False)
    assert (ended.returncode, ended.stdout.decode()) == (0, comment + NET)
    assert b"fixed <stdin>:4:16" in ended.stderr
    assert b"fine: 1 network" in ended.stderr


def test_json_has_the_standard_output_for_itself(folder: Path) -> None:
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    ended = call("check", "--fix", "--format", "json", "slipped.resnet")
    assert json.loads(ended.out) == []
    assert ended.err.count("fixed") == 2
    refused = call("check", "--fix", "--format", "json", "-", stdin=SLIPPED)
    assert (refused.code, refused.out) == (2, "")
    assert "help" in refused.err


def test_a_file_that_may_not_be_written_stays(folder: Path) -> None:
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    (folder / "slipped.resnet").chmod(0o444)
    ended = call("check", "--fix", "slipped.resnet")
    assert ended.code == 2
    assert "read-only" in ended.err
    assert "fixed" not in ended.err
    assert (folder / "slipped.resnet").read_text("utf-8") == SLIPPED


def test_what_cannot_be_read_is_told_once_and_the_others_are_fixed(folder: Path) -> None:
    (folder / "bytes.resnet").write_bytes(b"\xff\xfe")
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    ended = call("check", "--fix", "missing.resnet", "bytes.resnet", "slipped.resnet")
    assert ended.code == 2
    assert ended.err.count("error[E0001]") == ended.err.count("error[E0005]") == 1
    assert (folder / "slipped.resnet").read_text("utf-8") == NET


def test_a_file_that_changes_meanwhile_is_not_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    fix = fixing.fix

    def changing(spec: pipeline.LoadedSpec, network: str | None) -> fixing.Fixed:
        (folder / "slipped.resnet").write_text("# mine\n", encoding="utf-8")
        return fix(spec, network)

    monkeypatch.setattr(fixing, "fix", changing)
    ended = call("check", "--fix", "slipped.resnet")
    assert ended.code == 2
    assert "has changed" in ended.err
    assert (folder / "slipped.resnet").read_text("utf-8") == "# mine\n"


def test_what_ships_is_not_changed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "specs").mkdir()
    (folder / "specs" / "slipped.resnet").write_text(SLIPPED, encoding="utf-8")
    monkeypatch.setattr(resources, "specs_folder", lambda: str(folder / "specs"))
    assert call("check", "--fix", "specs/slipped.resnet").code == 1
    assert (folder / "specs" / "slipped.resnet").read_text("utf-8") == SLIPPED


def fixed_by(text: str, *remedies: tuple[str, str]) -> str:
    """What becomes of a text whose mistakes are the words of the left, each to be the word of the right."""

    def check(self: pipeline.LoadedSpec, network: str | None = None) -> tuple[Diagnostic, ...]:
        found = []
        for word, instead in remedies:
            start = self.source.text.find(word)
            if start >= 0:
                span = Span(self.source, start, start + len(word))
                found.append(Diagnostic("E0208", word, Label(span), edits=(Edit(span, instead),), sure=True))
        return tuple(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.LoadedSpec, "check", check)
        return fixing.fix(pipeline.LoadedSpec(Source("t", text))).spec.source.text


def test_of_two_that_overlap_the_first_is_made_and_the_text_is_looked_at_again() -> None:
    assert fixed_by("# abc", ("ab", "A"), ("bc", "C")) == "# Ac"
    assert fixed_by("# a b c", ("a", "A"), ("b", "B"), ("c", "C")) == "# A B C"


def test_a_remedy_that_makes_the_mistakes_more_is_not_made() -> None:
    assert fixed_by("# a", ("a", "b"), ("b", "a")) == "# a"
    assert fixed_by("# a z", ("a", "x y"), ("x", ""), ("y", ""), ("z", "Z")) == "# a Z"


def test_it_ends() -> None:
    text = "# " + "a " * 1_000
    assert fixed_by(text, ("a", "")).count("a") == 950
