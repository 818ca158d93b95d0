"""Files: what can be read, and what is refused, before it costs anything."""

import io
import os
import sys
import time
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError
from resnet_dsl.source import Source
from resnet_dsl.syntax.limits import MAX_BYTES, fraction
from resnet_dsl.syntax.parser import parse
from resnet_dsl.syntax.reading import read
from resnet_dsl.syntax.tree import Let


def refused(path: object) -> Diagnostic:
    with pytest.raises(DiagnosticError) as mistake:
        read(str(path))
    return mistake.value.diagnostic


def written(folder: Path, data: bytes) -> str:
    path = folder / "a.resnet"
    path.write_bytes(data)
    return str(path)


def test_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, "let é = 1\n".encode())
    assert read(path) == Source(path, "let é = 1\n", path)


def test_paths_are_absolute_and_names_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, b"")
    monkeypatch.chdir(tmp_path)
    assert read("a.resnet") == Source("a.resnet", "", os.path.realpath(path))


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    source = read(written(tmp_path, b"\xef\xbb\xbflet a = 1\rlet b = 2\r\n"))
    assert source.text == "let a = 1\nlet b = 2\r\n"
    assert source.position(source.text.index("b")) == (2, 5)


def test_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"let a = 1")))
    assert read("-") == Source("<stdin>", "let a = 1", None)


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.resnet").code == "E0001"
    assert refused(tmp_path).code == "E0002"
    assert refused("a\0b").code == "E0003"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be read here")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    os.chmod(path, 0)
    assert refused(path).code == "E0003"


def test_a_file_of_50_megabytes_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.resnet"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    path.chmod(0)
    assert refused(path).code == "E0004"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no endless file")
def test_a_file_without_an_end() -> None:
    assert refused("/dev/zero").code == "E0004"


def test_the_first_byte_that_is_not_utf8(tmp_path: Path) -> None:
    diagnostic = refused(written(tmp_path, "# é\nlet a = ".encode() + b"\xff\xfe"))
    assert (diagnostic.code, diagnostic.place and diagnostic.place.text) == ("E0005", "byte 0xff")
    assert diagnostic.place is not None
    assert str(diagnostic.place.span).endswith(":2:9")


def test_utf16_is_not_utf8(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "let a = 1".encode("utf-16"))).code == "E0005"


HUGE = {
    "brackets": ("let a = " + "(" * 10_000 + "1" + ")" * 10_000, "E0007"),
    "braces": ("block a { " + "repeat 1 { " * 10_000, "E0007"),
    "negations": ("let a = " + "not " * 190_000 + "b", "E0008"),
    "signs": ("let a = " + "- " * 190_000 + "b", "E0008"),
    "else": ("block a { if a { } " + "else if a { } " * 30_000 + "}", "E0008"),
    "digits": ("let a = " + "1" * 900_000, "E0009"),
    "broken digits": ("let a = " + "1" * 900_000 + "a", "E0118"),
    "fractions": ("let a = 0." + "1" * 900_000, "E0009"),
    "powers": ("let a = 1e" + "1" * 900_000, "E0009"),
    "extents": ("let a = " + "1x" * 400_000 + "1", "E0009"),
    "broken extents": ("let a = " + "1x" * 400_000 + "y", "E0010"),
    "a name": ("let " + "a" * 900_000 + " = 1", "E0010"),
    "a text": ('let a = "' + "a" * 900_000, "E0111"),
    "semicolons": (";" * 190_000, "E0113"),
    "spaces": ("let a = " + " " * 900_000, "E0119"),
    "closing": ("}" * 190_000, "E0102"),
    "arrows": ("block a { f " + "-> " * 190_000 + "}", "E0110"),
    "commas": ("block a { f(" + "," * 190_000 + ") }", "E0113"),
    "numbers": ("block a { " + "3 " * 190_000 + "}", "E0109"),
    "steps": ("block a { " + "f " * 190_000, "E0101"),
    "words": ("f " * 400_000, "E0004"),
    "characters": ("#" * (MAX_BYTES + 1), "E0004"),
    "nothing": ("\0" * 900_000, "E0006"),
}


@pytest.mark.parametrize(("text", "code"), HUGE.values(), ids=HUGE)
def test_huge_texts_are_refused_in_time(text: str, code: str) -> None:
    start = time.process_time()
    file, mistakes = parse(Source("t", text))
    assert time.process_time() - start < 4  # on a busy machine; a second on an idle one
    assert mistakes[0].code == code
    assert len(mistakes) <= 100
    assert file.definitions == ()


def test_what_is_just_within_the_limits_is_read() -> None:
    for text in ("(" * 100 + "1" + ")" * 100, "not " * 190 + "a", "9" * 18, "1.2345678901234567e-308", "f" * 100):
        assert parse(Source("t", f"let a = {text}"))[1] == ()


@pytest.mark.parametrize("number", [1.2345678901234567e-12, 0.00012345678901234567, 2.2250738585072014e-308, 5e-324])
def test_a_number_of_64_bits_can_be_written_to_the_bit(number: float) -> None:
    file, mistakes = parse(Source("t", f"let a = {fraction(number)}"))
    assert mistakes == ()
    assert isinstance(let := file.definitions[0], Let)
    assert float(let.value.span.text) == number


@pytest.mark.parametrize("text", ["0.12345678901234567891", "0.00000123456789012345678", "1.234567890123456789e-5"])
def test_a_fraction_of_too_many_digits_is_told_as_the_nearest_one(text: str) -> None:
    (mistake,) = parse(Source("t", f"let a = {text}"))[1]
    written = str(mistake.help).split("`")[1]
    assert float(written) == float(text)
    assert parse(Source("t", f"let a = {written}"))[1] == ()
